using System;
using System.Buffers;
using System.IO;
using System.Threading.Tasks;

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
}

/// <summary>A document in memory.</summary>
internal sealed class MemoryDocument : Document
{
    private const int PieceBytes = 1024 * 1024;
    private readonly ReadOnlyMemory<byte> bytes;

    internal MemoryDocument(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

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

/// <summary>A document in an open file, which is never in memory as a whole.</summary>
internal sealed class FileDocument : Document
{
    // Pieces of 64 to 512 KiB take the same time; larger ones change threads less often.
    private const int PieceBytes = 512 * 1024;

    /// <param name="file">The file. The caller closes it.</param>
    /// <param name="length">Its size when the core opened it.</param>
    internal FileDocument(FileStream file, long length)
    {
        File = file;
        Length = length;
    }

    internal FileStream File { get; }

    internal override long Length { get; }

    internal override ReadOnlyMemory<byte> Read(long offset, int length)
    {
        var bytes = new byte[length];
        File.Position = offset;
        Fill(bytes);
        return bytes;
    }

    /// <summary>While a piece is used, the next one is read.</summary>
    internal override void ReadPieces(long end, UsePiece use)
    {
        var (current, next) = (ArrayPool<byte>.Shared.Rent(Lead + PieceBytes), ArrayPool<byte>.Shared.Rent(Lead + PieceBytes));
        var reading = Task.CompletedTask;
        try
        {
            File.Position = 0;
            var (lead, length) = (0, (int)Math.Min(end, PieceBytes));
            Fill(current.AsSpan(Lead, length));
            for (long offset = 0; offset < end;)
            {
                var window = current.AsMemory(Lead - lead, lead + length);
                var following = (int)Math.Min(end - offset - length, PieceBytes);
                reading = Task.Run(() => Fill(next.AsSpan(Lead, following)));
                use(window, lead, offset);
                reading.GetAwaiter().GetResult();
                offset += length;
                (lead, length) = (Math.Min(Lead, window.Length), following);
                window.Slice(window.Length - lead).CopyTo(next.AsMemory(Lead - lead));
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

    private void Fill(Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var read = File.Read(bytes);
            if (read == 0) throw HostError.SourceChanged("the document is shorter than it was when it was opened");
            bytes = bytes.Slice(read);
        }
    }
}
