using System;

namespace RustPdf;

/// <summary>What concerns a call as a whole, however many sign in it.</summary>
public class CallOptions
{
    /// <summary>The time of signing. Default: now.</summary>
    public DateTimeOffset? SigningTime { get; set; }

    /// <summary>32 random bytes for identifiers, for reproducible output. Default: from the system's secure source.</summary>
    public ReadOnlyMemory<byte>? Entropy { get; set; }

    /// <summary>
    /// Is told what was done, with warnings: for each signature once, and of a session when it is begun or resumed and at each completion.
    /// What it throws reaches the caller.
    /// </summary>
    public Action<Report>? OnReport { get; set; }

    /// <summary>
    /// Is told how far it is. What an object throws that is told at once stops the signing, and reaches the caller;
    /// <see cref="Progress{T}"/> is told elsewhere.
    /// </summary>
    public IProgress<SigningProgress>? Progress { get; set; }

    internal bool ConcernsTheCall => SigningTime != null || Entropy != null || OnReport != null || Progress != null;
}

public sealed partial class SigningOptions : CallOptions
{
}

/// <summary>A part of a signing.</summary>
public enum SigningPhase
{
    /// <summary>The structure of the document is read; counted in bytes, and the total is the most that there can be.</summary>
    Read,

    /// <summary>All of the document is hashed; counted in bytes.</summary>
    Digest,

    /// <summary>The signers sign; counted in signatures.</summary>
    Sign,

    /// <summary>The output is written; counted in bytes.</summary>
    Write,
}

/// <summary>How far a signing is.</summary>
public readonly struct SigningProgress
{
    internal SigningProgress(SigningPhase phase, long done, long total)
    {
        Phase = phase;
        Done = done;
        Total = total;
    }

    /// <summary>What is being done.</summary>
    public SigningPhase Phase { get; }

    /// <summary>How much of the phase is done.</summary>
    public long Done { get; }

    /// <summary>How much there is.</summary>
    public long Total { get; }
}
