using System;
using System.IO;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>The document of a call: a file that the core opens by its path, or one that this process reads.</summary>
internal sealed class Source : IDisposable
{
    private readonly IDisposable? owned;

    /// <summary>A document in memory, which is returned in memory.</summary>
    internal Source(ReadOnlyMemory<byte> bytes) => (Document, IsWhole) = (new MemoryDocument(bytes), true);

    /// <summary>A file that the core opens.</summary>
    internal Source(string path, PdfInput? input = null) => (Path, Input) = (Absolute(path, nameof(path)), input);

    /// <summary>A document that is read by ranges.</summary>
    /// <param name="document">The document.</param>
    /// <param name="input">The argument of the caller, to be opened again.</param>
    /// <param name="owned">Closed after the call.</param>
    internal Source(Document document, PdfInput input, IDisposable? owned = null) =>
        (Document, Input, this.owned) = (document, input, owned);

    private Source()
    {
    }

    /// <summary>No document, for an operation that has none.</summary>
    internal static Source None { get; } = new();

    /// <summary>The document, unless the core opens it.</summary>
    internal Document? Document { get; }

    /// <summary>The argument of the caller, for a file call.</summary>
    internal PdfInput? Input { get; }

    /// <summary>Whether the call returns the signed document in memory.</summary>
    internal bool IsWhole { get; }

    /// <summary>The path of a file that the core opens.</summary>
    internal string? Path { get; }

    /// <summary>
    /// A path that stays right if the working directory changes. <c>..</c> stays as it is: it is resolved after the symbolic links
    /// before it.
    /// </summary>
    internal static string Absolute(string path, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(path, name);
        if (path.Contains('\0')) throw new ArgumentException("the path contains a null character", name);
        return System.IO.Path.Combine(Directory.GetCurrentDirectory(), path);
    }

    /// <summary>A start frame of the document.</summary>
    internal Start Start() => Path == null ? new Start { Length = Document?.Length } : new Start { File = new FileLocation { Path = Path } };

    /// <summary>The document in memory with an update appended.</summary>
    internal byte[] Signed(byte[] update)
    {
        var bytes = ((MemoryDocument)Document!).Bytes;
        var signed = new byte[checked(bytes.Length + update.Length)];
        bytes.CopyTo(signed);
        update.CopyTo(signed, bytes.Length);
        return signed;
    }

    public void Dispose() => owned?.Dispose();
}
