using System.Collections.Generic;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>A signed document in memory.</summary>
public sealed class SignedPdf
{
    internal SignedPdf(byte[] pdf, IReadOnlyList<Report> reports) => (Pdf, Reports) = (pdf, reports);

    /// <summary>The signed document.</summary>
    public byte[] Pdf { get; }

    /// <summary>Report of the signature; of several signatures the last.</summary>
    public Report Report => Reports[^1];

    /// <summary>Reports of all signatures, in their order.</summary>
    public IReadOnlyList<Report> Reports { get; }
}

/// <summary>A signed file.</summary>
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
    public Report Report => Reports[^1];

    /// <summary>Reports of all signatures, in their order.</summary>
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
