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
    /// <param name="outputPath">The input's path for signing in place, that of a new file, or null for the update's bytes alone.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>, <c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    public SignedFile Complete(
        byte[] cms, string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(
            null, cms ?? throw new ArgumentNullException(nameof(cms)), outputPath, replace, progress, isAsync: false, cancellationToken)
            .Result();

    /// <summary>Completes with a raw signature over <c>Request.Data</c>, which is verified first. May be called again.</summary>
    /// <param name="signature">The signature, ECDSA as DER or r‖s.</param>
    /// <exception cref="RustPdfException"><c>ERR_SIGNATURE_…</c>, <c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    /// <inheritdoc cref="Complete"/>
    public SignedFile CompleteWithSignature(
        byte[] signature, string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(
            signature ?? throw new ArgumentNullException(nameof(signature)), null, outputPath, replace, progress, isAsync: false,
            cancellationToken).Result();

    /// <summary>Completes a session that has its signature already, without the key.</summary>
    /// <exception cref="RustPdfException"><c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    /// <inheritdoc cref="Complete"/>
    public SignedFile CompleteSigned(
        string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(null, null, outputPath, replace, progress, isAsync: false, cancellationToken).Result();

    /// <summary>As <see cref="Complete"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Complete"/>
    public Task<SignedFile> CompleteAsync(
        byte[] cms, string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(
            null, cms ?? throw new ArgumentNullException(nameof(cms)), outputPath, replace, progress, isAsync: true, cancellationToken)
            .AsTask();

    /// <summary>As <see cref="CompleteWithSignature"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteWithSignature"/>
    public Task<SignedFile> CompleteWithSignatureAsync(
        byte[] signature, string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(
            signature ?? throw new ArgumentNullException(nameof(signature)), null, outputPath, replace, progress, isAsync: true,
            cancellationToken).AsTask();

    /// <summary>As <see cref="CompleteSigned"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteSigned"/>
    public Task<SignedFile> CompleteSignedAsync(
        string? outputPath, bool replace = false, IProgress<SigningProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Into(null, null, outputPath, replace, progress, isAsync: true, cancellationToken).AsTask();

    private async ValueTask<SignedFile> Into(
        byte[]? signature, byte[]? container, string? outputPath, bool replace, IProgress<SigningProgress>? progress, bool isAsync,
        CancellationToken cancellationToken)
    {
        var call = new Call(new CallOptions { Progress = progress, OnReport = OnReport }, isAsync, cancellationToken);
        var output = Output.At(outputPath, replace);
        var done = await Operations.Complete(Source, output, Live, signature, container, call).ConfigureAwait(false);
        Tell(done.Reports[done.Reports.Count - 1]);
        return new SignedFile(done.Payload, done.Reports);
    }
}
