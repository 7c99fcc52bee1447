namespace RustPdf;

/// <summary>Facts of a signer, whichever class it has.</summary>
internal static class SignerKind
{
    /// <summary>Whether only asynchronous calls accept it, as far as it is known before the key is asked.</summary>
    internal static bool IsAsync(this ISigner signer) => Innermost(signer) is Signer { IsAsync: true };

    /// <summary>Whether it blocks its thread until it has signed. It cannot be stopped: its signature is awaited.</summary>
    internal static bool IsBlocking(this ISigner signer) => Innermost(signer) is Signer { IsAsync: false };

    /// <summary>Algorithms of a signature: each of the call, or else that of the key. No other place decides this.</summary>
    internal static (SignatureAlgorithm? Signature, DigestAlgorithm? Digest) Algorithms(
        this ISigner signer, SignatureAlgorithm? signature, DigestAlgorithm? digest) =>
        (signature ?? signer.SignatureAlgorithm, digest ?? signer.DigestAlgorithm);

    private static ISigner Innermost(ISigner signer)
    {
        while (signer is AuditedSigner audited) signer = audited.Signer;
        return signer;
    }
}
