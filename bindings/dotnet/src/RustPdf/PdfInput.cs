using System;
using System.IO;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;

namespace RustPdf;

/// <summary>
/// A document: bytes, the path of a file, a stream, or an open file. Converted implicitly from each of them.
/// </summary>
/// <remarks>
/// Calls that return the signed document read all of it into memory. The calls for files read it by ranges. Only a stream that cannot
/// seek is read into memory by them, too. A stream or an open file is never closed.
/// </remarks>
/// <example>
/// <code>
/// SignedPdf ofPath = Pdf.Sign("contract.pdf", signer);
/// SignedPdf ofBytes = Pdf.Sign(pdf, signer);
/// using Stream stream = File.OpenRead("contract.pdf");
/// SignedFile byRanges = Pdf.SignFile(stream, "signed.pdf", signer);
/// </code>
/// </example>
public sealed class PdfInput
{
    private const int CopyBytes = 128 * 1024;
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly SafeFileHandle? file;
    private readonly string? path;
    private readonly Stream? stream;
    private readonly long start;

    /// <summary>Takes the bytes of a document. They are not copied, and must not change while it is signed.</summary>
    public PdfInput(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    /// <summary>Takes the path of a file.</summary>
    public PdfInput(string path) => this.path = Source.Absolute(path, nameof(path));

    /// <summary>Takes a stream, from its position to its end. Its position afterwards is undefined.</summary>
    public PdfInput(Stream stream)
    {
        this.stream = stream ?? throw new ArgumentNullException(nameof(stream));
        start = stream.CanSeek ? stream.Position : 0;
    }

    /// <summary>Takes an open file, as <see cref="File.OpenHandle"/> returns it.</summary>
    public PdfInput(SafeFileHandle file) => this.file = file ?? throw new ArgumentNullException(nameof(file));

    /// <summary>Takes the bytes of a document. They are not copied, and must not change while it is signed.</summary>
    public static implicit operator PdfInput(byte[] bytes) => new(bytes ?? throw new ArgumentNullException(nameof(bytes)));

    /// <summary>Takes the bytes of a document. They are not copied, and must not change while it is signed.</summary>
    public static implicit operator PdfInput(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Takes the bytes of a document. They are not copied, and must not change while it is signed.</summary>
    public static implicit operator PdfInput(Memory<byte> bytes) => new(bytes);

    /// <summary>Takes the path of a file.</summary>
    public static implicit operator PdfInput(string path) => new(path);

    /// <summary>Takes a stream, from its position to its end.</summary>
    public static implicit operator PdfInput(Stream stream) => new(stream);

    /// <summary>Takes an open file.</summary>
    public static implicit operator PdfInput(SafeFileHandle file) => new(file);

    /// <summary>Whether a stream is the document itself.</summary>
    internal bool Is(Stream other) => ReferenceEquals(stream, other);

    /// <summary>The document in memory.</summary>
    internal async ValueTask<Source> ReadWhole(Call call)
    {
        if (stream != null) return new Source(await ReadAll(stream, call).ConfigureAwait(false));
        if (file == null && path == null) return new Source(bytes);
        using var opened = path == null ? null : OpenFile(path);
        var document = new OpenFileDocument(file ?? opened!);
        var whole = await call.Do(() => document.Read(0, checked((int)document.Length))).ConfigureAwait(false);
        document.RefuseChanged();
        return new Source(whole);
    }

    /// <summary>The document by ranges.</summary>
    /// <param name="isHeldOpen">Whether this process opens a file, to read it again after the core.</param>
    /// <param name="call">The call.</param>
    internal async ValueTask<Source> Open(bool isHeldOpen, Call call)
    {
        if (path != null && !isHeldOpen) return new Source(path, this);
        if (path != null)
        {
            var opened = OpenFile(path);
            return new Source(new OpenFileDocument(opened), this, opened);
        }
        if (file != null) return new Source(new OpenFileDocument(file), this);
        if (stream == null) return new Source(new MemoryDocument(bytes), this);
        if (stream.CanSeek) return new Source(new StreamDocument(stream, start), this);
        var all = await ReadAll(stream, call).ConfigureAwait(false);
        return new Source(new MemoryDocument(all), new PdfInput(all));
    }

    private static SafeFileHandle OpenFile(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private async ValueTask<ReadOnlyMemory<byte>> ReadAll(Stream from, Call call)
    {
        if (from.CanSeek) from.Position = start;
        var memory = new MemoryStream(from.CanSeek ? checked((int)Math.Max(0, from.Length - start)) : 0);
        if (call.IsAsync) await from.CopyToAsync(memory, CopyBytes, call.Token).ConfigureAwait(false);
        else from.CopyTo(memory, CopyBytes);
        return memory.GetBuffer().AsMemory(0, checked((int)memory.Length));
    }
}
