using System.Security.Cryptography;

namespace RustPdf.Tests;

/// <summary>An RSA handle as a key store gives it: it signs digests, and never gives its private key away.</summary>
internal sealed class LockedRsa(string name) : RSA
{
    private readonly RSA key = Pki.Rsa(name);

    /// <summary>Number of signatures.</summary>
    internal int Signed { get; private set; }

    public override int KeySize => key.KeySize;

    public override RSAParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters ? throw new CryptographicException("the key cannot be exported") : key.ExportParameters(false);

    public override void ImportParameters(RSAParameters parameters) => throw new CryptographicException("the key cannot be replaced");

    public override byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)
    {
        Signed++;
        return key.SignHash(hash, hashAlgorithm, padding);
    }
}

/// <summary>An ECDSA handle as a key store gives it.</summary>
internal sealed class LockedEcdsa(string name) : ECDsa
{
    private readonly ECDsa key = Pki.Ecdsa(name);

    /// <summary>Number of signatures.</summary>
    internal int Signed { get; private set; }

    public override int KeySize => key.KeySize;

    public override ECParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters ? throw new CryptographicException("the key cannot be exported") : key.ExportParameters(false);

    public override byte[] SignHash(byte[] hash)
    {
        Signed++;
        return key.SignHash(hash);
    }

    public override bool VerifyHash(byte[] hash, byte[] signature) => key.VerifyHash(hash, signature);
}
