using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

public static partial class Pdf
{
    /// <summary>Raises the signatures of many documents, several at a time, and returns each outcome as soon as it is known.</summary>
    /// <remarks>
    /// <para>
    /// With <paramref name="renewBefore"/> it renews an archive: documents with evidence that lasts longer are skipped. Responses of servers
    /// are shared. A failure concerns its document alone.
    /// </para>
    /// <para>
    /// With a ledger, a run that was interrupted is called again with the same arguments. Then each document is extended once, until its
    /// evidence ends before <paramref name="renewBefore"/>. Outputs must have paths, and one run at a time uses a ledger.
    /// </para>
    /// <para>
    /// If the caller stops to iterate, documents in the works are completed, and no other is begun. A cancellation returns the
    /// outcomes of documents in the works first.
    /// </para>
    /// </remarks>
    /// <param name="jobs">Documents and outputs. They are taken as there is room for them.</param>
    /// <param name="options">Level, services and trusted certificates; options of the run.</param>
    /// <param name="renewBefore">Skips documents that have the level, and evidence until after this time. Default: none is skipped.</param>
    /// <param name="ledger">Path of a file that lists the documents that are done. Default: none.</param>
    /// <param name="inFlight">Number of documents in the works at a time.</param>
    /// <param name="replace">Replaces existing files, which are rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <exception cref="RustPdfException"><c>ERR_LEDGER_…</c>: the ledger cannot be used.</exception>
    /// <example>
    /// <code>
    /// Pdf.SignFile("contract.pdf", "signed.pdf", signer, replace: true);
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Level = Level.BT, Timestamp = timestamp, Http = http };
    /// var inThreeMonths = DateTimeOffset.UtcNow.AddMonths(3);
    /// await foreach (ExtensionOutcome outcome in Pdf.ExtendManyAsync([new ExtensionJob("signed.pdf", "signed.pdf")], options, inThreeMonths))
    ///     Console.WriteLine($"{outcome.Index}: {outcome.Status} {outcome.Error?.Message}");
    /// </code>
    /// </example>
    public static IAsyncEnumerable<ExtensionOutcome> ExtendManyAsync(
        IEnumerable<ExtensionJob> jobs, ExtensionOptions options, DateTimeOffset? renewBefore = null, string? ledger = null,
        int inFlight = InFlight.Default, bool replace = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return ExtendManyAsync(InFlight.Of(jobs), options, renewBefore, ledger, inFlight, replace, cancellationToken);
    }

    /// <inheritdoc cref="ExtendManyAsync(IEnumerable{ExtensionJob}, ExtensionOptions, DateTimeOffset?, string, int, bool, CancellationToken)"/>
    /// <example>
    /// <code>
    /// Pdf.SignFile("contract.pdf", "signed.pdf", signer, replace: true);
    /// async IAsyncEnumerable&lt;ExtensionJob&gt; Jobs()
    /// {
    ///     await Task.Yield(); // such as a database
    ///     yield return new ExtensionJob("signed.pdf", "extended.pdf");
    /// }
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Level = Level.BT, Timestamp = timestamp, Http = http };
    /// await foreach (ExtensionOutcome outcome in Pdf.ExtendManyAsync(Jobs(), options, ledger: "archive.ledger"))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public static IAsyncEnumerable<ExtensionOutcome> ExtendManyAsync(
        IAsyncEnumerable<ExtensionJob> jobs, ExtensionOptions options, DateTimeOffset? renewBefore = null, string? ledger = null,
        int inFlight = InFlight.Default, bool replace = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inFlight);
        if (options.Progress != null) throw HostError.OptionUseless(nameof(options.Progress));
        return ExtendedMany(jobs, options, renewBefore?.ToUnixTimeSeconds(), ledger, inFlight, replace, cancellationToken);
    }

    /// <summary>As
    /// <see cref="ExtendManyAsync(IEnumerable{ExtensionJob}, ExtensionOptions, DateTimeOffset?, string, int, bool, CancellationToken)"/>,
    /// for a caller that waits.</summary>
    /// <inheritdoc cref="ExtendManyAsync(IEnumerable{ExtensionJob}, ExtensionOptions, DateTimeOffset?, string, int, bool, CancellationToken)"/>
    /// <example>
    /// <code>
    /// Pdf.SignFile("contract.pdf", "signed.pdf", signer, replace: true);
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Level = Level.BT, Timestamp = timestamp, Http = http };
    /// foreach (ExtensionOutcome outcome in Pdf.ExtendMany([new ExtensionJob("signed.pdf", "signed.pdf")], options))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public static IEnumerable<ExtensionOutcome> ExtendMany(
        IEnumerable<ExtensionJob> jobs, ExtensionOptions options, DateTimeOffset? renewBefore = null, string? ledger = null,
        int inFlight = InFlight.Default, bool replace = false, CancellationToken cancellationToken = default) =>
        InFlight.Blocking(ExtendManyAsync(jobs, options, renewBefore, ledger, inFlight, replace, cancellationToken));

    private static async IAsyncEnumerable<ExtensionOutcome> ExtendedMany(
        IAsyncEnumerable<ExtensionJob> jobs, ExtensionOptions options, long? renewBefore, string? path, int inFlight, bool replace,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sharing = new HttpSharing(options.Http);
        var ledger = path == null ? null : await Ledger.Open(path, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (var done in InFlight.Run(jobs, inFlight, Extend, cancellationToken).ConfigureAwait(false))
                yield return new ExtensionOutcome(done.Item, done.Index, done.Result, done.Error);
        }
        finally
        {
            if (ledger != null) await ledger.Close().ConfigureAwait(false);
        }

        async Task<ExtendedFile?> Extend(ExtensionJob job)
        {
            if (job == null) throw new ArgumentException("a job is null", nameof(jobs));
            OptionsOf(job.Options, "a job", nameof(jobs));
            var (call, entry) = (new Call(options, isAsync: true, cancellationToken, sharing), ledger?.EntryOf(job.Id, job.Output));
            var own = job.Options ?? options;
            return await ExtendedInto(ExtendOperation, job.Input, job.Output, own, replace, call, entry, renewBefore).ConfigureAwait(false);
        }
    }
}

/// <summary>One of many documents to extend.</summary>
/// <example>
/// <code>
/// var job = new ExtensionJob("archived.pdf", "archived.pdf") { Id = "contract 1" };
/// </code>
/// </example>
public sealed class ExtensionJob
{
    /// <summary>Takes a document and its output.</summary>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the update alone.</param>
    public ExtensionJob(PdfInput input, PdfOutput? output) =>
        (Input, Output) = (input ?? throw new ArgumentNullException(nameof(input)), output);

    /// <summary>Document.</summary>
    public PdfInput Input { get; }

    /// <summary>Place of the extended document.</summary>
    public PdfOutput? Output { get; }

    /// <summary>Name in the ledger, unique in a run. Default: the path of the output.</summary>
    public string? Id { get; init; }

    /// <summary>Options of this document, in place of those of the run.</summary>
    public ExtensionOptions? Options { get; init; }
}

/// <summary>Result of a job that extends.</summary>
public enum ExtensionStatus
{
    /// <summary>The document was extended.</summary>
    Extended,

    /// <summary>An earlier run extended the document, by its ledger, or its evidence lasts until after the given time.</summary>
    Skipped,

    /// <summary>The document was not extended. Other jobs go on.</summary>
    Failed,
}

/// <summary>A job that extends, and that ended.</summary>
public sealed class ExtensionOutcome
{
    internal ExtensionOutcome(ExtensionJob job, int index, ExtendedFile? extended, Exception? error)
    {
        (Job, Index, Extended, Error) = (job, index, extended, error);
        Status = error != null ? ExtensionStatus.Failed : extended != null ? ExtensionStatus.Extended : ExtensionStatus.Skipped;
    }

    /// <summary>The job.</summary>
    public ExtensionJob Job { get; }

    /// <summary>Place of the job in the run, from 0.</summary>
    public int Index { get; }

    /// <summary>Result.</summary>
    public ExtensionStatus Status { get; }

    /// <summary>The extended file; null unless the status is <see cref="ExtensionStatus.Extended"/>.</summary>
    public ExtendedFile? Extended { get; }

    /// <summary>Cause of the failure; null unless the status is <see cref="ExtensionStatus.Failed"/>.</summary>
    public Exception? Error { get; }
}
