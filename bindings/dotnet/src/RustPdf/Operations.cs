using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>What the core can be asked, as runs: what goes into the start frame.</summary>
internal static class Operations
{
    /// <summary>Signs by each in turn; the payload are the updates, one behind the other.</summary>
    internal static ValueTask<Done> Sign(Document document, IReadOnlyList<Signatory> signatories, CallOptions? call, Control control)
    {
        var payload = new List<ReadOnlyMemory<byte>>();
        var start = Frame.Encode(json => Start(json, "sign", document, call, () =>
        {
            json.WriteStartArray("signatories");
            foreach (var one in signatories)
            {
                json.WriteStartObject();
                Credentials(json, one.Certificate, one.Chain, payload);
                Options(json, one.Options);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }), payload);
        return Run.Through(start, document, signatories, control);
    }

    /// <summary>Prepares a signature that comes later; the payload is the saved session.</summary>
    internal static ValueTask<Done> Prepare(
        Document document, Certificate? certificate, CertificateChain? chain, SigningOptions? options, Control control)
    {
        var payload = new List<ReadOnlyMemory<byte>>();
        var start = Frame.Encode(json => Start(json, "prepare", document, options, () =>
        {
            if (certificate != null) Credentials(json, certificate.Value, chain, payload);
            Options(json, options);
        }), payload);
        return Run.Through(start, document, Array.Empty<Signatory>(), control);
    }

    /// <summary>
    /// Takes up a saved session, and compares the document with the one that it was begun with, unless that is vouched for.
    /// </summary>
    internal static ValueTask<Done> Resume(Document document, ReadOnlyMemory<byte> saved, bool documentVouched, Control control)
    {
        var start = Frame.Encode(
            json =>
            {
                json.WriteString("operation", "resume");
                json.WriteNumber("length", document.Length);
                json.WriteBoolean("documentVouched", documentVouched);
            },
            saved);
        return Run.Through(start, document, Array.Empty<Signatory>(), control);
    }

    /// <summary>Compares a file with its journal, to finish the signature or to take it back.</summary>
    internal static Done Recover(Document document, byte[] journal, bool undo)
    {
        var start = Frame.Encode(
            json =>
            {
                json.WriteString("operation", "recover");
                json.WriteNumber("length", document.Length);
                json.WriteBoolean("undo", undo);
            },
            journal);
        return Run.Through(start, document, Array.Empty<Signatory>(), Control.Unwatched).Result();
    }

    /// <summary>Completes a saved session by the answer of a key holder or a signing service; the payload is the update.</summary>
    internal static Done Complete(byte[] saved, string answer, ReadOnlyMemory<byte> bytes) =>
        new Done(Core.Complete(Frame.Encode(
            json =>
            {
                json.WriteString("answer", answer);
                json.WriteNumber("session", saved.Length);
            },
            saved,
            bytes)));

    /// <summary>The journal of a document of so many bytes, which ends with <paramref name="tail"/> and gets the update.</summary>
    internal static byte[] Journal(long length, byte[] tail, byte[] update) =>
        Core.Journal(Frame.Encode(
            json =>
            {
                json.WriteNumber("length", length);
                json.WriteNumber("tail", tail.Length);
            },
            tail,
            update)).Payload;

    private static void Start(Utf8JsonWriter json, string operation, Document document, CallOptions? call, Action rest)
    {
        json.WriteString("operation", operation);
        json.WriteNumber("length", document.Length);
        json.WriteNumber("now", (call?.SigningTime ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds());
        json.WriteString("entropy", Hex.Of((call?.Entropy ?? Entropy()).Span));
        rest();
    }

    private static ReadOnlyMemory<byte> Entropy()
    {
        var entropy = new byte[32];
        RandomNumberGenerator.Fill(entropy);
        return entropy;
    }

    private static void Credentials(
        Utf8JsonWriter json, Certificate certificate, CertificateChain? chain, List<ReadOnlyMemory<byte>> payload)
    {
        var issuers = chain?.Parts ?? Array.Empty<ReadOnlyMemory<byte>>();
        json.WriteNumber("certificate", certificate.Bytes.Length);
        json.WriteStartArray("chain");
        foreach (var issuer in issuers) json.WriteNumberValue(issuer.Length);
        json.WriteEndArray();
        payload.Add(certificate.Bytes);
        payload.AddRange(issuers);
    }

    private static void Options(Utf8JsonWriter json, SigningOptions? options)
    {
        json.WritePropertyName("options");
        (options ?? new SigningOptions()).WriteTo(json);
    }
}
