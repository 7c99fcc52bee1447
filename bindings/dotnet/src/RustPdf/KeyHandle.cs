using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RustPdf;

/// <summary>Keys that .NET has a handle of: in memory, or in a key store of the system (CNG, Keychain, OpenSSL).</summary>
internal static class KeyHandle
{
    internal static Signer Signer(AsymmetricAlgorithm key) => key switch
    {
        RSA rsa => (_, request) => rsa.SignHash(request.Digest.ToArray(), HashStates.NameOf(request.DigestAlgorithm), Padding(request)),
        ECDsa ecdsa => (_, request) => ecdsa.SignHash(request.Digest.ToArray()),
        null => throw new ArgumentNullException(nameof(key)),
        _ => throw new ArgumentException($"the key must be RSA or ECDsa, and is {key.GetType().Name}", nameof(key)),
    };

    /// <summary>The handle of a certificate's key, for the caller to dispose.</summary>
    internal static AsymmetricAlgorithm Of(X509Certificate2 certificate)
    {
        if (certificate == null) throw new ArgumentNullException(nameof(certificate));
        return (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()
            ?? throw new ArgumentException("the certificate has no handle of a private RSA or ECDSA key", nameof(certificate));
    }

    private static RSASignaturePadding Padding(SigningRequest request) =>
        request.SignatureAlgorithm == SignatureAlgorithm.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
}
