using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// A document: bytes, which are not copied, or a stream, which is read from its position to its end, into memory, and is not closed.
/// Made of them without a cast. A file that is not to lie in memory is signed by the <c>…File…</c> methods of <see cref="Pdf"/>.
/// </summary>
public sealed class PdfInput
{
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly Stream? stream;

    /// <summary>Takes the bytes of a document. They must not change while it is signed.</summary>
    public PdfInput(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    /// <summary>Takes a stream that can be read.</summary>
    public PdfInput(Stream stream) => this.stream = stream ?? throw new ArgumentNullException(nameof(stream));

    /// <summary>Takes the bytes of a document. They must not change while it is signed.</summary>
    public static implicit operator PdfInput(byte[] bytes) => new PdfInput(bytes ?? throw new ArgumentNullException(nameof(bytes)));

    /// <summary>Takes the bytes of a document. They must not change while it is signed.</summary>
    public static implicit operator PdfInput(ReadOnlyMemory<byte> bytes) => new PdfInput(bytes);

    /// <summary>Takes the bytes of a document. They must not change while it is signed.</summary>
    public static implicit operator PdfInput(Memory<byte> bytes) => new PdfInput(bytes);

    /// <summary>Takes a stream that can be read.</summary>
    public static implicit operator PdfInput(Stream stream) => new PdfInput(stream);

    internal async ValueTask<Source> Open(Call call)
    {
        if (stream == null) return new Source(bytes);
        var memory = new MemoryStream(stream.CanSeek ? checked((int)Math.Max(0, stream.Length - stream.Position)) : 0);
        if (call.IsAsync) await stream.CopyToAsync(memory, CopyBytes, call.Token).ConfigureAwait(false);
        else stream.CopyTo(memory, CopyBytes);
        return new Source(memory.GetBuffer().AsMemory(0, checked((int)memory.Length)));
    }

    private const int CopyBytes = 128 * 1024;
}
