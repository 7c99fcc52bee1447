using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>The end of an operation: its result, its reports, and the update or the live session.</summary>
internal sealed class Done
{
    internal Done(Frame step, string result = "result")
    {
        Payload = step.Payload;
        Result = step.Header.TryGetProperty(result, out var value) ? value : default;
        Reports = step.Header.TryGetProperty("reports", out var reports)
            ? reports.EnumerateArray().Select(report => new Report(report)).ToArray()
            : Array.Empty<Report>();
    }

    internal byte[] Payload { get; }

    internal JsonElement Result { get; }

    internal IReadOnlyList<Report> Reports { get; }
}

/// <summary>
/// The loop: steps of the core, answers of the host. It runs a machine to its end also after a failure, so
/// that the core removes what it has begun.
/// </summary>
internal sealed class Run : IDisposable
{
    private readonly Source source;
    private readonly IReadOnlyList<Signatory> signatories;
    private readonly Control control;
    private readonly HashStates states;
    private readonly Disk disk = new Disk();
    private readonly List<ExceptionDispatchInfo> failures = new List<ExceptionDispatchInfo>();
    private long bytesRead;

    /// <summary>
    /// An exception of the progress listener after work that stays done. It is thrown at the next step that may
    /// fail, or after the last step.
    /// </summary>
    private ExceptionDispatchInfo? late;

    internal Run(Source source, IReadOnlyList<Signatory> signatories, Control control)
    {
        this.source = source;
        this.signatories = signatories;
        this.control = control;
        states = new HashStates(Math.Max(1, signatories.Count));
    }

    /// <summary>Runs a machine to its end.</summary>
    /// <param name="start">The start frame.</param>
    /// <param name="source">The document.</param>
    /// <param name="signatories">The signers of the <c>sign</c> steps.</param>
    /// <param name="control">Progress, cancellation and threads.</param>
    /// <param name="onReport">Receives the reports of a session that an exception carries.</param>
    internal static async ValueTask<Done> Through(
        byte[] start, Source source, IReadOnlyList<Signatory> signatories, Control control, Action<Report>? onReport = null)
    {
        using var run = new Run(source, signatories, control);
        using var machine = Core.Start(start);
        for (var step = Core.Next(machine, Frame.Empty); ; step = Core.Next(machine, await run.Answer(step).ConfigureAwait(false)))
        {
            if (step.Header.TryGetProperty("error", out var error)) run.Throw(error, step, onReport);
            if (step.Header.GetProperty("step").GetString() != "done") continue;
            run.late?.Throw();
            return new Done(step);
        }
    }

    public void Dispose()
    {
        states.Dispose();
        disk.Dispose();
    }

    /// <summary>Throws the exception of the failed step that ended the machine, or else the core's own error.</summary>
    private void Throw(JsonElement error, Frame step, Action<Report>? onReport)
    {
        var failure = error.TryGetProperty("failure", out var number) && number.ValueKind == JsonValueKind.Number
            ? failures[number.GetInt32()] : ExceptionDispatchInfo.Capture(RustPdfException.Of(error));
        PreparedSigning.Attach(failure.SourceException, source, step, onReport);
        failure.Throw();
    }

    /// <summary>Answers a step.</summary>
    internal async ValueTask<byte[]> Answer(Frame step)
    {
        var kind = step.Header.GetProperty("step").GetString();
        try
        {
            var isFinal = step.Header.TryGetProperty("final", out var final) && final.GetBoolean();
            if (!isFinal) Check();
            return kind switch
            {
                "read" => await control.Do(() => Read(step)).ConfigureAwait(false),
                "digest" => await control.Do(() => Digest(step)).ConfigureAwait(false),
                "store" => await control.Do(() => Store(step, isFinal)).ConfigureAwait(false),
                "sign" => await Sign(step).ConfigureAwait(false),
                _ => throw new NotSupportedException($"this version does not know the step {kind} of the core"),
            };
        }
        catch (Exception error)
        {
            return Frame.Encode(json =>
            {
                var failure = Keep(error);
                json.WriteString("answer", "failed");
                json.WriteString("kind", kind == "sign" && failure != "cancelled" ? "other" : failure);
            });
        }
    }

    private void Check()
    {
        var thrown = late;
        late = null;
        thrown?.Throw();
        control.Check();
    }

    /// <summary>Reports the progress of work that stays done, whatever the listener does.</summary>
    private void Tell(SigningPhase phase, long done, long total)
    {
        try
        {
            control.Tell(phase, done, total);
        }
        catch (Exception error)
        {
            late = ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>Keeps an exception for the end of the run, and returns its kind.</summary>
    private string Keep(Exception error)
    {
        failures.Add(ExceptionDispatchInfo.Capture(error));
        return error is OperationCanceledException && control.Token.IsCancellationRequested ? "cancelled" : Libc.Kind(error);
    }

    private Document DocumentOf(Frame step) =>
        Handle(step, "document") is int handle ? disk.Document(handle) : (Document)new MemoryDocument(source.Bytes);

    private static int? Handle(Frame step, string name) =>
        step.Header.TryGetProperty(name, out var handle) && handle.ValueKind == JsonValueKind.Number ? handle.GetInt32() : (int?)null;

    private byte[] Read(Frame step)
    {
        var document = DocumentOf(step);
        var ranges = step.Header.GetProperty("ranges").EnumerateArray()
            .Select(range => (Offset: range[0].GetInt64(), Length: range[1].GetInt32())).ToArray();
        var pieces = ranges.Select(range => document.Read(range.Offset, range.Length)).ToArray();
        bytesRead += pieces.Sum(piece => (long)piece.Length);
        control.Report(SigningPhase.Read, Math.Min(bytesRead, document.Length), document.Length);
        return Frame.Encode(
            json =>
            {
                json.WriteString("answer", "read");
                json.WriteStartArray("ranges");
                for (var index = 0; index < ranges.Length; index++)
                {
                    json.WriteStartArray();
                    json.WriteNumberValue(ranges[index].Offset);
                    json.WriteNumberValue(pieces[index].Length);
                    json.WriteEndArray();
                }
                json.WriteEndArray();
            },
            pieces);
    }

    private byte[] Digest(Frame step)
    {
        var progress = step.Header.GetProperty("progress");
        var phase = progress.GetProperty("phase").GetString() == "write" ? SigningPhase.Write : SigningPhase.Digest;
        var total = progress.GetProperty("total").GetInt64();
        var copy = Handle(step, "copy") is int handle ? disk.File(handle) : null;
        return Pass.Answer(step, DocumentOf(step), copy, states, done => control.Report(phase, done, total));
    }

    private byte[] Store(Frame step, bool isFinal)
    {
        var (done, total) = (0L, 0L);
        if (step.Header.TryGetProperty("progress", out var progress))
            (done, total) = (progress.GetProperty("done").GetInt64(), progress.GetProperty("total").GetInt64());
        if (total > 0 && !isFinal) control.Report(SigningPhase.Write, done, total);
        var answer = disk.Answer(step, Keep);
        if (total > 0 && isFinal) Tell(SigningPhase.Write, done, total);
        return answer;
    }

    private async ValueTask<byte[]> Sign(Frame step)
    {
        var signer = step.Header.GetProperty("signer").GetInt32();
        control.Report(SigningPhase.Sign, signer, signatories.Count);
        var signature = await signatories[signer].Sign(Request(step), control).ConfigureAwait(false);
        if (signature == null)
            throw new RustPdfException(ErrorCode.CallbackResult, "the signer returned null; return the raw signature as bytes");
        Tell(SigningPhase.Sign, signer + 1, signatories.Count);
        return Frame.Encode(json => json.WriteString("answer", "sign"), signature);
    }

    /// <summary>The request of a step, whose payload is the data, in the form of a session's.</summary>
    private static SigningRequest Request(Frame step)
    {
        var header = step.Header.GetRawText();
        var whole = new StringBuilder(header, 0, header.Length - 1, header.Length + 2 * step.Payload.Length + 16);
        whole.Append(",\"data\":\"").Append(Hex.Of(step.Payload)).Append("\"}");
        using var document = JsonDocument.Parse(whole.ToString());
        return new SigningRequest(document.RootElement);
    }
}
