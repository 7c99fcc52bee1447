using System;

namespace RustPdf;

/// <summary>The answer that completes a session: a raw signature or a container, or neither if it is signed already.</summary>
internal readonly record struct Answer(
    ReadOnlyMemory<byte>? Signature, ReadOnlyMemory<byte>? Container, Certificate? Certificate, CertificateChain? Chain)
{
    internal static Answer Of(byte[] cms) => new(null, cms ?? throw new ArgumentNullException(nameof(cms)), null, null);

    internal static Answer Of(byte[] signature, Certificate? certificate, CertificateChain? chain) =>
        new(signature ?? throw new ArgumentNullException(nameof(signature)), null, certificate, chain);
}

/// <summary>Certificate that came with a raw signature, for a session that was begun without one.</summary>
public sealed class SignatureCertificate
{
    /// <summary>Takes a certificate and its issuers.</summary>
    /// <param name="certificate">Certificate of the signature: DER or PEM.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    public SignatureCertificate(Certificate certificate, CertificateChain? chain = null) => (Certificate, Chain) = (certificate, chain);

    /// <summary>Certificate of the signature.</summary>
    public Certificate Certificate { get; }

    /// <summary>Issuers of the certificate.</summary>
    public CertificateChain? Chain { get; }
}
