using System;
using System.IO;
using System.Linq;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Memory stays where it is, however many sign.</summary>
public sealed class LeakTests
{
    private const int Signatures = 10_000;
    private const long MostGrowth = 4_000_000; // less than half a kilobyte each
    private const int Rounds = 3;

    [Fact]
    public void TenThousandSignatures() => Sign(Signatures, null);

    /// <summary>Of a drawing less than four kilobytes are lost: it takes some hundred.</summary>
    [Fact]
    public void AThousandVisibleSignatures() =>
        Sign(Signatures / 10, new Appearance { Rect = [10, 20, 190, 80], Image = new AppearanceImage { Data = VisibleTests.Png }, Qr = "{name}" });

    private static void Sign(int signatures, Appearance? appearance)
    {
        var (pdf, certificate, options) = (Documents.Small, Pki.Certificate("rsa"), Documents.Fixed());
        options.Appearance = appearance;
        var signature = SessionTests.Raw(Pdf.BeginSigning(pdf, options, certificate, Pki.Chain));
        void Sign(int count)
        {
            for (var turn = 0; turn < count; turn++)
            {
                Pdf.SignWith(pdf, certificate, (_, __) => signature, Pki.Chain, options);
                if (turn % 200 == 0) GC.Collect(); // by itself it waits for some hundred megabytes, and would hide what is lost
            }
        }
        Sign(signatures * 3 / 10);
        // What is lost is lost in every round; what the runtime takes once (for a thread, for code compiled anew) is not.
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least >= MostGrowth; round++)
        {
            var before = Resident();
            Sign(signatures);
            least = Math.Min(least, Resident() - before);
        }
        Console.WriteLine($"{signatures} signatures: {least / 1e6:F1} MB more");
        Assert.True(least < MostGrowth, $"{least} bytes more");
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
