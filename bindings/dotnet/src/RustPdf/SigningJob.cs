using System;

namespace RustPdf;

/// <summary>One of many documents to sign.</summary>
/// <example>
/// <code>
/// var job = new SigningJob("contract.pdf", "signed.pdf") { Id = "contract 1" };
/// </code>
/// </example>
public sealed class SigningJob
{
    /// <summary>Takes a document and its output.</summary>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the update alone.</param>
    public SigningJob(PdfInput input, PdfOutput? output) =>
        (Input, Output) = (input ?? throw new ArgumentNullException(nameof(input)), output);

    /// <summary>Document.</summary>
    public PdfInput Input { get; }

    /// <summary>Place of the signed document.</summary>
    public PdfOutput? Output { get; }

    /// <summary>Name in the ledger, unique in a run. Default: the path of the output.</summary>
    public string? Id { get; init; }

    /// <summary>Options of this signature, in place of those of the run.</summary>
    public SigningOptions? Options { get; init; }
}

/// <summary>Result of a job.</summary>
public enum JobStatus
{
    /// <summary>The document was signed.</summary>
    Signed,

    /// <summary>An earlier run signed the document, by its ledger.</summary>
    Skipped,

    /// <summary>The document was not signed. Other jobs go on.</summary>
    Failed,
}

/// <summary>A job that ended.</summary>
public sealed class JobOutcome
{
    internal JobOutcome(SigningJob job, int index, SignedFile? signed, Exception? error)
    {
        (Job, Index, Signed, Error) = (job, index, signed, error);
        Status = error != null ? JobStatus.Failed : signed != null ? JobStatus.Signed : JobStatus.Skipped;
    }

    /// <summary>The job.</summary>
    public SigningJob Job { get; }

    /// <summary>Place of the job in the run, from 0.</summary>
    public int Index { get; }

    /// <summary>Result.</summary>
    public JobStatus Status { get; }

    /// <summary>The signed file; null unless the status is <see cref="JobStatus.Signed"/>.</summary>
    public SignedFile? Signed { get; }

    /// <summary>Cause of the failure; null unless the status is <see cref="JobStatus.Failed"/>.</summary>
    public Exception? Error { get; }
}
