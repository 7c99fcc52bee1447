using System;
using System.IO;

namespace RustPdf;

/// <summary>A document in a file: it never lies in memory.</summary>
internal sealed class FileSource : ISource
{
    private readonly FileStream file;

    private FileSource(FileStream file, FileStatus status, string path)
    {
        this.file = file;
        Status = status;
        Path = path;
    }

    /// <summary>The real path.</summary>
    internal string Path { get; }

    /// <summary>The file as it was opened.</summary>
    internal FileStatus Status { get; }

    public long Length => Status.Length;

    /// <summary>Opens a file to be signed. An interrupted signing in place is finished first.</summary>
    internal static FileSource Open(string path)
    {
        Recovery.Recover(path, undo: false);
        var real = Disk.RealPath(path);
        var file = Disk.OpenRead(real);
        try
        {
            var status = Disk.Status(file);
            if (!status.IsRegular) throw RustPdfException.Argument("the document is not a regular file");
            return new FileSource(file, status, real);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public ReadOnlyMemory<byte> Read(long offset, int length)
    {
        var bytes = new byte[length];
        file.Position = offset;
        for (var filled = 0; filled < length;)
        {
            var read = file.Read(bytes, filled, length - filled);
            if (read == 0) throw RustPdfException.FileChanged();
            filled += read;
        }
        return bytes;
    }

    public void Pass(Action<ReadOnlyMemory<byte>> use) => RustPdf.Pass.Over(file, Length, use);

    /// <summary>Errors: <c>ERR_FILE_CHANGED</c> where the file is not as it was, or its path leads to another one.</summary>
    public void RefuseChanged()
    {
        var now = Disk.Status(file);
        if (now.Length != Length || now.Modified != Status.Modified) throw RustPdfException.FileChanged();
        if (Disk.Status(Path)?.IsSameFile(Status) != true) throw RustPdfException.FileChanged();
    }

    public void Dispose() => file.Dispose();
}
