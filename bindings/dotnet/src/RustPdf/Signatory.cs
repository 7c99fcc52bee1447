using System;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>A signer of a document that several sign in turn.</summary>
/// <example>
/// <code>
/// SignedPdf signed = Pdf.SignInTurn(pdf, new[]
/// {
///     new Signatory(signer),
///     new Signatory(otherSigner, new SigningOptions { Reason = "Seen" }),
/// });
/// </code>
/// </example>
public sealed class Signatory
{
    /// <summary>Takes a signer, and the options of its signature.</summary>
    /// <param name="signer">Signer with its certificate.</param>
    /// <param name="options">Options of this signature. Options of the call are given to the call.</param>
    public Signatory(ISigner signer, SigningOptions? options = null) =>
        (Signer, Options) = (signer ?? throw new ArgumentNullException(nameof(signer)), options);

    /// <summary>Signer with its certificate.</summary>
    public ISigner Signer { get; }

    /// <summary>Options of this signature.</summary>
    public SigningOptions? Options { get; }

    /// <summary>
    /// Options of this signature, with the algorithms of the key where the options name none. Missing issuers are fetched if either says so.
    /// </summary>
    internal SigningOptions? OptionsWithKey
    {
        get
        {
            var (signature, digest) = Signer.Algorithms(Options?.SignatureAlgorithm, Options?.DigestAlgorithm);
            var complete = Options is { CompleteChain: true } || Signer.CompleteChain;
            var isSame = signature == Options?.SignatureAlgorithm && digest == Options?.DigestAlgorithm
                && complete == (Options is { CompleteChain: true });
            return isSame ? Options : (Options ?? new SigningOptions()).With(signature, digest, complete);
        }
    }

    /// <summary>Has it sign: in this thread, or elsewhere while the caller waits.</summary>
    internal async ValueTask<byte[]?> Sign(SigningRequest request, Call call)
    {
        // A function that answers at once cannot be stopped: its signature is awaited.
        if (!call.IsAsync || Signer.IsBlocking())
            return await call.Do(() => Signer.Sign(request.Data, request)).ConfigureAwait(false);
        return await call.OrCancelled(Signer.SignAsync(request.Data, request, call.Token)).ConfigureAwait(false);
    }
}
