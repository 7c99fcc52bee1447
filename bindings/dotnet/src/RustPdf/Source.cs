using System;

namespace RustPdf;

/// <summary>A document while it is signed.</summary>
internal interface ISource : IDisposable
{
    /// <summary>In bytes; it does not change.</summary>
    long Length { get; }

    /// <summary>So many bytes from an offset on.</summary>
    ReadOnlyMemory<byte> Read(long offset, int length);

    /// <summary>Hands over all of it from front to back. A piece holds until its use is over.</summary>
    void Pass(Action<ReadOnlyMemory<byte>> use);

    /// <summary>Errors: <c>ERR_FILE_CHANGED</c> where it is not what it was when it was opened, as far as that can be told.</summary>
    void RefuseChanged();
}

/// <summary>Where a document's pieces go while it is hashed, to be read once only.</summary>
internal interface ISink
{
    /// <summary>Takes the next piece.</summary>
    void Write(ReadOnlyMemory<byte> piece);
}

/// <summary>A document in memory.</summary>
internal sealed class MemorySource : ISource
{
    private readonly ReadOnlyMemory<byte> bytes;

    internal MemorySource(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    public long Length => bytes.Length;

    public ReadOnlyMemory<byte> Read(long offset, int length) => bytes.Slice((int)offset, length);

    public void Pass(Action<ReadOnlyMemory<byte>> use)
    {
        for (var at = 0; at < bytes.Length; at += PieceBytes) use(bytes.Slice(at, Math.Min(PieceBytes, bytes.Length - at)));
    }

    public void RefuseChanged()
    {
    }

    public void Dispose()
    {
    }

    /// <summary>The document and what is appended to it.</summary>
    internal byte[] Signed(byte[] update)
    {
        var signed = new byte[checked(bytes.Length + update.Length)];
        bytes.CopyTo(signed);
        update.CopyTo(signed, bytes.Length);
        return signed;
    }

    private const int PieceBytes = 1024 * 1024;
}
