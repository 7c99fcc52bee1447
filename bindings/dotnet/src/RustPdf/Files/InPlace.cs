using System;
using System.IO;

namespace RustPdf;

/// <summary>
/// The file itself. Its bytes are never touched: the update goes behind them by one write. Before it, the update is on the disk in a
/// journal, by which an interrupted write is finished or taken back.
/// </summary>
internal sealed class InPlace : Output
{
    private readonly FileSource source;
    private readonly FileStream file;
    private readonly Control control;

    private InPlace(FileSource source, FileStream file, Control control)
    {
        this.source = source;
        this.file = file;
        this.control = control;
    }

    /// <summary>Errors: those of the system, where the file cannot be written, or its folder, which takes the journal.</summary>
    internal static InPlace Begin(FileSource source, Control control)
    {
        Disk.RequireWritableFolder(source.Path);
        Disk.Status(Names.Journal(source.Path), follow: false); // the longest names have no room for that of a journal
        return new InPlace(source, Disk.OpenReadWrite(source.Path), control);
    }

    internal override ISink? OpenSink() => null;

    internal override void Commit(byte[] update)
    {
        control.Report(SigningPhase.Write, 0, update.Length);
        var tail = (int)Math.Min(source.Length, TailBytes);
        var bytes = Operations.Journal(source.Length, source.Read(source.Length - tail, tail).ToArray(), update);
        control.Report(SigningPhase.Write, update.Length, update.Length); // the last chance to stop it
        var journal = Journal.Write(source.Path, source.Status.Mode, bytes, source.RefuseChanged);
        // From here on the signature is as good as there: whatever comes, the journal finishes it.
        try
        {
            Journal.Apply(file, bytes, undo: false);
        }
        catch (RustPdfException error) when (error.Code == ErrorCode.JournalDocument)
        {
            RemovedOrLeft(journal); // what stands behind the document now was not written here: then nothing was
            throw RustPdfException.FileChanged();
        }
        catch
        {
            if (TakenBack(bytes)) RemovedOrLeft(journal); // else it stays
            throw;
        }
        if (!RemovedOrLeft(journal) && !Whole(bytes)) throw RustPdfException.FileChanged();
    }

    public override void Dispose() => file.Dispose();

    private bool TakenBack(byte[] journal)
    {
        try
        {
            Journal.Apply(file, journal, undo: true);
            return true;
        }
        catch (Exception)
        {
            return false; // the first error tells more
        }
    }

    /// <summary>
    /// Where it cannot be removed, it finds the signature whole. Where it is gone, somebody has finished that, or taken it back.
    /// </summary>
    private static bool RemovedOrLeft(Journal journal)
    {
        try
        {
            return journal.Remove();
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            return true;
        }
    }

    private bool Whole(byte[] journal)
    {
        try
        {
            return Journal.IsWhole(file, journal);
        }
        catch (Exception error) when (error is RustPdfException || error is IOException)
        {
            return false;
        }
    }

    // By its last bytes a journal knows its document.
    private const int TailBytes = 1024;
}
