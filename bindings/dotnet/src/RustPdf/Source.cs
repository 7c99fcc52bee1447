using System;
using System.IO;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>The document of a call: bytes in memory, or a file that the core opens.</summary>
internal sealed class Source
{
    internal Source(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    internal Source(string path) => Path = Absolute(path, nameof(path));

    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The path of the file; null for a document in memory.</summary>
    internal string? Path { get; }

    /// <summary>
    /// A path that stays right if the working directory changes. <c>..</c> stays as it is: it is resolved after the symbolic links
    /// before it.
    /// </summary>
    internal static string Absolute(string path, string name)
    {
        if (path == null) throw new ArgumentNullException(name);
        if (path.Length == 0) throw new ArgumentException("the path is empty", name);
        if (path.Contains('\0')) throw new ArgumentException("the path contains a null character", name);
        return System.IO.Path.Combine(Directory.GetCurrentDirectory(), path);
    }

    /// <summary>A start frame of the document.</summary>
    internal Start Start() =>
        Path == null ? new Start { Length = Bytes.Length } : new Start { File = new FileLocation { Path = Path } };

    /// <summary>The document in memory with an update appended.</summary>
    internal byte[] Signed(byte[] update)
    {
        var signed = new byte[checked(Bytes.Length + update.Length)];
        Bytes.CopyTo(signed);
        update.CopyTo(signed, Bytes.Length);
        return signed;
    }
}
