using System;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>A signature of a file in two phases. The file is neither in memory nor open meanwhile.</summary>
/// <remarks>A file that changed between the phases is rejected.</remarks>
/// <example>
/// <code>
/// FileSigningSession session = Pdf.BeginSigningFile("contract.pdf", new SigningOptions(), certDer, chain);
/// byte[] signature = HsmSign(session.Request!.Data, session.Request);
/// session.CompleteWithSignature(signature, "contract.pdf");
/// </code>
/// </example>
public sealed class FileSigningSession : PreparedSigning
{
    internal FileSigningSession(Source source, SessionResult prepared, byte[] live, Call call)
        : base(source, prepared, live, call)
    {
    }

    /// <summary>Session that an exception carries, if its call had a signature already. Null if there is none.</summary>
    /// <param name="exception">Exception of a call that signs files.</param>
    /// <example>
    /// <code>
    /// using var stop = new CancellationTokenSource();
    /// var slow = new Signer(certDer, (data, request) =>
    /// {
    ///     stop.Cancel(); // such as a time limit
    ///     return HsmSign(data, request);
    /// }, chain);
    /// try
    /// {
    ///     Pdf.SignFile("contract.pdf", "contract.pdf", slow, cancellationToken: stop.Token);
    /// }
    /// catch (OperationCanceledException error) when (FileSigningSession.Of(error) is FileSigningSession session)
    /// {
    ///     session.CompleteSigned("contract.pdf"); // without the key
    /// }
    /// </code>
    /// </example>
    public static FileSigningSession? Of(Exception exception) => Carry(exception) as FileSigningSession;

    /// <summary>Completes with a CMS container, which is verified first. May be called again.</summary>
    /// <param name="cms">Container in DER or BER.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the update alone.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="http">Settings of the requests of a level above B-B. Default: those of the beginning.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>, <c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    /// <example>
    /// <code>
    /// FileSigningSession session = Pdf.BeginSigningFile("contract.pdf");
    /// session.Complete(ServiceSign(session.Hash), "signed.pdf");
    /// </code>
    /// </example>
    public SignedFile Complete(
        byte[] cms, PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        Into(Answer.Of(cms), output, replace, progress, isAsync: false, cancellationToken, HttpSharing.Of(http)).Result();

    /// <summary>Completes with a raw signature, which is verified first. May be called again.</summary>
    /// <param name="signature">Signature over <c>Request.Data</c>; of ECDSA as DER or r‖s.</param>
    /// <param name="certificate">
    /// Certificate that came with the signature. Only a session without a certificate takes it: begun with <c>Pades = false</c> and a
    /// <c>SignatureAlgorithm</c>.
    /// </param>
    /// <param name="chain">Issuers of that certificate, in any order.</param>
    /// <exception cref="RustPdfException">
    /// <c>ERR_SIGNATURE_…</c>, <c>ERR_SESSION_NO_CERTIFICATE</c>, <c>ERR_ALGORITHM_MISMATCH</c>, <c>ERR_FILE_CHANGED</c>,
    /// <c>ERR_FILE_BUSY</c>.
    /// </exception>
    /// <inheritdoc cref="Complete"/>
    /// <example>
    /// <code>
    /// FileSigningSession session = Pdf.BeginSigningFile("contract.pdf", new SigningOptions(), certDer, chain);
    /// byte[] signature = HsmSign(session.Request!.Data, session.Request);
    /// session.CompleteWithSignature(signature, "signed.pdf");
    /// </code>
    /// </example>
    public SignedFile CompleteWithSignature(
        byte[] signature, PdfOutput? output, bool replace = false, Certificate? certificate = null, CertificateChain? chain = null,
        IProgress<SigningProgress>? progress = null, HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        Into(Answer.Of(signature, certificate, chain), output, replace, progress, isAsync: false, cancellationToken, HttpSharing.Of(http)).Result();

    /// <summary>Completes a session that has its signature already, without the key.</summary>
    /// <exception cref="RustPdfException"><c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>.</exception>
    /// <inheritdoc cref="Complete"/>
    /// <example>
    /// <code>
    /// using var stop = new CancellationTokenSource();
    /// var slow = new Signer(certDer, (data, request) =>
    /// {
    ///     stop.Cancel(); // such as a time limit
    ///     return HsmSign(data, request);
    /// }, chain);
    /// try
    /// {
    ///     Pdf.SignFile("contract.pdf", "contract.pdf", slow, cancellationToken: stop.Token);
    /// }
    /// catch (OperationCanceledException error) when (FileSigningSession.Of(error) is FileSigningSession session)
    /// {
    ///     session.CompleteSigned("signed.pdf"); // without the key
    /// }
    /// </code>
    /// </example>
    public SignedFile CompleteSigned(
        PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        Into(default, output, replace, progress, isAsync: false, cancellationToken, HttpSharing.Of(http)).Result();

    /// <summary>As <see cref="Complete"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Complete"/>
    /// <example>
    /// <code>
    /// FileSigningSession session = await Pdf.BeginSigningFileAsync("contract.pdf");
    /// await session.CompleteAsync(ServiceSign(session.Hash), "signed.pdf", cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public Task<SignedFile> CompleteAsync(
        byte[] cms, PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        Into(Answer.Of(cms), output, replace, progress, isAsync: true, cancellationToken, HttpSharing.Of(http)).AsTask();

    /// <summary>As <see cref="CompleteWithSignature"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteWithSignature"/>
    /// <example>
    /// <code>
    /// FileSigningSession session = Pdf.BeginSigningFile("contract.pdf", new SigningOptions(), certDer, chain);
    /// byte[] signature = HsmSign(session.Request!.Data, session.Request);
    /// await session.CompleteWithSignatureAsync(signature, "contract.pdf", cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public Task<SignedFile> CompleteWithSignatureAsync(
        byte[] signature, PdfOutput? output, bool replace = false, Certificate? certificate = null, CertificateChain? chain = null,
        IProgress<SigningProgress>? progress = null, HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        Into(Answer.Of(signature, certificate, chain), output, replace, progress, isAsync: true, cancellationToken, HttpSharing.Of(http)).AsTask();

    /// <summary>As <see cref="CompleteSigned"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteSigned"/>
    /// <example>
    /// <code>
    /// using var stop = new CancellationTokenSource();
    /// var slow = new Signer(certDer, (data, request) =>
    /// {
    ///     stop.Cancel(); // such as a time limit
    ///     return HsmSign(data, request);
    /// }, chain);
    /// try
    /// {
    ///     Pdf.SignFile("contract.pdf", "contract.pdf", slow, cancellationToken: stop.Token);
    /// }
    /// catch (OperationCanceledException error) when (FileSigningSession.Of(error) is FileSigningSession session)
    /// {
    ///     await session.CompleteSignedAsync("contract.pdf"); // without the key
    /// }
    /// </code>
    /// </example>
    public Task<SignedFile> CompleteSignedAsync(
        PdfOutput? output, bool replace = false, IProgress<SigningProgress>? progress = null,
        HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        Into(default, output, replace, progress, isAsync: true, cancellationToken, HttpSharing.Of(http)).AsTask();

    /// <summary>
    /// Goes on with a session that has its signature. It asks again for what failed, such as a timestamp or revocation data. The key is
    /// not asked.
    /// </summary>
    /// <param name="http">
    /// Settings of the requests. Default: those of the beginning. A saved session has no timestamp services: give them here.
    /// </param>
    /// <param name="password">Password of an encrypted document. Default: that of the beginning, which a saved session does not have.</param>
    /// <exception cref="RustPdfException">
    /// <c>ERR_FILE_CHANGED</c>, <c>ERR_FILE_BUSY</c>. A service failed: the exception carries a session again.
    /// </exception>
    /// <inheritdoc cref="Complete"/>
    /// <example>
    /// <code>
    /// var timestamp = new TimestampOptions { Services = [new TimestampService("http://127.0.0.1:9/")] };
    /// try
    /// {
    ///     Pdf.SignFile("contract.pdf", "signed.pdf", signer, new SigningOptions { Level = Level.BT, Timestamp = timestamp });
    /// }
    /// catch (RustPdfException error) when (FileSigningSession.Of(error) is FileSigningSession session)
    /// {
    ///     var other = new HttpSettings { Services = [new TimestampService(tsaUrl)] };
    ///     session.Advance("signed.pdf", http: other); // without the key
    /// }
    /// </code>
    /// </example>
    public SignedFile Advance(
        PdfOutput? output, bool replace = false, HttpSettings? http = null, string? password = null,
        IProgress<SigningProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Into(default, output, replace, progress, isAsync: false, cancellationToken, HttpSharing.Of(http), password).Result();

    /// <summary>As <see cref="Advance"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Advance"/>
    /// <example>
    /// <code>
    /// var timestamp = new TimestampOptions { Services = [new TimestampService("http://127.0.0.1:9/")] };
    /// try
    /// {
    ///     Pdf.SignFile("contract.pdf", "signed.pdf", signer, new SigningOptions { Level = Level.BT, Timestamp = timestamp });
    /// }
    /// catch (RustPdfException error) when (FileSigningSession.Of(error) is FileSigningSession session)
    /// {
    ///     var other = new HttpSettings { Services = [new TimestampService(tsaUrl)] };
    ///     await session.AdvanceAsync("signed.pdf", http: other); // without the key
    /// }
    /// </code>
    /// </example>
    public Task<SignedFile> AdvanceAsync(
        PdfOutput? output, bool replace = false, HttpSettings? http = null, string? password = null,
        IProgress<SigningProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Into(default, output, replace, progress, isAsync: true, cancellationToken, HttpSharing.Of(http), password).AsTask();

    /// <summary>Completes with an answer of a batch.</summary>
    internal Task<SignedFile> CompleteAsync(
        Answer answer, PdfOutput? output, bool replace, HttpSharing? http, CancellationToken cancellationToken) =>
        Into(answer, output, replace, null, isAsync: true, cancellationToken, http).AsTask();

    private async ValueTask<SignedFile> Into(
        Answer answer, PdfOutput? output, bool replace, IProgress<SigningProgress>? progress, bool isAsync,
        CancellationToken cancellationToken, HttpSharing? http = null, string? password = null)
    {
        var call = CallOf(http, password, progress, isAsync, cancellationToken);
        using var source = await Source.Input!.Open(output?.Stream != null, call).ConfigureAwait(false);
        var done = await Operations.Complete(source, output?.Place(replace), Live, answer, call).ConfigureAwait(false);
        if (output?.Stream != null) await output.Write(source.Document!, done.Payload, call).ConfigureAwait(false);
        Tell(done.Reports[^1]);
        return new SignedFile(done.Payload, done.Reports);
    }
}
