using System;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>
/// A signature in two phases of a file that is neither in memory nor open meanwhile. A file that changed
/// between the phases is rejected.
/// </summary>
public sealed class FileSigningSession : PreparedSigning
{
    internal FileSigningSession(Source source, SessionResult prepared, byte[] live, Action<Report>? onReport)
        : base(source, prepared, live, onReport)
    {
    }

    /// <summary>
    /// The session that an exception carries: the call that threw it had a signature already, and
    /// <see cref="CompleteSigned"/> continues from there. Null if there is none.
    /// </summary>
    public static FileSigningSession? Of(Exception exception) => Carry(exception) as FileSigningSession;

    /// <summary>Completes with a finished CMS container, which is verified first. May be called again.</summary>
    /// <param name="cms">The container, in DER or BER.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the update alone.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>, <c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    public SignedFile Complete(
        byte[] cms, PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(
            null, cms ?? throw new ArgumentNullException(nameof(cms)), output, replace, progress, isAsync: false, cancellationToken)
            .Result();

    /// <summary>Completes with a raw signature over <c>Request.Data</c>, which is verified first. May be called again.</summary>
    /// <param name="signature">The signature, ECDSA as DER or r‖s.</param>
    /// <exception cref="RustPdfException"><c>ERR_SIGNATURE_…</c>, <c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    /// <inheritdoc cref="Complete"/>
    public SignedFile CompleteWithSignature(
        byte[] signature, PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(
            signature ?? throw new ArgumentNullException(nameof(signature)), null, output, replace, progress, isAsync: false,
            cancellationToken).Result();

    /// <summary>Completes a session that has its signature already, without the key.</summary>
    /// <exception cref="RustPdfException"><c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    /// <inheritdoc cref="Complete"/>
    public SignedFile CompleteSigned(
        PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(null, null, output, replace, progress, isAsync: false, cancellationToken).Result();

    /// <summary>As <see cref="Complete"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Complete"/>
    public Task<SignedFile> CompleteAsync(
        byte[] cms, PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(
            null, cms ?? throw new ArgumentNullException(nameof(cms)), output, replace, progress, isAsync: true, cancellationToken)
            .AsTask();

    /// <summary>As <see cref="CompleteWithSignature"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteWithSignature"/>
    public Task<SignedFile> CompleteWithSignatureAsync(
        byte[] signature, PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(
            signature ?? throw new ArgumentNullException(nameof(signature)), null, output, replace, progress, isAsync: true,
            cancellationToken).AsTask();

    /// <summary>As <see cref="CompleteSigned"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteSigned"/>
    public Task<SignedFile> CompleteSignedAsync(
        PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(null, null, output, replace, progress, isAsync: true, cancellationToken).AsTask();

    private async ValueTask<SignedFile> Into(
        byte[]? signature, byte[]? container, PdfOutput? output, bool replace, IProgress<SigningProgress>? progress, bool isAsync,
        CancellationToken cancellationToken)
    {
        var call = new Call(new CallOptions { Progress = progress, OnReport = OnReport }, isAsync, cancellationToken);
        using var source = await Source.Input!.Open(output?.Stream != null, call).ConfigureAwait(false);
        var done = await Operations.Complete(source, output?.Place(replace), Live, signature, container, call).ConfigureAwait(false);
        if (output?.Stream != null) await output.Write(source.Document!, done.Payload, call).ConfigureAwait(false);
        Tell(done.Reports[^1]);
        return new SignedFile(done.Payload, done.Reports);
    }
}
