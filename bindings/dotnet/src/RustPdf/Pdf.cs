using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>
/// Signs PDF files (PAdES) with keys that do not leave their store: rustpdf does all the work on PDF and CMS, and asks for a raw signature
/// over the bytes that it gives. Each signature is verified against the certificate before it is embedded. All calls may be made from any
/// thread.
/// </summary>
/// <remarks>
/// Errors: <see cref="RustPdfException"/> with a stable code. An exception of a signer reaches the caller as itself.
/// </remarks>
public static partial class Pdf
{
    /// <summary>Signs a PDF with a key that does not leave its store, and returns the signed document.</summary>
    /// <param name="pdf">The document: bytes or a stream.</param>
    /// <param name="certificate">The signer's certificate: DER or PEM.</param>
    /// <param name="signer">Gets the bytes to sign, and returns the raw signature.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="cancellationToken">Cancels the call between two steps.</param>
    /// <exception cref="RustPdfException">The call was rejected; the code says why.</exception>
    public static byte[] SignWith(
        PdfInput pdf, Certificate certificate, Signer signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        InMemory(pdf, Alone(certificate, signer, chain, options), new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>Signs a PDF by a function of the bytes to sign alone.</summary>
    /// <inheritdoc cref="SignWith(PdfInput, Certificate, Signer, CertificateChain, SigningOptions, CancellationToken)"/>
    public static byte[] SignWith(
        PdfInput pdf, Certificate certificate, Func<byte[], byte[]> signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SignWith(pdf, certificate, OfData(signer), chain, options, cancellationToken);

    /// <summary>Signs a PDF by a key handle of RSA or ECDSA, in memory or in a key store of the system. It is not disposed.</summary>
    /// <param name="key">The handle.</param>
    /// <inheritdoc cref="SignWith(PdfInput, Certificate, Signer, CertificateChain, SigningOptions, CancellationToken)"/>
    public static byte[] SignWith(
        PdfInput pdf, Certificate certificate, AsymmetricAlgorithm key, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SignWith(pdf, certificate, KeyHandle.Signer(key), chain, options, cancellationToken);

    /// <summary>Signs a PDF by the key handle that a certificate of a store has.</summary>
    /// <param name="certificate">The signer's certificate, with a private RSA or ECDSA key.</param>
    /// <inheritdoc cref="SignWith(PdfInput, Certificate, Signer, CertificateChain, SigningOptions, CancellationToken)"/>
    public static byte[] SignWith(
        PdfInput pdf, X509Certificate2 certificate, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using var key = KeyHandle.Of(certificate);
        return SignWith(pdf, certificate, key, chain, options, cancellationToken);
    }

    /// <summary>Signs a PDF with a key that does not leave its store. The signer answers later.</summary>
    /// <param name="pdf">The document: bytes or a stream.</param>
    /// <param name="certificate">The signer's certificate: DER or PEM.</param>
    /// <param name="signer">Gets the bytes to sign, and promises the raw signature.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="cancellationToken">Cancels the call, also while it waits for a signer.</param>
    /// <exception cref="RustPdfException">The call was rejected; the code says why.</exception>
    public static Task<byte[]> SignWithAsync(
        PdfInput pdf, Certificate certificate, AsyncSigner signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        InMemory(pdf, Alone(certificate, signer, chain, options), new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Signs a PDF on the thread pool, by a signer that answers at once.</summary>
    /// <inheritdoc cref="SignWithAsync(PdfInput, Certificate, AsyncSigner, CertificateChain, SigningOptions, CancellationToken)"/>
    public static Task<byte[]> SignWithAsync(
        PdfInput pdf, Certificate certificate, Signer signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        InMemory(pdf, Alone(certificate, signer, chain, options), new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Signs a PDF on the thread pool, by a key handle of RSA or ECDSA. It is not disposed.</summary>
    /// <param name="key">The handle.</param>
    /// <inheritdoc cref="SignWithAsync(PdfInput, Certificate, AsyncSigner, CertificateChain, SigningOptions, CancellationToken)"/>
    public static Task<byte[]> SignWithAsync(
        PdfInput pdf, Certificate certificate, AsymmetricAlgorithm key, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SignWithAsync(pdf, certificate, KeyHandle.Signer(key), chain, options, cancellationToken);

    /// <summary>Signs a PDF on the thread pool, by the key handle that a certificate of a store has.</summary>
    /// <param name="certificate">The signer's certificate, with a private RSA or ECDSA key.</param>
    /// <inheritdoc cref="SignWithAsync(PdfInput, Certificate, AsyncSigner, CertificateChain, SigningOptions, CancellationToken)"/>
    public static async Task<byte[]> SignWithAsync(
        PdfInput pdf, X509Certificate2 certificate, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using var key = KeyHandle.Of(certificate);
        return await SignWithAsync(pdf, certificate, key, chain, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Signs a PDF by several signers, each over the signatures before, as one call after the other would. The document is read once. A
    /// wrong certificate or option is rejected before the first signer signs.
    /// </summary>
    /// <param name="pdf">The document: bytes or a stream.</param>
    /// <param name="signatories">The signatories, in their order.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="cancellationToken">Cancels the call between two steps.</param>
    /// <exception cref="RustPdfException">The call was rejected; the code says why.</exception>
    public static byte[] SignInTurn(
        PdfInput pdf, IEnumerable<Signatory> signatories, CallOptions? options = null, CancellationToken cancellationToken = default) =>
        InMemory(pdf, InTurn(signatories, isAsync: false), new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="SignInTurn"/>, with signers that may answer later.</summary>
    /// <inheritdoc cref="SignInTurn"/>
    public static Task<byte[]> SignInTurnAsync(
        PdfInput pdf, IEnumerable<Signatory> signatories, CallOptions? options = null, CancellationToken cancellationToken = default) =>
        InMemory(pdf, InTurn(signatories, isAsync: true), new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>
    /// Prepares a PDF for a signature that comes later: a finished container, or with <paramref name="certificate"/> a raw signature.
    /// </summary>
    /// <param name="pdf">The document: bytes or a stream.</param>
    /// <param name="options">Options of the signature.</param>
    /// <param name="certificate">The signer's certificate: DER or PEM.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="cancellationToken">Cancels the call between two steps.</param>
    /// <exception cref="RustPdfException">The call was rejected; the code says why.</exception>
    public static SigningSession BeginSigning(
        PdfInput pdf, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Prepare(source, certificate, chain, options, call)).Result();

    /// <summary>As <see cref="BeginSigning"/>, on the thread pool.</summary>
    /// <inheritdoc cref="BeginSigning"/>
    public static Task<SigningSession> BeginSigningAsync(
        PdfInput pdf, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Prepare(source, certificate, chain, options, call)).AsTask();

    /// <summary>Resumes a sealed session with its document, which is read again and must be the same.</summary>
    /// <param name="saved">The bytes of <see cref="PreparedSigning.Serialize"/>, in any language.</param>
    /// <param name="pdf">The document.</param>
    /// <param name="key">The secret key of 32 bytes or more that sealed the session.</param>
    /// <param name="skipDocumentCheck">Skips reading the document again. A different document is then not noticed.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>; <c>ERR_ARGUMENT</c>: the key is shorter.</exception>
    public static SigningSession ResumeSigning(
        ReadOnlyMemory<byte> saved, PdfInput pdf, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false, CallOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, call)).Result();

    /// <summary>As <see cref="ResumeSigning"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeSigning"/>
    public static Task<SigningSession> ResumeSigningAsync(
        ReadOnlyMemory<byte> saved, PdfInput pdf, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false, CallOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, call)).AsTask();

    /// <summary>
    /// Resumes a session without a seal. The certificate, the chain and the options come from the caller and
    /// never from the session, and must be those that it was begun with.
    /// </summary>
    /// <param name="saved">The bytes of <see cref="PreparedSigning.SerializeUnsealed"/>, in any language.</param>
    /// <param name="pdf">The document, which is read again and must be the same.</param>
    /// <param name="certificate">The signer's certificate, where the session was begun with one.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">
    /// The options of the signature. With a <see cref="CallOptions.SigningTime"/>, which an attribute of that time
    /// requires, it is that of the beginning.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>.</exception>
    public static SigningSession ResumeUnsealed(
        ReadOnlyMemory<byte> saved, PdfInput pdf, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, null, certificate, chain, options), false, call)).Result();

    /// <summary>As <see cref="ResumeUnsealed"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeUnsealed"/>
    public static Task<SigningSession> ResumeUnsealedAsync(
        ReadOnlyMemory<byte> saved, PdfInput pdf, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, null, certificate, chain, options), false, call)).AsTask();

    private static async ValueTask<byte[]> InMemory(PdfInput pdf, IReadOnlyList<Signatory> signatories, Call call)
    {
        if (pdf == null) throw new ArgumentNullException(nameof(pdf));
        var source = await pdf.Open(call).ConfigureAwait(false);
        var done = await Operations.Sign(source, null, signatories, call).ConfigureAwait(false);
        var signed = source.Signed(done.Payload);
        foreach (var report in done.Reports) call.OnReport?.Invoke(report);
        return signed;
    }

    private static async ValueTask<SigningSession> Session(PdfInput pdf, Call call, Func<Source, Call, ValueTask<Done>> prepare)
    {
        if (pdf == null) throw new ArgumentNullException(nameof(pdf));
        var source = await pdf.Open(call).ConfigureAwait(false);
        var done = await prepare(source, call).ConfigureAwait(false);
        var session = new SigningSession(source, new SessionResult(done.Result), done.Payload, call.OnReport);
        session.Tell(session.Report);
        return session;
    }

    /// <summary>
    /// Checks the signatories of a call: their options concern their signatures alone, and a signer that
    /// promises its signature requires a call that waits.
    /// </summary>
    private static IReadOnlyList<Signatory> InTurn(IEnumerable<Signatory> signatories, bool isAsync)
    {
        var listed = (signatories ?? throw new ArgumentNullException(nameof(signatories))).ToArray();
        foreach (var one in listed)
        {
            if (one == null) throw new ArgumentException("a signatory is null", nameof(signatories));
            if (one.IsAsync && !isAsync)
                throw new ArgumentException("a signer that promises its signature needs an asynchronous call", nameof(signatories));
            if (one.Options?.ConcernsTheCall == true)
                throw new ArgumentException(
                    "the options of a signatory contain options of the call (time, entropy, report or progress); give them to the call",
                    nameof(signatories));
        }
        return listed;
    }

    private static Signatory[] Alone(Certificate certificate, Signer signer, CertificateChain? chain, SigningOptions? options) =>
        new[] { new Signatory(certificate, signer, chain, options) };

    private static Signatory[] Alone(Certificate certificate, AsyncSigner signer, CertificateChain? chain, SigningOptions? options) =>
        new[] { new Signatory(certificate, signer, chain, options) };

    private static Signer OfData(Func<byte[], byte[]> signer)
    {
        if (signer == null) throw new ArgumentNullException(nameof(signer));
        return (data, _) => signer(data.ToArray());
    }
}
