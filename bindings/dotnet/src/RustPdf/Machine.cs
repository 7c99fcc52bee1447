using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>
/// The loop: steps of the core, answers of the host. It runs a machine of the core to its end also after a failure, so that the core
/// removes what it has begun.
/// </summary>
internal sealed class Machine : IDisposable
{
    private readonly Source source;
    private readonly IReadOnlyList<Signatory> signatories;
    private readonly Call call;
    private readonly HashStates states;
    private readonly Disk disk = new();
    private readonly List<ExceptionDispatchInfo> failures = [];
    private long bytesRead;
    private HttpRun? http;

    /// <summary>The signatory that was asked last.</summary>
    private int current;

    /// <summary>
    /// An exception of the progress listener after work that stays done. It is thrown at the next step that may
    /// fail, or after the last step.
    /// </summary>
    private ExceptionDispatchInfo? late;

    internal Machine(Source source, IReadOnlyList<Signatory> signatories, Call call)
    {
        this.source = source;
        this.signatories = signatories;
        this.call = call;
        states = new HashStates(Math.Max(1, signatories.Count));
    }

    /// <summary>Runs a machine to its end.</summary>
    /// <param name="start">The start frame.</param>
    /// <param name="source">The document.</param>
    /// <param name="signatories">The signers of the <c>sign</c> steps.</param>
    /// <param name="call">Progress, cancellation and threads.</param>
    internal static async ValueTask<Done> Run(byte[] start, Source source, IReadOnlyList<Signatory> signatories, Call call)
    {
        using var host = new Machine(source, signatories, call);
        using var handle = Core.Start(start);
        for (var step = Core.Next(handle, Frame.Empty); ; step = Core.Next(handle, await host.Answer(step).ConfigureAwait(false)))
        {
            if (step.Step == "error") host.Throw(step);
            if (step.Step != "done") continue;
            host.late?.Throw();
            return new Done(step);
        }
    }

    public void Dispose()
    {
        http?.Dispose();
        states.Dispose();
        disk.Dispose();
    }

    /// <summary>Throws the exception of the failed step that ended the machine, or else the core's own error.</summary>
    private void Throw(Frame step)
    {
        var end = new ErrorStep(step.Header);
        var failure = end.Error.Failure is long number
            ? failures[(int)number] : ExceptionDispatchInfo.Capture(RustPdfException.Of(end.Error));
        call.Services = Services;
        if (current < signatories.Count) call.Password = signatories[current].Options?.Password;
        PreparedSigning.Attach(failure.SourceException, source, end.Session, step.Payload, call);
        failure.Throw();
    }

    /// <summary>Answers a step.</summary>
    internal async ValueTask<byte[]> Answer(Frame step)
    {
        try
        {
            if (step.Step != "store" || !new StoreRequest(step.Header).Final) Check();
            return step.Step switch
            {
                "read" => await call.Do(() => Read(new ReadStep(step.Header))).ConfigureAwait(false),
                "digest" => await call.Do(() => Digest(new DigestRequest(step.Header), step.Payload)).ConfigureAwait(false),
                "store" => await call.Do(() => Store(new StoreRequest(step.Header), step.Payload)).ConfigureAwait(false),
                "sign" => await Sign(step.Header, step.Payload).ConfigureAwait(false),
                "http" => await (http ??= new HttpRun(call)).Answer(step.Header, step.Payload, Services).ConfigureAwait(false),
                _ => throw HostError.UnknownStep(step.Step),
            };
        }
        catch (Exception error)
        {
            var kind = Keep(error);
            if (step.Step is "sign" or "http" && kind != FailureKind.Cancelled) kind = FailureKind.Other;
            return Frame.Encode(new AnswerFrame { Answer = "failed", Kind = kind }.WriteTo);
        }
    }

    /// <summary>Timestamp services of the signatory that was asked last, or those of the call.</summary>
    private IReadOnlyList<TimestampService> Services =>
        current < signatories.Count && signatories[current].Options?.Timestamp?.Services is { Count: > 0 } own ? own : call.Services;

    private void Check()
    {
        var thrown = late;
        late = null;
        thrown?.Throw();
        call.Check();
        source.Document?.RefuseChanged();
    }

    /// <summary>Reports the progress of work that stays done, whatever the listener does.</summary>
    private void Tell(SigningPhase phase, long done, long total)
    {
        try
        {
            call.Tell(phase, done, total);
        }
        catch (Exception error)
        {
            late = ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>Keeps an exception for the end of the run, and returns its kind.</summary>
    private FailureKind Keep(Exception error)
    {
        failures.Add(ExceptionDispatchInfo.Capture(error));
        return error is OperationCanceledException && call.Token.IsCancellationRequested ? FailureKind.Cancelled : Libc.Kind(error);
    }

    private Document DocumentOf(long? handle) =>
        handle == null ? source.Document! : disk.DocumentOf(handle.Value);

    private byte[] Read(ReadStep step)
    {
        var document = DocumentOf(step.Document);
        var ranges = step.Ranges;
        var pieces = Array.ConvertAll(ranges, range => document.Read(range.Item1, (int)range.Item2));
        foreach (var piece in pieces) bytesRead += piece.Length;
        call.Report(SigningPhase.Read, Math.Min(bytesRead, document.Length), document.Length);
        return Frame.Encode(new AnswerFrame { Answer = "read", Ranges = ranges }.WriteTo, pieces);
    }

    private byte[] Digest(DigestRequest request, byte[] payload)
    {
        var phase = request.Progress.Phase == DigestPhase.Write ? SigningPhase.Write : SigningPhase.Digest;
        var total = request.Progress.Total;
        var copy = request.Copy is long handle ? disk.FileOf(handle) : null;
        return HashPass.Answer(request, payload, DocumentOf(request.Document), copy, states, done => call.Report(phase, done, total));
    }

    private byte[] Store(StoreRequest request, byte[] payload)
    {
        var (done, total) = request.Progress is { } progress ? (progress.Done, progress.Total) : default;
        if (total > 0 && !request.Final) call.Report(SigningPhase.Write, done, total);
        var answer = disk.Answer(request.Operations, payload, Keep);
        if (total > 0 && request.Final) Tell(SigningPhase.Write, done, total);
        return answer;
    }

    private async ValueTask<byte[]> Sign(JsonElement header, byte[] message)
    {
        var step = new SignStep(header);
        var (signer, request) = ((int)step.Signer, step.Request);
        request.Data = message;
        current = signer;
        call.Report(SigningPhase.Sign, signer, signatories.Count);
        var warnings = header.GetProperty("warnings").Items(item => new Warning(item));
        if (warnings.Length > 0) call.OnWarnings?.Invoke(warnings);
        var signature = await signatories[signer].Sign(request, call).ConfigureAwait(false) ?? throw HostError.SignerResult("null");
        source.Document?.RefuseChanged();
        Tell(SigningPhase.Sign, signer + 1, signatories.Count);
        return Frame.Encode(new AnswerFrame { Answer = "sign" }.WriteTo, signature);
    }
}
