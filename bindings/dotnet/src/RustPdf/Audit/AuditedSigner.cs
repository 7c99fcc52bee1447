using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// A signer that records each request to its key in a folder. <see cref="SignerExtensions.Audited"/> makes one of any signer.
/// </summary>
/// <remarks>
/// <para>
/// The record <c>asked</c> is on the disk before the key is asked: the digests of the document and of its signed attributes, the field,
/// the certificate, the algorithms. If it cannot be written, the key is not asked, and the exception of the system reaches the caller.
/// The record <c>signed</c> is on the disk before the signature is returned. If the key fails, the record <c>failed</c> contains the code or
/// the type of the exception. Its message is left out, and the exception reaches the caller unchanged. An <c>asked</c> without a result
/// means that the process ended, or that the disk refused the record of a failure.
/// </para>
/// <para>
/// Each process writes one file in the folder, readable by its user alone. A line is JSON and has the SHA-256 of the line before it.
/// <c>rustpdf audit verify</c> checks the files. They contain no document, signature, PIN or credential.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// ISigner recorded = new AuditedSigner(signer, "audit", keyId: "contracts");
/// SignedPdf signed = Pdf.Sign(pdf, recorded);
/// </code>
/// </example>
public sealed class AuditedSigner : ISigner
{
    private readonly string directory;
    private readonly string? keyId;

    /// <summary>Wraps a signer.</summary>
    /// <param name="signer">Signer of any kind.</param>
    /// <param name="directory">Folder of the records. It is created with mode 0700 if it is missing.</param>
    /// <param name="keyId">Identifier of the key in the records, as its key store names it. It must not contain a PIN.</param>
    public AuditedSigner(ISigner signer, string directory, string? keyId = null)
    {
        Signer = signer ?? throw new ArgumentNullException(nameof(signer));
        ArgumentException.ThrowIfNullOrEmpty(directory);
        this.directory = Path.GetFullPath(directory);
        this.keyId = keyId;
    }

    /// <inheritdoc/>
    public Certificate Certificate => Signer.Certificate;

    /// <inheritdoc/>
    public CertificateChain? Chain => Signer.Chain;

    /// <inheritdoc/>
    public SignatureAlgorithm? SignatureAlgorithm => Signer.SignatureAlgorithm;

    /// <inheritdoc/>
    public DigestAlgorithm? DigestAlgorithm => Signer.DigestAlgorithm;

    /// <inheritdoc/>
    public bool CompleteChain => Signer.CompleteChain;

    /// <summary>The wrapped signer.</summary>
    internal ISigner Signer { get; }

    /// <inheritdoc/>
    /// <exception cref="IOException">A record cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not permit a file.</exception>
    public byte[] Sign(ReadOnlyMemory<byte> data, SigningRequest request)
    {
        if (Signer.IsAsync()) throw HostError.SignerPromise();
        var asked = AuditedRequest.Ask(directory, keyId, request);
        byte[] signature;
        try
        {
            signature = Signer.Sign(data, request) ?? throw HostError.SignerResult("null");
        }
        catch (Exception error)
        {
            asked.Failed(error, asked.Elapsed);
            throw;
        }
        asked.Signed(signature, asked.Elapsed);
        return signature;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A record cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not permit a file.</exception>
    public async Task<byte[]> SignAsync(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken)
    {
        if (Signer.IsBlocking()) return await Task.Run(() => Sign(data, request), cancellationToken).ConfigureAwait(false);
        var asked = await Task.Run(() => AuditedRequest.Ask(directory, keyId, request), cancellationToken).ConfigureAwait(false);
        byte[] signature;
        try
        {
            var promised = Signer.SignAsync(data, request, cancellationToken) ?? Task.FromResult<byte[]>(null!);
            signature = await promised.ConfigureAwait(false) ?? throw HostError.SignerResult("null");
        }
        catch (Exception error)
        {
            var failedAfter = asked.Elapsed;
            await Task.Run(() => asked.Failed(error, failedAfter), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        var elapsed = asked.Elapsed;
        await Task.Run(() => asked.Signed(signature, elapsed), CancellationToken.None).ConfigureAwait(false);
        return signature;
    }
}

/// <summary>Calls on any signer.</summary>
public static class SignerExtensions
{
    /// <summary>Wraps a signer so that each request to its key is recorded in a folder: see <see cref="AuditedSigner"/>.</summary>
    /// <param name="signer">Signer of any kind.</param>
    /// <param name="directory">Folder of the records. It is created with mode 0700 if it is missing.</param>
    /// <param name="keyId">Identifier of the key in the records, as its key store names it. It must not contain a PIN.</param>
    /// <example>
    /// <code>
    /// SignedPdf signed = Pdf.Sign(pdf, signer.Audited("audit", keyId: "contracts"));
    /// </code>
    /// </example>
    public static AuditedSigner Audited(this ISigner signer, string directory, string? keyId = null) => new(signer, directory, keyId);
}
