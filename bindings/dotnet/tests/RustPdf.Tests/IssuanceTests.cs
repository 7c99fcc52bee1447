using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Certification requests and self-signed certificates, judged by OpenSSL and by the chains of .NET.</summary>
public sealed class IssuanceTests : IDisposable
{
    private const string Subject = "CN=Zoë Example,O=Example Ltd,C=DE";
    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    private static AsymmetricAlgorithm Key(string name) => name == "rsa" ? new LockedRsa(name) : new LockedEcdsa(name);

    private string Openssl(params string[] arguments) => Shell.Must("openssl", arguments);

    [Fact]
    public void ARequestByEachKindOfKey()
    {
        var kinds = new (string Name, IssuanceOptions? Options, string Algorithm)[]
        {
            ("rsa", null, "sha256WithRSAEncryption"),
            ("rsa", new IssuanceOptions { DigestAlgorithm = DigestAlgorithm.Sha512 }, "sha512WithRSAEncryption"),
            ("rsa", new IssuanceOptions { SignatureAlgorithm = SignatureAlgorithm.RsaPss }, "rsassaPss"),
            ("p256", null, "ecdsa-with-SHA256"), ("p384", null, "ecdsa-with-SHA384"), ("p521", null, "ecdsa-with-SHA512"),
        };
        foreach (var (name, options, algorithm) in kinds)
        {
            using var key = Key(name);
            Judge(Pdf.CertificateRequest(Subject, key, options), algorithm, key.ExportSubjectPublicKeyInfoPem());
        }
        var publicKey = Openssl("pkey", "-in", Pki.PathOf("ed25519.key"), "-pubout");
        Judge(Pdf.CertificateRequest(Subject, publicKey, (data, _) => Pki.Ed25519(data.ToArray())), "ED25519", publicKey);
    }

    private void Judge(Issued request, string algorithm, string publicKey)
    {
        var (pem, der) = (folder.Write("request.pem", System.Text.Encoding.ASCII.GetBytes(request.Pem)), folder.Write("request.der", request.Der));
        Assert.Contains("verify OK", Openssl("req", "-in", pem, "-verify", "-noout"));
        Assert.Contains("verify OK", Openssl("req", "-inform", "DER", "-in", der, "-verify", "-noout"));
        Assert.Contains("C=DE,O=Example Ltd,CN=Zoë Example", Openssl("req", "-in", pem, "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus"));
        Assert.Contains($"Signature Algorithm: {algorithm}", Openssl("req", "-in", pem, "-noout", "-text"));
        Assert.Equal(publicKey.Trim(), Openssl("req", "-in", pem, "-noout", "-pubkey").Trim());
    }

    /// <summary>.NET reads the request and verifies its signature, too.</summary>
    [Fact]
    public async Task EveryFormOfWhatIsGiven()
    {
        using var key = new LockedRsa("rsa");
        using var certificate = new X509Certificate2(Pki.Certificate("rsa"));
        var signer = new Signer(default, key);
        SignCallback sign = signer.Sign;
        SignAsyncCallback later = signer.SignAsync;
        var expected = Pdf.CertificateRequest(Subject, key).Der;
        var der = key.ExportSubjectPublicKeyInfo();
        Assert.Equal(expected, Pdf.CertificateRequest(Subject, der, signer).Der);
        Assert.Equal(expected, Pdf.CertificateRequest(Subject, (ReadOnlyMemory<byte>)der, sign).Der);
        Assert.Equal(expected, Pdf.CertificateRequest(Subject, key.ExportSubjectPublicKeyInfoPem(), (data, request) => sign(data, request)).Der);
        Assert.Equal(expected, Pdf.CertificateRequest(Subject, certificate, signer).Der);
        Assert.Equal(expected, Pdf.CertificateRequest(Subject, certificate.PublicKey, signer).Der);
        Assert.Equal(expected, Pdf.CertificateRequest("/C=DE/O=Example Ltd/CN=Zoë Example", key, signer).Der);
        Assert.Equal(expected, (await Pdf.CertificateRequestAsync(Subject, key, signer)).Der);
        Assert.Equal(expected, (await Pdf.CertificateRequestAsync(Subject, key, later)).Der);
        Assert.Equal(expected, (await Pdf.CertificateRequestAsync(Subject, key, new Signer(default, later))).Der);
        var pem = Pdf.CertificateRequest(Subject, key).Pem;
        Assert.Equal(expected, new PemReader(pem).Der("CERTIFICATE REQUEST"));
        var read = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
        Assert.Equal(der, read.PublicKey.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The algorithms of the signer hold where the options name none.</summary>
    [Fact]
    public void AlgorithmsOfTheSigner()
    {
        using var key = new LockedRsa("rsa");
        var signer = new Signer(default, key) { SignatureAlgorithm = SignatureAlgorithm.RsaPss, DigestAlgorithm = DigestAlgorithm.Sha384 };
        var publicKey = key.ExportSubjectPublicKeyInfoPem();
        Judge(Pdf.CertificateRequest(Subject, key, signer), "rsassaPss", publicKey);
        var own = new IssuanceOptions { SignatureAlgorithm = SignatureAlgorithm.RsaPkcs1 };
        Judge(Pdf.CertificateRequest(Subject, key, signer, own), "sha384WithRSAEncryption", publicKey);
    }

    [Fact]
    public async Task ASelfSignedCertificateSignsAtOnce()
    {
        foreach (var name in new[] { "rsa", "p256", "p384", "p521" })
        {
            using var key = Key(name);
            var issued = Pdf.SelfSigned(Subject, key, days: 30);
            using var certificate = new X509Certificate2(issued.Der);
            Assert.Equal(issued.Der, new PemReader(issued.Pem).Der("CERTIFICATE"));
            Assert.Equal(TimeSpan.FromDays(30), certificate.NotAfter - certificate.NotBefore);
            Assert.True(Math.Abs((DateTime.Now - certificate.NotBefore).TotalMinutes) < 5);
            Assert.True(Builds(certificate, certificate));
            using var other = new X509Certificate2(Pki.Certificate("root"));
            Assert.False(Builds(certificate, other));
            var pem = folder.Write("own.pem", System.Text.Encoding.ASCII.GetBytes(issued.Pem));
            Assert.Contains("OK", Openssl("verify", "-check_ss_sig", "-CAfile", pem, pem));
            var signed = await Pdf.SignAsync(Documents.Small, new Signer(issued.Der, key), new SigningOptions());
            Assert.Equal(name == "rsa" ? SignatureAlgorithm.RsaPkcs1 : SignatureAlgorithm.Ecdsa, signed.Report.SignatureAlgorithm!.Value);
        }
    }

    private static bool Builds(X509Certificate2 certificate, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    [Fact]
    public async Task ASelfSignedCertificateOfFixedTimeAndEntropy()
    {
        using var key = new LockedRsa("rsa");
        var options = new IssuanceOptions { SigningTime = DateTimeOffset.UnixEpoch, Entropy = Documents.Entropy };
        var issued = Pdf.SelfSigned(Subject, key, options: options);
        using var certificate = new X509Certificate2(issued.Der);
        Assert.Equal(DateTime.UnixEpoch, certificate.NotBefore.ToUniversalTime());
        Assert.Equal(TimeSpan.FromDays(365), certificate.NotAfter - certificate.NotBefore);
        var signer = new Signer(default, key);
        Assert.Equal(issued.Der, Pdf.SelfSigned(Subject, key, signer.Sign, options: options).Der);
        Assert.Equal(issued.Der, (await Pdf.SelfSignedAsync(Subject, key, signer, options: options)).Der);
        Assert.Equal(issued.Der, (await Pdf.SelfSignedAsync(Subject, key, signer.SignAsync, options: options)).Der);
        var other = new IssuanceOptions { SigningTime = DateTimeOffset.UnixEpoch };
        Assert.NotEqual(issued.Der, Pdf.SelfSigned(Subject, key, options: other).Der); // another serial number
    }

    /// <summary>The request to the key is for no document.</summary>
    [Fact]
    public void TheRequestToTheKey()
    {
        using var key = new LockedEcdsa("p384");
        SigningRequest? seen = null;
        Pdf.CertificateRequest(Subject, key, (data, request) =>
        {
            seen = request;
            return key.SignHash(SHA384.HashData(data.Span));
        });
        Assert.Equal((SignatureAlgorithm.Ecdsa, DigestAlgorithm.Sha384, (Curve?)Curve.P384), (seen!.SignatureAlgorithm, seen.DigestAlgorithm, seen.Curve));
        Assert.Equal(SHA384.HashData(seen.Data.Span), seen.Digest.ToArray());
        Assert.True(seen is { DocumentDigest: null, DocumentName: null, FieldName: null, CertificateDigest: null });
    }

    [Fact]
    public void WrongArgumentsAreRefusedBeforeTheKeyIsAsked()
    {
        using var key = new LockedEcdsa("p256");
        using var stranger = DSA.Create();
        var publicKey = key.ExportSubjectPublicKeyInfo();
        SignCallback never = (_, _) => throw new NotSupportedException("the key was asked");
        void Refused(string code, Func<object?> call) => Assert.Equal(code, Assert.Throws<RustPdfException>(call).Code);
        Refused(ErrorCode.Argument, () => Pdf.SelfSigned(Subject, File.ReadAllBytes(Pki.PathOf("p256.key")), never));
        Refused(ErrorCode.Argument, () => Pdf.SelfSigned(Subject, "key", never));
        Refused(ErrorCode.Argument, () => Pdf.SelfSigned(Subject, default(PublicKeyInfo), never));
        Refused(ErrorCode.Argument, () => Pdf.SelfSigned("Zoë", publicKey, never));
        Refused(ErrorCode.Argument, () => Pdf.SelfSigned(Subject, publicKey, never, days: 0));
        Refused(ErrorCode.Argument, () => Pdf.SelfSigned(Subject, publicKey, never, days: -1));
        Refused(ErrorCode.Entropy, () => Pdf.SelfSigned(Subject, publicKey, never, options: new IssuanceOptions { Entropy = new byte[5] }));
        Refused(ErrorCode.AlgorithmMismatch, () => Pdf.SelfSigned(
            Subject, publicKey, never, options: new IssuanceOptions { SignatureAlgorithm = SignatureAlgorithm.RsaPss }));
        Refused(ErrorCode.AlgorithmUnknown, () => Pdf.SelfSigned(
            Subject, publicKey, never, options: new IssuanceOptions { DigestAlgorithm = (DigestAlgorithm)99 }));
        Refused(ErrorCode.Argument, () => Pdf.CertificateRequest(
            Subject, publicKey, never, new IssuanceOptions { SigningTime = DateTimeOffset.UtcNow }));
        Refused(ErrorCode.Argument, () => Pdf.CertificateRequest(Subject, publicKey, never, new IssuanceOptions { Entropy = new byte[32] }));
        Assert.Throws<ArgumentException>(() => Pdf.CertificateRequest(Subject, stranger));
        Assert.Throws<ArgumentNullException>(() => Pdf.CertificateRequest(null!, publicKey, never));
        Assert.Throws<ArgumentNullException>(() => Pdf.CertificateRequest(Subject, (byte[])null!, never));
        Assert.Throws<ArgumentNullException>(() => Pdf.CertificateRequest(Subject, publicKey, (ISigner)null!));
        Assert.Throws<OperationCanceledException>(
            () => Pdf.CertificateRequest(Subject, publicKey, never, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal(0, key.Signed);
    }

    [Fact]
    public async Task AKeyThatFails()
    {
        using var key = new LockedEcdsa("p256");
        var publicKey = key.ExportSubjectPublicKeyInfo();
        var own = new InvalidOperationException("the HSM is on fire");
        Assert.Same(own, Assert.Throws<InvalidOperationException>(() => Pdf.CertificateRequest(Subject, publicKey, (_, _) => throw own)));
        Assert.Same(own, await Assert.ThrowsAsync<InvalidOperationException>(
            () => Pdf.SelfSignedAsync(Subject, publicKey, async (_, _, _) => { await Task.Yield(); throw own; })));
        using var stranger = new LockedEcdsa("p384");
        Assert.StartsWith(
            "ERR_SIGNATURE_", Assert.Throws<RustPdfException>(() => Pdf.CertificateRequest(Subject, publicKey, new Signer(default, stranger))).Code);
        Assert.Equal(
            ErrorCode.CallbackResult, Assert.Throws<RustPdfException>(() => Pdf.CertificateRequest(Subject, publicKey, (_, _) => null!)).Code);
        var later = new Signer(default, (SignAsyncCallback)((_, _, _) => Task.FromResult(new byte[1])));
        Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(() => Pdf.CertificateRequest(Subject, publicKey, later)).Code);
        // A signer that has no certificate yet signs no document.
        Assert.Equal(
            ErrorCode.CertificateFormat, Assert.Throws<RustPdfException>(() => Pdf.Sign(Documents.Small, new Signer(default, key))).Code);
        using var stop = new CancellationTokenSource(20);
        var never = new TaskCompletionSource<byte[]>();
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Pdf.CertificateRequestAsync(Subject, publicKey, (_, _, _) => never.Task, cancellationToken: stop.Token));
    }

    private readonly struct PemReader(string pem)
    {
        internal byte[] Der(string label)
        {
            var found = PemEncoding.Find(pem);
            Assert.Equal(label, pem[found.Label]);
            Assert.True(pem.EndsWith("-----\n", StringComparison.Ordinal) && pem.Split('\n').All(line => line.Length <= 64));
            return Convert.FromBase64String(pem[found.Base64Data]);
        }
    }
}
