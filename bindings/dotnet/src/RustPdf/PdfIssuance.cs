using System;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

public static partial class Pdf
{
    private const int DaysByDefault = 365;

    /// <summary>Makes a certification request (PKCS #10) for a key in a key store. An authority makes a certificate of it.</summary>
    /// <param name="subject">
    /// Name of the holder, such as <c>CN=Example Ltd signing,O=Example Ltd,C=DE</c> (RFC 4514), or
    /// <c>/C=DE/O=Example Ltd/CN=Example Ltd signing</c>.
    /// </param>
    /// <param name="publicKey">Public key, as the key store exports it.</param>
    /// <param name="signer">Key, which signs once. Its certificate is not used.</param>
    /// <param name="options">Algorithms of the request. Default: those of the key.</param>
    /// <param name="cancellationToken">Cancels the call before the key is asked.</param>
    /// <exception cref="RustPdfException">
    /// <c>ERR_ARGUMENT</c>: the subject or the public key cannot be read. <c>ERR_ALGORITHM_…</c>: the algorithms do not fit the key.
    /// <c>ERR_SIGNATURE_…</c>: the signature does not verify with the public key.
    /// </exception>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued request = Pdf.CertificateRequest("CN=Example Ltd signing,O=Example Ltd,C=DE", key.ExportSubjectPublicKeyInfo(), signer);
    /// File.WriteAllText("request.pem", request.Pem);
    /// </code>
    /// </example>
    public static Issued CertificateRequest(
        string subject, PublicKeyInfo publicKey, ISigner signer, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        RequestOf(subject, publicKey, signer, options, isAsync: false, cancellationToken).Result();

    /// <summary>Makes a certification request for a key that a function asks.</summary>
    /// <param name="sign">Returns the raw signature.</param>
    /// <inheritdoc cref="CertificateRequest(string, PublicKeyInfo, ISigner, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued request = Pdf.CertificateRequest("CN=Example Ltd signing", key.ExportSubjectPublicKeyInfoPem(), HsmSign);
    /// </code>
    /// </example>
    public static Issued CertificateRequest(
        string subject, PublicKeyInfo publicKey, SignCallback sign, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        CertificateRequest(subject, publicKey, new Signer(default, sign), options, cancellationToken);

    /// <summary>Makes a certification request for a key handle.</summary>
    /// <param name="key">Handle of an RSA or ECDSA key. The private key is not exported.</param>
    /// <exception cref="ArgumentException">The key is neither RSA nor ECDSA.</exception>
    /// <inheritdoc cref="CertificateRequest(string, PublicKeyInfo, ISigner, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued request = Pdf.CertificateRequest("CN=Example Ltd signing", key);
    /// </code>
    /// </example>
    public static Issued CertificateRequest(
        string subject, AsymmetricAlgorithm key, IssuanceOptions? options = null, CancellationToken cancellationToken = default) =>
        CertificateRequest(subject, key, new Signer(default, key), options, cancellationToken);

    /// <summary>As <see cref="CertificateRequest(string, PublicKeyInfo, ISigner, IssuanceOptions, CancellationToken)"/>, with a signer
    /// that may answer later.</summary>
    /// <inheritdoc cref="CertificateRequest(string, PublicKeyInfo, ISigner, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued request = await Pdf.CertificateRequestAsync("CN=Example Ltd signing", key.ExportSubjectPublicKeyInfo(), signer);
    /// </code>
    /// </example>
    public static Task<Issued> CertificateRequestAsync(
        string subject, PublicKeyInfo publicKey, ISigner signer, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        RequestOf(subject, publicKey, signer, options, isAsync: true, cancellationToken).AsTask();

    /// <summary>Makes a certification request for a key that a function asks, and that may answer later.</summary>
    /// <param name="sign">Returns the raw signature later. It receives the token of the call.</param>
    /// <inheritdoc cref="CertificateRequest(string, PublicKeyInfo, ISigner, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued request = await Pdf.CertificateRequestAsync("CN=Example Ltd signing", key.ExportSubjectPublicKeyInfo(), KmsSign);
    /// </code>
    /// </example>
    public static Task<Issued> CertificateRequestAsync(
        string subject, PublicKeyInfo publicKey, SignAsyncCallback sign, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        CertificateRequestAsync(subject, publicKey, new Signer(default, sign), options, cancellationToken);

    /// <summary>Makes a certificate that its own key signs, for a first try. Validators do not trust it unless they are told to.</summary>
    /// <param name="days">Days for which the certificate is valid.</param>
    /// <param name="options">Algorithms, start of the validity and random bytes. Default: algorithms of the key, now.</param>
    /// <inheritdoc cref="CertificateRequest(string, PublicKeyInfo, ISigner, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued own = Pdf.SelfSigned("CN=Test", key.ExportSubjectPublicKeyInfo(), signer, days: 30);
    /// SignedPdf signed = Pdf.Sign(pdf, new Signer(own.Der, HsmSign));
    /// </code>
    /// </example>
    public static Issued SelfSigned(
        string subject, PublicKeyInfo publicKey, ISigner signer, int days = DaysByDefault, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SelfSignedOf(subject, publicKey, signer, days, options, isAsync: false, cancellationToken).Result();

    /// <summary>Makes a self-signed certificate for a key that a function asks.</summary>
    /// <param name="sign">Returns the raw signature.</param>
    /// <inheritdoc cref="SelfSigned(string, PublicKeyInfo, ISigner, int, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued own = Pdf.SelfSigned("CN=Test", key.ExportSubjectPublicKeyInfo(), HsmSign);
    /// </code>
    /// </example>
    public static Issued SelfSigned(
        string subject, PublicKeyInfo publicKey, SignCallback sign, int days = DaysByDefault, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SelfSigned(subject, publicKey, new Signer(default, sign), days, options, cancellationToken);

    /// <summary>Makes a self-signed certificate for a key handle.</summary>
    /// <param name="key">Handle of an RSA or ECDSA key. The private key is not exported.</param>
    /// <exception cref="ArgumentException">The key is neither RSA nor ECDSA.</exception>
    /// <inheritdoc cref="SelfSigned(string, PublicKeyInfo, ISigner, int, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// SignedPdf signed = Pdf.Sign(pdf, new Signer(Pdf.SelfSigned("CN=Test", key).Der, key));
    /// </code>
    /// </example>
    public static Issued SelfSigned(
        string subject, AsymmetricAlgorithm key, int days = DaysByDefault, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SelfSigned(subject, key, new Signer(default, key), days, options, cancellationToken);

    /// <summary>As <see cref="SelfSigned(string, PublicKeyInfo, ISigner, int, IssuanceOptions, CancellationToken)"/>, with a signer that
    /// may answer later.</summary>
    /// <inheritdoc cref="SelfSigned(string, PublicKeyInfo, ISigner, int, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued own = await Pdf.SelfSignedAsync("CN=Test", key.ExportSubjectPublicKeyInfo(), signer);
    /// </code>
    /// </example>
    public static Task<Issued> SelfSignedAsync(
        string subject, PublicKeyInfo publicKey, ISigner signer, int days = DaysByDefault, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SelfSignedOf(subject, publicKey, signer, days, options, isAsync: true, cancellationToken).AsTask();

    /// <summary>Makes a self-signed certificate for a key that a function asks, and that may answer later.</summary>
    /// <param name="sign">Returns the raw signature later. It receives the token of the call.</param>
    /// <inheritdoc cref="SelfSigned(string, PublicKeyInfo, ISigner, int, IssuanceOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// using RSA key = OpenKey();
    /// Issued own = await Pdf.SelfSignedAsync("CN=Test", key.ExportSubjectPublicKeyInfo(), KmsSign);
    /// </code>
    /// </example>
    public static Task<Issued> SelfSignedAsync(
        string subject, PublicKeyInfo publicKey, SignAsyncCallback sign, int days = DaysByDefault, IssuanceOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SelfSignedAsync(subject, publicKey, new Signer(default, sign), days, options, cancellationToken);

    private static ValueTask<Issued> RequestOf(
        string subject, PublicKeyInfo publicKey, ISigner signer, IssuanceOptions? options, bool isAsync,
        CancellationToken cancellationToken)
    {
        if (options?.SigningTime != null) throw HostError.OptionUseless(nameof(options.SigningTime));
        if (options?.Entropy != null) throw HostError.OptionUseless(nameof(options.Entropy));
        var call = new Call(null, isAsync, cancellationToken);
        return Issue("CERTIFICATE REQUEST", subject, publicKey, signer, options, new CertifyCall(), call);
    }

    private static ValueTask<Issued> SelfSignedOf(
        string subject, PublicKeyInfo publicKey, ISigner signer, int days, IssuanceOptions? options, bool isAsync,
        CancellationToken cancellationToken)
    {
        var given = new CallOptions { SigningTime = options?.SigningTime, Entropy = options?.Entropy };
        var call = new Call(given, isAsync, cancellationToken);
        var frame = new CertifyCall { Days = days, Now = call.Now, Entropy = call.Entropy() };
        return Issue("CERTIFICATE", subject, publicKey, signer, options, frame, call);
    }

    /// <summary>Asks the key for the signature, and completes the request or certificate with it.</summary>
    private static async ValueTask<Issued> Issue(
        string label, string subject, PublicKeyInfo publicKey, ISigner signer, IssuanceOptions? options, CertifyCall frame, Call call)
    {
        frame.Subject = subject ?? throw new ArgumentNullException(nameof(subject));
        var signatory = new Signatory(signer);
        (frame.SignatureAlgorithm, frame.DigestAlgorithm) = signer.Algorithms(options?.SignatureAlgorithm, options?.DigestAlgorithm);
        call.Check();
        var request = new CertifyResult(Operations.Certify(frame, publicKey, null).Result).Request;
        var signature = await signatory.Sign(request, call).ConfigureAwait(false) ?? throw HostError.SignerResult("null");
        var der = Operations.Certify(frame, publicKey, signature).Payload;
        return new Issued(der, PemEncoding.WriteString(label, der) + "\n");
    }
}
