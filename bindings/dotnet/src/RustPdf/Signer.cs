using System;
using System.Security.Cryptography;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// Signs <paramref name="data"/> and returns the raw signature, ECDSA as DER or r‖s. Its exceptions reach the caller unchanged.
/// </summary>
/// <param name="data">The message, for a key store that hashes by itself. It may be kept.</param>
/// <param name="request">The message in every form that key stores take, and how to sign it.</param>
public delegate byte[] Signer(ReadOnlyMemory<byte> data, SigningRequest request);

/// <summary>
/// Signs <paramref name="data"/> and promises the raw signature, ECDSA as DER or r‖s. Its exceptions reach the caller unchanged.
/// </summary>
/// <param name="data">The message, for a key store that hashes by itself. It may be kept.</param>
/// <param name="request">The message in every form that key stores take, and how to sign it.</param>
public delegate Task<byte[]> AsyncSigner(ReadOnlyMemory<byte> data, SigningRequest request);

/// <summary>A signer of a document that several sign in turn.</summary>
public sealed class Signatory
{
    private readonly Signer? signer;
    private readonly AsyncSigner? asyncSigner;

    /// <summary>A signatory with a function that returns the signature.</summary>
    /// <param name="certificate">The signer's certificate.</param>
    /// <param name="signer">Gives the raw signature.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">Options of this signature. Options of the call are given to the call.</param>
    public Signatory(Certificate certificate, Signer signer, CertificateChain? chain = null, SigningOptions? options = null)
        : this(certificate, chain, options) => this.signer = signer ?? throw new ArgumentNullException(nameof(signer));

    /// <summary>A signatory with a function that promises the signature: for the asynchronous calls only.</summary>
    /// <param name="certificate">The signer's certificate.</param>
    /// <param name="signer">Promises the raw signature.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">Options of this signature. Options of the call are given to the call.</param>
    public Signatory(Certificate certificate, AsyncSigner signer, CertificateChain? chain = null, SigningOptions? options = null)
        : this(certificate, chain, options) => asyncSigner = signer ?? throw new ArgumentNullException(nameof(signer));

    /// <summary>A signatory with a key handle of RSA or ECDSA, which may be that of a key store of the system.</summary>
    /// <param name="certificate">The signer's certificate.</param>
    /// <param name="key">The handle. It is not disposed.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">Options of this signature. Options of the call are given to the call.</param>
    public Signatory(Certificate certificate, AsymmetricAlgorithm key, CertificateChain? chain = null, SigningOptions? options = null)
        : this(certificate, KeyHandle.Signer(key), chain, options)
    {
    }

    private Signatory(Certificate certificate, CertificateChain? chain, SigningOptions? options)
    {
        Certificate = certificate;
        Chain = chain;
        Options = options;
    }

    internal Certificate Certificate { get; }

    internal CertificateChain? Chain { get; }

    internal SigningOptions? Options { get; }

    /// <summary>Whether its signature is promised, so that the call has to wait.</summary>
    internal bool IsAsync => asyncSigner != null;

    /// <summary>Has it sign: in this thread, or elsewhere while the caller waits.</summary>
    internal async ValueTask<byte[]?> Sign(SigningRequest request, Call call)
    {
        if (signer != null) return await call.Do(() => signer(request.Data, request)).ConfigureAwait(false);
        return await call.OrCancelled(asyncSigner!(request.Data, request)).ConfigureAwait(false);
    }
}
