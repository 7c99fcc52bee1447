// A key in AWS KMS as a signer, through AWSSDK.KeyManagementService. Include it with StoreCall.cs and Table.cs: see README.md.
#nullable enable

using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;

namespace RustPdf.KeyStores;

/// <summary>A key in AWS KMS. Requires the permission <c>kms:Sign</c>, and <c>kms:GetPublicKey</c> for <see cref="PublicKeyAsync"/>.</summary>
/// <remarks>Only asynchronous calls accept it: the client has no others. Exceptions of the client reach the caller unchanged.</remarks>
public sealed class AwsKmsSigner : ISigner
{
    private readonly IAmazonKeyManagementService client;
    private readonly string keyId;

    /// <summary>Makes a signer of a key.</summary>
    /// <param name="client">Client, which is not disposed.</param>
    /// <param name="keyId">Identifier, ARN or alias of the key.</param>
    /// <param name="certificate">Certificate of the key. A certification request needs none.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    public AwsKmsSigner(IAmazonKeyManagementService client, string keyId, Certificate certificate = default, CertificateChain? chain = null)
    {
        this.client = client ?? throw new ArgumentNullException(nameof(client));
        this.keyId = keyId ?? throw new ArgumentNullException(nameof(keyId));
        (Certificate, Chain) = (certificate, chain);
    }

    /// <inheritdoc/>
    public Certificate Certificate { get; }

    /// <inheritdoc/>
    public CertificateChain? Chain { get; }

    /// <inheritdoc/>
    public bool CompleteChain => true;

    /// <summary>Returns the public key, for <c>Pdf.CertificateRequestAsync</c> and <c>Pdf.SelfSignedAsync</c>.</summary>
    public async Task<PublicKeyInfo> PublicKeyAsync(CancellationToken cancellationToken = default)
    {
        var asked = new GetPublicKeyRequest { KeyId = keyId };
        return (await client.GetPublicKeyAsync(asked, cancellationToken).ConfigureAwait(false)).PublicKey.ToArray();
    }

    /// <inheritdoc/>
    /// <exception cref="RustPdfException"><c>ERR_ALGORITHM_MISMATCH</c>: AWS KMS does not sign by these algorithms.</exception>
    public async Task<byte[]> SignAsync(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken)
    {
        var call = StoreCall.Of(Table.AwsKms, request);
        using var message = new MemoryStream(call.Input);
        var asked = new SignRequest
        {
            KeyId = keyId,
            Message = message,
            MessageType = call.Kind == StoreInput.Data ? MessageType.RAW : MessageType.DIGEST,
            SigningAlgorithm = call.Name,
        };
        return (await client.SignAsync(asked, cancellationToken).ConfigureAwait(false)).Signature.ToArray();
    }
}
