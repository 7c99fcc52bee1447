using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace RustPdf.Tests;

/// <summary>A signing in place that is interrupted, and several signings of one file at the same time.</summary>
public sealed class RecoveryTests : IDisposable
{
    private const string JournalName = ".in.pdf.rustpdf";
    private static readonly byte[] Document = Documents.Make(20);
    private static readonly byte[] Signed = Documents.Signed(Document);

    private readonly Folder folder = new Folder();

    public void Dispose() => folder.Dispose();

    private static SignedFile Sign(string input, string? output, SignCallback? signer = null) =>
        Pdf.SignFileWith(input, output, Pki.Certificate("rsa"), signer ?? Pki.Signer(), Pki.Chain, Documents.Fixed());

    private void Is(byte[] expected)
    {
        Assert.Equal(expected, folder.Read("in.pdf"));
        Assert.Equal(new[] { "in.pdf" }, folder.Names());
    }

    /// <summary>The journal of a signing of <see cref="Document"/> that was killed.</summary>
    private static readonly Lazy<byte[]> Journal = new Lazy<byte[]>(() =>
    {
        using var folder = new Folder();
        for (var steps = 0; ; steps++)
        {
            var killed = Killed(folder.Write("in.pdf", Document), steps);
            if (folder.Names().Contains(JournalName)) return folder.Read(JournalName);
            Assert.True(killed, "no journal was there at any step");
        }
    });

    /// <summary>The document with half of its update, and its journal.</summary>
    private string Interrupted()
    {
        folder.Write(JournalName, Journal.Value);
        return folder.Write("in.pdf", Signed[..(Document.Length + (Signed.Length - Document.Length) / 2)]);
    }

    /// <summary>Signs in a child that is killed so many steps after it has signed. Returns whether it was.</summary>
    private static bool Killed(string path, int steps)
    {
        var (status, output) = Child.Run($"{nameof(RecoveryTests)}.{nameof(InAChildThatIsKilled)}", $"{steps} {path}");
        if (status != 0 && status != 128 + 9) throw new InvalidOperationException($"the child ended with {status}: {output}");
        return status != 0;
    }

    [Fact]
    public void InAChildThatIsKilled()
    {
        if (Child.Task == null) return;
        var task = Child.Task.Split(' ', 2);
        var signatory = new Signatory(new Signer(Pki.Certificate("rsa"), Pki.Signer(), Pki.Chain));
        var source = new Source(task[1]);
        var call = new Call(new CallOptions { SigningTime = Documents.Time, Entropy = Documents.Entropy }, false, CancellationToken.None);
        using var host = new Machine(source, new[] { signatory }, call);
        using var machine = Core.Start(Operations.SignFrame(source, new PdfOutput(task[1]).Place(false), new[] { signatory }, call));
        var (left, signed) = (int.Parse(task[0]), false);
        for (var step = Core.Next(machine, Frame.Empty); step.Step is var kind && kind != "done";)
        {
            if (signed && left-- == 0) Process.GetCurrentProcess().Kill();
            signed |= kind == "sign";
            step = Core.Next(machine, host.Answer(step).Result());
            Assert.NotEqual("error", step.Step);
        }
    }

    [Fact]
    public void WhereverItIsKilledTheFileIsTheDocumentOrSigned()
    {
        var outcomes = new HashSet<RecoveryOutcome>();
        for (var (steps, killed) = (0, true); killed; steps++)
        {
            var path = folder.Write("in.pdf", Document);
            killed = Killed(path, steps);
            if (!killed) Is(Signed);
            var outcome = Pdf.RecoverFile(path).Outcome;
            outcomes.Add(outcome);
            Is(outcome == RecoveryOutcome.Signed || folder.Read("in.pdf").Length > Document.Length ? Signed : Document);
        }
        Assert.Contains(RecoveryOutcome.Signed, outcomes);
        Assert.Contains(RecoveryOutcome.Nothing, outcomes);
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public void TheNextSigningInPlaceFinishesItAndUndoTakesItBack()
    {
        var path = Interrupted();
        Shell.Must("ln", "-s", "in.pdf", folder.At("link.pdf"));
        Assert.Equal(RecoveryOutcome.Original, Pdf.RecoverFile(folder.At("link.pdf"), undo: true).Outcome);
        File.Delete(folder.At("link.pdf"));
        Is(Document);
        Interrupted();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => Pdf.RecoverFile(path, cancellationToken: stop.Token));
        Assert.Equal(RecoveryOutcome.Signed, Pdf.RecoverFile(path).Outcome);
        Is(Signed);
        Interrupted();
        Assert.Equal(ErrorCode.FileBusy, Assert.Throws<RustPdfException>(() => Sign(path, folder.At("out.pdf"))).Code);
        Sign(path, path);
        Is(Documents.Signed(Signed));
    }

    [Fact]
    public void WhereNothingWasInterrupted()
    {
        var path = folder.Write("in.pdf", Document);
        Assert.Equal(RecoveryOutcome.Nothing, Pdf.RecoverFile(path).Outcome);
        Assert.Equal(RecoveryOutcome.Nothing, Pdf.RecoverFile(path, undo: true).Outcome);
        Is(Document);
        Assert.Throws<FileNotFoundException>(() => Pdf.RecoverFile(folder.At("none.pdf")));
    }

    [Fact]
    public void LeftoversOfEndedProcessesAreRemoved()
    {
        var path = folder.Write("in.pdf", Document);
        Killed(path, 0);
        Assert.True(folder.Names().Any(name => name.StartsWith(".in.pdf.rustpdf-", StringComparison.Ordinal)));
        // That of a process that lives stays.
        Sign(path, path, (data, request) =>
        {
            foreach (var removed in new[] { 1, 0 }) Assert.Equal(removed, Pdf.RecoverFile(path).Removed);
            Assert.Equal(2, folder.Names().Length);
            return Pki.Signer()(data, request);
        });
        Is(Signed);
    }

    [Fact]
    public void AJournalThatIsNoFileOrTooLarge()
    {
        var path = folder.Write("in.pdf", Document);
        SignCallback never = (_, __) => throw new InvalidOperationException("asked to sign");
        foreach (var make in new[]
        {
            new[] { "mkdir", folder.At(JournalName) },
            new[] { "mkfifo", folder.At(JournalName) },
            new[] { "ln", "-s", folder.Write("journal", new byte[100]), folder.At(JournalName) },
            new[] { "truncate", "-s", "1G", folder.At(JournalName) },
            new[] { "touch", folder.At(JournalName) },
        })
        {
            Shell.Must(make[0], make.Skip(1).ToArray());
            foreach (var use in new Func<object?>[] { () => Pdf.RecoverFile(path), () => Sign(path, path, never) })
            {
                var error = Assert.Throws<RustPdfException>(use);
                Assert.Equal(ErrorCode.JournalDamaged, error.Code);
                Assert.Contains(JournalName, error.Message);
            }
            Shell.Must("rm", "-r", folder.At(JournalName));
        }
        Assert.Equal(Document, folder.Read("in.pdf"));
    }

    [Fact]
    public void AnotherUsersJournalCountsWhereItsOwnerIsNamed()
    {
        if (!Shell.IsRoot) return; // only root gives files away
        var path = Interrupted();
        Shell.Must("chown", "54321", folder.At(JournalName));
        Assert.Equal(ErrorCode.JournalOwner, Assert.Throws<RustPdfException>(() => Pdf.RecoverFile(path)).Code);
        Assert.Equal(
            ErrorCode.JournalOwner, Assert.Throws<RustPdfException>(() => Pdf.RecoverFile(path, journalOwner: "nobody")).Code);
        Assert.Equal(RecoveryOutcome.Signed, Pdf.RecoverFile(path, journalOwner: "54321").Outcome);
        Is(Signed);
    }

    [Fact]
    public void SeveralThatSignTheSameDocumentAtOnce()
    {
        var path = folder.Write("in.pdf", Document);
        using var together = new Barrier(4);
        SignCallback signer = (data, request) =>
        {
            together.SignalAndWait();
            return Pki.Signer()(data, request);
        };
        var signed = 0;
        InThreads(() =>
        {
            if (IsAlone(() => SignAtRandom(path, path, signer))) Interlocked.Increment(ref signed);
        });
        Assert.Equal(1, signed);
        Assert.Equal(3L, SignAtRandom(path, null, Pki.Signer()).Report.Revision);
        Assert.Equal(new[] { "in.pdf" }, folder.Names());
    }

    [Fact]
    public void AsFastAsTheyCanNoSignatureIsLost()
    {
        var path = folder.Write("in.pdf", Document);
        InThreads(() =>
        {
            for (var left = 5; left > 0;)
                if (IsAlone(() => SignAtRandom(path, path, Pki.Signer()))) left--;
        });
        Assert.Equal(22L, SignAtRandom(path, null, Pki.Signer()).Report.Revision);
        Assert.Equal(new[] { "in.pdf" }, folder.Names());
        Shell.JudgeByPdfsig(path);
    }

    /// <summary>Signs with an update that no other signer makes: where two make the same bytes, both have signed.</summary>
    private static SignedFile SignAtRandom(string input, string? output, SignCallback signer) =>
        Pdf.SignFileWith(input, output, Pki.Certificate("rsa"), signer, Pki.Chain);

    private static void InThreads(Action act)
    {
        Exception? failure = null;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            try
            {
                act();
            }
            catch (Exception error)
            {
                failure = error;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Null(failure);
    }

    /// <summary>Whether a signing succeeded, and no other was in its way.</summary>
    private static bool IsAlone(Action sign)
    {
        try
        {
            sign();
            return true;
        }
        catch (RustPdfException error) when (error.Code == ErrorCode.FileBusy || error.Code == ErrorCode.FileChanged)
        {
            return false;
        }
    }
}
