using System.IO;
using System.Threading;

namespace RustPdf;

/// <summary>Finishes interrupted signings in place by their journals, or takes them back.</summary>
internal static class Recovery
{
    /// <summary>Errors: <c>ERR_JOURNAL_…</c>.</summary>
    internal static Recovered Recover(string path, bool undo)
    {
        var document = Disk.RealPath(path);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var journal = Read(Names.Journal(document));
                return journal == null ? Recovered.Nothing : By(journal.Value.Bytes, journal.Value.Status, document, undo);
            }
            catch (RustPdfException error) when (error.Code.StartsWith("ERR_JOURNAL", System.StringComparison.Ordinal))
            {
                // Of two that sign at once the later one notices it with its journal written, and removes it at once.
                if (attempt == Attempts || error.Code != ErrorCode.JournalDocument)
                    // which most do not see in a folder
                    throw new RustPdfException(error.Code, $"{error.Message} ({Names.Journal(document)})", error);
            }
            Thread.Sleep(AttemptMs);
        }
    }

    private static Recovered By(byte[] journal, FileStatus status, string document, bool undo)
    {
        using var file = Disk.OpenReadWrite(document);
        // Whoever may write to the folder, but not to the document, could have something appended to it by a journal: it counts from
        // whoever owns the document, and from whoever asks.
        if (status.Owner != Disk.Status(file).Owner && !Disk.IsOwn(status))
            throw new RustPdfException(
                ErrorCode.JournalOwner,
                "the journal beside the document is another user's, and that user does not own the document; see who may write "
                + "to the folder, then let that user recover the document, or remove the journal");
        var outcome = Journal.Apply(file, journal, undo);
        Names.RemoveOwn(Names.Journal(document), status);
        return outcome;
    }

    /// <summary>
    /// A journal, or nothing where there is none: its process may remove it at any time. Neither a link is followed nor a pipe waited for:
    /// where everybody may write, it may be anybody's.
    /// </summary>
    private static (byte[] Bytes, FileStatus Status)? Read(string path)
    {
        try
        {
            var there = Disk.Status(path, follow: false);
            if (there == null) return null;
            if (!there.Value.IsRegular) throw Damaged();
            using var file = Disk.OpenRead(path);
            var status = Disk.Status(file);
            if (!status.IsSameFile(there.Value))
                throw new RustPdfException(ErrorCode.JournalDocument, "the journal was replaced while it was read");
            if (status.Length > MostBytes) throw Damaged();
            var bytes = new byte[status.Length];
            var filled = 0;
            for (int read; filled < bytes.Length && (read = file.Read(bytes, filled, bytes.Length - filled)) > 0;) filled += read;
            return (bytes, status);
        }
        catch (System.Exception error) when (error is FileNotFoundException || error is PathTooLongException)
        {
            return null;
        }
    }

    private static RustPdfException Damaged() =>
        new RustPdfException(
            ErrorCode.JournalDamaged, $"the journal is no regular file, or has more than {MostBytes} bytes; remove it");

    // An update is a few kilobytes, and with the objects of a large form some megabytes.
    private const int MostBytes = 64 * 1024 * 1024;

    // A journal is wrong for milliseconds, unless it stays so.
    private const int Attempts = 20;
    private const int AttemptMs = 25;
}
