using System;

namespace RustPdf;

/// <summary>Receives a piece of a document.</summary>
/// <param name="window">The piece, after up to <see cref="Document.Lead"/> bytes that stand before it.</param>
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
