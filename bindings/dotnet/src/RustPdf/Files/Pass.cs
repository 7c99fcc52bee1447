using System;
using System.Buffers;
using System.IO;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>A file from front to back. While a piece is used, the next one is read.</summary>
internal static class Pass
{
    /// <summary>Errors: <c>ERR_FILE_CHANGED</c> where it ends early.</summary>
    internal static void Over(FileStream file, long length, Action<ReadOnlyMemory<byte>> use)
    {
        var (current, spare) = (ArrayPool<byte>.Shared.Rent(PieceBytes), ArrayPool<byte>.Shared.Rent(PieceBytes));
        Task<int> reading = Task.FromResult(0);
        try
        {
            file.Position = 0;
            var left = length;
            var filled = Fill(file, current, Next(left));
            while (filled > 0)
            {
                left -= filled;
                reading = left == 0 ? Task.FromResult(0) : Task.Run(() => Fill(file, spare, Next(left)));
                use(current.AsMemory(0, filled));
                filled = reading.GetAwaiter().GetResult();
                (current, spare) = (spare, current);
            }
        }
        finally
        {
            Task.WaitAny(reading); // it writes into what is given back
            _ = reading.Exception; // it is known: what is raised is what came first
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(spare);
        }
    }

    private static int Next(long left) => (int)Math.Min(left, PieceBytes);

    private static int Fill(FileStream file, byte[] buffer, int count)
    {
        for (var filled = 0; filled < count;)
        {
            var read = file.Read(buffer, filled, count - filled);
            if (read == 0) throw RustPdfException.FileChanged();
            filled += read;
        }
        return count;
    }

    // On a quiet machine pieces of 64 to 512 KiB are alike; the larger ones need fewer turns between the two threads.
    private const int PieceBytes = 512 * 1024;
}
