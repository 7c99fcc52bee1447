using System;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;

namespace RustPdf;

/// <summary>A recorded request to a key. Its record <c>asked</c> is on the disk, and its result is open.</summary>
internal sealed class AuditedRequest
{
    private readonly AuditFile file;
    private readonly long number;
    private readonly long start = Stopwatch.GetTimestamp();

    private AuditedRequest(AuditFile file, long number) => (this.file, this.number) = (file, number);

    /// <summary>Time that the key took so far, in microseconds.</summary>
    internal long Elapsed => (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds;

    /// <summary>Records a request. If this fails, the key must not be asked.</summary>
    /// <exception cref="IOException">The record cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not permit a file.</exception>
    internal static AuditedRequest Ask(string directory, string? keyId, SigningRequest request)
    {
        var file = AuditFile.Of(directory);
        var number = file.Append("asked", json =>
        {
            if (keyId != null) json.WriteString("keyId", keyId);
            if (request.DocumentName != null) json.WriteString("documentName", request.DocumentName);
            if (request.DocumentDigest is { } document) json.WriteString("documentDigest", Hex.Of(document.Span));
            if (request.FieldName != null) json.WriteString("fieldName", request.FieldName);
            if (request.CertificateDigest is { } certificate) json.WriteString("certificateDigest", Hex.Of(certificate.Span));
            json.WriteString("signatureAlgorithm", SignatureAlgorithmNames.Of(request.SignatureAlgorithm));
            json.WriteString("digestAlgorithm", DigestAlgorithmNames.Of(request.DigestAlgorithm));
            json.WriteString("digest", Hex.Of(request.Digest.Span));
        });
        return new AuditedRequest(file, number);
    }

    /// <summary>Records the signature. If this fails, the signature must not be returned.</summary>
    /// <exception cref="IOException">The record cannot be written.</exception>
    internal void Signed(byte[] signature, long duration) => file.Append("signed", json =>
    {
        json.WriteNumber("asked", number);
        json.WriteString("signatureDigest", Hex.Of(SHA256.HashData(signature)));
        json.WriteNumber("duration", duration);
    });

    /// <summary>Records that the key did not sign, unless that fails, too: the caller must see the exception of the key.</summary>
    internal void Failed(Exception error, long duration)
    {
        try
        {
            file.Append("failed", json =>
            {
                json.WriteNumber("asked", number);
                // A message can contain anything.
                json.WriteString("error", error is RustPdfException { Code: var code } ? code : error.GetType().Name);
                json.WriteNumber("duration", duration);
            });
        }
        catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
        {
        }
    }
}
