using System;
using System.Collections.Generic;

namespace RustPdf;

/// <summary>Options of a call as a whole, for any number of signers.</summary>
public class CallOptions
{
    /// <summary>The time of signing. Default: now.</summary>
    public DateTimeOffset? SigningTime { get; set; }

    /// <summary>32 random bytes for identifiers, for reproducible output. Default: from the system's secure source.</summary>
    public ReadOnlyMemory<byte>? Entropy { get; set; }

    /// <summary>
    /// Receives a report, with warnings, of each signature; of a session also when it is begun or resumed, and at each completion.
    /// Its exceptions reach the caller.
    /// </summary>
    public Action<Report>? OnReport { get; set; }

    /// <summary>
    /// Receives the progress. An exception of an object that runs in the thread of the call stops the signing, and reaches the caller;
    /// <see cref="Progress{T}"/> runs in another.
    /// </summary>
    public IProgress<SigningProgress>? Progress { get; set; }

    /// <summary>
    /// Receives the warnings of a signature, if there are any, before its key is asked. Its exceptions stop the signing, with the key not
    /// asked, and reach the caller unchanged.
    /// </summary>
    public Action<IReadOnlyList<Warning>>? OnWarnings { get; set; }

    internal bool ConcernsTheCall => SigningTime != null || Entropy != null || OnReport != null || OnWarnings != null || Progress != null;
}

public sealed partial class SigningOptions : CallOptions
{
}

/// <summary>A phase of a signing.</summary>
public enum SigningPhase
{
    /// <summary>The structure of the document is read; counted in bytes; the total is an upper bound.</summary>
    Read,

    /// <summary>The whole document is hashed; counted in bytes.</summary>
    Digest,

    /// <summary>The signers sign; counted in signatures.</summary>
    Sign,

    /// <summary>The output is written; counted in bytes.</summary>
    Write,
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

    /// <summary>Bytes or signatures of the phase that are done.</summary>
    public long Done { get; }

    /// <summary>All bytes or signatures of the phase.</summary>
    public long Total { get; }
}
