using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Signing in memory, in all forms.</summary>
public sealed class SignTests
{
    private readonly byte[] pdf = Documents.Small;
    private readonly byte[] certDer = Pki.Certificate("rsa");
    private readonly string chain = Pki.Chain;

    private byte[] HsmSign(ReadOnlyMemory<byte> data, SigningRequest request) => Pki.Signer()(data, request);

    private async Task<byte[]> HsmSignAsync(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken);
        return HsmSign(data, request);
    }

    private byte[] SignData(byte[] data) => Pki.Rsa().SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    [Fact]
    public void WarningsComeBeforeTheKeyIsAsked()
    {
        var codes = new List<string>();
        var options = new SigningOptions
        {
            OnWarnings = warnings =>
            {
                codes.AddRange(warnings.Select(warning => warning.Code));
                throw new InvalidOperationException("not without its chain");
            },
        };
        SignCallback unasked = (data, request) => throw new NotSupportedException("the key was asked");
        Assert.Throws<InvalidOperationException>(() => Pdf.SignWith(pdf, certDer, unasked, null, options));
        Assert.Equal(WarningCode.ChainIncomplete, Assert.Single(codes));
    }

    [Fact]
    public void AMessageNamesOptionsAsDotNetSpellsThem()
    {
        SignCallback unasked = (data, request) => throw new NotSupportedException("the key was asked");
        var refused = Assert.Throws<RustPdfException>(() => Pdf.SignWith(pdf, certDer, unasked, chain, new SigningOptions { ContainerSize = 2000 }));
        Assert.Equal(ErrorCode.ContainerSize, refused.Code);
        Assert.StartsWith("`ContainerSize` ", refused.Message);
    }

    [Fact]
    public void OneCall()
    {
        var signed = Pdf.SignWith(pdf, certDer, HsmSign, chain, new SigningOptions { Pades = true });
        Assert.True(signed.AsSpan().StartsWith(pdf));
    }

    [Fact]
    public async Task OneCallLater()
    {
        var cancellationToken = CancellationToken.None;
        var options = Documents.Fixed();
        var expected = Documents.Signed(pdf);
        Assert.Equal(expected, (await Pdf.SignAsync(pdf, new Signer(certDer, HsmSign, chain), options, cancellationToken)).Pdf);
        Assert.Equal(expected, await Pdf.SignWithAsync(pdf, certDer, HsmSignAsync, chain, options, cancellationToken));
        Assert.Equal(expected, await Pdf.SignWithAsync(
            pdf, certDer, async (data, request, token) => await HsmSignAsync(data, request, token), chain, options));
        Assert.Equal(expected, (await Pdf.SignAsync(pdf, new Signer(certDer, Pki.Rsa(), chain), options)).Pdf);
    }

    [Fact]
    public void EveryFormOfWhatIsGiven()
    {
        var expected = Documents.Signed(pdf);
        var options = Documents.Fixed();
        var bundle = File.ReadAllBytes(Pki.PathOf("chain.pem"));
        var issuers = new[] { Pki.Certificate("issuing"), Pki.Certificate("root") };
        using var certificate = new X509Certificate2(certDer);
        Assert.Equal(expected, Pdf.SignWith(pdf.AsMemory(), certificate, HsmSign, bundle, options));
        Assert.Equal(expected, Pdf.SignWith((ReadOnlyMemory<byte>)pdf, File.ReadAllText(Pki.PathOf("rsa.pem")), HsmSign, issuers, options));
        Assert.Equal(expected, Pdf.SignWith(new MemoryStream(pdf), certDer, HsmSign, issuers.ToList(), options));
        Assert.Equal(expected, Pdf.SignWith(pdf, certDer, HsmSign, issuers.Select(one => new X509Certificate2(one)).ToArray(), options));
        Assert.Equal(expected, Pdf.SignWith(pdf, certDer, HsmSign, issuers.Select(one => new X509Certificate2(one)).ToList(), options));
        Assert.Equal(expected, Pdf.SignWith(
            pdf, certDer, HsmSign, new X509Certificate2Collection(issuers.Select(one => new X509Certificate2(one)).ToArray()), options));
        Assert.Equal(expected, Pdf.SignWith(pdf, certDer, HsmSign, new CertificateChain(issuers.Select(one => (Certificate)one)), options));
        Assert.Equal(expected, Pdf.SignWith(pdf, certDer, SignData, chain, options));
        Assert.Equal(expected, Pdf.SignWith(pdf, certDer, data => SignData(data), chain, options));
        Assert.Equal(expected, Pdf.SignWith(pdf, certDer, (data, request) => HsmSign(data, request), chain, options));
        using (var file = new Folder())
        using (var stream = File.OpenRead(file.Write("in.pdf", Documents.Concat(new byte[5], pdf))))
        {
            stream.Position = 5;
            Assert.Equal(expected, Pdf.SignWith(stream, certDer, HsmSign, chain, options));
            Assert.True(stream.CanRead);
        }
    }

    [Fact]
    public void ALargeDocument() =>
        Assert.Equal(Documents.Large, Documents.Signed(Documents.Large).AsSpan(0, Documents.Large.Length).ToArray());

    [Fact]
    public async Task KeyHandles()
    {
        var kinds = new (string, SignatureAlgorithm?)[]
        {
            ("rsa", null), ("rsa", SignatureAlgorithm.RsaPss), ("p256", null), ("p384", null), ("p521", null),
        };
        foreach (var (name, algorithm) in kinds)
        {
            var options = new SigningOptions { SignatureAlgorithm = algorithm };
            using var certificate = Pki.CertificateWithKey(name);
            var signer = new Signer(certificate, chain);
            var expected = algorithm ?? (name == "rsa" ? SignatureAlgorithm.RsaPkcs1 : SignatureAlgorithm.Ecdsa);
            Assert.Equal(expected, Pdf.Sign(pdf, signer, options).Report.SignatureAlgorithm!.Value);
            await Pdf.SignAsync(pdf, signer, options);
            using var key = name == "rsa" ? (AsymmetricAlgorithm)Pki.Rsa() : Pki.Ecdsa(name);
            Pdf.Sign(pdf, new Signer(Pki.Certificate(name), key, chain), options);
        }
        using var bare = new X509Certificate2(certDer);
        Assert.Throws<ArgumentException>(() => new Signer(bare, chain));
        using var other = DSA.Create();
        Assert.Throws<ArgumentException>(() => new Signer(certDer, other, chain));
    }

    [Fact]
    public async Task InTurnIsWhatCallsInARowGive()
    {
        Signatory By(DigestAlgorithm? digest, string? reason = null) =>
            new Signatory(new Signer(certDer, HsmSign, chain), new SigningOptions { DigestAlgorithm = digest, Reason = reason });
        var all = new[]
        {
            new[] { By(null) },
            new[] { By(null), By(null, "seen"), By(null) },
            new[] { By(null), By(DigestAlgorithm.Sha384), By(DigestAlgorithm.Sha512) },
            new[] { By(null), By(DigestAlgorithm.Sha512), By(null) },
        };
        foreach (var document in new[] { Documents.Small, Documents.Large })
        {
            foreach (var signatories in all)
            {
                var expected = document;
                foreach (var one in signatories)
                {
                    var options = Documents.Fixed();
                    (options.DigestAlgorithm, options.Reason) = (one.Options!.DigestAlgorithm, one.Options.Reason);
                    expected = Pdf.SignWith(expected, certDer, HsmSign, chain, options);
                }
                var reports = new List<Report>();
                var call = new CallOptions { SigningTime = Documents.Time, Entropy = Documents.Entropy, OnReport = reports.Add };
                var passes = 0;
                call.Progress = new Listener(progress => passes += progress.Phase == SigningPhase.Digest && progress.Done == 0 ? 1 : 0);
                Assert.Equal(expected, Pdf.SignInTurn(document, signatories, call).Pdf);
                Assert.Equal(signatories.Length, reports.Count);
                Assert.Equal(1, passes);
                call.Progress = null;
                var later = signatories.Select(one => new Signatory(new Signer(certDer, HsmSignAsync, chain), one.Options));
                Assert.Equal(expected, (await Pdf.SignInTurnAsync(document, later, call)).Pdf);
                using var folder = new Folder();
                var input = folder.Write("in.pdf", document);
                var made = Pdf.SignFileInTurn(input, folder.At("out.pdf"), signatories, call);
                Assert.Equal(expected, folder.Read("out.pdf"));
                Assert.Equal(signatories.Length, made.Reports.Count);
                await Pdf.SignFileInTurnAsync(input, input, signatories, call);
                Assert.Equal(expected, folder.Read("in.pdf"));
            }
        }
    }

    [Fact]
    public void WhoSignsInTurnSaysNothingOfTheCall()
    {
        Assert.Throws<ArgumentException>(() => Pdf.SignInTurn(pdf, new[] { new Signatory(new Signer(certDer, HsmSign, chain), Documents.Fixed()) }));
        Assert.Throws<ArgumentException>(() => Pdf.SignInTurn(pdf, new Signatory[] { null! }));
    }

    [Fact]
    public async Task ReportsAndProgress()
    {
        var reports = new List<Report>();
        var told = new List<SigningProgress>();
        var options = Documents.Fixed();
        options.OnReport = reports.Add;
        options.Progress = new Listener(told.Add);
        var signed = Pdf.SignWith(Documents.Large, certDer, HsmSign, null, options);
        var report = Assert.Single(reports);
        Assert.Equal((long)Documents.Large.Length, report.DocumentLength);
        Assert.Equal((long)(signed.Length - Documents.Large.Length), report.UpdateLength);
        Assert.Contains(WarningCode.ChainIncomplete, report.Warnings.Select(warning => warning.Code));
        Assert.Equal(
            new[] { SigningPhase.Read, SigningPhase.Digest, SigningPhase.Sign }, told.Select(one => one.Phase).Distinct().ToArray());
        foreach (var phase in told.GroupBy(one => one.Phase))
        {
            Assert.Equal(phase.Select(one => one.Done).OrderBy(done => done).ToArray(), phase.Select(one => one.Done).ToArray());
            if (phase.Key != SigningPhase.Read) Assert.Equal(phase.Last().Total, phase.Last().Done);
        }
        var stop = new InvalidOperationException("enough");
        options.Progress = new Listener(progress => { if (progress.Phase == SigningPhase.Digest) throw stop; });
        Assert.Same(stop, Assert.Throws<InvalidOperationException>(() => Pdf.SignWith(pdf, certDer, HsmSign, null, options)));
        Assert.Same(
            stop, await Assert.ThrowsAsync<InvalidOperationException>(() => Pdf.SignAsync(pdf, new Signer(certDer, HsmSign), options)));
    }

    [Fact]
    public async Task Cancellation()
    {
        using var before = new CancellationTokenSource();
        before.Cancel();
        Assert.Throws<OperationCanceledException>(() => Pdf.SignWith(pdf, certDer, HsmSign, chain, cancellationToken: before.Token));
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Pdf.SignWithAsync(pdf, certDer, HsmSignAsync, chain, cancellationToken: before.Token));
        using var meanwhile = new CancellationTokenSource(20);
        var never = new TaskCompletionSource<byte[]>();
        var waiting = Pdf.SignWithAsync(pdf, certDer, (_, _, _) => never.Task, chain, cancellationToken: meanwhile.Token);
        Assert.Equal(meanwhile.Token, (await Assert.ThrowsAsync<OperationCanceledException>(() => waiting)).CancellationToken);
    }

    [Fact]
    public void WhereALaterSignerFailsTheSignaturesBeforeAreKept()
    {
        var mine = new InvalidOperationException("the HSM is on fire");
        var all = new[]
        {
            new Signatory(new Signer(certDer, HsmSign, chain)),
            new Signatory(new Signer(certDer, (SignCallback)((_, _) => throw mine), chain)),
        };
        var call = new CallOptions { SigningTime = Documents.Time, Entropy = Documents.Entropy };
        Assert.Same(mine, Assert.Throws<InvalidOperationException>(() => Pdf.SignInTurn(pdf, all, call)));
        Assert.Equal(Documents.Signed(pdf), SigningSession.Of(mine)!.CompleteSigned());
        Assert.Null(FileSigningSession.Of(mine));
        // Thrown again by a call without a signature, it carries nothing.
        Assert.Same(mine, Assert.Throws<InvalidOperationException>(() => Pdf.SignWith(pdf, certDer, (_, __) => throw mine, chain)));
        Assert.Null(SigningSession.Of(mine));
        Assert.Throws<ArgumentNullException>(() => SigningSession.Of(null!));
    }

    [Fact]
    public void FromManyThreads()
    {
        var expected = Documents.Signed(pdf);
        var session = Pdf.BeginSigning(pdf, Documents.Fixed(), certDer, chain);
        Parallel.For(0, 200, _ =>
        {
            Assert.Equal(expected, Documents.Signed(pdf));
            Assert.Equal(expected, session.CompleteWithSignature(HsmSign(session.Request!.Data, session.Request)));
        });
    }

    internal sealed class Listener : IProgress<SigningProgress>
    {
        private readonly Action<SigningProgress> told;

        internal Listener(Action<SigningProgress> told) => this.told = told;

        public void Report(SigningProgress value) => told(value);
    }
}
