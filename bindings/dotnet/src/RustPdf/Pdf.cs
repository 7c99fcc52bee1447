using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>
/// Signs PDF files (PAdES) with keys that never leave their store. The key holder makes a raw signature; all else is done here.
/// </summary>
/// <remarks>
/// <para>Each signature is verified against the certificate before it is embedded. All calls may be made from any thread.</para>
/// <para>Errors: <see cref="RustPdfException"/> with a stable code. An exception of a signer reaches the caller as itself.</para>
/// </remarks>
public static partial class Pdf
{
    /// <summary>Signs a PDF, and returns it with a report.</summary>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="signer">Key with its certificate.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="cancellationToken">Cancels the call between two steps.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// SignedPdf signed = Pdf.Sign(pdf, new Signer(certDer, HsmSign, chain), new SigningOptions { Reason = "Approved" });
    /// File.WriteAllBytes("signed.pdf", signed.Pdf);
    /// </code>
    /// </example>
    public static SignedPdf Sign(
        PdfInput pdf, ISigner signer, SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        InMemory(pdf, new[] { new Signatory(signer, options) }, new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>Signs a PDF on the thread pool, and returns it with a report.</summary>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="signer">Key with its certificate. It receives the token of the call.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="cancellationToken">Cancels the call, also while it waits for the signer.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// var signer = new Signer(certDer, KmsSign, chain);
    /// SignedPdf signed = await Pdf.SignAsync(pdf, signer, cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public static Task<SignedPdf> SignAsync(
        PdfInput pdf, ISigner signer, SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        InMemory(pdf, new[] { new Signatory(signer, options) }, new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Signs a PDF by a function, and returns the signed bytes.</summary>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="certificate">Certificate of the signer: DER or PEM.</param>
    /// <param name="signer">Returns the raw signature.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="cancellationToken">Cancels the call between two steps.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// byte[] signed = Pdf.SignWith(pdf, certDer, HsmSign, chain, new SigningOptions { Pades = true });
    /// </code>
    /// </example>
    public static byte[] SignWith(
        PdfInput pdf, Certificate certificate, SignCallback signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Sign(pdf, new Signer(certificate, signer, chain), options, cancellationToken).Pdf;

    /// <summary>Signs a PDF by a function of the message alone, and returns the signed bytes.</summary>
    /// <inheritdoc cref="SignWith(PdfInput, Certificate, SignCallback, CertificateChain, SigningOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// byte[] signed = Pdf.SignWith(pdf, certDer, data => HsmSignData(data), chain);
    /// </code>
    /// </example>
    public static byte[] SignWith(
        PdfInput pdf, Certificate certificate, Func<byte[], byte[]> signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SignWith(pdf, certificate, Signer.OfData(signer), chain, options, cancellationToken);

    /// <summary>Signs a PDF by a function that answers later, and returns the signed bytes.</summary>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="certificate">Certificate of the signer: DER or PEM.</param>
    /// <param name="signer">Returns the raw signature later. It receives the token of the call.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="cancellationToken">Cancels the call, also while it waits for the signer.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// byte[] signed = await Pdf.SignWithAsync(pdf, certDer, KmsSign, chain, cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public static async Task<byte[]> SignWithAsync(
        PdfInput pdf, Certificate certificate, SignAsyncCallback signer, CertificateChain? chain = null, SigningOptions? options = null,
        CancellationToken cancellationToken = default) =>
        (await SignAsync(pdf, new Signer(certificate, signer, chain), options, cancellationToken).ConfigureAwait(false)).Pdf;

    /// <summary>Signs a PDF by several signers, each over the signatures before.</summary>
    /// <remarks>
    /// The result is that of one call after the other. The document is read once. A wrong certificate or option is rejected before the
    /// first signer signs.
    /// </remarks>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="signatories">Signers in their order.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="cancellationToken">Cancels the call between two steps.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// var seen = new SigningOptions { Reason = "Seen" };
    /// SignedPdf signed = Pdf.SignInTurn(pdf, new[] { new Signatory(signer), new Signatory(otherSigner, seen) });
    /// </code>
    /// </example>
    public static SignedPdf SignInTurn(
        PdfInput pdf, IEnumerable<Signatory> signatories, CallOptions? options = null, CancellationToken cancellationToken = default) =>
        InMemory(pdf, InTurn(signatories, isAsync: false), new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="SignInTurn"/>, on the thread pool, with signers that may answer later.</summary>
    /// <inheritdoc cref="SignInTurn"/>
    /// <example>
    /// <code>
    /// SignedPdf signed = await Pdf.SignInTurnAsync(pdf, new[] { new Signatory(signer), new Signatory(otherSigner) });
    /// </code>
    /// </example>
    public static Task<SignedPdf> SignInTurnAsync(
        PdfInput pdf, IEnumerable<Signatory> signatories, CallOptions? options = null, CancellationToken cancellationToken = default) =>
        InMemory(pdf, InTurn(signatories, isAsync: true), new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Reads revisions, form fields and signatures of a PDF. It verifies nothing.</summary>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file. Only the ranges needed are read.</param>
    /// <param name="password">Password of an encrypted document.</param>
    /// <param name="cancellationToken">Cancels the call between two steps.</param>
    /// <exception cref="RustPdfException">The document cannot be read. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// foreach (SignatureInfo signature in Pdf.Inspect("contract.pdf").Signatures)
    ///     Console.WriteLine($"{signature.Field}: {signature.Signer?.Subject}");
    /// </code>
    /// </example>
    public static DocumentInfo Inspect(PdfInput pdf, string? password = null, CancellationToken cancellationToken = default) =>
        InfoOf(pdf, password, new Call(null, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="Inspect"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Inspect"/>
    /// <example>
    /// <code>
    /// DocumentInfo info = await Pdf.InspectAsync("contract.pdf", cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public static Task<DocumentInfo> InspectAsync(PdfInput pdf, string? password = null, CancellationToken cancellationToken = default) =>
        InfoOf(pdf, password, new Call(null, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Prepares a PDF for a signature that comes later.</summary>
    /// <remarks>With a certificate the session awaits a raw signature. Without one it awaits a CMS container.</remarks>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="options">Options of the signature.</param>
    /// <param name="certificate">Certificate of the signer: DER or PEM.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// SigningSession session = Pdf.BeginSigning(pdf, new SigningOptions(), certDer, chain);
    /// byte[] signature = HsmSign(session.Request!.Data, session.Request);
    /// byte[] signed = session.CompleteWithSignature(signature);
    /// </code>
    /// </example>
    public static SigningSession BeginSigning(
        PdfInput pdf, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Prepare(source, certificate, chain, options, call)).Result();

    /// <summary>
    /// As <see cref="BeginSigning(PdfInput, SigningOptions, Certificate?, CertificateChain, CancellationToken)"/>, on the thread pool.
    /// </summary>
    /// <inheritdoc cref="BeginSigning(PdfInput, SigningOptions, Certificate?, CertificateChain, CancellationToken)"/>
    /// <example>
    /// <code>
    /// SigningSession session = await Pdf.BeginSigningAsync(pdf);
    /// ReadOnlyMemory&lt;byte&gt; hash = session.Hash; // for a service that returns CMS containers
    /// </code>
    /// </example>
    public static Task<SigningSession> BeginSigningAsync(
        PdfInput pdf, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Prepare(source, certificate, chain, options, call)).AsTask();

    /// <summary>Prepares a PDF for a signature that comes later, with certificate, issuers and algorithms of a signer.</summary>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="signer">Key with its certificate. It is not asked.</param>
    /// <param name="options">Options of the signature.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// SigningSession session = Pdf.BeginSigning(pdf, signer);
    /// byte[] signed = session.CompleteWithSignature(signer.Sign(session.Request!.Data, session.Request));
    /// </code>
    /// </example>
    public static SigningSession BeginSigning(
        PdfInput pdf, ISigner signer, SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        BeginSigning(pdf, new Signatory(signer, options).OptionsWithKey, signer.Certificate, signer.Chain, cancellationToken);

    /// <summary>As <see cref="BeginSigning(PdfInput, ISigner, SigningOptions, CancellationToken)"/>, on the thread pool.</summary>
    /// <inheritdoc cref="BeginSigning(PdfInput, ISigner, SigningOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// SigningSession session = await Pdf.BeginSigningAsync(pdf, signer);
    /// </code>
    /// </example>
    public static Task<SigningSession> BeginSigningAsync(
        PdfInput pdf, ISigner signer, SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        BeginSigningAsync(pdf, new Signatory(signer, options).OptionsWithKey, signer.Certificate, signer.Chain, cancellationToken);

    /// <summary>Resumes a sealed session with its document.</summary>
    /// <param name="saved">Bytes of <see cref="PreparedSigning.Serialize"/>, in any language.</param>
    /// <param name="pdf">The same document. It is read again.</param>
    /// <param name="key">The secret key that sealed the session.</param>
    /// <param name="skipDocumentCheck">Does not read the document again. A different document is then not noticed.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="password">Password of an encrypted document, for a level above B-T. A saved session does not have it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>; <c>ERR_ARGUMENT</c>: the key is too short.</exception>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigning(pdf, new SigningOptions(), certDer, chain).Serialize(sessionKey);
    /// SigningSession resumed = Pdf.ResumeSigning(saved, pdf, sessionKey);
    /// byte[] signed = resumed.CompleteWithSignature(HsmSign(resumed.Request!.Data, resumed.Request));
    /// </code>
    /// </example>
    public static SigningSession ResumeSigning(
        ReadOnlyMemory<byte> saved, PdfInput pdf, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false, CallOptions? options = null, string? password = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: false, cancellationToken) { Password = password }, (source, call) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, call)).Result();

    /// <summary>As <see cref="ResumeSigning"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeSigning"/>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigning(pdf, new SigningOptions(), certDer, chain).Serialize(sessionKey);
    /// SigningSession resumed = await Pdf.ResumeSigningAsync(saved, pdf, sessionKey);
    /// </code>
    /// </example>
    public static Task<SigningSession> ResumeSigningAsync(
        ReadOnlyMemory<byte> saved, PdfInput pdf, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false, CallOptions? options = null, string? password = null,
        CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: true, cancellationToken) { Password = password }, (source, call) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, call)).AsTask();

    /// <summary>Resumes a session without a seal. Certificate, chain and options come from the caller alone.</summary>
    /// <param name="saved">Bytes of <see cref="PreparedSigning.SerializeUnsealed"/>, in any language.</param>
    /// <param name="pdf">The same document. It is read again.</param>
    /// <param name="certificate">Certificate that the session was begun with.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="options">
    /// Options that the session was begun with. A signing-time attribute requires <see cref="CallOptions.SigningTime"/>, too.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>.</exception>
    /// <example>
    /// <code>
    /// var options = new SigningOptions { Reason = "Approved" };
    /// byte[] saved = Pdf.BeginSigning(pdf, options, certDer, chain).SerializeUnsealed();
    /// SigningSession resumed = Pdf.ResumeUnsealed(saved, pdf, certDer, chain, options);
    /// </code>
    /// </example>
    public static SigningSession ResumeUnsealed(
        ReadOnlyMemory<byte> saved, PdfInput pdf, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, null, certificate, chain, options), false, call)).Result();

    /// <summary>As <see cref="ResumeUnsealed"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeUnsealed"/>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigning(pdf, new SigningOptions(), certDer, chain).SerializeUnsealed();
    /// SigningSession resumed = await Pdf.ResumeUnsealedAsync(saved, pdf, certDer, chain);
    /// </code>
    /// </example>
    public static Task<SigningSession> ResumeUnsealedAsync(
        ReadOnlyMemory<byte> saved, PdfInput pdf, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        Session(pdf, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, null, certificate, chain, options), false, call)).AsTask();

    private static async ValueTask<SignedPdf> InMemory(PdfInput pdf, IReadOnlyList<Signatory> signatories, Call call)
    {
        ArgumentNullException.ThrowIfNull(pdf);
        var source = await pdf.ReadWhole(call).ConfigureAwait(false);
        var done = await Operations.Sign(source, null, signatories, call).ConfigureAwait(false);
        var signed = new SignedPdf(source.Signed(done.Payload), done.Reports);
        foreach (var report in done.Reports) call.OnReport?.Invoke(report);
        return signed;
    }

    private static async ValueTask<SigningSession> Session(PdfInput pdf, Call call, Func<Source, Call, ValueTask<Done>> prepare)
    {
        ArgumentNullException.ThrowIfNull(pdf);
        var source = await pdf.ReadWhole(call).ConfigureAwait(false);
        var done = await prepare(source, call).ConfigureAwait(false);
        var session = new SigningSession(source, new SessionResult(done.Result), done.Payload, call);
        session.Tell(session.Report);
        return session;
    }

    private static async ValueTask<DocumentInfo> InfoOf(PdfInput pdf, string? password, Call call)
    {
        ArgumentNullException.ThrowIfNull(pdf);
        using var source = await pdf.Open(isHeldOpen: false, call).ConfigureAwait(false);
        return new DocumentInfo((await Operations.Inspect(source, password, call).ConfigureAwait(false)).Result);
    }

    /// <summary>
    /// Checks the signatories of a call: their options concern their signatures alone, and a signer that
    /// promises its signature requires a call that waits.
    /// </summary>
    private static Signatory[] InTurn(IEnumerable<Signatory> signatories, bool isAsync)
    {
        ArgumentNullException.ThrowIfNull(signatories);
        var listed = signatories.ToArray();
        foreach (var one in listed)
        {
            if (one == null) throw new ArgumentException("a signatory is null", nameof(signatories));
            if (one.Signer.IsAsync() && !isAsync) throw HostError.SignerPromise();
            OptionsOf(one.Options, "a signatory", nameof(signatories));
        }
        return listed;
    }

    /// <summary>Checks options that concern one signature or one document of a call.</summary>
    internal static void OptionsOf(CallOptions? options, string of, string parameter)
    {
        if (options?.ConcernsTheCall == true)
            throw new ArgumentException(
                $"the options of {of} contain options of the call (time, entropy, report, warnings, progress or requests); give them to the call",
                parameter);
    }
}
