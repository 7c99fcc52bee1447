using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RustPdf;

/// <summary>
/// A certificate, or a PEM bundle of several: made of DER or PEM bytes, of PEM text, or of an <see cref="X509Certificate"/>, without a
/// cast.
/// </summary>
public readonly struct Certificate
{
    /// <summary>Takes the bytes of a certificate, DER or PEM.</summary>
    public Certificate(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Takes the bytes of a certificate, DER or PEM.</summary>
    public static implicit operator Certificate(byte[] bytes) => new Certificate(bytes ?? throw new ArgumentNullException(nameof(bytes)));

    /// <summary>Takes the bytes of a certificate, DER or PEM.</summary>
    public static implicit operator Certificate(ReadOnlyMemory<byte> bytes) => new Certificate(bytes);

    /// <summary>Takes PEM text.</summary>
    public static implicit operator Certificate(string pem) =>
        new Certificate(Encoding.UTF8.GetBytes(pem ?? throw new ArgumentNullException(nameof(pem))));

    /// <summary>Takes the certificate, and nothing of its key.</summary>
    public static implicit operator Certificate(X509Certificate certificate) =>
        new Certificate((certificate ?? throw new ArgumentNullException(nameof(certificate))).GetRawCertData());
}

/// <summary>
/// The issuers of a certificate, in any order. Converted implicitly from a <see cref="Certificate"/>, from the values that become one, such
/// as a PEM bundle, and from arrays, lists and collections of them.
/// </summary>
public sealed class CertificateChain
{
    /// <summary>Takes the issuers, in any order.</summary>
    public CertificateChain(IEnumerable<Certificate> certificates) =>
        Parts = (certificates ?? throw new ArgumentNullException(nameof(certificates))).Select(one => one.Bytes).ToArray();

    private CertificateChain(ReadOnlyMemory<byte>[] parts) => Parts = parts;

    internal ReadOnlyMemory<byte>[] Parts { get; }

    /// <summary>Takes one issuer, or a PEM bundle.</summary>
    public static implicit operator CertificateChain?(byte[]? bytes) => bytes == null ? null : Of((Certificate)bytes);

    /// <summary>Takes one issuer, or a PEM bundle.</summary>
    public static implicit operator CertificateChain(ReadOnlyMemory<byte> bytes) => Of(new Certificate(bytes));

    /// <summary>Takes one issuer, or a PEM bundle, as text.</summary>
    public static implicit operator CertificateChain?(string? pem) => pem == null ? null : Of((Certificate)pem);

    /// <summary>Takes one issuer.</summary>
    public static implicit operator CertificateChain?(X509Certificate? certificate) =>
        certificate == null ? null : Of((Certificate)certificate);

    /// <summary>Takes issuers.</summary>
    public static implicit operator CertificateChain?(Certificate[]? certificates) =>
        certificates == null ? null : new CertificateChain(certificates);

    /// <summary>Takes issuers as bytes.</summary>
    public static implicit operator CertificateChain?(byte[][]? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Select(bytes => (Certificate)bytes));

    /// <summary>Takes issuers as bytes.</summary>
    public static implicit operator CertificateChain?(List<byte[]>? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Select(bytes => (Certificate)bytes));

    /// <summary>Takes issuers.</summary>
    public static implicit operator CertificateChain?(X509Certificate2[]? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Select(one => (Certificate)one));

    /// <summary>Takes issuers.</summary>
    public static implicit operator CertificateChain?(X509Certificate2Collection? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Cast<X509Certificate2>().Select(one => (Certificate)one));

    private static CertificateChain Of(Certificate certificate) => new CertificateChain(new[] { certificate.Bytes });
}
