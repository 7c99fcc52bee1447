using System;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;

namespace RustPdf;

/// <summary>The files beside a file: the same names in every language.</summary>
internal static class Names
{
    /// <summary>Where the journal of a file lies; <paramref name="path"/> is its real one.</summary>
    internal static string Journal(string path) => Beside(path, $".{Path.GetFileName(path)}.rustpdf");

    /// <summary>A free name beside a file, for what becomes it or its journal; it tells whose it is.</summary>
    internal static string Temporary(string path)
    {
        var random = new byte[6];
        RandomNumberGenerator.Fill(random);
        using var process = Process.GetCurrentProcess();
        return Beside(path, $".{First(Path.GetFileName(path))}.rustpdf-{process.Id}-{Hex.Of(random)}");
    }

    /// <summary>Removes a temporary: what failed before tells more, and what has another name by now must not fail for this one.</summary>
    internal static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
        }
    }

    /// <summary>
    /// Removes a journal if it is still the one that is meant: by its time as well, since numbers of files are given anew. Tells if it was.
    /// </summary>
    internal static bool RemoveOwn(string journal, FileStatus meant)
    {
        var found = Disk.Status(journal, follow: false);
        if (found?.IsSameFile(meant) != true || found.Value.Modified != meant.Modified) return false;
        File.Delete(journal);
        try
        {
            Disk.SyncFolder(journal);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            // A journal that comes back does no harm.
        }
        return true;
    }

    private static string Beside(string path, string name) => Path.Combine(Path.GetDirectoryName(path)!, name);

    /// <summary>Fifty characters of a name, for the longest one there is has no room for more.</summary>
    private static string First(string name)
    {
        var length = 0;
        for (var count = 0; length < name.Length && count < Characters; count++) length += char.IsSurrogatePair(name, length) ? 2 : 1;
        return name.Substring(0, length);
    }

    private const int Characters = 50;
}
