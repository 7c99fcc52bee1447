using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Many documents: with a ledger, and in two phases.</summary>
public sealed class ManyTests : IDisposable
{
    private readonly Folder folder = new Folder();
    private readonly byte[] pdf = Documents.Small;
    private readonly Signer signer = new Signer(Pki.Certificate("rsa"), Pki.Signer(), Pki.Chain);

    public void Dispose() => folder.Dispose();

    /// <summary>Documents in the folder, each to be signed into a new file.</summary>
    private SigningJob[] Jobs(int count) =>
        Enumerable.Range(0, count).Select(index => new SigningJob(folder.Write($"{index}.pdf", pdf), folder.At($"{index}.out"))).ToArray();

    private static async Task<List<JobOutcome>> All(IAsyncEnumerable<JobOutcome> outcomes)
    {
        var all = new List<JobOutcome>();
        await foreach (var outcome in outcomes) all.Add(outcome);
        return all.OrderBy(outcome => outcome.Index).ToList();
    }

    private static string Statuses(IEnumerable<JobOutcome> outcomes) =>
        string.Join(" ", outcomes.OrderBy(outcome => outcome.Index).Select(outcome => outcome.Status));

    private string[] Outputs() => folder.Names().Where(name => name.EndsWith(".out", StringComparison.Ordinal)).ToArray();

    [Fact]
    public async Task EachIsSignedAsByItself()
    {
        var expected = Documents.Signed(pdf);
        var stream = new MemoryStream();
        var jobs = Jobs(20).Append(new SigningJob(pdf, null)).Append(new SigningJob(pdf, stream)).ToArray();
        var reports = new List<Report>();
        var options = Documents.Fixed();
        options.OnReport = reports.Add;
        var outcomes = await All(Pdf.SignManyAsync(jobs, signer, options));
        Assert.Equal(jobs, outcomes.Select(outcome => outcome.Job).ToArray());
        Assert.True(outcomes.All(outcome => outcome.Status == JobStatus.Signed && outcome.Error == null));
        foreach (var name in Outputs()) Assert.Equal(expected, folder.Read(name));
        Assert.Equal(20, Outputs().Length);
        Assert.Equal(expected, Documents.Concat(pdf, outcomes[20].Signed!.Update));
        Assert.Equal(expected, stream.ToArray());
        Assert.Equal(22, reports.Count);
        Assert.Equal(string.Join(" ", Enumerable.Repeat("Signed", 20)), Statuses(Pdf.SignMany(jobs.Take(20), signer, replace: true)));
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public async Task AFailureConcernsItsDocumentAlone()
    {
        var jobs = Jobs(6);
        folder.Write("2.pdf", new byte[] { 1 });
        File.Delete(folder.At("4.pdf"));
        jobs[5] = new SigningJob(folder.At("5.pdf"), folder.At("5.out")) { Options = new SigningOptions { Page = 9 } };
        var outcomes = await All(Pdf.SignManyAsync(jobs, signer));
        Assert.Equal("Signed Signed Failed Signed Failed Failed", Statuses(outcomes));
        Assert.Equal(ErrorCode.NotAPdf, ((RustPdfException)outcomes[2].Error!).Code);
        Assert.True(outcomes[4].Error is FileNotFoundException);
        Assert.Equal(ErrorCode.PageNumber, ((RustPdfException)outcomes[5].Error!).Code);
        Assert.Equal(new[] { "0.out", "1.out", "3.out" }, Outputs());
    }

    [Fact]
    public async Task SoManyAreInFlight()
    {
        var (waiting, most) = (0, 0);
        var slow = new Signer(Pki.Certificate("rsa"), async (data, request, token) =>
        {
            lock (folder) most = Math.Max(most, ++waiting);
            await Task.Delay(30, token);
            lock (folder) waiting--;
            return Pki.Signer()(data, request);
        }, Pki.Chain);
        foreach (var inFlight in new[] { 1, 5 })
        {
            most = 0;
            Assert.Equal(15, (await All(Pdf.SignManyAsync(Jobs(15), slow, inFlight: inFlight, replace: true))).Count);
            Assert.Equal(inFlight, most);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => Pdf.SignManyAsync(Jobs(1), slow, inFlight: 0));
    }

    [Fact]
    public async Task JobsAreTakenAsThereIsRoomForThem()
    {
        var (taken, seen, isDisposed) = (0, 0, false);
        async IAsyncEnumerable<SigningJob> Coming()
        {
            try
            {
                foreach (var job in Jobs(50))
                {
                    await Task.Yield();
                    taken++;
                    yield return job;
                }
            }
            finally
            {
                isDisposed = true;
            }
        }
        await foreach (var outcome in Pdf.SignManyAsync(Coming(), signer, Documents.Fixed(), inFlight: 4))
        {
            Assert.Equal(JobStatus.Signed, outcome.Status);
            if (++seen == 10) break;
        }
        Assert.True(taken is >= 10 and <= 15, $"{taken} were taken");
        for (var wait = 0; wait < 500 && !Volatile.Read(ref isDisposed); wait++) await Task.Delay(10);
        Assert.True(Volatile.Read(ref isDisposed));
        foreach (var name in Outputs()) Assert.Equal(Documents.Signed(pdf), folder.Read(name));
    }

    [Fact]
    public async Task ACancelledRunLeavesNothingHalfDone()
    {
        using var stop = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var outcome in Pdf.SignManyAsync(Jobs(30), signer, inFlight: 3, cancellationToken: stop.Token))
                if (++seen == 5) stop.Cancel();
        });
        Assert.True(seen < 12);
        Assert.Empty(folder.Names().Where(name => name.StartsWith('.')));
    }

    [Fact]
    public async Task ACancellationEndsTheWaitForTheNextJob()
    {
        using var stop = new CancellationTokenSource();
        var job = Jobs(1)[0];
        async IAsyncEnumerable<SigningJob> Coming()
        {
            yield return job;
            await new TaskCompletionSource().Task;
        }
        var seen = new List<JobStatus>();
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var outcome in Pdf.SignManyAsync(Coming(), signer).WithCancellation(stop.Token))
            {
                seen.Add(outcome.Status);
                stop.Cancel();
            }
        });
        Assert.Equal(JobStatus.Signed, Assert.Single(seen));
    }

    [Fact]
    public async Task JobsThatEndInAnException()
    {
        var mine = new InvalidOperationException("the queue is on fire");
        IEnumerable<SigningJob> Coming()
        {
            foreach (var job in Jobs(3)) yield return job;
            throw mine;
        }
        var seen = 0;
        var caught = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var outcome in Pdf.SignManyAsync(Coming(), signer)) seen++;
        });
        Assert.Same(mine, caught);
        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task WithALedgerEachIsSignedOnce()
    {
        var asked = 0;
        var counting = new Signer(Pki.Certificate("rsa"), (data, request) =>
        {
            if (Interlocked.Increment(ref asked) == 4) throw new InvalidOperationException("the HSM is on fire");
            return Pki.Signer()(data, request);
        }, Pki.Chain);
        var jobs = Jobs(8);
        var ledger = folder.At("signing.ledger");
        var first = await All(Pdf.SignManyAsync(jobs, counting, ledger: ledger, inFlight: 1));
        Assert.Equal(1, first.Count(outcome => outcome.Status == JobStatus.Failed));
        Assert.Equal(8, asked);
        Assert.Equal("Skipped Skipped Skipped Signed Skipped Skipped Skipped Skipped", Statuses(Pdf.SignMany(jobs, counting, ledger: ledger)));
        Assert.Equal(9, asked);
        Assert.Equal(8, Outputs().Length);
        var twice = await All(Pdf.SignManyAsync(new[] { jobs[0], jobs[0] }, signer, ledger: ledger));
        Assert.Equal("Skipped Failed", Statuses(twice));
        Assert.Contains("two documents have the id", twice[1].Error!.Message);
        Assert.Equal(ErrorCode.Argument, ((RustPdfException)Pdf.SignMany(
            new[] { new SigningJob(pdf, null) { Id = "no path" } }, signer, ledger: ledger).Single().Error!).Code);
    }

    [Fact]
    public async Task ALedgerBelongsToOneRun()
    {
        var ledger = folder.At("signing.ledger");
        await foreach (var outcome in Pdf.SignManyAsync(Jobs(1), signer, ledger: ledger))
        {
            var busy = await Assert.ThrowsAsync<RustPdfException>(() => All(Pdf.SignManyAsync(Jobs(1), signer, ledger: ledger)));
            Assert.Equal(ErrorCode.LedgerBusy, busy.Code);
        }
        folder.Write("other", pdf);
        var format = await Assert.ThrowsAsync<RustPdfException>(() => All(Pdf.SignManyAsync(Jobs(1), signer, ledger: folder.At("other"))));
        Assert.Equal(ErrorCode.LedgerFormat, format.Code);
        Assert.Throws<RustPdfException>(() => Pdf.SignManyAsync(Jobs(1), signer, new SigningOptions { Progress = new SignTests.Listener(_ => { }) }));
        Assert.Equal(0, folder.Opened());
    }

    private SigningBatch Begun(IEnumerable<PdfInput> inputs) =>
        Pdf.BeginSigningMany(inputs, Documents.Fixed(), Pki.Certificate("rsa"), Pki.Chain);

    [Fact]
    public async Task ABatch()
    {
        var expected = Documents.Signed(pdf);
        PdfInput[] inputs = [folder.Write("0.pdf", pdf), pdf, new byte[] { 1 }, new MemoryStream(pdf)];
        var batch = Begun(inputs);
        Assert.Equal(new[] { true, true, false, true }, batch.Sessions.Select(session => session != null).ToArray());
        Assert.Equal(2, Assert.Single(batch.Failures).Index);
        Assert.Equal(ErrorCode.NotAPdf, ((RustPdfException)batch.Failures[0].Error).Code);
        Assert.Equal(3, batch.Hashes.Count);
        var signatures = batch.Requests.Select(request => Pki.Signer()(request.Data, request)).ToArray();
        PdfOutput?[] outputs = [folder.At("0.out"), null, null, folder.At("3.out")];
        foreach (var resumed in new[]
        {
            batch,
            Pdf.ResumeSigningMany(batch.Serialize(SessionTests.Key), inputs, SessionTests.Key),
            await Pdf.ResumeUnsealedManyAsync(batch.SerializeUnsealed(), inputs, Pki.Certificate("rsa"), Pki.Chain, Documents.Fixed()),
        })
        {
            var outcomes = await All(resumed.CompleteWithSignaturesAsync(signatures, outputs, replace: true));
            Assert.Equal(new[] { 0, 1, 3 }, outcomes.Select(outcome => outcome.Index).ToArray());
            Assert.Equal("Signed Signed Signed", Statuses(outcomes));
            Assert.Equal(expected, folder.Read("0.out"));
            Assert.Equal(expected, folder.Read("3.out"));
            Assert.Equal(expected, Documents.Concat(pdf, outcomes[1].Signed!.Update));
            var containers = Enumerable.Repeat(SessionTests.ContainerOf(expected), 3);
            Assert.Equal("Signed Signed Signed", Statuses(resumed.Complete(containers, outputs, replace: true)));
            Assert.Equal(2, Assert.Single(resumed.Failures).Index);
        }
        Assert.Equal(ErrorCode.SessionFormat, ((RustPdfException)Pdf.ResumeSigningMany(
            batch.Serialize(SessionTests.Key), inputs, SessionTests.Key).Failures[0].Error).Code);
        // A refused answer concerns its document alone, and may be followed by another.
        var wrong = signatures.Select((signature, index) => index == 1 ? new byte[256] : signature);
        Assert.Equal("Signed Failed Signed", Statuses(batch.CompleteWithSignatures(wrong, outputs, replace: true)));
        Assert.Equal("Signed Signed Signed", Statuses(batch.CompleteWithSignatures(signatures, outputs, replace: true)));
    }

    [Fact]
    public async Task TheCountsOfABatchFit()
    {
        PdfInput[] inputs = [pdf, pdf];
        var batch = await Pdf.BeginSigningManyAsync(inputs);
        Assert.Empty(batch.Requests);
        var cms = new byte[] { 1 };
        foreach (var call in new Func<object?>[]
        {
            () => batch.CompleteAsync(new[] { cms }, new PdfOutput?[] { null, null }),
            () => batch.CompleteAsync(new[] { cms, cms }, new PdfOutput?[] { null }),
            () => Pdf.ResumeSigningMany(batch.Serialize(SessionTests.Key), new PdfInput[] { pdf }, SessionTests.Key),
        })
            Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(call).Code);
        Assert.Throws<RustPdfException>(() => Pdf.ResumeSigning(batch.Serialize(SessionTests.Key), pdf, SessionTests.Key));
    }
}
