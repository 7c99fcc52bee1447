using System;
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
    internal SigningSession(Source source, SessionResult prepared, byte[] live, Action<Report>? onReport)
        : base(source, prepared, live, onReport)
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
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>: the container is rejected. Another may be given.</exception>
    /// <example>
    /// <code>
    /// SigningSession session = Pdf.BeginSigning(pdf);
    /// byte[] signed = session.Complete(ServiceSign(session.Hash));
    /// </code>
    /// </example>
    public byte[] Complete(byte[] cms) => Complete(Answer.Of(cms));

    /// <summary>Completes with a raw signature, which is verified first, and returns the signed document.</summary>
    /// <param name="signature">Signature over <c>Request.Data</c>; of ECDSA as DER or r‖s.</param>
    /// <param name="certificate">
    /// Certificate that came with the signature. Only a session without a certificate takes it: begun with <c>Pades = false</c> and a
    /// <c>SignatureAlgorithm</c>.
    /// </param>
    /// <param name="chain">Issuers of that certificate, in any order.</param>
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
    public byte[] CompleteWithSignature(byte[] signature, Certificate? certificate = null, CertificateChain? chain = null) =>
        Complete(Answer.Of(signature, certificate, chain));

    /// <summary>Completes a session that has its signature already, and returns the signed document.</summary>
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
    public byte[] CompleteSigned() => Complete(default(Answer));

    private byte[] Complete(Answer answer)
    {
        var done = Operations.Complete(Live, answer);
        var signed = Source.Signed(done.Payload);
        Tell(done.Reports[^1]);
        return signed;
    }
}
