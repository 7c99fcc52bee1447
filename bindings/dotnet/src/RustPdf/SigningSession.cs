using System;

namespace RustPdf;

/// <summary>
/// A signing in two halves: what is to be signed is known, and the answer may come much later, or elsewhere. The document is kept until the
/// session is let go, and its bytes must not change.
/// </summary>
public sealed class SigningSession : PreparedSigning
{
    private readonly MemorySource document;

    internal SigningSession(MemorySource document, Done prepared, Action<Report>? onReport)
        : base(prepared, onReport) => this.document = document;

    /// <summary>The signed document with a finished CMS container, which is checked first. May be called again.</summary>
    /// <param name="cms">The container, in DER or BER.</param>
    /// <exception cref="RustPdfException"><c>ERR_CONTAINER_…</c>: the container is refused, and another may be given.</exception>
    public byte[] Complete(byte[] cms) => Complete(Answer.Container, cms);

    /// <summary>The signed document with a raw signature over <c>Request.Data</c>, which is checked first. May be called again.</summary>
    /// <param name="signature">The signature, ECDSA as DER or r‖s.</param>
    /// <exception cref="RustPdfException"><c>ERR_SIGNATURE_…</c>: the signature is refused, and another may be given.</exception>
    public byte[] CompleteWithSignature(byte[] signature) => Complete(Answer.Signature, signature);

    private byte[] Complete(Answer kind, byte[] answer)
    {
        var done = Completed(kind, answer);
        var signed = document.Signed(done.Payload);
        Tell(done.Reports[0]);
        return signed;
    }
}
