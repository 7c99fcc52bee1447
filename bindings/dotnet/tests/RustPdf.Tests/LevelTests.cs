using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using RustPdf.KeyStores;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Levels above B-B, by the services of tests/services.</summary>
public class LevelTests
{
    /// <summary>An address at which nobody answers, with a secret.</summary>
    private const string Nobody = "http://Geheim:Geheim@127.0.0.1:9/Geheim";
    private static readonly byte[] Document = Documents.Small;
    private static readonly HttpSettings Here = new() { AllowPrivateNetworks = true };
    private int asked;

    [Fact]
    public async Task EachLevel()
    {
        foreach (var signer in new[] { Signer(), Signer("ec") })
        {
            foreach (var (level, timestamps) in new[] { (Level.BT, 1), (Level.BLT, 1), (Level.BLTA, 2) })
            {
                var signed = Pdf.Sign(Document, signer, At(level, Services.Tsa()));
                Assert.Equal((level, timestamps), (signed.Report.Level!.Value, signed.Report.Timestamps!.Count));
                Assert.NotNull(signed.Report.RenewBefore);
                Assert.Equal(level != Level.BT, signed.Report.Validation != null);
                var info = Pdf.Inspect(signed.Pdf);
                Assert.Equal((timestamps, signed.Report.RenewBefore), (info.Signatures.Count, info.RenewBefore));
                Assert.Equal((level, signed.Report.RenewBefore), (info.Signatures[0].Level!.Value, info.Signatures[0].RenewBefore));
                var again = await Pdf.SignAsync(signed.Pdf, signer, At(level, Services.Tsa("ec")));
                Assert.Equal(level, again.Report.Level!.Value);
            }
        }
        Assert.Equal(12, asked);
    }

    [Fact]
    public async Task InTurn()
    {
        var (first, second) = (At(Level.BT, Services.Tsa()), At(Level.BLTA, Nobody, Services.Tsa("ec")));
        (first.Http, second.Http) = (null, null);
        var signatories = new[] { new Signatory(Signer(), first), new Signatory(Signer("ec"), second) };
        var signed = await Pdf.SignInTurnAsync(Document, signatories, new CallOptions { Http = Here });
        Assert.Equal((2, Level.BLTA, 2), (signed.Reports.Count, signed.Report.Level!.Value, asked));
        // Each has its own services.
        Assert.Equal((0, 1), (signed.Reports[0].Timestamps![0].Service, signed.Reports[1].Timestamps![0].Service));
        Assert.Equal(3, Pdf.Inspect(signed.Pdf).Signatures.Count);
    }

    [Fact]
    public async Task Files()
    {
        using var folder = new Folder();
        var path = folder.Write("in.pdf", Document);
        var signed = Pdf.SignFile(path, path, Signer(), At(Level.BLTA, Services.Tsa()));
        Assert.Equal(Document.Concat(signed.Update).ToArray(), File.ReadAllBytes(path));
        using var output = new MemoryStream();
        var streamed = await Pdf.SignFileAsync(new MemoryStream(Document), output, Signer(), At(Level.BLTA, Services.Tsa()));
        Assert.Equal(Document.Concat(streamed.Update).ToArray(), output.ToArray());
    }

    [Fact]
    public void ManyShareTheCache()
    {
        var jobs = Enumerable.Range(0, 4).Select(_ => new SigningJob(Document, null));
        var requests = Pdf.SignMany(jobs, Signer(), At(Level.BLTA, Services.Tsa()))
            .SelectMany(outcome => outcome.Signed?.Report.Requests ?? throw outcome.Error!).ToArray();
        Assert.Equal(8, requests.Count(request => request.Purpose == "timestamp"));
        Assert.True(requests.Count(request => request.Purpose is "ocsp" or "crl" && !request.Cached) <= 6);
        Assert.True(requests.Any(request => request.Cached));
    }

    [Fact]
    public void TheNextServiceIsAsked()
    {
        foreach (var fault in new[] { "wrong-nonce", "rejected=badAlg", "status=500", "html", "reset" })
        {
            var signed = Pdf.Sign(Document, Signer(), At(Level.BT, Broken(fault), Services.Tsa()));
            Assert.Equal($"{fault} 1", $"{fault} {signed.Report.Timestamps![0].Service}");
        }
        Assert.Equal(5, asked);
    }

    /// <summary>A service that is busy is asked again when it says so.</summary>
    [Fact]
    public async Task ABusyService()
    {
        using var client = new HttpClient();
        var rules = "[{\"path\": \"/ltv/tsa/crl\", \"fault\": \"status=429,retry-after=1\", \"times\": 1}]";
        (await client.PutAsync($"{Services.Url}/_faults", new StringContent(rules))).EnsureSuccessStatusCode();
        try
        {
            var watch = Stopwatch.StartNew();
            var requests = (await Pdf.SignAsync(Document, Signer(), At(Level.BT, Services.Tsa("crl")))).Report.Requests!;
            Assert.Equal(new int?[] { 429, 200 }, requests.Select(request => request.Status).ToArray());
            Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(1));
        }
        finally
        {
            await client.DeleteAsync($"{Services.Url}/_faults");
        }
    }

    [Fact]
    public void CodesOfFaults()
    {
        foreach (var (fault, code) in new[]
        {
            ("wrong-nonce", ErrorCode.TimestampMismatch), ("wrong-imprint", ErrorCode.TimestampMismatch),
            ("rejected=badAlg", ErrorCode.TimestampRejected), ("html", ErrorCode.TimestampInvalid),
            ("status=404", ErrorCode.TimestampUnavailable), ("reset", ErrorCode.TimestampUnavailable),
        })
        {
            var error = Assert.Throws<RustPdfException>(() => Pdf.Sign(Document, Signer(), At(Level.BT, Broken(fault))));
            Assert.Equal($"{fault} {code}", $"{fault} {error.Code}");
        }
    }

    [Fact]
    public async Task ASessionAfterAFailure()
    {
        var error = Assert.Throws<RustPdfException>(() => Pdf.Sign(Document, Signer(), At(Level.BT, Nobody)));
        Assert.Equal(ErrorCode.TimestampUnavailable, error.Code);
        Assert.Equal(ErrorGroup.Service, error.Group);
        var session = SigningSession.Of(error)!;
        Assert.Equal((true, SessionState.ToTimestamp, Level.BT), (session.IsSigned, session.State, session.Level));
        Assert.Equal(ErrorCode.Level, Assert.Throws<RustPdfException>(() => session.SerializeUnsealed()).Code);
        var saved = session.Serialize(SessionTests.Key);
        error = Assert.Throws<RustPdfException>(() => session.Advance());
        session = SigningSession.Of(error)!; // the service was asked again, in vain
        foreach (var text in new[] { error.ToString(), Encoding.Latin1.GetString(saved) }) Assert.False(text.Contains("Geheim"));
        var other = new HttpSettings { Services = [Services.Tsa()] };
        Assert.True(session.Advance(other).Length > Document.Length);
        Assert.Equal(Level.BT, session.Report.Level!.Value);
        Assert.True((await session.AdvanceAsync(other)).Length > Document.Length);

        var resumed = Pdf.ResumeSigning(saved, Document, SessionTests.Key);
        Assert.Equal((true, SessionState.ToTimestamp, Level.BT), (resumed.IsSigned, resumed.State, resumed.Level));
        Assert.Equal(ErrorCode.TimestampService, Assert.Throws<RustPdfException>(() => resumed.Advance()).Code); // it has none
        resumed.Advance(other);
        Assert.Equal(Level.BT, resumed.Report.Level!.Value);

        using var folder = new Folder();
        var path = folder.Write("in.pdf", Document);
        error = Assert.Throws<RustPdfException>(() => Pdf.SignFile(path, path, Signer(), At(Level.BT, Nobody)));
        Assert.Equal(Document, File.ReadAllBytes(path));
        Assert.Equal(Level.BT, FileSigningSession.Of(error)!.Advance(path, http: other).Report.Level!.Value);
        Assert.Equal(2, asked);
    }

    /// <summary>A failure at the revocation data of the timestamp service comes after the signature, too.</summary>
    [Fact]
    public async Task ASessionThatWaitsForRevocationData()
    {
        using var folder = new Folder();
        using var client = new HttpSender(Here);
        foreach (var level in new[] { Level.BLT, Level.BLTA })
        {
            var stamped = false;
            var options = At(level, Services.Tsa());
            options.Http = new HttpSettings
            {
                Send = (request, token) =>
                {
                    stamped |= request.Purpose == PdfHttpPurpose.Timestamp;
                    if (stamped && request.Purpose != PdfHttpPurpose.Timestamp) throw new TimeoutException();
                    return client.Send(request, token);
                },
            };
            var path = folder.Write($"{level}.pdf", Document);
            var error = await Assert.ThrowsAsync<RustPdfException>(() => Pdf.SignFileAsync(path, path, Signer(), options));
            Assert.Equal(ErrorCode.RevocationUnavailable, error.Code);
            Assert.Equal(Document, File.ReadAllBytes(path));
            var session = FileSigningSession.Of(error)!;
            Assert.Equal((SessionState.ToValidate, level), (session.State, session.Level));
            var resumed = Pdf.ResumeSigningFile(session.Serialize(SessionTests.Key), path, SessionTests.Key);
            Assert.Equal((SessionState.ToValidate, level), (resumed.State, resumed.Level));
            var here = new HttpSettings { AllowPrivateNetworks = true, Services = options.Timestamp!.Services };
            var advanced = await resumed.AdvanceAsync(path, http: here);
            Assert.Equal(level, advanced.Report.Level!.Value);
            Assert.Equal(Document.Concat(advanced.Update).ToArray(), File.ReadAllBytes(path));
        }
        Assert.Equal(2, asked);
    }

    /// <summary>A container of a signing service has no timestamp yet.</summary>
    [Fact]
    public void AContainer()
    {
        var (plain, options) = (Documents.Fixed(), At(Level.BT, Nobody));
        plain.ContainerSize = options.ContainerSize = 30_000;
        (options.SigningTime, options.Entropy) = (plain.SigningTime, plain.Entropy);
        var container = SessionTests.ContainerOf(Pdf.Sign(Document, Signer(), plain).Pdf);
        var session = Pdf.BeginSigning(Document, options);
        Assert.Equal((SessionState.ToSign, Level.BT), (session.State, session.Level));
        var waiting = SigningSession.Of(Assert.Throws<RustPdfException>(() => session.Complete(container)))!;
        Assert.Equal(SessionState.ToTimestamp, waiting.State);
        waiting.Advance(new HttpSettings { Services = [Services.Tsa()] });
        Assert.Equal(Level.BT, waiting.Report.Level!.Value);
    }

    /// <summary>Each completion takes settings of its own, such as the services that a saved session does not have.</summary>
    [Fact]
    public async Task CompletionsWithSettings()
    {
        using var folder = new Folder();
        var (plain, options, signer) = (Documents.Fixed(), At(Level.BT, Services.Tsa()), Signer());
        plain.ContainerSize = options.ContainerSize = 30_000;
        (options.SigningTime, options.Entropy) = (plain.SigningTime, plain.Entropy);
        var http = new HttpSettings { Services = [Services.Tsa()] };
        var container = SessionTests.ContainerOf(Pdf.Sign(Document, signer, plain).Pdf);
        var raw = Pdf.BeginSigning(Document, options, signer.Certificate, signer.Chain);
        var signature = signer.Sign(raw.Request!.Data, raw.Request);
        var (savedRaw, savedBare) = (raw.Serialize(SessionTests.Key), Pdf.BeginSigning(Document, options).Serialize(SessionTests.Key));
        SigningSession Resumed(byte[] saved) => Pdf.ResumeSigning(saved, Document, SessionTests.Key);
        Assert.Equal(
            ErrorCode.TimestampService, Assert.Throws<RustPdfException>(() => Resumed(savedRaw).CompleteWithSignature(signature)).Code);
        var completions = new Func<SigningSession, Task>[]
        {
            session => Task.FromResult(session.CompleteWithSignature(signature, http: http)),
            session => session.CompleteWithSignatureAsync(signature, http: http),
            session => Task.FromResult(session.Complete(container, http)),
            session => session.CompleteAsync(container, http),
        };
        foreach (var (complete, index) in completions.Select((one, index) => (one, index)))
        {
            var session = Resumed(index < 2 ? savedRaw : savedBare);
            await complete(session);
            Assert.Equal(Level.BT, session.Report.Level!.Value);
        }

        var input = folder.Write("in.pdf", Document);
        var rawFile = Pdf.BeginSigningFile(input, options, signer.Certificate, signer.Chain).Serialize(SessionTests.Key);
        var bareFile = Pdf.BeginSigningFile(input, options).Serialize(SessionTests.Key);
        var fileCompletions = new Func<FileSigningSession, Task>[]
        {
            session => Task.FromResult(session.CompleteWithSignature(signature, null, http: http)),
            session => session.CompleteWithSignatureAsync(signature, null, http: http),
            session => Task.FromResult(session.Complete(container, null, http: http)),
            session => session.CompleteAsync(container, null, http: http),
        };
        foreach (var (complete, index) in fileCompletions.Select((one, index) => (one, index)))
        {
            var session = Pdf.ResumeSigningFile(index < 2 ? rawFile : bareFile, input, SessionTests.Key);
            await complete(session);
            Assert.Equal(Level.BT, session.Report.Level!.Value);
        }

        var inputs = new PdfInput[] { input, Document };
        var batch = Pdf.BeginSigningMany(inputs, options, signer.Certificate, signer.Chain).Serialize(SessionTests.Key);
        foreach (var outcome in Pdf.ResumeSigningMany(batch, inputs, SessionTests.Key)
            .CompleteWithSignatures([signature, signature], new PdfOutput?[2], http: http))
            Assert.Equal(Level.BT, outcome.Signed?.Report.Level ?? throw outcome.Error!);
        var bareBatch = Pdf.BeginSigningMany(inputs, options).Serialize(SessionTests.Key);
        foreach (var outcome in Pdf.ResumeSigningMany(bareBatch, inputs, SessionTests.Key)
            .Complete([container, container], new PdfOutput?[2], http: http))
            Assert.Equal(Level.BT, outcome.Signed?.Report.Level ?? throw outcome.Error!);
    }

    [Fact]
    public void ManyWithALedger()
    {
        using var folder = new Folder();
        var broken = At(Level.BT, Broken("status=404"));
        broken.Http = null;
        var jobs = Enumerable.Range(0, 3).Select(index => new SigningJob(folder.Write($"{index}.pdf", Document), folder.At($"{index}.out"))
        {
            Options = index == 1 ? broken : null,
        }).ToArray();
        var (options, signer) = (At(Level.BT, Services.Tsa()), Signer());
        var outcomes = Pdf.SignMany(jobs, signer, options, ledger: folder.At("ledger")).OrderBy(outcome => outcome.Index).ToArray();
        Assert.Equal(
            new[] { JobStatus.Signed, JobStatus.Failed, JobStatus.Signed }, outcomes.Select(outcome => outcome.Status).ToArray());
        var advanced = FileSigningSession.Of(outcomes[1].Error!)!.Advance(jobs[1].Output, http: new HttpSettings { Services = [Services.Tsa()] });
        Assert.Equal((Level.BT, Level.BT), (advanced.Report.Level!.Value, outcomes[0].Signed!.Report.Level!.Value));
        foreach (var outcome in Pdf.SignMany([jobs[0], jobs[2]], signer, options, ledger: folder.At("ledger")))
            Assert.Equal(JobStatus.Skipped, outcome.Status);
        Assert.Equal(3, asked);
    }

    /// <summary>Calls at the same time with one cache ask once for what all of them need.</summary>
    [Fact]
    public async Task CallsShareACache()
    {
        var sent = 0;
        using var client = new HttpSender(Here);
        HttpSettings Counting(IPdfHttpCache? cache) => new()
        {
            Cache = cache,
            Send = (request, token) =>
            {
                if (request.Purpose != PdfHttpPurpose.Timestamp) Interlocked.Increment(ref sent);
                return client.Send(request, token);
            },
        };
        var options = At(Level.BLT, Services.Tsa());
        options.Http = Counting(null);
        Pdf.Sign(Document, Signer(), options);
        var once = sent;
        Assert.True(once > 0);
        sent = 0;
        options.Http = Counting(new PdfHttpCache());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Pdf.SignAsync(Document, Signer(), options)));
        Assert.Equal(once, sent);
    }

    [Fact]
    public async Task CancelledAfterTheSignature()
    {
        using var stop = new CancellationTokenSource();
        var options = At(Level.BT, Services.Tsa());
        options.Progress = new Stopping(stop);
        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => Pdf.SignAsync(Document, Signer(), options, stop.Token));
        Assert.True(SigningSession.Of(error)!.Advance().Length > Document.Length);
        Assert.Equal(1, asked);
    }

    [Fact]
    public void AnExceptionOfTheFunctionAfterTheSignature()
    {
        var own = new InvalidOperationException("the caller's own");
        var options = At(Level.BT, Services.Tsa());
        options.Http = new HttpSettings { Send = (_, _) => throw own };
        Assert.Same(own, Assert.Throws<InvalidOperationException>(() => Pdf.Sign(Document, Signer(), options)));
        Assert.NotNull(SigningSession.Of(own));
    }

    [Fact]
    public void TheMinimum()
    {
        var options = At(Level.BT, Nobody);
        options.MinimumLevel = Level.BB;
        var report = Pdf.Sign(Document, Signer(), options).Report;
        Assert.Equal(Level.BB, report.Level!.Value);
        Assert.Contains(WarningCode.LevelLower, report.Warnings.Select(warning => warning.Code));
        Assert.False(report.Warnings.Any(warning => warning.Message.Contains("Geheim")));
    }

    [Fact]
    public async Task TwoPhases()
    {
        var signer = Signer();
        var session = Pdf.BeginSigning(Document, At(Level.BLTA, Services.Tsa()), signer.Certificate, signer.Chain);
        var signature = signer.Sign(session.Request!.Data, session.Request);
        Assert.True(session.CompleteWithSignature(signature).Length > Document.Length);
        Assert.Equal(Level.BLTA, session.Report.Level!.Value);
        var saved = session.Serialize(SessionTests.Key);
        var http = new HttpSettings { AllowPrivateNetworks = true, Services = [Services.Tsa("ec")] };
        var resumed = await Pdf.ResumeSigningAsync(saved, Document, SessionTests.Key, options: new CallOptions { Http = http });
        await resumed.CompleteWithSignatureAsync(signature);
        Assert.Equal(Level.BLTA, resumed.Report.Level!.Value);
    }

    [Fact]
    public async Task ABatch()
    {
        using var folder = new Folder();
        var inputs = Enumerable.Range(0, 3).Select(index => (PdfInput)folder.Write($"{index}.pdf", Document)).ToArray();
        var outputs = Enumerable.Range(0, 3).Select(index => (PdfOutput?)folder.At($"{index}.out")).ToArray();
        var (options, signer) = (At(Level.BLT, Services.Tsa()), Signer());
        var batch = Pdf.BeginSigningMany(inputs, options, signer.Certificate, signer.Chain);
        var signatures = batch.Requests.Select(request => signer.Sign(request.Data, request)).ToArray();
        foreach (var outcome in batch.CompleteWithSignatures(signatures, outputs))
            Assert.Equal(Level.BLT, outcome.Signed?.Report.Level ?? throw outcome.Error!);
        var saved = batch.Serialize(SessionTests.Key);
        foreach (var outcome in Pdf.ResumeSigningMany(saved, inputs, SessionTests.Key).CompleteWithSignatures(signatures, new PdfOutput?[3]))
        {
            Assert.Equal(ErrorCode.TimestampService, ((RustPdfException)outcome.Error!).Code); // a saved session has none
            Assert.Equal(SessionState.ToTimestamp, FileSigningSession.Of(outcome.Error!)!.State);
        }
        var http = new HttpSettings { AllowPrivateNetworks = true, Services = options.Timestamp!.Services };
        var resumed = await Pdf.ResumeSigningManyAsync(saved, inputs, SessionTests.Key, options: new CallOptions { Http = http });
        var requests = new List<RequestReport>();
        await foreach (var outcome in resumed.CompleteWithSignaturesAsync(signatures, outputs, replace: true))
            requests.AddRange(outcome.Signed?.Report.Requests ?? throw outcome.Error!);
        Assert.True(requests.Any(request => request.Cached));
        foreach (var output in outputs) Assert.Equal(Level.BLT, Pdf.Inspect(output!.Path!).Signatures[0].Level!.Value);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task AnEncryptedDocument()
    {
        var pdf = File.ReadAllBytes(Repository.At("tests/vectors/documents/encrypted-user-aes-128.pdf"));
        var (options, signer) = (At(Level.BLTA, Services.Tsa()), Signer());
        options.Password = "user";
        var session = Pdf.BeginSigning(pdf, options, signer.Certificate, signer.Chain);
        var signature = signer.Sign(session.Request!.Data, session.Request);
        session.CompleteWithSignature(signature);
        Assert.Equal(Level.BLTA, session.Report.Level!.Value);
        var saved = session.Serialize(SessionTests.Key);
        var call = new CallOptions { Http = new HttpSettings { AllowPrivateNetworks = true, Services = options.Timestamp!.Services } };
        var unknown = Pdf.ResumeSigning(saved, pdf, SessionTests.Key, options: call);
        var error = Assert.Throws<RustPdfException>(() => unknown.CompleteWithSignature(signature));
        Assert.Equal(ErrorCode.PasswordMissing, error.Code);
        var resumed = await Pdf.ResumeSigningAsync(saved, pdf, SessionTests.Key, options: call, password: "user");
        var signed = await resumed.CompleteWithSignatureAsync(signature);
        Assert.Equal(2, Pdf.Inspect(signed, "user").Signatures.Count);
        if (SigningSession.Of(error) is { } waiting) Assert.Equal(2, Pdf.Inspect(waiting.Advance(password: "user"), "user").Signatures.Count);
        var extension = To(Level.BLTA);
        extension.Password = "user";
        Assert.Equal(Level.BLTA, Pdf.Extend(signed, extension).Report.Level!.Value);
    }

    [Fact]
    public async Task Extension()
    {
        var signed = Pdf.Sign(Document, Signer()).Pdf;
        var document = signed;
        foreach (var level in new[] { Level.BT, Level.BLT, Level.BLTA, Level.BLTA })
        {
            var extended = await Pdf.ExtendAsync(document, To(level));
            Assert.Equal(level, extended.Report.Level!.Value);
            Assert.True(extended.Pdf.Length > document.Length && extended.Pdf.AsSpan(0, document.Length).SequenceEqual(document));
            document = extended.Pdf;
        }
        using var folder = new Folder();
        var path = folder.Write("in.pdf", signed);
        var update = Pdf.ExtendFile(path, path, To(Level.BT)).Update;
        Assert.Equal(signed.Concat(update).ToArray(), File.ReadAllBytes(path));
        using var output = new MemoryStream();
        await Pdf.ExtendFileAsync(new MemoryStream(signed), output, To(Level.BT));
        Assert.True(output.Length > signed.Length);
        Assert.Equal(1, asked);
    }

    /// <summary>A document that has the level already stays as it is; a new file is a copy.</summary>
    [Fact]
    public async Task NothingToExtend()
    {
        using var folder = new Folder();
        var signed = Pdf.Sign(Document, Signer(), At(Level.BT, Services.Tsa())).Pdf;
        var options = new ExtensionOptions { Level = Level.BT, Timestamp = new() { Services = [Nobody] } };
        Assert.Equal(signed, Pdf.Extend(signed, options).Pdf);
        var path = folder.Write("in.pdf", signed);
        foreach (var output in new PdfOutput?[] { path, folder.At("out.pdf"), null })
        {
            var extended = await Pdf.ExtendFileAsync(path, output, options);
            Assert.Equal((0, Level.BT), (extended.Update.Length, extended.Report.Level!.Value));
        }
        foreach (var name in new[] { "in.pdf", "out.pdf" }) Assert.Equal(signed, folder.Read(name));
        using var stream = new MemoryStream();
        Pdf.ExtendFile(path, stream, options);
        Assert.Equal(signed, stream.ToArray());
        Assert.Equal(new[] { "in.pdf", "out.pdf" }, folder.Names());
    }

    [Fact]
    public async Task ManyExtensions()
    {
        using var folder = new Folder();
        var jobs = Archive(folder, 3);
        var outcomes = Pdf.ExtendMany(jobs.Append(new ExtensionJob(jobs[0].Input, null) { Options = Failing() }), To(Level.BLTA), inFlight: 2)
            .OrderBy(outcome => outcome.Index).ToArray();
        foreach (var one in outcomes.Take(3)) Assert.Equal(Level.BLTA, one.Extended?.Report.Level ?? throw one.Error!);
        Assert.Equal((ExtensionStatus.Failed, true), (outcomes[3].Status, outcomes[3].Extended == null));
        Assert.Equal(ErrorCode.TimestampUnavailable, ((RustPdfException)outcomes[3].Error!).Code);
        var requests = outcomes.Take(3).SelectMany(outcome => outcome.Extended!.Report.Requests!).Where(request => !request.Cached).ToArray();
        Assert.Equal(6, requests.Count(request => request.Purpose == "timestamp"));
        Assert.True(requests.Count(request => request.Purpose is "ocsp" or "crl") <= 6);

        // Evidence that lasts is left alone; that which ends is renewed.
        var until = DateTimeOffset.Parse(outcomes[0].Extended!.Report.RenewBefore!, CultureInfo.InvariantCulture);
        var skipped = Assert.Single(Pdf.ExtendMany(jobs.Take(1), To(Level.BLTA), until.AddSeconds(-1)));
        Assert.Equal((ExtensionStatus.Skipped, true), (skipped.Status, skipped.Extended == null && skipped.Error == null));
        var before = folder.Read("0.pdf");
        await foreach (var renewed in Pdf.ExtendManyAsync(jobs.Take(1), To(Level.BLTA), until.AddSeconds(1)))
            Assert.Equal(before.Concat(renewed.Extended!.Update).ToArray(), folder.Read("0.pdf"));
        Assert.Equal((4, Level.BLTA), (Pdf.Inspect(folder.At("0.pdf")).Signatures.Count, Pdf.Inspect(folder.At("0.pdf")).Signatures[0].Level!.Value));
        Assert.Throws<RustPdfException>(() => Pdf.ExtendMany(jobs, new ExtensionOptions { Progress = new Progress<SigningProgress>() }));
        Assert.Throws<RustPdfException>(() => Pdf.Extend(jobs[0].Input, new ExtensionOptions { OnReport = _ => { } }));

        ExtensionOptions Failing() => new() { Level = Level.BLTA, Timestamp = new() { Services = [Broken("status=404")] }, Validation = Trust() };
    }

    [Fact]
    public void ExtensionsWithALedger()
    {
        using var folder = new Folder();
        var (jobs, path) = (Archive(folder, 2), folder.At("ledger"));
        var first = Pdf.ExtendMany(jobs, To(Level.BLTA), ledger: path).ToArray();
        var noted = first[0].Extended?.Report.RenewBefore ?? throw first[0].Error!;
        Assert.Contains($"\"renewBefore\":\"{noted}\"", File.ReadAllText(path));
        var until = DateTimeOffset.Parse(noted, CultureInfo.InvariantCulture);
        var silent = To(Level.BLTA);
        silent.Http = new HttpSettings { Send = (_, _) => throw new InvalidOperationException("asked") };
        foreach (var time in new DateTimeOffset?[] { null, until.AddSeconds(-1) })
        {
            foreach (var outcome in Pdf.ExtendMany(jobs, silent, time, path))
                Assert.Equal((ExtensionStatus.Skipped, true), (outcome.Status, outcome.Error == null));
        }
        foreach (var outcome in Pdf.ExtendMany(jobs, To(Level.BLTA), until.AddSeconds(1), path))
            Assert.Equal(Level.BLTA, outcome.Extended?.Report.Level ?? throw outcome.Error!);
    }

    /// <summary>Signed files, to be raised in place.</summary>
    private ExtensionJob[] Archive(Folder folder, int count)
    {
        var signed = Pdf.Sign(Document, Signer()).Pdf;
        return Enumerable.Range(0, count).Select(index => folder.Write($"{index}.pdf", signed))
            .Select(path => new ExtensionJob(path, path)).ToArray();
    }

    [Fact]
    public async Task ATimestampAlone()
    {
        var options = new ExtensionOptions { Timestamp = new TimestampOptions { Services = [Nobody, Services.Tsa()] }, FieldName = "Stamp" };
        var stamped = Pdf.Timestamp(Document, options);
        Assert.Equal(1, Assert.Single(stamped.Report.Timestamps!).Service);
        var signature = Assert.Single(Pdf.Inspect(stamped.Pdf).Signatures);
        Assert.Equal(("ETSI.RFC3161", "Stamp"), (signature.SubFilter, signature.Field));
        using var folder = new Folder();
        var path = folder.Write("in.pdf", Document);
        await Pdf.TimestampFileAsync(path, path, options);
        Assert.Equal(1, (await Pdf.InspectAsync(path)).Signatures.Count);
    }

    /// <summary>Addresses of certificates lead to this computer, which is refused by default.</summary>
    [Fact]
    public void AddressesOfCertificates()
    {
        var options = At(Level.BLT, Services.Tsa());
        options.Http = null;
        Assert.Equal(ErrorCode.RevocationUnavailable, Assert.Throws<RustPdfException>(() => Pdf.Sign(Document, Signer(), options)).Code);
        options.MinimumLevel = Level.BT;
        var report = Pdf.Sign(Document, Signer(), options).Report;
        Assert.Equal(Level.BT, report.Level!.Value);
        Assert.True(report.Requests!.Any(request => request.Failed == "blocked"));
        options.Http = new HttpSettings { AllowedHosts = ["127.0.0.1"] };
        Assert.Equal(Level.BLT, Pdf.Sign(Document, Signer(), options).Report.Level!.Value);
    }

    /// <summary>Missing issuers are fetched for a signature without a level, if the options or the signer say so.</summary>
    [Fact]
    public async Task MissingIssuers()
    {
        using var folder = new Folder();
        var (issuer, here) = (Services.Certificate("issuing"), new SigningOptions { Http = Here });
        Signer Alone(bool complete) => new(Services.Certificate("rsa"), (SignCallback)Signer().Sign) { CompleteChain = complete };
        (bool HasIssuer, string Warnings, string? Purpose) Facts(SignedPdf signed) => (
            Encoding.Latin1.GetString(signed.Pdf).Contains(Convert.ToHexString(issuer), StringComparison.OrdinalIgnoreCase),
            string.Join(" ", signed.Report.Warnings.Select(warning => warning.Code)),
            signed.Report.Requests?[0].Purpose);
        var fetched = (true, "", "issuer");
        Assert.Equal((false, WarningCode.ChainIncomplete, null), Facts(Pdf.Sign(Document, Alone(false), here)));
        Assert.Equal(fetched, Facts(Pdf.Sign(Document, Alone(false), new SigningOptions { Http = Here, CompleteChain = true })));
        Assert.Equal(fetched, Facts(Pdf.Sign(Document, Alone(true), here)));
        Assert.Equal(fetched, Facts(await Pdf.SignAsync(Document, Alone(true).Audited(folder.At("audit")), here)));
        Assert.Equal(fetched, Facts(Pdf.SignInTurn(Document, [new Signatory(Alone(true))], new CallOptions { Http = Here })));
        Assert.False(here.CompleteChain);

        // Addresses that lead to this computer need the caller's permission, and offline none is asked.
        Assert.Equal((false, WarningCode.ChainIncomplete, "issuer"), Facts(Pdf.Sign(Document, Alone(true))));
        var offline = new SigningOptions { Http = Here, Validation = new ValidationOptions { Online = false } };
        Assert.Equal((false, WarningCode.ChainIncomplete, null), Facts(Pdf.Sign(Document, Alone(true), offline)));
        // A session asks nobody before it is signed.
        Assert.Equal(WarningCode.ChainIncomplete, Assert.Single(Pdf.BeginSigning(Document, Alone(true), here).Report.Warnings).Code);

        // Signers of key stores fetch them by themselves.
        var (store, certificate) = (new Store(), Services.Certificate("rsa"));
        Assert.Equal(fetched, Facts(await Pdf.SignAsync(Document, new AwsKmsSigner(store, "key", certificate), here)));
        Assert.Equal(fetched, Facts(Pdf.Sign(Document, new Pkcs11Signer(store, new KeyHandle("key"), certificate), here)));
    }

    private static string Broken(string fault) => Services.Tsa().Replace(Services.Url, $"{Services.Url}/+{fault}");

    private static ValidationOptions Trust() => new() { Trust = [Services.Certificate("root"), Services.Certificate("tsaroot")] };

    private static SigningOptions At(Level level, params string[] urls) => new()
    {
        Level = level,
        Timestamp = new TimestampOptions { Services = urls.Select(url => new TimestampService(url)).ToArray() },
        Validation = level == Level.BT ? null : Trust(),
        Http = Here,
    };

    private static ExtensionOptions To(Level level) => new()
    {
        Level = level,
        Timestamp = new TimestampOptions { Services = [Services.Tsa()] },
        Validation = Trust(),
        Http = Here,
    };

    /// <summary>A signer of the services, which counts how often its key is asked.</summary>
    private Signer Signer(string name = "rsa")
    {
        var pem = File.ReadAllText(Path.Combine(Services.Keys, $"{name}.pem"));
        SignCallback sign = (data, request) =>
        {
            Interlocked.Increment(ref asked);
            if (request.SignatureAlgorithm == SignatureAlgorithm.Ecdsa)
            {
                using var curve = ECDsa.Create();
                curve.ImportFromPem(pem);
                return curve.SignHash(request.Digest.ToArray(), DSASignatureFormat.Rfc3279DerSequence);
            }
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return key.SignHash(request.Digest.ToArray(), request.HashAlgorithmName, RSASignaturePadding.Pkcs1);
        };
        return new Signer(Services.Certificate(name), sign, Services.Certificate("issuing"));
    }

    /// <summary>A key store with the RSA key of the services: a client of AWS KMS, and a session of PKCS #11.</summary>
    private sealed class Store : IAmazonKeyManagementService, ISession
    {
        public Pkcs11InteropFactories Factories { get; } = new();

        public Task<SignResponse> SignAsync(SignRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult(new SignResponse { Signature = new MemoryStream(OfDigest(request.Message.ToArray())) });

        public byte[] Sign(IMechanism mechanism, IObjectHandle keyHandle, byte[] data) => OfDigest(data[^32..]); // the end of a DigestInfo

        public Task<GetPublicKeyResponse> GetPublicKeyAsync(GetPublicKeyRequest request, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public List<IObjectAttribute> GetAttributeValue(IObjectHandle objectHandle, List<CKA> attributes) => throw new NotSupportedException();

        private static byte[] OfDigest(byte[] digest)
        {
            using var key = RSA.Create();
            key.ImportFromPem(File.ReadAllText(Path.Combine(Services.Keys, "rsa.pem")));
            return key.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<SigningProgress>
    {
        public void Report(SigningProgress value)
        {
            if (value.Phase == SigningPhase.Request) stop.Cancel();
        }
    }
}
