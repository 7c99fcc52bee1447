using System;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>
/// A signature in two phases: the bytes to sign are known, and the answer may come much later or elsewhere.
/// The session keeps the document. Its bytes must not change.
/// </summary>
public sealed class SigningSession : PreparedSigning
{
    internal SigningSession(Source source, SessionResult prepared, byte[] live, Action<Report>? onReport)
        : base(source, prepared, live, onReport)
    {
    }

    /// <summary>
    /// The session that an exception carries: the call that threw it had a signature already, and
    /// <see cref="CompleteSigned"/> continues from there. Null if there is none.
    /// </summary>
    public static SigningSession? Of(Exception exception) => Carry(exception) as SigningSession;

    /// <summary>
    /// Completes with a finished CMS container, which is verified first, and returns the signed document. May be
    /// called again.
    /// </summary>
    /// <param name="cms">The container, in DER or BER.</param>
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>: the container is rejected, and another may be given.</exception>
    public byte[] Complete(byte[] cms) => Complete(null, cms ?? throw new ArgumentNullException(nameof(cms)));

    /// <summary>
    /// Completes with a raw signature over <c>Request.Data</c>, which is verified first, and returns the signed
    /// document. May be called again.
    /// </summary>
    /// <param name="signature">The signature, ECDSA as DER or r‖s.</param>
    /// <exception cref="RustPdfException"><c>ERR_SIGNATURE_…</c>: the signature is rejected, and another may be given.</exception>
    public byte[] CompleteWithSignature(byte[] signature) =>
        Complete(signature ?? throw new ArgumentNullException(nameof(signature)), null);

    /// <summary>Completes a session that has its signature already, without the key, and returns the signed document.</summary>
    public byte[] CompleteSigned() => Complete(null, null);

    private byte[] Complete(byte[]? signature, byte[]? container)
    {
        var done = Operations.Complete(Live, signature, container);
        var signed = Source.Signed(done.Payload);
        Tell(done.Reports[^1]);
        return signed;
    }
}
