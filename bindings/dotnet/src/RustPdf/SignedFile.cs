using System.Collections.Generic;

namespace RustPdf;

/// <summary>A file that was signed.</summary>
public sealed class SignedFile
{
    internal SignedFile(byte[] update, IReadOnlyList<Report> reports)
    {
        Update = update;
        Reports = reports;
    }

    /// <summary>What was appended, or is to be appended, to the document: a few kilobytes.</summary>
    public byte[] Update { get; }

    /// <summary>What was done; of several signatures the last.</summary>
    public Report Report => Reports[Reports.Count - 1];

    /// <summary>The reports of all signatures, in their order.</summary>
    public IReadOnlyList<Report> Reports { get; }
}

/// <summary>What became of a file that was recovered.</summary>
public enum Recovered
{
    /// <summary>Nothing was to be done.</summary>
    Nothing,

    /// <summary>The signature was finished.</summary>
    Signed,

    /// <summary>The file is what it was before the signing.</summary>
    Original,
}
