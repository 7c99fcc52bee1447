using System;

namespace RustPdf;

/// <summary>A certification request or a certificate.</summary>
/// <param name="Der">DER.</param>
/// <param name="Pem">The same as PEM.</param>
public sealed record Issued(byte[] Der, string Pem);

/// <summary>Options of a certification request or a self-signed certificate.</summary>
public sealed class IssuanceOptions
{
    /// <summary>Signature algorithm. Default: that of the signer, or else of the public key.</summary>
    public SignatureAlgorithm? SignatureAlgorithm { get; set; }

    /// <summary>Digest algorithm. Default: that of the signer, or else of the public key.</summary>
    public DigestAlgorithm? DigestAlgorithm { get; set; }

    /// <summary>Time from which a self-signed certificate is valid. Default: now.</summary>
    public DateTimeOffset? SigningTime { get; set; }

    /// <summary>32 random bytes for the serial number of a self-signed certificate. Default: from the system's secure source.</summary>
    public ReadOnlyMemory<byte>? Entropy { get; set; }
}
