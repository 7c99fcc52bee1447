using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>The operations of the core: their start frames, and the frames of those that need no machine.</summary>
internal static class Operations
{
    /// <summary>Signs by each signatory in turn. The payload contains the updates, one after the other.</summary>
    internal static ValueTask<Done> Sign(
        Source source, OutputPlace? output, IReadOnlyList<Signatory> signatories, Call call, LedgerJob? job = null) =>
        Machine.Run(SignFrame(source, output, signatories, call, job), source, signatories, call);

    internal static byte[] SignFrame(
        Source source, OutputPlace? output, IReadOnlyList<Signatory> signatories, Call call, LedgerJob? job = null)
    {
        var parts = new Parts();
        var start = new SignStart { Output = output, Signatories = signatories.Select(Start).ToArray(), Ledger = job };
        return StartFrame(source, start.WriteTo, parts, call);

        SignatoryStart Start(Signatory one)
        {
            TimestampService.Checked(one.Options?.Timestamp);
            return new SignatoryStart
            {
                Certificate = parts.Add("certificate", one.Signer.Certificate.Bytes),
                Chain = parts.AddChain(one.Signer.Chain),
                Options = EncodedOptions.Of(one.OptionsWithKey, parts),
            };
        }
    }

    /// <summary>Prepares a signature that comes later. The payload is the live session.</summary>
    internal static ValueTask<Done> Prepare(
        Source source, Certificate? certificate, CertificateChain? chain, SigningOptions? options, Call call)
    {
        var parts = new Parts();
        if (options?.Timestamp != null) call.Services = TimestampService.Checked(options.Timestamp);
        call.Password = options?.Password;
        var start = new PrepareStart
        {
            Certificate = parts.AddOptional("certificate", certificate?.Bytes),
            Chain = parts.AddChain(chain),
            Options = EncodedOptions.Of(options, parts),
        };
        return Run(source, start.WriteTo, parts, call);
    }

    /// <summary>Resumes a live session, and compares the document with the session's unless that check is skipped.</summary>
    internal static ValueTask<Done> Resume(Source source, ReadOnlyMemory<byte> session, bool skipDocumentCheck, Call call)
    {
        var parts = new Parts();
        var start = new ResumeStart { Session = parts.Add("session", session), SkipDocumentCheck = skipDocumentCheck };
        return Run(source, start.WriteTo, parts, call);
    }

    /// <summary>Completes a live session, or goes on with it. The payload is the update.</summary>
    internal static ValueTask<Done> Complete(Source source, OutputPlace? output, ReadOnlyMemory<byte> session, Answer answer, Call call)
    {
        var parts = new Parts();
        var start = new CompleteStart
        {
            Session = parts.Add("session", session),
            Signature = parts.AddOptional("signature", answer.Signature),
            Certificate = parts.AddOptional("certificate", answer.Certificate?.Bytes),
            Chain = parts.AddChain(answer.Chain),
            Container = parts.AddOptional("container", answer.Container),
            Password = call.Password,
            Output = output,
        };
        return Run(source, start.WriteTo, parts, call);
    }

    /// <summary>Appends timestamps and evidence. The payload is the update.</summary>
    /// <param name="operation">Name of the operation.</param>
    /// <param name="source">Document.</param>
    /// <param name="output">Place of the extended document; null if the caller appends the update.</param>
    /// <param name="options">Level, services and trusted certificates.</param>
    /// <param name="call">The call.</param>
    /// <param name="job">Job of a ledger.</param>
    /// <param name="renewBefore">The core skips a document with evidence until after this time, in seconds since 1970.</param>
    internal static ValueTask<Done> Extend(
        string operation, Source source, OutputPlace? output, ExtensionOptions options, Call call, LedgerJob? job = null,
        long? renewBefore = null)
    {
        if (call.OnReport != null) throw HostError.OptionUseless(nameof(options.OnReport));
        if (call.OnWarnings != null) throw HostError.OptionUseless(nameof(options.OnWarnings));
        if (options.Timestamp != null) call.Services = TimestampService.Checked(options.Timestamp);
        var parts = new Parts();
        var encoded = EncodedOptions.Of(options, parts);
        return Run(source, Write, parts, call);

        void Write(Utf8JsonWriter json)
        {
            json.WriteString("operation", operation);
            json.WritePropertyName("options");
            encoded.WriteTo(json);
            if (renewBefore != null) json.WriteNumber("renewBefore", renewBefore.Value);
            if (output != null)
            {
                json.WritePropertyName("output");
                json.WriteObject(output.WriteTo);
            }
            if (job != null)
            {
                json.WritePropertyName("ledger");
                json.WriteObject(job.WriteTo);
            }
        }
    }

    /// <summary>Finishes an interrupted signing in place, or takes it back.</summary>
    internal static ValueTask<Done> Recover(Source source, bool undo, string? journalOwner, Call call) =>
        Run(source, new RecoverStart { Undo = undo, JournalOwner = journalOwner }.WriteTo, new Parts(), call);

    /// <summary>Reads the facts of a document.</summary>
    internal static ValueTask<Done> Inspect(Source source, string? password, Call call) =>
        Run(source, new InspectStart { Password = password }.WriteTo, new Parts(), call);

    /// <summary>Opens the ledger of a run over many files, or makes one.</summary>
    internal static ValueTask<Done> OpenLedger(string path, Call call) =>
        Run(Source.None, new OpenLedgerStart { Path = path }.WriteTo, new Parts(), call);

    /// <summary>Releases the lock of a ledger.</summary>
    internal static ValueTask<Done> CloseLedger(JsonElement ledger, Call call) =>
        Run(Source.None, new CloseLedgerStart { Ledger = ledger }.WriteTo, new Parts(), call);

    /// <summary>
    /// A certification request or a self-signed certificate: without a signature the request to the key, with it the DER.
    /// </summary>
    internal static Done Certify(CertifyCall frame, PublicKeyInfo publicKey, ReadOnlyMemory<byte>? signature)
    {
        var parts = new Parts();
        frame.PublicKey = parts.Add("publicKey", publicKey.Bytes);
        frame.Signature = parts.AddOptional("signature", signature);
        frame.Parts = parts.Lengths;
        return Call(frame.WriteTo, parts);
    }

    /// <summary>The saved form of a live session, sealed unless there is no key.</summary>
    internal static byte[] Serialize(ReadOnlyMemory<byte> session, ReadOnlyMemory<byte>? key) => Serialize([session], false, key);

    /// <summary>The saved form of the live sessions of a batch. A document that failed has none.</summary>
    internal static byte[] Serialize(IEnumerable<ReadOnlyMemory<byte>?> sessions, bool batch, ReadOnlyMemory<byte>? key)
    {
        var parts = new Parts();
        var frame = new SerializeCall
        {
            Sessions = sessions.Select(session => parts.AddOptional("session", session)).ToArray(),
            Batch = batch,
            Key = parts.AddOptional("key", key),
            Parts = parts.Lengths,
        };
        return Call(frame.WriteTo, parts).Payload;
    }

    /// <summary>
    /// The live session of a saved one. Of one that is not sealed, which has no key, certificate and options come from the caller alone.
    /// </summary>
    internal static ReadOnlyMemory<byte> Open(
        ReadOnlyMemory<byte> saved, ReadOnlyMemory<byte>? key, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null) =>
        Open(saved, false, key, certificate, chain, options)[0];

    /// <summary>The live sessions of a saved batch, each empty for a document that has none.</summary>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> OpenBatch(
        ReadOnlyMemory<byte> saved, ReadOnlyMemory<byte>? key, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null) =>
        Open(saved, true, key, certificate, chain, options);

    private static ReadOnlyMemory<byte>[] Open(
        ReadOnlyMemory<byte> saved, bool batch, ReadOnlyMemory<byte>? key, Certificate? certificate, CertificateChain? chain,
        SigningOptions? options)
    {
        var parts = new Parts();
        var frame = new OpenCall
        {
            Saved = parts.Add("saved", saved),
            Batch = batch,
            Key = parts.AddOptional("key", key),
            Certificate = parts.AddOptional("certificate", certificate?.Bytes),
            Chain = parts.AddChain(chain),
            Options = EncodedOptions.Of(options, parts),
            Now = options?.SigningTime?.ToUnixTimeSeconds(),
            Parts = parts.Lengths,
        };
        var (done, at) = (Call(frame.WriteTo, parts), 0);
        return Array.ConvertAll(new SessionsResult(done.Result).Sessions, length =>
        {
            at += (int)length;
            return (ReadOnlyMemory<byte>)done.Payload.AsMemory(at - (int)length, (int)length);
        });
    }

    internal static byte[] StartFrame(Source source, Action<Utf8JsonWriter> operation, Parts parts, Call call)
    {
        var start = source.Start();
        (start.Now, start.Entropy, start.Parts) = (call.Now, call.Entropy(), parts.Lengths);
        return Frame.Encode(
            json =>
            {
                operation(json);
                start.WriteTo(json);
            },
            parts.Payload);
    }

    private static ValueTask<Done> Run(Source source, Action<Utf8JsonWriter> operation, Parts parts, Call call) =>
        Machine.Run(StartFrame(source, operation, parts, call), source, Array.Empty<Signatory>(), call);

    private static Done Call(Action<Utf8JsonWriter> header, Parts parts)
    {
        var end = Core.Call(Frame.Encode(header, parts.Payload));
        return end.Step == "error" ? throw RustPdfException.Of(new ErrorStep(end.Header).Error) : new Done(end);
    }

    private static string[]? AddChain(this Parts parts, CertificateChain? chain) =>
        chain == null ? null : Array.ConvertAll(chain.Parts, issuer => parts.Add("chain", issuer));
}

/// <summary>The end of an operation: its result, its reports, and the update or the live session.</summary>
internal sealed class Done
{
    internal Done(Frame step)
    {
        var done = new DoneStep(step.Header);
        (Payload, Result, Reports) = (step.Payload, done.Result, done.Reports);
    }

    internal byte[] Payload { get; }

    internal JsonElement Result { get; }

    internal IReadOnlyList<Report> Reports { get; }

    /// <summary>Whether there was nothing to do: the ledger says so, or the evidence of the document lasts long enough.</summary>
    internal bool IsSkipped => Result.ValueKind == JsonValueKind.Object && Result.Has("skipped", out _) && new SkippedResult(Result).Skipped;
}
