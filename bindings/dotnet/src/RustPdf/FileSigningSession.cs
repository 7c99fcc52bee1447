using System;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// A signing in two halves of a file that is not kept in memory, nor open. That it changed between the halves is noticed by its size and
/// times, and refused.
/// </summary>
public sealed class FileSigningSession : PreparedSigning
{
    private readonly string input;
    private readonly FileStatus status;

    internal FileSigningSession(string input, FileStatus status, Done prepared, Action<Report>? onReport)
        : base(prepared, onReport)
    {
        this.input = input;
        this.status = status;
    }

    /// <summary>Completes with a finished CMS container, which is checked first. May be called again.</summary>
    /// <param name="cms">The container, in DER or BER.</param>
    /// <param name="outputPath">The input's path for signing in place, that of a new file, or null for the update's bytes alone.</param>
    /// <param name="replace">Replaces an existing file, which is refused else.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops it. Nothing is left behind.</param>
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>, <c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    public SignedFile Complete(
        byte[] cms, string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(Answer.Container, cms, outputPath, replace, Watched(progress, isAsync: false, cancellationToken)).Result();

    /// <summary>Completes with a raw signature over <c>Request.Data</c>, which is checked first. May be called again.</summary>
    /// <param name="signature">The signature, ECDSA as DER or r‖s.</param>
    /// <param name="outputPath">The input's path for signing in place, that of a new file, or null for the update's bytes alone.</param>
    /// <param name="replace">Replaces an existing file, which is refused else.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops it. Nothing is left behind.</param>
    /// <exception cref="RustPdfException"><c>ERR_SIGNATURE_…</c>, <c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    public SignedFile CompleteWithSignature(
        byte[] signature, string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(Answer.Signature, signature, outputPath, replace, Watched(progress, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="Complete"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Complete"/>
    public Task<SignedFile> CompleteAsync(
        byte[] cms, string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(Answer.Container, cms, outputPath, replace, Watched(progress, isAsync: true, cancellationToken)).AsTask();

    /// <summary>As <see cref="CompleteWithSignature"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteWithSignature"/>
    public Task<SignedFile> CompleteWithSignatureAsync(
        byte[] signature, string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(Answer.Signature, signature, outputPath, replace, Watched(progress, isAsync: true, cancellationToken)).AsTask();

    private static Control Watched(IProgress<SigningProgress>? progress, bool isAsync, CancellationToken cancellationToken) =>
        new Control(new CallOptions { Progress = progress }, isAsync, cancellationToken);

    private async ValueTask<SignedFile> Into(Answer kind, byte[] answer, string? outputPath, bool replace, Control control)
    {
        var done = Completed(kind, answer);
        await control.Do(() => Write(done.Payload, outputPath, replace, control)).ConfigureAwait(false);
        Tell(done.Reports[0]);
        return new SignedFile(done.Payload, done.Reports);
    }

    private void Write(byte[] update, string? outputPath, bool replace, Control control)
    {
        using var source = FileSource.Open(input);
        // The document was let go meanwhile: it must still be the one that was hashed.
        if (!source.Status.Equals(status)) throw RustPdfException.FileChanged();
        using var target = Output.Open(source, outputPath, replace, control);
        target.Commit(update);
    }
}
