using System;
using System.Collections.Generic;

namespace RustPdf;

/// <summary>Options of a call as a whole, for any number of signers.</summary>
/// <example>
/// <code>
/// var options = new SigningOptions
/// {
///     SigningTime = DateTimeOffset.UtcNow,
///     OnWarnings = warnings => Console.WriteLine(warnings[0].Message),
///     Progress = new Progress&lt;SigningProgress&gt;(progress => Console.WriteLine($"{progress.Phase} {progress.Done}")),
/// };
/// Pdf.SignFile("contract.pdf", "contract.pdf", signer, options);
/// </code>
/// </example>
public class CallOptions
{
    /// <summary>Time of signing. Default: now.</summary>
    public DateTimeOffset? SigningTime { get; set; }

    /// <summary>
    /// 32 random bytes for identifiers, for reproducible output. A session keeps them. Default: from the system's secure source.
    /// </summary>
    public ReadOnlyMemory<byte>? Entropy { get; set; }

    /// <summary>
    /// Receives the report of each signature. A session reports when it is begun, resumed and completed. Exceptions reach the caller.
    /// </summary>
    public Action<Report>? OnReport { get; set; }

    /// <summary>
    /// Receives the progress in the thread of the call. An exception stops the signing, and reaches the caller.
    /// <see cref="Progress{T}"/> passes it on to another thread.
    /// </summary>
    public IProgress<SigningProgress>? Progress { get; set; }

    /// <summary>
    /// Receives the warnings of a signature, if there are any, before its key is asked. An exception stops the signing, and reaches the
    /// caller.
    /// </summary>
    public Action<IReadOnlyList<Warning>>? OnWarnings { get; set; }

    /// <summary>Settings of requests to servers, for levels above B-B.</summary>
    public HttpSettings? Http { get; set; }

    internal bool ConcernsTheCall =>
        SigningTime != null || Entropy != null || OnReport != null || OnWarnings != null || Progress != null || Http != null;
}

public sealed partial class SigningOptions : CallOptions
{
    /// <summary>A copy with these values.</summary>
    internal SigningOptions With(SignatureAlgorithm? signature, DigestAlgorithm? digest, bool completeChain)
    {
        var copy = (SigningOptions)MemberwiseClone();
        (copy.SignatureAlgorithm, copy.DigestAlgorithm, copy.CompleteChain) = (signature, digest, completeChain);
        return copy;
    }
}

/// <summary>A phase of a signing.</summary>
public enum SigningPhase
{
    /// <summary>The structure of the document is read. Counts bytes; the total is an upper bound.</summary>
    Read,

    /// <summary>The whole document is hashed. Counts bytes.</summary>
    Digest,

    /// <summary>The signers sign. Counts signatures.</summary>
    Sign,

    /// <summary>The output is written. Counts bytes.</summary>
    Write,

    /// <summary>Servers are asked. Counts requests of those that are sent at once; the phase occurs again for the next ones.</summary>
    Request,
}

/// <summary>Progress of a signing.</summary>
public readonly struct SigningProgress
{
    internal SigningProgress(SigningPhase phase, long done, long total)
    {
        Phase = phase;
        Done = done;
        Total = total;
    }

    /// <summary>Phase.</summary>
    public SigningPhase Phase { get; }

    /// <summary>Bytes, signatures or requests of the phase that are done.</summary>
    public long Done { get; }

    /// <summary>All bytes, signatures or requests of the phase.</summary>
    public long Total { get; }
}
