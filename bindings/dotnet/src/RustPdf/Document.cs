using System;
using System.Buffers;
using System.IO;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;

namespace RustPdf;

/// <summary>Receives a piece of a document.</summary>
/// <param name="window">The piece, after up to <see cref="Document.Lead"/> bytes before it.</param>
/// <param name="lead">Number of the bytes before the piece.</param>
/// <param name="offset">Offset of the piece in the document.</param>
internal delegate void UsePiece(ReadOnlyMemory<byte> window, int lead, long offset);

/// <summary>A document while it is signed.</summary>
internal abstract class Document
{
    /// <summary>A pattern has 64 bytes at most, so one that crosses into a piece begins in the 63 before it.</summary>
    internal const int Lead = 63;

    /// <summary>Length in bytes.</summary>
    internal abstract long Length { get; }

    internal abstract ReadOnlyMemory<byte> Read(long offset, int length);

    /// <summary>Reads the document from its start to <paramref name="end"/>. A piece is valid during the call only.</summary>
    internal abstract void ReadPieces(long end, UsePiece use);

    /// <summary>Throws <c>ERR_FILE_CHANGED</c> if the document is visibly another one than at the start.</summary>
    internal virtual void RefuseChanged()
    {
    }

    private protected static RustPdfException Changed(string found) => HostError.SourceChanged(found);
}

/// <summary>A document in memory.</summary>
internal sealed class MemoryDocument(ReadOnlyMemory<byte> bytes) : Document
{
    private const int PieceBytes = 1024 * 1024;

    internal ReadOnlyMemory<byte> Bytes => bytes;

    internal override long Length => bytes.Length;

    internal override ReadOnlyMemory<byte> Read(long offset, int length) => bytes.Slice((int)offset, length);

    internal override void ReadPieces(long end, UsePiece use)
    {
        for (var at = 0; at < end; at += PieceBytes)
        {
            var lead = Math.Min(Lead, at);
            use(bytes.Slice(at - lead, lead + (int)Math.Min(PieceBytes, end - at)), lead, at);
        }
    }
}

/// <summary>A document that is read by ranges, and never in memory as a whole.</summary>
internal abstract class RangedDocument : Document
{
    // Pieces of 64 to 512 KiB take the same time; larger ones change threads less often.
    private const int PieceBytes = 512 * 1024;

    internal override ReadOnlyMemory<byte> Read(long offset, int length)
    {
        var bytes = new byte[length];
        Fill(offset, bytes);
        return bytes;
    }

    /// <summary>While a piece is used, the next one is read.</summary>
    internal override void ReadPieces(long end, UsePiece use)
    {
        var (current, next) = (ArrayPool<byte>.Shared.Rent(Lead + PieceBytes), ArrayPool<byte>.Shared.Rent(Lead + PieceBytes));
        var reading = Task.CompletedTask;
        try
        {
            var (lead, length) = (0, (int)Math.Min(end, PieceBytes));
            Fill(0, current.AsSpan(Lead, length));
            for (long offset = 0; offset < end;)
            {
                var window = current.AsMemory(Lead - lead, lead + length);
                var (from, following) = (offset + length, (int)Math.Min(end - offset - length, PieceBytes));
                reading = Task.Run(() => Fill(from, next.AsSpan(Lead, following)));
                use(window, lead, offset);
                reading.GetAwaiter().GetResult();
                offset += length;
                (lead, length) = (Math.Min(Lead, window.Length), following);
                window[^lead..].CopyTo(next.AsMemory(Lead - lead));
                (current, next) = (next, current);
            }
        }
        finally
        {
            Task.WaitAny(reading); // it writes into a buffer that is returned
            _ = reading.Exception; // the first exception is the one thrown
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(next);
        }
    }

    /// <summary>Reads some of the bytes from an offset on; none at the end.</summary>
    private protected abstract int ReadSome(long offset, Span<byte> into);

    private void Fill(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var read = ReadSome(offset, bytes);
            if (read == 0) throw Changed("the document is shorter than it was when it was opened");
            offset += read;
            bytes = bytes[read..];
        }
    }
}

/// <summary>A document in an open file. The caller closes it.</summary>
internal class FileDocument(SafeFileHandle file, long length) : RangedDocument
{
    internal SafeFileHandle File => file;

    internal override long Length => length;

    private protected override int ReadSome(long offset, Span<byte> into) => RandomAccess.Read(file, into, offset);
}

/// <summary>A document in a file that the caller of the package, or the package itself, opened.</summary>
internal sealed class OpenFileDocument(SafeFileHandle file) : FileDocument(file, RandomAccess.GetLength(file))
{
    private readonly DateTime modified = System.IO.File.GetLastWriteTimeUtc(file);

    internal override void RefuseChanged()
    {
        if (RandomAccess.GetLength(File) != Length || System.IO.File.GetLastWriteTimeUtc(File) != modified)
            throw Changed("the document changed while it was being signed");
    }
}

/// <summary>A document in a stream that can seek, from <paramref name="start"/> to its end.</summary>
internal sealed class StreamDocument(Stream stream, long start) : RangedDocument
{
    internal override long Length { get; } = Math.Max(0, stream.Length - start);

    internal override void RefuseChanged()
    {
        lock (stream)
        {
            if (stream.Length - start != Length) throw Changed("the document changed while it was being signed");
        }
    }

    private protected override int ReadSome(long offset, Span<byte> into)
    {
        lock (stream) // its position belongs to one reader at a time
        {
            stream.Position = start + offset;
            return stream.Read(into);
        }
    }
}
