using System.Collections.Generic;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>A file that was signed.</summary>
public sealed class SignedFile
{
    internal SignedFile(byte[] update, IReadOnlyList<Report> reports)
    {
        Update = update;
        Reports = reports;
    }

    /// <summary>Bytes to append to the document, or that were appended: a few kilobytes.</summary>
    public byte[] Update { get; }

    /// <summary>Report of the signature; of several signatures the last.</summary>
    public Report Report => Reports[Reports.Count - 1];

    /// <summary>The reports of all signatures, in their order.</summary>
    public IReadOnlyList<Report> Reports { get; }
}

/// <summary>Result of a recovery.</summary>
public sealed class Recovered
{
    internal Recovered(RecoveredResult result) => (Outcome, Removed) = (result.Outcome, (int)result.Removed);

    /// <summary>State of the file.</summary>
    public RecoveryOutcome Outcome { get; }

    /// <summary>Number of leftovers of ended processes that were removed.</summary>
    public int Removed { get; }
}
