using System;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>A signature in two phases. The bytes to sign are known; the answer may come later or elsewhere.</summary>
/// <remarks>The session keeps the document. Its bytes must not change.</remarks>
/// <example>
/// <code>
/// SigningSession session = Pdf.BeginSigning(pdf, new SigningOptions(), certDer, chain);
/// byte[] signature = HsmSign(session.Request!.Data, session.Request);
/// byte[] signed = session.CompleteWithSignature(signature);
/// </code>
/// </example>
public sealed class SigningSession : PreparedSigning
{
    internal SigningSession(Source source, SessionResult prepared, byte[] live, Call call)
        : base(source, prepared, live, call)
    {
    }

    /// <summary>Session that an exception carries, if its call had a signature already. Null if there is none.</summary>
    /// <param name="exception">Exception of a call that signs in memory.</param>
    /// <example>
    /// <code>
    /// var failing = new Signer(certDer, (SignCallback)((data, request) => throw new TimeoutException()), chain);
    /// try
    /// {
    ///     Pdf.SignInTurn(pdf, new[] { new Signatory(signer), new Signatory(failing) });
    /// }
    /// catch (TimeoutException error)
    /// {
    ///     byte[] signedByTheFirst = SigningSession.Of(error)!.CompleteSigned();
    /// }
    /// </code>
    /// </example>
    public static SigningSession? Of(Exception exception) => Carry(exception) as SigningSession;

    /// <summary>Completes with a CMS container, which is verified first, and returns the signed document.</summary>
    /// <param name="cms">Container in DER or BER.</param>
    /// <param name="http">Settings of the requests of a level above B-B. Default: those of the beginning.</param>
    /// <param name="cancellationToken">Cancels the call, of a level above B-B while it waits for a service.</param>
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>: the container is rejected. Another may be given.</exception>
    /// <example>
    /// <code>
    /// SigningSession session = Pdf.BeginSigning(pdf);
    /// byte[] signed = session.Complete(ServiceSign(session.Hash));
    /// </code>
    /// </example>
    public byte[] Complete(byte[] cms, HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        Complete(Answer.Of(cms), http, null, isAsync: false, cancellationToken).Result();

    /// <summary>As <see cref="Complete(byte[], HttpSettings, CancellationToken)"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Complete(byte[], HttpSettings, CancellationToken)"/>
    /// <example>
    /// <code>
    /// SigningSession session = await Pdf.BeginSigningAsync(pdf);
    /// byte[] signed = await session.CompleteAsync(ServiceSign(session.Hash), cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public Task<byte[]> CompleteAsync(byte[] cms, HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        Complete(Answer.Of(cms), http, null, isAsync: true, cancellationToken).AsTask();

    /// <summary>Completes with a raw signature, which is verified first, and returns the signed document.</summary>
    /// <param name="signature">Signature over <c>Request.Data</c>; of ECDSA as DER or r‖s.</param>
    /// <param name="certificate">
    /// Certificate that came with the signature. Only a session without a certificate takes it: begun with <c>Pades = false</c> and a
    /// <c>SignatureAlgorithm</c>.
    /// </param>
    /// <param name="chain">Issuers of that certificate, in any order.</param>
    /// <param name="http">Settings of the requests of a level above B-B. Default: those of the beginning.</param>
    /// <param name="cancellationToken">Cancels the call, of a level above B-B while it waits for a service.</param>
    /// <exception cref="RustPdfException">
    /// <c>ERR_SIGNATURE_…</c>, <c>ERR_SESSION_NO_CERTIFICATE</c>, <c>ERR_ALGORITHM_MISMATCH</c>: the signature is rejected. Another may be
    /// given.
    /// </exception>
    /// <example>
    /// <code>
    /// SigningSession session = Pdf.BeginSigning(pdf, new SigningOptions(), certDer, chain);
    /// byte[] signed = session.CompleteWithSignature(HsmSign(session.Request!.Data, session.Request));
    /// </code>
    /// </example>
    public byte[] CompleteWithSignature(
        byte[] signature, Certificate? certificate = null, CertificateChain? chain = null, HttpSettings? http = null,
        CancellationToken cancellationToken = default) =>
        Complete(Answer.Of(signature, certificate, chain), http, null, isAsync: false, cancellationToken).Result();

    /// <summary>As <see cref="CompleteWithSignature"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteWithSignature"/>
    /// <example>
    /// <code>
    /// SigningSession session = await Pdf.BeginSigningAsync(pdf, new SigningOptions(), certDer, chain);
    /// byte[] signature = HsmSign(session.Request!.Data, session.Request);
    /// byte[] signed = await session.CompleteWithSignatureAsync(signature, cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public Task<byte[]> CompleteWithSignatureAsync(
        byte[] signature, Certificate? certificate = null, CertificateChain? chain = null, HttpSettings? http = null,
        CancellationToken cancellationToken = default) =>
        Complete(Answer.Of(signature, certificate, chain), http, null, isAsync: true, cancellationToken).AsTask();

    /// <summary>Completes a session that has its signature already, and returns the signed document.</summary>
    /// <param name="http">Settings of the requests of a level above B-B. Default: those of the beginning.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_NOT_SIGNED</c>: the session has no signature.</exception>
    /// <example>
    /// <code>
    /// var failing = new Signer(certDer, (SignCallback)((data, request) => throw new TimeoutException()), chain);
    /// try
    /// {
    ///     Pdf.SignInTurn(pdf, new[] { new Signatory(signer), new Signatory(failing) });
    /// }
    /// catch (TimeoutException error) when (SigningSession.Of(error) is SigningSession session)
    /// {
    ///     byte[] signedByTheFirst = session.CompleteSigned();
    /// }
    /// </code>
    /// </example>
    public byte[] CompleteSigned(HttpSettings? http = null) => Complete(default, http, null, isAsync: false, default).Result();

    /// <summary>
    /// Goes on with a session that has its signature, and returns the signed document. It asks again for what failed, such as a timestamp
    /// or revocation data. The key is not asked.
    /// </summary>
    /// <param name="http">
    /// Settings of the requests. Default: those of the beginning. A saved session has no timestamp services: give them here.
    /// </param>
    /// <param name="password">Password of an encrypted document. Default: that of the beginning, which a saved session does not have.</param>
    /// <param name="cancellationToken">Cancels the call. The exception carries a session again.</param>
    /// <exception cref="RustPdfException">
    /// <c>ERR_SESSION_NOT_SIGNED</c>: the session has no signature. A service failed: the exception carries a session again.
    /// </exception>
    /// <example>
    /// <code>
    /// var timestamp = new TimestampOptions { Services = [new TimestampService("http://127.0.0.1:9/")] };
    /// try
    /// {
    ///     Pdf.SignWith(pdf, certDer, HsmSign, chain, new SigningOptions { Level = Level.BT, Timestamp = timestamp });
    /// }
    /// catch (RustPdfException error) when (SigningSession.Of(error) is SigningSession session)
    /// {
    ///     byte[] signed = session.Advance(new HttpSettings { Services = [new TimestampService(tsaUrl)] }); // without the key
    /// }
    /// </code>
    /// </example>
    public byte[] Advance(HttpSettings? http = null, string? password = null, CancellationToken cancellationToken = default) =>
        Complete(default, http, password, isAsync: false, cancellationToken).Result();

    /// <summary>As <see cref="Advance"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Advance"/>
    /// <example>
    /// <code>
    /// var timestamp = new TimestampOptions { Services = [new TimestampService("http://127.0.0.1:9/")] };
    /// try
    /// {
    ///     Pdf.SignWith(pdf, certDer, HsmSign, chain, new SigningOptions { Level = Level.BT, Timestamp = timestamp });
    /// }
    /// catch (RustPdfException error) when (SigningSession.Of(error) is SigningSession session)
    /// {
    ///     var other = new HttpSettings { Services = [new TimestampService(tsaUrl)] };
    ///     byte[] signed = await session.AdvanceAsync(other, cancellationToken: cancellationToken); // without the key
    /// }
    /// </code>
    /// </example>
    public Task<byte[]> AdvanceAsync(HttpSettings? http = null, string? password = null, CancellationToken cancellationToken = default) =>
        Complete(default, http, password, isAsync: true, cancellationToken).AsTask();

    private async ValueTask<byte[]> Complete(
        Answer answer, HttpSettings? http, string? password, bool isAsync, CancellationToken cancellationToken)
    {
        var call = CallOf(HttpSharing.Of(http), password, null, isAsync, cancellationToken);
        var done = await Operations.Complete(Source, null, Live, answer, call).ConfigureAwait(false);
        var signed = Source.Signed(done.Payload);
        Tell(done.Reports[^1]);
        return signed;
    }
}
