using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// Signs PDF files (PAdES) with keys that stay where they are: rustpdf does all the work on PDF and CMS, and asks for a raw signature over
/// the bytes that it gives. Nothing is embedded that does not verify with the certificate. All calls are for any thread.
/// </summary>
/// <remarks>
/// Errors: <see cref="RustPdfException"/> with a stable code. What a signer throws reaches the caller as itself.
/// </remarks>
public static partial class Pdf
{
    /// <summary>Signs a PDF with a key that stays where it is, and returns the signed document.</summary>
    /// <param name="pdf">The document: bytes or a stream.</param>
    /// <param name="certificate">The signer's certificate: DER or PEM.</param>
    /// <param name="signer">Gets the bytes to sign, and returns the raw signature.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">What the signature is to be. Default: PAdES B-B with what fits the certificate.</param>
    /// <param name="cancellationToken">Stops it between two steps.</param>
    /// <exception cref="RustPdfException">What was refused, by its code.</exception>
    public static byte[] SignWith(
        PdfInput pdf, Certificate certificate, Signer signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Signing.InMemory(pdf, Alone(certificate, signer, chain, options), options, isAsync: false, cancellationToken).Result();

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

    /// <summary>Signs a PDF with a key that stays where it is, and promises the signed document: the signer answers later.</summary>
    /// <param name="pdf">The document: bytes or a stream.</param>
    /// <param name="certificate">The signer's certificate: DER or PEM.</param>
    /// <param name="signer">Gets the bytes to sign, and promises the raw signature.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">What the signature is to be. Default: PAdES B-B with what fits the certificate.</param>
    /// <param name="cancellationToken">Stops it, also while it waits for a signer that promises.</param>
    /// <exception cref="RustPdfException">What was refused, by its code.</exception>
    public static Task<byte[]> SignWithAsync(
        PdfInput pdf, Certificate certificate, AsyncSigner signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Signing.InMemory(pdf, Alone(certificate, signer, chain, options), options, isAsync: true, cancellationToken).AsTask();

    /// <summary>Signs a PDF on the thread pool, by a signer that answers at once.</summary>
    /// <inheritdoc cref="SignWithAsync(PdfInput, Certificate, AsyncSigner, CertificateChain, SigningOptions, CancellationToken)"/>
    public static Task<byte[]> SignWithAsync(
        PdfInput pdf, Certificate certificate, Signer signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Signing.InMemory(pdf, Alone(certificate, signer, chain, options), options, isAsync: true, cancellationToken).AsTask();

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
    /// Signs a PDF by several signers, each over the signatures before, as one call after the other would. The document is read once, and a
    /// certificate or option that is wrong is refused before anybody signs.
    /// </summary>
    /// <param name="pdf">The document: bytes or a stream.</param>
    /// <param name="signatories">The signatories, in their order.</param>
    /// <param name="options">What concerns the call.</param>
    /// <param name="cancellationToken">Stops it between two steps.</param>
    /// <exception cref="RustPdfException">What was refused, by its code.</exception>
    public static byte[] SignInTurn(
        PdfInput pdf, IEnumerable<Signatory> signatories, CallOptions? options = null, CancellationToken cancellationToken = default) =>
        Signing.InMemory(pdf, Signing.InTurn(signatories, isAsync: false), options, isAsync: false, cancellationToken).Result();

    /// <summary>As <see cref="SignInTurn"/>, of which the signers may answer later.</summary>
    /// <inheritdoc cref="SignInTurn"/>
    public static Task<byte[]> SignInTurnAsync(
        PdfInput pdf, IEnumerable<Signatory> signatories, CallOptions? options = null, CancellationToken cancellationToken = default) =>
        Signing.InMemory(pdf, Signing.InTurn(signatories, isAsync: true), options, isAsync: true, cancellationToken).AsTask();

    /// <summary>
    /// Prepares a PDF for a signature that comes later: a finished container, or with <paramref name="certificate"/> a raw signature.
    /// </summary>
    /// <param name="pdf">The document: bytes or a stream.</param>
    /// <param name="options">What the signature is to be.</param>
    /// <param name="certificate">The signer's certificate: DER or PEM.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="cancellationToken">Stops it between two steps.</param>
    /// <exception cref="RustPdfException">What was refused, by its code.</exception>
    public static SigningSession BeginSigning(
        PdfInput pdf, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, options, new Control(options, isAsync: false, cancellationToken), (source, control) =>
            Operations.Prepare(source, certificate, chain, options, control)).Result();

    /// <summary>As <see cref="BeginSigning"/>, on the thread pool.</summary>
    /// <inheritdoc cref="BeginSigning"/>
    public static Task<SigningSession> BeginSigningAsync(
        PdfInput pdf, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, options, new Control(options, isAsync: true, cancellationToken), (source, control) =>
            Operations.Prepare(source, certificate, chain, options, control)).AsTask();

    /// <summary>Takes up a sealed session with its document, which is read again and must be the same.</summary>
    /// <param name="saved">The bytes of <see cref="PreparedSigning.Serialize"/>, in any language.</param>
    /// <param name="pdf">The document.</param>
    /// <param name="key">The secret key of 32 bytes or more that sealed the session.</param>
    /// <param name="skipDocumentCheck">Skips reading the document again. A different document is then not noticed.</param>
    /// <param name="options">What concerns the call.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>; <c>ERR_ARGUMENT</c>: the key is shorter.</exception>
    public static SigningSession ResumeSigning(
        ReadOnlyMemory<byte> saved, PdfInput pdf, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false, CallOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, options, new Control(options, isAsync: false, cancellationToken), (source, control) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, options, control)).Result();

    /// <summary>As <see cref="ResumeSigning"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeSigning"/>
    public static Task<SigningSession> ResumeSigningAsync(
        ReadOnlyMemory<byte> saved, PdfInput pdf, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false, CallOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, options, new Control(options, isAsync: true, cancellationToken), (source, control) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, options, control)).AsTask();

    /// <summary>
    /// Takes up a session without a seal. The certificate, the chain and the options come from the caller and
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
        Session(pdf, options, new Control(options, isAsync: false, cancellationToken), (source, control) =>
            Operations.Resume(source, Operations.OpenUnsealed(saved, certificate, chain, options), false, options, control)).Result();

    /// <summary>As <see cref="ResumeUnsealed"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeUnsealed"/>
    public static Task<SigningSession> ResumeUnsealedAsync(
        ReadOnlyMemory<byte> saved, PdfInput pdf, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        Session(pdf, options, new Control(options, isAsync: true, cancellationToken), (source, control) =>
            Operations.Resume(source, Operations.OpenUnsealed(saved, certificate, chain, options), false, options, control)).AsTask();

    private static async ValueTask<SigningSession> Session(
        PdfInput pdf, CallOptions? options, Control control, Func<Source, Control, ValueTask<Done>> prepare)
    {
        if (pdf == null) throw new ArgumentNullException(nameof(pdf));
        var source = await pdf.Open(control).ConfigureAwait(false);
        var session = new SigningSession(source, await prepare(source, control).ConfigureAwait(false), options?.OnReport);
        session.Tell(session.Report);
        return session;
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
