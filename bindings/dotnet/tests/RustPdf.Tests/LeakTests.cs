using System;
using System.IO;
using System.Linq;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Memory stays where it is, however many sign.</summary>
public sealed class LeakTests
{
    private const int Signatures = 10_000;
    private const long MostGrowth = 8_000_000; // less than a byte string of a kilobyte each

    [Fact]
    public void TenThousandSignatures()
    {
        var vector = Vector.All.Single(one => one.Name == "rsa-pkcs1-sha256");
        var (pdf, certificate, chain, options, signature) =
            (vector.Document, vector.Certificate!.Value, vector.Chain, vector.Options(), vector.Signature);
        void Sign(int count)
        {
            for (var turn = 0; turn < count; turn++)
            {
                Pdf.SignWith(pdf, certificate, (_, __) => signature, chain, options);
                if (turn % 200 == 0) GC.Collect(); // by itself it waits for some hundred megabytes, and would hide what is lost
            }
        }
        Sign(5000);
        var before = Resident();
        Sign(Signatures);
        var growth = Resident() - before;
        Console.WriteLine($"{Signatures} signatures: {growth / 1e6:F1} MB more");
        Assert.True(growth < MostGrowth, $"{growth} bytes more");
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var line = File.ReadLines("/proc/self/status").Single(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(new string(line.Where(char.IsDigit).ToArray())) * 1024;
    }
}
