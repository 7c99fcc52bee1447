using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>The operations of the core: their start frames, and the frames of those that need no machine.</summary>
internal static class Operations
{
    /// <summary>Signs by each signatory in turn. The payload contains the updates, one after the other.</summary>
    internal static ValueTask<Done> Sign(
        Source source, Output output, IReadOnlyList<Signatory> signatories, CallOptions? call, Control control)
    {
        var payload = new List<ReadOnlyMemory<byte>>();
        var start = Start("sign", source, call, payload, json =>
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
            output.WriteTo(json);
        });
        return Run.Through(start, source, signatories, control, call?.OnReport);
    }

    /// <summary>Prepares a signature that comes later. The payload is the live session.</summary>
    internal static ValueTask<Done> Prepare(
        Source source, Certificate? certificate, CertificateChain? chain, SigningOptions? options, Control control)
    {
        var payload = new List<ReadOnlyMemory<byte>>();
        var start = Start("prepare", source, options, payload, json =>
        {
            if (certificate != null) Credentials(json, certificate.Value, chain, payload);
            Options(json, options);
        });
        return Run.Through(start, source, Array.Empty<Signatory>(), control);
    }

    /// <summary>Takes up a live session, and compares the document with the session's unless that check is skipped.</summary>
    internal static ValueTask<Done> Resume(
        Source source, ReadOnlyMemory<byte> session, bool skipDocumentCheck, CallOptions? call, Control control)
    {
        var start = Start("resume", source, call, new[] { session }, json =>
        {
            json.WriteNumber("session", session.Length);
            json.WriteBoolean("skipDocumentCheck", skipDocumentCheck);
        });
        return Run.Through(start, source, Array.Empty<Signatory>(), control);
    }

    /// <summary>Completes a live session of a file. The payload is the update.</summary>
    internal static ValueTask<Done> Complete(
        Source source, Output output, ReadOnlyMemory<byte> session, Answer answer, Control control, Action<Report>? onReport)
    {
        var start = Start("complete", source, null, new[] { session, answer.Bytes }, json =>
        {
            Answered(json, session, answer);
            output.WriteTo(json);
        });
        return Run.Through(start, source, Array.Empty<Signatory>(), control, onReport);
    }

    /// <summary>Finishes a signing in place that was interrupted, or takes it back.</summary>
    internal static ValueTask<Done> Recover(Source source, bool undo, string? journalOwner, Control control)
    {
        var start = Start("recover", source, null, Array.Empty<ReadOnlyMemory<byte>>(), json =>
        {
            json.WriteBoolean("undo", undo);
            if (journalOwner != null) json.WriteString("journalOwner", journalOwner);
        });
        return Run.Through(start, source, Array.Empty<Signatory>(), control);
    }

    /// <summary>Completes a live session of a document in memory. The payload is the update.</summary>
    internal static Done Complete(ReadOnlyMemory<byte> session, Answer answer) =>
        Call("complete", json => Answered(json, session, answer), new[] { session, answer.Bytes });

    /// <summary>The saved form of a live session, sealed unless there is no key.</summary>
    internal static byte[] Serialize(ReadOnlyMemory<byte> session, ReadOnlyMemory<byte>? key) =>
        Call(
            "serialize",
            json =>
            {
                json.WriteStartArray("sessions");
                json.WriteNumberValue(session.Length);
                json.WriteEndArray();
                json.WriteBoolean("batch", false);
                Key(json, key);
            },
            new[] { session, key ?? default }).Payload;

    /// <summary>The live session of a sealed one.</summary>
    internal static byte[] Open(ReadOnlyMemory<byte> saved, ReadOnlyMemory<byte> key) =>
        Call("open", json => Saved(json, saved, key), new[] { saved, key }).Payload;

    /// <summary>The live session of one that is not sealed. The certificate and the options come from the caller alone.</summary>
    internal static byte[] OpenUnsealed(
        ReadOnlyMemory<byte> saved, Certificate? certificate, CertificateChain? chain, SigningOptions? options)
    {
        var payload = new List<ReadOnlyMemory<byte>> { saved };
        return Call(
            "open",
            json =>
            {
                Saved(json, saved, null);
                if (certificate != null) Credentials(json, certificate.Value, chain, payload);
                Options(json, options);
                if (options?.SigningTime is DateTimeOffset time) json.WriteNumber("now", time.ToUnixTimeSeconds());
            },
            payload).Payload;
    }

    private static byte[] Start(
        string operation, Source source, CallOptions? call, IReadOnlyCollection<ReadOnlyMemory<byte>> payload,
        Action<Utf8JsonWriter> rest) =>
        Frame.Encode(
            json =>
            {
                json.WriteString("operation", operation);
                source.WriteTo(json);
                json.WriteNumber("now", (call?.SigningTime ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds());
                json.WriteString("entropy", Hex.Of((call?.Entropy ?? Entropy()).Span));
                rest(json);
            },
            payload);

    private static Done Call(string operation, Action<Utf8JsonWriter> rest, IReadOnlyCollection<ReadOnlyMemory<byte>> payload)
    {
        var frame = Frame.Encode(
            json =>
            {
                json.WriteString("operation", operation);
                rest(json);
            },
            payload);
        var result = Core.Call(frame);
        if (result.Header.TryGetProperty("error", out var error)) throw RustPdfException.Of(error);
        return new Done(result);
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

    private static void Answered(Utf8JsonWriter json, ReadOnlyMemory<byte> session, Answer answer)
    {
        json.WriteNumber("session", session.Length);
        json.WriteString("answer", answer.Kind);
        json.WriteNumber("answerLength", answer.Bytes.Length);
    }

    private static void Saved(Utf8JsonWriter json, ReadOnlyMemory<byte> saved, ReadOnlyMemory<byte>? key)
    {
        json.WriteNumber("saved", saved.Length);
        json.WriteBoolean("batch", false);
        Key(json, key);
    }

    private static void Key(Utf8JsonWriter json, ReadOnlyMemory<byte>? key)
    {
        if (key == null) json.WriteNull("key");
        else json.WriteNumber("key", key.Value.Length);
    }
}

/// <summary>The answer that completes a session.</summary>
internal readonly struct Answer
{
    /// <summary>No answer: the session is signed already.</summary>
    internal static readonly Answer None = new Answer("none", default);

    private Answer(string kind, ReadOnlyMemory<byte> bytes)
    {
        Kind = kind;
        Bytes = bytes;
    }

    internal string Kind { get; }

    internal ReadOnlyMemory<byte> Bytes { get; }

    internal static Answer Signature(byte[] signature) =>
        new Answer("signature", signature ?? throw new ArgumentNullException(nameof(signature)));

    internal static Answer Container(byte[] cms) =>
        new Answer("container", cms ?? throw new ArgumentNullException(nameof(cms)));
}
