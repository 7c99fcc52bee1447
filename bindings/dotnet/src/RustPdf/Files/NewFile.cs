using System;
using System.IO;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>A file that appears under its path when it is complete.</summary>
internal sealed class NewFile : Output
{
    private readonly FileSource source;
    private readonly string path;
    private readonly string temporary;
    private readonly bool replace;
    private readonly Control control;
    private Pieces? pieces;

    private NewFile(FileSource source, string path, bool replace, Control control)
    {
        this.source = source;
        this.path = path;
        this.replace = replace;
        this.control = control;
        temporary = Names.Temporary(path);
    }

    /// <summary>Errors: those of the system; <c>ERR_ARGUMENT</c> where what is to be replaced is no file.</summary>
    internal static NewFile Begin(FileSource source, string path, bool replace, Control control)
    {
        // What was interrupted there would be taken for one of the new file.
        if (Disk.Status(path, follow: false) == null)
        {
            RefuseJournal(path);
            return new NewFile(source, path, replace, control);
        }
        if (!replace) throw AlreadyThere(path);
        var target = Disk.RealPath(path); // replaces what a link leads to, not the link
        RefuseJournal(target);
        if (Disk.Status(target)?.IsRegular != true) throw RustPdfException.Argument("what the output is to replace is not a regular file");
        return new NewFile(source, target, true, control);
    }

    internal override ISink? OpenSink() => pieces = new Pieces(Disk.Create(temporary, Mode));

    internal override void Commit(byte[] update)
    {
        var total = source.Length + update.Length;
        control.Report(SigningPhase.Write, 0, total);
        if (pieces == null) Copy();
        control.Report(SigningPhase.Write, source.Length, total);
        source.RefuseChanged(); // after the copy, which may not be made by the read that hashed the document
        pieces!.Finish(update, Mode);
        control.Report(SigningPhase.Write, total, total); // the last chance to stop it
        Name();
        try
        {
            Disk.SyncFolder(path);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            // It is there: nobody is told otherwise.
        }
    }

    public override void Dispose()
    {
        if (pieces == null) return;
        pieces.Dispose();
        Names.Remove(temporary);
    }

    /// <summary>
    /// The permissions are those of the document, but that it can be signed again, from the first byte on. Its group is the own one.
    /// </summary>
    private int Mode => source.Status.Mode | 0x80;

    /// <summary>A copy of a document that was hashed before, in another call.</summary>
    private void Copy()
    {
        var sink = OpenSink()!;
        source.Pass(piece =>
        {
            control.Check();
            sink.Write(piece);
        });
    }

    private void Name()
    {
        if (replace) File.Move(temporary, path, overwrite: true);
        else if (!Disk.NameOnce(temporary, path)) throw AlreadyThere(path);
    }

    private static void RefuseJournal(string path)
    {
        try
        {
            if (Disk.Status(Names.Journal(path), follow: false) != null) throw Journal.Busy();
        }
        catch (PathTooLongException)
        {
            // A name without room for that of a journal has none.
        }
    }

    private static IOException AlreadyThere(string path) =>
        new IOException($"{path} exists; give another name, or replace it by `replace`");

    /// <summary>Writes the pieces of a document, one behind the other.</summary>
    private sealed class Pieces : ISink, IDisposable
    {
        private readonly FileStream file;
        private long unsynced;
        private Task syncing = Task.CompletedTask;

        internal Pieces(FileStream file) => this.file = file;

        public void Write(ReadOnlyMemory<byte> piece)
        {
            file.Write(piece.Span);
            unsynced += piece.Length;
            if (unsynced < SyncBytes || !syncing.IsCompleted) return;
            syncing.GetAwaiter().GetResult(); // it is completed: what failed is raised
            unsynced = 0;
            syncing = Task.Run(() => Disk.SyncBeside(file));
        }

        internal void Finish(byte[] update, int mode)
        {
            file.Write(update);
            Disk.SetMode(file, mode);
            syncing.GetAwaiter().GetResult();
            file.Flush(flushToDisk: true);
        }

        public void Dispose()
        {
            Task.WaitAny(syncing); // what failed was raised before, or something else was
            file.Dispose();
        }

        // The disk writes while the rest is read, so that there is little to wait for in the end.
        private const long SyncBytes = 64 * 1024 * 1024;
    }
}
