using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RustPdf;

/// <summary>
/// A public key: SubjectPublicKeyInfo in DER or PEM. Bytes, PEM text, key handles and certificates convert to it implicitly.
/// </summary>
/// <example>
/// <code>
/// using RSA key = OpenKey();
/// PublicKeyInfo ofAHandle = key; // exports the public key alone
/// PublicKeyInfo ofPem = key.ExportSubjectPublicKeyInfoPem();
/// </code>
/// </example>
public readonly struct PublicKeyInfo
{
    /// <summary>Takes the bytes of a SubjectPublicKeyInfo, DER or PEM.</summary>
    public PublicKeyInfo(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Takes the bytes of a SubjectPublicKeyInfo, DER or PEM.</summary>
    public static implicit operator PublicKeyInfo(byte[] bytes) => new(bytes ?? throw new ArgumentNullException(nameof(bytes)));

    /// <summary>Takes the bytes of a SubjectPublicKeyInfo, DER or PEM.</summary>
    public static implicit operator PublicKeyInfo(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Takes PEM text.</summary>
    public static implicit operator PublicKeyInfo(string pem) =>
        new(Encoding.UTF8.GetBytes(pem ?? throw new ArgumentNullException(nameof(pem))));

    /// <summary>Takes the public key of a certificate.</summary>
    public static implicit operator PublicKeyInfo(PublicKey key) =>
        new((key ?? throw new ArgumentNullException(nameof(key))).ExportSubjectPublicKeyInfo());

    /// <summary>Takes the public key of a certificate.</summary>
    public static implicit operator PublicKeyInfo(X509Certificate2 certificate) =>
        (certificate ?? throw new ArgumentNullException(nameof(certificate))).PublicKey;

    /// <summary>Takes the public key of an RSA or ECDSA handle. The private key is not exported.</summary>
    public static implicit operator PublicKeyInfo(AsymmetricAlgorithm key) =>
        new((key ?? throw new ArgumentNullException(nameof(key))).ExportSubjectPublicKeyInfo());
}
