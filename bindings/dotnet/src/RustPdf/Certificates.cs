using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RustPdf;

/// <summary>A certificate, or a PEM bundle of several. Bytes, PEM text and <see cref="X509Certificate"/> convert to it implicitly.</summary>
/// <example>
/// <code>
/// Certificate ofBytes = certDer; // DER or PEM
/// using X509Certificate2 store = OpenCertificate();
/// Certificate ofAStore = store; // its key is not used
/// </code>
/// </example>
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

    /// <summary>Takes the certificate. Its key is not used.</summary>
    public static implicit operator Certificate(X509Certificate certificate) =>
        new Certificate((certificate ?? throw new ArgumentNullException(nameof(certificate))).GetRawCertData());
}

/// <summary>Issuers of a certificate, in any order.</summary>
/// <remarks>
/// A PEM bundle, a single certificate, and arrays, lists and collections of certificates convert to it implicitly.
/// </remarks>
/// <example>
/// <code>
/// CertificateChain ofBundle = chain; // bytes of a PEM bundle
/// CertificateChain? ofStore = new X509Certificate2Collection(OpenCertificate());
/// </code>
/// </example>
public sealed class CertificateChain
{
    /// <summary>Takes the issuers, in any order.</summary>
    public CertificateChain(IEnumerable<Certificate> certificates) =>
        Parts = (certificates ?? throw new ArgumentNullException(nameof(certificates))).Select(one => one.Bytes).ToArray();

    private CertificateChain(ReadOnlyMemory<byte>[] parts) => Parts = parts;

    internal ReadOnlyMemory<byte>[] Parts { get; }

    /// <summary>Takes one issuer, or a PEM bundle.</summary>
    [return: NotNullIfNotNull(nameof(bytes))]
    public static implicit operator CertificateChain?(byte[]? bytes) => bytes == null ? null : Of((Certificate)bytes);

    /// <summary>Takes one issuer, or a PEM bundle.</summary>
    public static implicit operator CertificateChain(ReadOnlyMemory<byte> bytes) => Of(new Certificate(bytes));

    /// <summary>Takes one issuer, or a PEM bundle, as text.</summary>
    [return: NotNullIfNotNull(nameof(pem))]
    public static implicit operator CertificateChain?(string? pem) => pem == null ? null : Of((Certificate)pem);

    /// <summary>Takes one issuer.</summary>
    [return: NotNullIfNotNull(nameof(certificate))]
    public static implicit operator CertificateChain?(X509Certificate? certificate) =>
        certificate == null ? null : Of((Certificate)certificate);

    /// <summary>Takes issuers.</summary>
    [return: NotNullIfNotNull(nameof(certificates))]
    public static implicit operator CertificateChain?(Certificate[]? certificates) =>
        certificates == null ? null : new CertificateChain(certificates);

    /// <summary>Takes issuers as bytes.</summary>
    [return: NotNullIfNotNull(nameof(certificates))]
    public static implicit operator CertificateChain?(byte[][]? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Select(bytes => (Certificate)bytes));

    /// <summary>Takes issuers as bytes.</summary>
    [return: NotNullIfNotNull(nameof(certificates))]
    public static implicit operator CertificateChain?(List<byte[]>? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Select(bytes => (Certificate)bytes));

    /// <summary>Takes issuers.</summary>
    [return: NotNullIfNotNull(nameof(certificates))]
    public static implicit operator CertificateChain?(X509Certificate2[]? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Select(one => (Certificate)one));

    /// <summary>Takes issuers.</summary>
    [return: NotNullIfNotNull(nameof(certificates))]
    public static implicit operator CertificateChain?(List<X509Certificate2>? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Select(one => (Certificate)one));

    /// <summary>Takes issuers.</summary>
    [return: NotNullIfNotNull(nameof(certificates))]
    public static implicit operator CertificateChain?(X509Certificate2Collection? certificates) =>
        certificates == null ? null : new CertificateChain(certificates.Cast<X509Certificate2>().Select(one => (Certificate)one));

    private static CertificateChain Of(Certificate certificate) => new CertificateChain(new[] { certificate.Bytes });
}
