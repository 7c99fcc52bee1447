using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RustPdf.Tests;

/// <summary>The certificates and keys of the test PKI.</summary>
internal static class Pki
{
    internal static readonly string Chain = File.ReadAllText(PathOf("chain.pem"));

    internal static string PathOf(string name) => Repository.At($"tests/pki/certificates/{name}");

    internal static byte[] Certificate(string name) => File.ReadAllBytes(PathOf($"{name}.der"));

    internal static RSA Rsa(string name = "rsa")
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(Key(name), out _);
        return key;
    }

    internal static ECDsa Ecdsa(string name)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Key(name), out _);
        return key;
    }

    internal static X509Certificate2 CertificateWithKey(string name)
    {
        using var certificate = new X509Certificate2(Certificate(name));
        if (name.StartsWith("p", StringComparison.Ordinal))
        {
            using var ecdsa = Ecdsa(name);
            return certificate.CopyWithPrivateKey(ecdsa);
        }
        using var rsa = Rsa(name);
        return certificate.CopyWithPrivateKey(rsa);
    }

    /// <summary>A signer with the RSA key in memory.</summary>
    internal static SignCallback Signer(string name = "rsa")
    {
        var key = Rsa(name);
        return (data, request) =>
        {
            var hash = new HashAlgorithmName(request.DigestAlgorithm.ToString().ToUpperInvariant());
            lock (key) return key.SignData(data.ToArray(), hash, RSASignaturePadding.Pkcs1);
        };
    }

    /// <summary>A signature by the Ed25519 key, which .NET 8 cannot make: OpenSSL makes it.</summary>
    internal static byte[] Ed25519(byte[] message)
    {
        using var folder = new Folder();
        var (data, signature) = (folder.Write("data", message), folder.At("signature"));
        Shell.Must("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", PathOf("ed25519.key"), "-in", data, "-out", signature);
        return folder.Read("signature");
    }

    private static byte[] Key(string name)
    {
        var pem = File.ReadAllText(PathOf($"{name}.key"));
        var body = pem.Replace("-----BEGIN PRIVATE KEY-----", "").Replace("-----END PRIVATE KEY-----", "");
        return Convert.FromBase64String(body);
    }
}
