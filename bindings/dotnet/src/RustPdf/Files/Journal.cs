using System;
using System.IO;

namespace RustPdf;

/// <summary>The journal of a signing in place, beside the document. It is there whole and on the disk, or not at all.</summary>
internal sealed class Journal
{
    private readonly string path;
    private readonly FileStatus written;

    private Journal(string path, FileStatus written)
    {
        this.path = path;
        this.written = written;
    }

    /// <summary>
    /// Writes the journal of the file at <paramref name="path"/>, for whoever may read the file; <paramref name="check"/> comes at the last
    /// moment. Errors: its own, <c>ERR_FILE_BUSY</c> where there is one.
    /// </summary>
    internal static Journal Write(string path, int mode, byte[] bytes, Action check)
    {
        var temporary = Names.Temporary(path);
        using var file = Disk.Create(temporary, mode | 0x80);
        try
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
            var journal = new Journal(Names.Journal(path), Disk.Status(file));
            check();
            if (!Disk.NameOnce(temporary, journal.path)) throw Busy();
            try
            {
                Disk.SyncFolder(path);
            }
            catch
            {
                journal.Remove();
                throw;
            }
            return journal;
        }
        finally
        {
            Names.Remove(temporary);
        }
    }

    /// <summary>
    /// Removes it, when the file is whole. Tells whether it was there: somebody else may have finished the signature, or taken it back.
    /// </summary>
    internal bool Remove() => Names.RemoveOwn(path, written);

    /// <summary>Does to the open file what the core says of its journal, and sees that it is on the disk.</summary>
    internal static Recovered Apply(FileStream file, byte[] journal, bool undo)
    {
        var length = file.Length;
        var done = Compare(file, journal, undo);
        if (Offset(done) is long offset)
        {
            file.Position = offset;
            file.Write(done.Payload);
        }
        var whole = done.Result.GetProperty("length").GetInt64();
        if (whole < length) file.SetLength(whole);
        file.Flush(flushToDisk: true);
        return done.Result.GetProperty("outcome").GetString() == "signed" ? Recovered.Signed : Recovered.Original;
    }

    /// <summary>Whether the update is whole behind the document. Errors: <c>ERR_JOURNAL_DOCUMENT</c>.</summary>
    internal static bool IsWhole(FileStream file, byte[] journal) => Offset(Compare(file, journal, undo: false)) == null;

    internal static RustPdfException Busy() =>
        new RustPdfException(
            ErrorCode.FileBusy, "another process is signing the document in place, or was interrupted; wait for it, or recover the file");

    private static long? Offset(Done done)
    {
        var offset = done.Result.GetProperty("offset");
        return offset.ValueKind == System.Text.Json.JsonValueKind.Null ? (long?)null : offset.GetInt64();
    }

    private static Done Compare(FileStream file, byte[] journal, bool undo)
    {
        using var document = new Document(new Bare(file), Control.Unwatched);
        return Operations.Recover(document, journal, undo);
    }

    /// <summary>The file as it is: the core says what is missing.</summary>
    private sealed class Bare : ISource
    {
        private readonly FileStream file;

        internal Bare(FileStream file)
        {
            this.file = file;
            Length = file.Length;
        }

        public long Length { get; }

        public ReadOnlyMemory<byte> Read(long offset, int length)
        {
            var bytes = new byte[length];
            file.Position = offset;
            var filled = 0;
            for (int read; filled < length && (read = file.Read(bytes, filled, length - filled)) > 0;) filled += read;
            return bytes.AsMemory(0, filled);
        }

        public void Pass(Action<ReadOnlyMemory<byte>> use) => throw new InvalidOperationException("recovery hashes no document");

        public void RefuseChanged()
        {
        }

        public void Dispose()
        {
        }
    }
}
