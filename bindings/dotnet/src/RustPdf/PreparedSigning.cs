using System;
using System.Text.Json;

namespace RustPdf;

/// <summary>What is known of a signing of which the first half is done: plain data, with nothing to dispose, for any thread.</summary>
public abstract class PreparedSigning
{
    private readonly byte[] saved;
    private readonly Action<Report>? onReport;

    private protected PreparedSigning(Done prepared, Action<Report>? onReport)
    {
        saved = prepared.Payload;
        this.onReport = onReport;
        Hash = Hex.Bytes(prepared.Result.GetProperty("hash").GetString()!);
        HashAlgorithm = DigestAlgorithmNames.Parse(prepared.Result.GetProperty("hashAlgorithm").GetString());
        DocumentLength = prepared.Result.GetProperty("documentLength").GetInt64();
        var request = prepared.Result.GetProperty("request");
        if (request.ValueKind != JsonValueKind.Null) Request = new SigningRequest(request);
        Report = prepared.Reports[0];
        onReport?.Invoke(Report);
    }

    /// <summary>The digest of the document's signed part (<c>/ByteRange</c>): what a service that returns containers is given.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>The hash that <see cref="Hash"/> was made with.</summary>
    public DigestAlgorithm HashAlgorithm { get; }

    /// <summary>Length of the document before the signature, in bytes.</summary>
    public long DocumentLength { get; }

    /// <summary>What a key store is asked to sign. Only where the session was begun with a certificate.</summary>
    public SigningRequest? Request { get; }

    /// <summary>What was done, with warnings; as of the last completion, once there was one.</summary>
    public Report Report { get; private set; }

    /// <summary>The session as a few kilobytes, without the document, to be resumed: by this version or a later one that says so.</summary>
    public byte[] Serialize() => (byte[])saved.Clone();

    /// <summary>The update that an answer completes. It may be asked for again.</summary>
    private protected Done Completed(Answer kind, byte[] answer)
    {
        if (answer == null) throw new ArgumentNullException(kind == Answer.Container ? "cms" : "signature");
        return Operations.Complete(saved, kind == Answer.Container ? "container" : "signature", answer);
    }

    private protected void Tell(Report report)
    {
        Report = report;
        onReport?.Invoke(report);
    }

    /// <summary>What completes a session.</summary>
    internal enum Answer
    {
        Signature,
        Container,
    }
}
