using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>Signs <paramref name="data"/> and returns the raw signature. Its exceptions reach the caller unchanged.</summary>
/// <param name="data">Message, for a key store that hashes it.</param>
/// <param name="request">Message in every form that key stores accept, and the algorithms.</param>
/// <returns>The signature; of ECDSA as DER or r‖s.</returns>
public delegate byte[] SignCallback(ReadOnlyMemory<byte> data, SigningRequest request);

/// <summary>Signs <paramref name="data"/> later. Its exceptions reach the caller unchanged.</summary>
/// <param name="data">Message, for a key store that hashes it.</param>
/// <param name="request">Message in every form that key stores accept, and the algorithms.</param>
/// <param name="cancellationToken">Token of the call.</param>
/// <returns>The signature; of ECDSA as DER or r‖s.</returns>
public delegate Task<byte[]> SignAsyncCallback(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken);

/// <summary>A key with its certificate. Its exceptions reach the caller unchanged.</summary>
/// <remarks>
/// <see cref="Signer"/> makes one of a function, a key handle, or a certificate of a key store. A class of your own implements
/// <see cref="SignAsync"/>, and <see cref="Sign"/> for the synchronous calls.
/// </remarks>
/// <example>
/// <code>
/// ISigner signer = new Signer(certDer, HsmSign, chain);
/// SignedPdf signed = Pdf.Sign(pdf, signer);
/// </code>
/// </example>
public interface ISigner
{
    /// <summary>
    /// Certificate of the key: DER or PEM. <c>default</c> for a key that has none yet: then only <c>Pdf.CertificateRequest</c> and
    /// <c>Pdf.SelfSigned</c> accept the signer.
    /// </summary>
    Certificate Certificate { get; }

    /// <summary>Issuers of the certificate, in any order. Default: none.</summary>
    CertificateChain? Chain => null;

    /// <summary>Signature algorithm, if the key has one only. That of the call takes precedence. Default: that of the certificate.</summary>
    SignatureAlgorithm? SignatureAlgorithm => null;

    /// <summary>Digest algorithm, if the key has one only. That of the call takes precedence. Default: that of the certificate.</summary>
    DigestAlgorithm? DigestAlgorithm => null;

    /// <summary>Whether missing issuers are fetched, as if the options said so. Adapters for key stores set it. Default: false.</summary>
    bool CompleteChain => false;

    /// <summary>Signs in the thread of a synchronous call. Default: rejects such a call.</summary>
    /// <param name="data">Message, for a key store that hashes it.</param>
    /// <param name="request">Message in every form that key stores accept, and the algorithms.</param>
    /// <returns>The signature; of ECDSA as DER or r‖s.</returns>
    /// <exception cref="RustPdfException"><c>ERR_ARGUMENT</c>: the signer is asynchronous, and the call is not.</exception>
    byte[] Sign(ReadOnlyMemory<byte> data, SigningRequest request) => throw HostError.SignerPromise();

    /// <summary>Signs in an asynchronous call.</summary>
    /// <param name="data">Message, for a key store that hashes it.</param>
    /// <param name="request">Message in every form that key stores accept, and the algorithms.</param>
    /// <param name="cancellationToken">Token of the call.</param>
    /// <returns>The signature; of ECDSA as DER or r‖s.</returns>
    Task<byte[]> SignAsync(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken);
}

/// <summary>A signer made of a function, a key handle, or a certificate of a key store.</summary>
/// <example>
/// <code>
/// var byFunction = new Signer(certDer, HsmSign, chain);
/// var byFunctionLater = new Signer(certDer, KmsSign, chain);
/// using RSA key = OpenKey();
/// var byHandle = new Signer(certDer, key, chain) { SignatureAlgorithm = SignatureAlgorithm.RsaPss };
/// SignedPdf signed = Pdf.Sign(pdf, byHandle);
/// </code>
/// </example>
public sealed class Signer : ISigner
{
    private readonly SignCallback? sign;
    private readonly SignAsyncCallback? signAsync;

    /// <summary>Makes a signer of a function that returns the signature.</summary>
    /// <param name="certificate">Certificate of the key: DER or PEM.</param>
    /// <param name="sign">Returns the raw signature.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    public Signer(Certificate certificate, SignCallback sign, CertificateChain? chain = null)
        : this(certificate, chain) => this.sign = sign ?? throw new ArgumentNullException(nameof(sign));

    /// <summary>Makes a signer of a function that returns the signature later. Only asynchronous calls accept it.</summary>
    /// <param name="certificate">Certificate of the key: DER or PEM.</param>
    /// <param name="signAsync">Returns the raw signature later.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    public Signer(Certificate certificate, SignAsyncCallback signAsync, CertificateChain? chain = null)
        : this(certificate, chain) => this.signAsync = signAsync ?? throw new ArgumentNullException(nameof(signAsync));

    /// <summary>
    /// Makes a signer of a key handle, such as one of CNG, PKCS #11, the Keychain or a cloud. It asks the handle for
    /// <c>SignHash</c> alone.
    /// </summary>
    /// <param name="certificate">Certificate of the key: DER or PEM.</param>
    /// <param name="key">Handle of an RSA or ECDSA key. It makes one signature at a time, and is not disposed.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <exception cref="ArgumentException">The key is neither RSA nor ECDSA.</exception>
    public Signer(Certificate certificate, AsymmetricAlgorithm key, CertificateChain? chain = null)
        : this(certificate, chain)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key is not (RSA or ECDsa)) throw new ArgumentException($"the key must be RSA or ECDSA, and is {key.GetType().Name}", nameof(key));
        sign = (_, request) =>
        {
            lock (key) return SignBy(key, request);
        };
    }

    /// <summary>Makes a signer of a certificate with a private key in a key store. The key is never exported.</summary>
    /// <param name="certificate">Certificate with a private RSA or ECDSA key. It is not disposed.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <exception cref="ArgumentException">The certificate has no private RSA or ECDSA key.</exception>
    public Signer(X509Certificate2 certificate, CertificateChain? chain = null)
        : this((Certificate)certificate, chain)
    {
        using (KeyOf(certificate))
        {
            sign = (_, request) =>
            {
                using var key = KeyOf(certificate);
                return SignBy(key, request);
            };
        }
    }

    private Signer(Certificate certificate, CertificateChain? chain) => (Certificate, Chain) = (certificate, chain);

    /// <inheritdoc/>
    public Certificate Certificate { get; }

    /// <inheritdoc/>
    public CertificateChain? Chain { get; }

    /// <inheritdoc/>
    public SignatureAlgorithm? SignatureAlgorithm { get; init; }

    /// <inheritdoc/>
    public DigestAlgorithm? DigestAlgorithm { get; init; }

    /// <inheritdoc/>
    public bool CompleteChain { get; init; }

    /// <summary>Whether only asynchronous calls accept it.</summary>
    internal bool IsAsync => signAsync != null;

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlyMemory<byte> data, SigningRequest request) =>
        sign == null ? throw HostError.SignerPromise() : sign(data, request);

    /// <inheritdoc/>
    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken) =>
        signAsync == null ? Task.Run(() => sign!(data, request), cancellationToken) : signAsync(data, request, cancellationToken);

    /// <summary>A function of the data alone, as a callback.</summary>
    internal static SignCallback OfData(Func<byte[], byte[]> sign)
    {
        ArgumentNullException.ThrowIfNull(sign);
        return (data, _) => sign(data.ToArray());
    }

    private static AsymmetricAlgorithm KeyOf(X509Certificate2 certificate) =>
        (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()
            ?? throw new ArgumentException("the certificate has no handle of a private RSA or ECDSA key", nameof(certificate));

    private static byte[] SignBy(AsymmetricAlgorithm key, SigningRequest request) => key switch
    {
        RSA rsa => rsa.SignHash(request.Digest.ToArray(), request.HashAlgorithmName, PaddingOf(request)),
        _ => ((ECDsa)key).SignHash(request.Digest.ToArray()),
    };

    private static RSASignaturePadding PaddingOf(SigningRequest request) =>
        request.SignatureAlgorithm == RustPdf.SignatureAlgorithm.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
}

public sealed partial class SigningRequest
{
    /// <summary><see cref="DigestAlgorithm"/> as the classes of <c>System.Security.Cryptography</c> take it.</summary>
    public HashAlgorithmName HashAlgorithmName => HashStates.NameOf(DigestAlgorithm);
}
