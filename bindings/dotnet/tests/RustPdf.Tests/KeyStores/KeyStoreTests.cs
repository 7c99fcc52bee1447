using System;
using System.Linq;
using System.Threading.Tasks;
using Amazon.KeyManagementService;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using RustPdf.KeyStores;
using Xunit;

namespace RustPdf.Tests.KeyStores;

/// <summary>The adapters of the folder keystores, with clients in this process that sign with real keys.</summary>
public sealed class KeyStoreTests : IDisposable
{
    private static readonly (string Name, SignatureAlgorithm Algorithm, DigestAlgorithm[] Digests)[] Kinds =
    [
        ("rsa", SignatureAlgorithm.RsaPkcs1, [DigestAlgorithm.Sha256, DigestAlgorithm.Sha384, DigestAlgorithm.Sha512]),
        ("rsa", SignatureAlgorithm.RsaPss, [DigestAlgorithm.Sha256, DigestAlgorithm.Sha384, DigestAlgorithm.Sha512]),
        ("p256", SignatureAlgorithm.Ecdsa, [DigestAlgorithm.Sha256]),
        ("p384", SignatureAlgorithm.Ecdsa, [DigestAlgorithm.Sha384]),
        ("p521", SignatureAlgorithm.Ecdsa, [DigestAlgorithm.Sha512]),
        ("ed25519", SignatureAlgorithm.Ed25519, [DigestAlgorithm.Sha512]),
    ];

    private readonly Folder folder = new();
    private readonly byte[] pdf = Documents.Small;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AwsKmsSignsByEachAlgorithm()
    {
        var kms = new AmazonKeyManagementServiceClient();
        foreach (var (name, algorithm, digests) in Kinds)
        {
            var signer = new AwsKmsSigner(kms, $"alias/{name}", Pki.Certificate(name), Pki.Chain);
            foreach (var digest in digests)
            {
                var options = new SigningOptions { SignatureAlgorithm = algorithm, DigestAlgorithm = digest };
                var report = (await Pdf.SignFileAsync(pdf, folder.At("out.pdf"), signer, options, replace: true)).Report;
                Assert.Equal((algorithm, digest), (report.SignatureAlgorithm!.Value, report.DigestAlgorithm));
                if (name != "ed25519") Shell.JudgeByPdfsig(folder.At("out.pdf")); // which cannot verify it
            }
        }
        Assert.Equal(10, kms.Asked.Count);
        Assert.Equal(
            "RSASSA_PKCS1_V1_5_SHA_256 RSASSA_PKCS1_V1_5_SHA_384 RSASSA_PKCS1_V1_5_SHA_512 RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_384 "
            + "RSASSA_PSS_SHA_512 ECDSA_SHA_256 ECDSA_SHA_384 ECDSA_SHA_512 ED25519_SHA_512",
            string.Join(" ", kms.Asked.Select(request => request.SigningAlgorithm.Value)));
    }

    [Fact]
    public async Task AwsKmsRefusesOtherAlgorithms()
    {
        var kms = new AmazonKeyManagementServiceClient();
        var key = new AwsKmsSigner(kms, "alias/ed25519", Pki.Certificate("ed25519"), Pki.Chain);
        // A long role of the signer makes the message longer than 4,096 bytes, which is the most that AWS KMS signs by Ed25519.
        var roles = new[] { new string('r', 4096) };
        var error = await Assert.ThrowsAsync<RustPdfException>(() => Pdf.SignAsync(pdf, key, new SigningOptions { SignerRoles = roles }));
        Assert.Equal(ErrorCode.AlgorithmMismatch, error.Code);
        Assert.StartsWith("AWS KMS signs at most 4096 bytes by Ed25519", error.Message);
        Assert.Empty(kms.Asked);
        // Only asynchronous calls accept the signer.
        Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(() => Pdf.Sign(pdf, key)).Code);
        // An error of the service reaches the caller as itself.
        var wrong = new AwsKmsSigner(kms, "alias/p384", Pki.Certificate("p256"), Pki.Chain);
        Assert.StartsWith("InvalidKeyUsage", (await Assert.ThrowsAsync<ArgumentException>(() => Pdf.SignAsync(pdf, wrong))).Message);
    }

    [Fact]
    public async Task AwsKmsGetsACertificate()
    {
        foreach (var name in new[] { "rsa", "p384" })
        {
            var key = new AwsKmsSigner(new AmazonKeyManagementServiceClient(), $"alias/{name}");
            var publicKey = await key.PublicKeyAsync();
            var request = folder.Write("request.der", (await Pdf.CertificateRequestAsync("CN=Test", publicKey, key)).Der);
            Assert.Contains("verify OK", Shell.Must("openssl", "req", "-inform", "DER", "-in", request, "-verify", "-noout"));
        }
    }

    [Fact]
    public async Task Pkcs11SignsByEachAlgorithm()
    {
        var session = new LocalSession();
        foreach (var (name, algorithm, digests) in Kinds)
        {
            var signer = new Pkcs11Signer(session, new KeyHandle(name), Pki.Certificate(name), Pki.Chain);
            foreach (var digest in digests)
            {
                var options = new SigningOptions { SignatureAlgorithm = algorithm, DigestAlgorithm = digest };
                var report = Pdf.SignFile(pdf, folder.At("out.pdf"), signer, options, replace: true).Report;
                Assert.Equal((algorithm, digest), (report.SignatureAlgorithm!.Value, report.DigestAlgorithm));
                if (name != "ed25519") Shell.JudgeByPdfsig(folder.At("out.pdf"));
                await Pdf.SignAsync(pdf, signer, options);
            }
        }
        Assert.Equal(20, session.Asked.Count);
        Assert.True(session.Asked.All(mechanism => mechanism.IsDisposed));
        ulong[] expected = [(ulong)CKM.CKM_RSA_PKCS, (ulong)CKM.CKM_RSA_PKCS_PSS, (ulong)CKM.CKM_ECDSA, 0x1057];
        Assert.Equal(expected, session.Asked.Select(mechanism => mechanism.Type).Distinct().ToArray());
    }

    /// <summary>A session performs one operation at a time: signers that share it wait for each other.</summary>
    [Fact]
    public void Pkcs11FromManyThreads()
    {
        var session = new LocalSession();
        var signers = new[] { "rsa", "p256" }
            .Select(name => new Pkcs11Signer(session, new KeyHandle(name), Pki.Certificate(name), Pki.Chain)).ToArray();
        Parallel.For(0, 40, index => Pdf.Sign(pdf, signers[index % 2]));
        Assert.Equal(40, session.Asked.Count);
    }

    [Fact]
    public void Pkcs11GetsACertificate()
    {
        var session = new LocalSession();
        foreach (var name in new[] { "rsa", "p256", "p384", "p521" })
        {
            var key = new Pkcs11Signer(session, new KeyHandle(name));
            var publicKey = key.PublicKey(new KeyHandle(name));
            var request = folder.Write("request.der", Pdf.CertificateRequest("CN=Test", publicKey, key).Der);
            Assert.Contains("verify OK", Shell.Must("openssl", "req", "-inform", "DER", "-in", request, "-verify", "-noout"));
        }
    }
}
