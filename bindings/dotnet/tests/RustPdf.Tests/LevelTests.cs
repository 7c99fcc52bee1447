using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
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
        foreach (var (level, timestamps) in new[] { (Level.BT, 1), (Level.BLT, 1), (Level.BLTA, 2) })
        {
            var signed = Pdf.Sign(Document, Signer(), At(level, Services.Tsa()));
            Assert.Equal((level, timestamps), (signed.Report.Level!.Value, signed.Report.Timestamps!.Count));
            Assert.NotNull(signed.Report.RenewBefore);
            Assert.Equal(level != Level.BT, signed.Report.Validation != null);
            Assert.Equal(timestamps, Pdf.Inspect(signed.Pdf).Signatures.Count);
            var again = await Pdf.SignAsync(signed.Pdf, Signer(), At(level, Services.Tsa("ec")));
            Assert.Equal(level, again.Report.Level!.Value);
        }
        Assert.Equal(6, asked);
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
        Assert.True(session.IsSigned);
        var saved = session.Serialize(SessionTests.Key);
        error = Assert.Throws<RustPdfException>(() => session.Advance());
        session = SigningSession.Of(error)!; // the service was asked again, in vain
        foreach (var text in new[] { error.ToString(), Encoding.Latin1.GetString(saved) }) Assert.False(text.Contains("Geheim"));
        var other = new HttpSettings { Services = [Services.Tsa()] };
        Assert.True(session.Advance(other).Length > Document.Length);
        Assert.Equal(Level.BT, session.Report.Level!.Value);
        Assert.True((await session.AdvanceAsync(other)).Length > Document.Length);

        var resumed = Pdf.ResumeSigning(saved, Document, SessionTests.Key);
        Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(() => resumed.Advance()).Code); // it has no services
        resumed.Advance(other);
        Assert.Equal(Level.BT, resumed.Report.Level!.Value);

        using var folder = new Folder();
        var path = folder.Write("in.pdf", Document);
        error = Assert.Throws<RustPdfException>(() => Pdf.SignFile(path, path, Signer(), At(Level.BT, Nobody)));
        Assert.Equal(Document, File.ReadAllBytes(path));
        Assert.Equal(Level.BT, FileSigningSession.Of(error)!.Advance(path, http: other).Report.Level!.Value);
        Assert.Equal(2, asked);
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
    private Signer Signer()
    {
        var key = RSA.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(Services.Keys, "rsa.pem")));
        SignCallback sign = (data, request) =>
        {
            Interlocked.Increment(ref asked);
            lock (key) return key.SignHash(request.Digest.ToArray(), request.HashAlgorithmName, RSASignaturePadding.Pkcs1);
        };
        return new Signer(Services.Certificate("rsa"), sign, Services.Certificate("issuing"));
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<SigningProgress>
    {
        public void Report(SigningProgress value)
        {
            if (value.Phase == SigningPhase.Request) stop.Cancel();
        }
    }
}
