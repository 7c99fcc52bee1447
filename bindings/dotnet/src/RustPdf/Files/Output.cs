using System;
using System.IO;

namespace RustPdf;

/// <summary>Where a signed document goes, while it is made. What was not committed leaves no trace.</summary>
internal abstract class Output : IDisposable
{
    /// <summary>Opens an output for a document: in place where it is that file, and nothing but the update where it is null.</summary>
    internal static Output Open(FileSource source, string? path, bool replace, Control control)
    {
        if (path == null) return new UpdateOnly(source, control);
        if (path.Length == 0) throw new ArgumentException("the path of the output is empty", nameof(path));
        path = Path.GetFullPath(path); // wherever the working directory goes, and a path that is none is refused
        return Disk.Status(path)?.IsSameFile(source.Status) == true
            ? InPlace.Begin(source, control)
            : (Output)NewFile.Begin(source, path, replace, control);
    }

    /// <summary>
    /// Begins, before the document is read whole; its pieces go into what is returned. Where nothing is, they are not needed.
    /// </summary>
    internal abstract ISink? OpenSink();

    /// <summary>Completes the output: it is there, whole and on the disk.</summary>
    internal abstract void Commit(byte[] update);

    public virtual void Dispose()
    {
    }

    private sealed class UpdateOnly : Output
    {
        private readonly FileSource source;
        private readonly Control control;

        internal UpdateOnly(FileSource source, Control control)
        {
            this.source = source;
            this.control = control;
        }

        internal override ISink? OpenSink() => null;

        /// <summary>Errors: <c>ERR_FILE_CHANGED</c>: the update would not fit.</summary>
        internal override void Commit(byte[] update)
        {
            control.Check();
            source.RefuseChanged();
        }
    }
}
