using System;
using System.IO;
using System.Text.Json;

namespace RustPdf;

/// <summary>The document of a call: bytes in memory, or a file that the core opens.</summary>
internal sealed class Source
{
    internal Source(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    internal Source(string path) => Path = Absolute(path, nameof(path));

    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The path of the file; none for a document in memory.</summary>
    internal string? Path { get; }

    /// <summary>
    /// A path that holds wherever the working directory moves to. <c>..</c> stays as it is: it is
    /// resolved after the symbolic links before it.
    /// </summary>
    internal static string Absolute(string path, string name)
    {
        if (path == null) throw new ArgumentNullException(name);
        if (path.Length == 0) throw new ArgumentException("the path is empty", name);
        if (path.Contains('\0')) throw new ArgumentException("the path contains a null character", name);
        return System.IO.Path.Combine(Directory.GetCurrentDirectory(), path);
    }

    /// <summary>Writes the document into a start frame.</summary>
    internal void WriteTo(Utf8JsonWriter json)
    {
        if (Path == null)
        {
            json.WriteNumber("length", Bytes.Length);
            return;
        }
        json.WriteStartObject("file");
        json.WriteString("path", Hex.OfText(Path));
        json.WriteEndObject();
    }

    /// <summary>The document in memory with an update appended.</summary>
    internal byte[] Signed(byte[] update)
    {
        var signed = new byte[checked(Bytes.Length + update.Length)];
        Bytes.CopyTo(signed);
        update.CopyTo(signed, Bytes.Length);
        return signed;
    }
}

/// <summary>The place of the signed document.</summary>
internal readonly struct Output
{
    private readonly string? path;
    private readonly bool replace;

    /// <param name="path">A path, that of the document for signing in place; null for the update alone.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    internal Output(string? path, bool replace)
    {
        this.path = path == null ? null : Source.Absolute(path, "outputPath");
        this.replace = replace;
    }

    /// <summary>Writes the output into a start frame.</summary>
    internal void WriteTo(Utf8JsonWriter json)
    {
        if (path == null) return;
        json.WriteStartObject("output");
        json.WriteString("path", Hex.OfText(path));
        json.WriteBoolean("replace", replace);
        json.WriteBoolean("orInPlace", true);
        json.WriteEndObject();
    }
}
