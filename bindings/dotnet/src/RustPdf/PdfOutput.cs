using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>
/// The place of a signed document: the path of a file, or a stream. Converted implicitly from each of them.
/// </summary>
/// <remarks>
/// A file appears when it is complete, or is signed in place. A stream receives the whole signed document at its position, after the
/// signature was made. It is not closed. If it fails midway, it contains a part, and the signature is lost. To keep the signature then,
/// give null as the output, and write the update yourself.
/// </remarks>
/// <example>
/// <code>
/// using var stream = new MemoryStream();
/// Pdf.SignFile("contract.pdf", stream, signer);
/// Pdf.SignFile("contract.pdf", "signed.pdf", signer);
/// </code>
/// </example>
public sealed class PdfOutput
{
    private const int PieceBytes = 512 * 1024;

    /// <summary>Takes a path: that of the document for signing in place, or that of another file.</summary>
    public PdfOutput(string path) => Path = Source.Absolute(path, nameof(path));

    /// <summary>Takes a stream that can be written.</summary>
    /// <exception cref="ArgumentException">The stream cannot be written.</exception>
    public PdfOutput(Stream stream)
    {
        Stream = stream ?? throw new ArgumentNullException(nameof(stream));
        if (!stream.CanWrite) throw new ArgumentException("the stream cannot be written", nameof(stream));
    }

    internal string? Path { get; }

    internal Stream? Stream { get; }

    /// <summary>Takes a path: that of the document for signing in place, or that of another file.</summary>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator PdfOutput?(string? path) => path == null ? null : new PdfOutput(path);

    /// <summary>Takes a stream that can be written.</summary>
    [return: NotNullIfNotNull(nameof(stream))]
    public static implicit operator PdfOutput?(Stream? stream) => stream == null ? null : new PdfOutput(stream);

    /// <summary>The place for the core, which writes files; null if it returns the update alone.</summary>
    internal OutputPlace? Place(bool replace) => Path == null ? null : new OutputPlace { Path = Path, Replace = replace, OrInPlace = true };

    /// <summary>Writes the document and the update to the stream.</summary>
    internal async ValueTask Write(Document document, byte[] update, Call call)
    {
        var total = document.Length + update.Length;
        for (long at = 0; at < document.Length; at += PieceBytes)
        {
            var (offset, length) = (at, (int)Math.Min(PieceBytes, document.Length - at));
            call.Report(SigningPhase.Write, offset, total);
            var piece = await call.Do(() => document.Read(offset, length)).ConfigureAwait(false);
            await Write(piece, call).ConfigureAwait(false);
        }
        document.RefuseChanged();
        await Write(update, call).ConfigureAwait(false);
        call.Tell(SigningPhase.Write, total, total);
    }

    private async ValueTask Write(ReadOnlyMemory<byte> bytes, Call call)
    {
        if (call.IsAsync) await Stream!.WriteAsync(bytes, call.Token).ConfigureAwait(false);
        else Stream!.Write(bytes.Span);
    }
}
