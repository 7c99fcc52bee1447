using System;

namespace RustPdf;

/// <summary>
/// A signing in two halves: the bytes to sign are known, and the answer may come much later or elsewhere.
/// The session keeps the document, whose bytes must not change.
/// </summary>
public sealed class SigningSession : PreparedSigning
{
    internal SigningSession(Source source, Done prepared, Action<Report>? onReport)
        : base(source, prepared, onReport)
    {
    }

    /// <summary>
    /// The session that an exception carries: the call that threw it had a signature already, and
    /// <see cref="CompleteSigned"/> goes on from there. Null where there is none.
    /// </summary>
    public static SigningSession? Of(Exception exception) => Carry(exception) as SigningSession;

    /// <summary>
    /// Completes with a finished CMS container, which is verified first, and returns the signed document. May be
    /// called again.
    /// </summary>
    /// <param name="cms">The container, in DER or BER.</param>
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>: the container is refused, and another may be given.</exception>
    public byte[] Complete(byte[] cms) => Complete(Answer.Container(cms));

    /// <summary>
    /// Completes with a raw signature over <c>Request.Data</c>, which is verified first, and returns the signed
    /// document. May be called again.
    /// </summary>
    /// <param name="signature">The signature, ECDSA as DER or r‖s.</param>
    /// <exception cref="RustPdfException"><c>ERR_SIGNATURE_…</c>: the signature is refused, and another may be given.</exception>
    public byte[] CompleteWithSignature(byte[] signature) => Complete(Answer.Signature(signature));

    /// <summary>Completes a session that has its signature already, without the key, and returns the signed document.</summary>
    public byte[] CompleteSigned() => Complete(Answer.None);

    private byte[] Complete(Answer answer)
    {
        var done = Operations.Complete(Live, answer);
        var signed = Source.Signed(done.Payload);
        Tell(done.Reports[done.Reports.Count - 1]);
        return signed;
    }
}
