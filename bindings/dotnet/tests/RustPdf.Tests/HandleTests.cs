using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Key handles whose private keys cannot be exported, and algorithms that a signer carries.</summary>
public sealed class HandleTests : IDisposable
{
    private readonly Folder folder = new();
    private readonly byte[] pdf = Documents.Small;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AHandleIsAskedForSignaturesAlone()
    {
        var kinds = new (string Name, SignatureAlgorithm Algorithm, DigestAlgorithm Digest)[]
        {
            ("rsa", SignatureAlgorithm.RsaPkcs1, DigestAlgorithm.Sha256), ("rsa", SignatureAlgorithm.RsaPkcs1, DigestAlgorithm.Sha512),
            ("rsa", SignatureAlgorithm.RsaPss, DigestAlgorithm.Sha256), ("rsa", SignatureAlgorithm.RsaPss, DigestAlgorithm.Sha384),
            ("p256", SignatureAlgorithm.Ecdsa, DigestAlgorithm.Sha256), ("p384", SignatureAlgorithm.Ecdsa, DigestAlgorithm.Sha384),
            ("p521", SignatureAlgorithm.Ecdsa, DigestAlgorithm.Sha512),
        };
        foreach (var (name, algorithm, digest) in kinds)
        {
            using AsymmetricAlgorithm key = name == "rsa" ? new LockedRsa(name) : new LockedEcdsa(name);
            var signer = new Signer(Pki.Certificate(name), key, Pki.Chain);
            var options = new SigningOptions { SignatureAlgorithm = algorithm, DigestAlgorithm = digest };
            var output = folder.At($"{name}-{algorithm}-{digest}.pdf");
            var report = Pdf.SignFile(pdf, output, signer, options).Report;
            Assert.Equal((algorithm, digest), (report.SignatureAlgorithm!.Value, report.DigestAlgorithm));
            await Pdf.SignAsync(pdf, signer, options);
            Assert.Equal(2, (key as LockedRsa)?.Signed ?? ((LockedEcdsa)key).Signed);
            Shell.JudgeByPdfsig(output);
        }
    }

    /// <summary>The algorithms of a key hold where the call names none, in each way of signing.</summary>
    [Fact]
    public async Task AlgorithmsOfTheKey()
    {
        using var key = new LockedRsa("rsa");
        var signer = new Signer(Pki.Certificate("rsa"), key, Pki.Chain)
        {
            SignatureAlgorithm = SignatureAlgorithm.RsaPss, DigestAlgorithm = DigestAlgorithm.Sha512,
        };
        var audit = folder.At("audit");
        var calls = new Dictionary<string, Func<ISigner, SigningOptions?, Task<Report>>>
        {
            ["Sign"] = (one, options) => Task.FromResult(Pdf.Sign(pdf, one, options).Report),
            ["SignAsync"] = async (one, options) => (await Pdf.SignAsync(pdf, one, options)).Report,
            ["SignFile"] = (one, options) => Task.FromResult(Pdf.SignFile(pdf, null, one, options).Report),
            ["SignFileAsync"] = async (one, options) => (await Pdf.SignFileAsync(pdf, null, one, options)).Report,
            ["SignInTurn"] = (one, options) => Task.FromResult(Pdf.SignInTurn(pdf, [new Signatory(one, options)]).Report),
            ["SignFileInTurn"] = (one, options) => Task.FromResult(Pdf.SignFileInTurn(pdf, null, [new Signatory(one, options)]).Report),
            ["SignMany"] = (one, options) => Task.FromResult(Pdf.SignMany([new SigningJob(pdf, null)], one, options).Single().Signed!.Report),
            ["SignMany, of a job"] = (one, options) =>
                Task.FromResult(Pdf.SignMany([new SigningJob(pdf, null) { Options = options }], one).Single().Signed!.Report),
            ["BeginSigning"] = (one, options) => Task.FromResult(Pdf.BeginSigning(pdf, one, options).Report),
            ["BeginSigningAsync"] = async (one, options) => (await Pdf.BeginSigningAsync(pdf, one, options)).Report,
            ["BeginSigningFile"] = (one, options) => Task.FromResult(Pdf.BeginSigningFile(pdf, one, options).Report),
            ["BeginSigningFileAsync"] = async (one, options) => (await Pdf.BeginSigningFileAsync(pdf, one, options)).Report,
            ["BeginSigningMany"] = (one, options) => Task.FromResult(Pdf.BeginSigningMany([pdf], one, options).Sessions[0]!.Report),
            ["Audited"] = (one, options) => Task.FromResult(Pdf.Sign(pdf, one.Audited(audit), options).Report),
        };
        foreach (var (name, call) in calls)
        {
            Assert.Equal((name, SignatureAlgorithm.RsaPss, DigestAlgorithm.Sha512), Used(name, await call(signer, null)));
            var own = new SigningOptions { SignatureAlgorithm = SignatureAlgorithm.RsaPkcs1, Reason = "own" };
            Assert.Equal((name, SignatureAlgorithm.RsaPkcs1, DigestAlgorithm.Sha512), Used(name, await call(signer, own)));
            Assert.Null(own.DigestAlgorithm); // the caller's options stay as they are
            var other = new SigningOptions { DigestAlgorithm = DigestAlgorithm.Sha384 };
            Assert.Equal((name, SignatureAlgorithm.RsaPss, DigestAlgorithm.Sha384), Used(name, await call(signer, other)));
        }
        var reason = Pdf.Inspect(Pdf.Sign(pdf, signer, new SigningOptions { Reason = "kept" }).Pdf).Signatures[0].Reason;
        Assert.Equal("kept", reason);

        (string, SignatureAlgorithm, DigestAlgorithm) Used(string name, Report report) =>
            (name, report.SignatureAlgorithm!.Value, report.DigestAlgorithm);
    }

    /// <summary>A request says which document it is for.</summary>
    [Fact]
    public void ARequestNamesItsDocument()
    {
        var seen = new List<SigningRequest>();
        using var key = new LockedRsa("rsa");
        var inner = new Signer(Pki.Certificate("rsa"), key, Pki.Chain);
        var signer = new Signer(Pki.Certificate("rsa"), (data, request) =>
        {
            seen.Add(request);
            return inner.Sign(data, request);
        }, Pki.Chain);
        var input = folder.Write("contract é.pdf", pdf);
        Pdf.SignFile(input, folder.At("out.pdf"), signer, new SigningOptions { FieldName = "Approval" });
        Pdf.Sign(pdf, signer);
        Assert.Equal(2, seen.Count);
        Assert.Equal(("contract é.pdf", "Approval"), (seen[0].DocumentName, seen[0].FieldName));
        Assert.Equal(SHA256.HashData(Pki.Certificate("rsa")), seen[0].CertificateDigest!.Value.ToArray());
        Assert.Equal(Covered(folder.Read("out.pdf")), seen[0].DocumentDigest!.Value.ToArray());
        Assert.Null(seen[1].DocumentName);
        Assert.Equal("Signature1", seen[1].FieldName);
    }

    /// <summary>SHA-256 of the bytes that the last signature of a document covers.</summary>
    private static byte[] Covered(byte[] signed)
    {
        var text = System.Text.Encoding.Latin1.GetString(signed);
        var start = text.LastIndexOf("/ByteRange", StringComparison.Ordinal);
        var (open, close) = (text.IndexOf('[', start), text.IndexOf(']', start));
        var numbers = text[(open + 1)..close].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
        return SHA256.HashData([.. signed[numbers[0]..(numbers[0] + numbers[1])], .. signed[numbers[2]..(numbers[2] + numbers[3])]]);
    }
}
