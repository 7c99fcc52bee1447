using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>What becomes of a file whose signing in place was interrupted, and of several that sign one file at once.</summary>
public sealed class JournalTests : IDisposable
{
    private const string JournalName = ".in.pdf.rustpdf";
    private static readonly byte[] Document = Documents.Make(20);
    private static readonly byte[] Signed = Documents.Signed(Document);
    private static readonly byte[] Update = Signed.Skip(Document.Length).ToArray();
    private static readonly byte[] Twice = Documents.Signed(Signed);
    private static readonly byte[] Half = Signed.Take(Document.Length + Update.Length / 2).ToArray();
    private static readonly byte[] Journal = Operations.Journal(Document.Length, Document.Skip(Document.Length - 1024).ToArray(), Update);

    private readonly Folder folder = new Folder();

    public void Dispose() => folder.Dispose();

    private string Interrupt(byte[]? file = null, byte[]? journal = null)
    {
        folder.Write(JournalName, journal ?? Journal);
        return folder.Write("in.pdf", file ?? Half);
    }

    private static SignedFile Sign(string input, string? output, Signer? signer = null) =>
        Pdf.SignFileWith(input, output, Pki.Certificate("rsa"), signer ?? Pki.Signer(), Pki.Chain, Documents.Fixed());

    private void Is(byte[] expected)
    {
        Assert.Equal(expected, folder.Read("in.pdf"));
        Assert.Equal(new[] { "in.pdf" }, folder.Names());
    }

    [Fact]
    public void WhereverItStopped()
    {
        var stops = new List<byte[]> { Signed };
        for (var cut = 0; cut < Update.Length; cut += 512)
        {
            stops.Add(Signed.Take(Document.Length + cut).ToArray());
            var zeros = (byte[])Signed.Clone();
            Array.Clear(zeros, Document.Length + cut, Update.Length - cut);
            stops.Add(zeros);
        }
        foreach (var stop in stops)
        {
            Assert.Equal(Recovered.Signed, Pdf.RecoverFile(Interrupt(stop)));
            Is(Signed);
            Assert.Equal(Recovered.Original, Pdf.RecoverFile(Interrupt(stop), undo: true));
            Is(Document);
            var path = Interrupt(stop);
            Sign(path, path);
            Is(Twice);
        }
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public void WhereNothingWasInterrupted()
    {
        var path = folder.Write("in.pdf", Document);
        Assert.Equal(Recovered.Nothing, Pdf.RecoverFile(path));
        Assert.Equal(Recovered.Nothing, Pdf.RecoverFile(path, undo: true));
        Is(Document);
        Assert.Throws<FileNotFoundException>(() => Pdf.RecoverFile(folder.At("none.pdf")));
    }

    [Fact]
    public void ItComesBeforeWhateverIsDoneWithTheDocument()
    {
        Sign(Interrupt(), folder.At("out.pdf"));
        Assert.Equal(Twice, folder.Read("out.pdf"));
        File.Delete(folder.At("out.pdf"));
        Is(Signed);
        Sign(Interrupt(), null);
        Is(Signed);
        Pdf.BeginSigningFile(Interrupt());
        Is(Signed);
        Interrupt();
        Shell.Must("ln", "-s", "in.pdf", folder.At("link.pdf"));
        Assert.Equal(Recovered.Signed, Pdf.RecoverFile(folder.At("link.pdf")));
        File.Delete(folder.At("link.pdf"));
        Is(Signed);
    }

    [Fact]
    public void BySeveralAtOnce()
    {
        var path = Interrupt();
        var outcomes = new Recovered[8];
        Parallel.For(
            0, outcomes.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, index => outcomes[index] = Pdf.RecoverFile(path));
        Assert.Contains(Recovered.Signed, outcomes);
        Is(Signed);
    }

    [Fact]
    public void AJournalThatDoesNotFitIsRefused()
    {
        void Refused(byte[] file, byte[] journal, string code)
        {
            var path = Interrupt(file, journal);
            Signer never = (_, __) => throw new InvalidOperationException("asked to sign");
            foreach (var use in new Func<object?>[]
            {
                () => Pdf.RecoverFile(path), () => Pdf.RecoverFile(path, undo: true),
                () => Sign(path, path, never), () => Pdf.BeginSigningFile(path),
            })
            {
                var error = Assert.Throws<RustPdfException>(use);
                Assert.Equal(code, error.Code);
                Assert.Contains(JournalName, error.Message);
            }
            Assert.Equal(file, folder.Read("in.pdf"));
            Assert.Equal(journal, folder.Read(JournalName));
        }
        var broken = (byte[])Journal.Clone();
        broken[50] ^= 0x20;
        var (shorter, longer) = (Journal.Take(Journal.Length - 1).ToArray(), Documents.Concat(Journal, new byte[1]));
        foreach (var journal in new[] { new byte[0], new byte[] { 1, 2, 3 }, shorter, longer, broken })
            Refused(Half, journal, ErrorCode.JournalDamaged);
        var (cut, continued) = (Document.Take(Document.Length - 1).ToArray(), Documents.Concat(Document, new byte[] { 9 }));
        foreach (var file in new[] { Documents.Make(30), cut, continued })
            Refused(file, Journal, ErrorCode.JournalDocument);
    }

    [Fact]
    public void AJournalThatIsNoFileOrAnotherUsers()
    {
        var path = folder.Write("in.pdf", Half);
        foreach (var make in new[]
        {
            new[] { "mkdir", folder.At(JournalName) },
            new[] { "mkfifo", folder.At(JournalName) },
            new[] { "ln", "-s", folder.Write("journal", Journal), folder.At(JournalName) },
            new[] { "truncate", "-s", "1G", folder.At(JournalName) },
        })
        {
            Shell.Must(make[0], make.Skip(1).ToArray());
            Assert.Equal(ErrorCode.JournalDamaged, Assert.Throws<RustPdfException>(() => Pdf.RecoverFile(path)).Code);
            Shell.Must("rm", "-r", folder.At(JournalName));
        }
        Assert.Equal(Half, folder.Read("in.pdf"));
        File.Delete(folder.At("journal"));
        if (Shell.Output("id", "-u").Trim() != "0") return; // only root gives files away
        Interrupt();
        Shell.Must("chown", "54321", folder.At(JournalName));
        Assert.Equal(ErrorCode.JournalOwner, Assert.Throws<RustPdfException>(() => Pdf.RecoverFile(path)).Code);
        Shell.Must("chown", "54321", path);
        Assert.Equal(Recovered.Signed, Pdf.RecoverFile(path));
        Is(Signed);
    }

    [Fact]
    public void SeveralThatSignTheSameDocumentAtOnce()
    {
        for (var round = 0; round < 5; round++)
        {
            var path = folder.Write("in.pdf", Document);
            using var together = new Barrier(4);
            Signer signer = (data, request) =>
            {
                together.SignalAndWait();
                return Pki.Signer()(data, request);
            };
            var signed = 0;
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                try
                {
                    Sign(path, path, signer);
                    Interlocked.Increment(ref signed);
                }
                catch (RustPdfException error) when (error.Code == ErrorCode.FileBusy || error.Code == ErrorCode.FileChanged)
                {
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Assert.Equal(1, signed);
            Is(Signed);
        }
    }

    [Fact]
    public void AsFastAsTheyCanNoSignatureIsLost()
    {
        var path = folder.Write("in.pdf", Document);
        Exception? failure = null;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            try
            {
                for (var left = 5; left > 0;)
                {
                    try
                    {
                        Sign(path, path);
                        left--;
                    }
                    catch (RustPdfException error) when (error.Code == ErrorCode.FileBusy || error.Code == ErrorCode.FileChanged)
                    {
                    }
                }
            }
            catch (Exception error)
            {
                failure = error;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Null(failure);
        Assert.Equal(22L, Sign(path, null).Report.Revision);
        Assert.Equal(new[] { "in.pdf" }, folder.Names());
        Shell.JudgeByPdfsig(path);
    }
}
