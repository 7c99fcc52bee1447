using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Signing in two halves, in memory.</summary>
public sealed class SessionTests
{
    private static readonly byte[] Document = Documents.Small;

    /// <summary>The key that seals the sessions of the tests.</summary>
    internal static readonly byte[] Key = Enumerable.Range(0, 32).Select(value => (byte)value).ToArray();

    private static SigningSession Begun() => Pdf.BeginSigning(Document, Documents.Fixed(), Pki.Certificate("rsa"), Pki.Chain);

    internal static byte[] Raw(PreparedSigning session) => Pki.Signer()(session.Request!.Data, session.Request);

    /// <summary>The container of the last signature, with the zeros after it.</summary>
    internal static byte[] ContainerOf(byte[] signed)
    {
        var text = Encoding.GetEncoding("iso-8859-1").GetString(signed);
        return Hex.Bytes(Regex.Matches(text, "<([0-9a-f]{2000,})>").Cast<Match>().Last().Groups[1].Value);
    }

    [Fact]
    public void ARawSignatureCompletesIt()
    {
        var session = Begun();
        var expected = Documents.Signed(Document);
        Assert.Equal(expected, session.CompleteWithSignature(Raw(session)));
        Assert.Equal(expected, session.CompleteWithSignature(Raw(session)));
        Assert.Equal((long)Document.Length, session.DocumentLength);
        Assert.Equal(DigestAlgorithm.Sha256, session.HashAlgorithm);
    }

    [Fact]
    public void AContainerCompletesIt()
    {
        var donor = Documents.Signed(Document);
        var cms = ContainerOf(donor);
        var options = Documents.Fixed();
        options.ContainerSize = cms.Length;
        var session = Pdf.BeginSigning(Document, options);
        Assert.Null(session.Request);
        Assert.Equal(donor, session.Complete(cms));
        Assert.Equal(donor, session.Complete(cms));
        Assert.Equal(donor, Begun().Complete(cms));
    }

    [Fact]
    public async Task TheCertificateComesWithTheSignature()
    {
        var options = Documents.Fixed();
        (options.Pades, options.SignatureAlgorithm) = (false, SignatureAlgorithm.RsaPkcs1);
        var session = Pdf.BeginSigning(Document, options);
        var raw = Raw(session);
        var certificate = Pki.Certificate("rsa");
        var signed = session.CompleteWithSignature(raw, certificate, Pki.Chain);
        Assert.Equal(signed, Pdf.ResumeSigning(session.Serialize(Key), Document, Key).CompleteWithSignature(raw, certificate, Pki.Chain));
        var unsealed = Pdf.ResumeUnsealed(session.SerializeUnsealed(), Document, options: options);
        Assert.Equal(signed, unsealed.CompleteWithSignature(raw, certificate, Pki.Chain));
        using (var folder = new Folder())
        {
            var file = Pdf.BeginSigningFile(folder.Write("in.pdf", Document), options);
            file.CompleteWithSignature(raw, folder.At("one.pdf"), certificate: certificate, chain: Pki.Chain);
            await file.CompleteWithSignatureAsync(raw, folder.At("two.pdf"), certificate: certificate, chain: Pki.Chain);
            var batch = Pdf.BeginSigningMany(new PdfInput[] { Document }, options);
            var issued = new[] { new SignatureCertificate(certificate, Pki.Chain) };
            PdfOutput?[] outputs = [folder.At("three.pdf")];
            Assert.Equal(JobStatus.Signed, batch.CompleteWithSignatures(new[] { raw }, outputs, certificates: issued).Single().Status);
            Assert.Throws<RustPdfException>(() => batch.CompleteWithSignatures(new[] { raw }, outputs, certificates: issued.Concat(issued)));
            foreach (var name in new[] { "one.pdf", "two.pdf", "three.pdf" }) Assert.Equal(signed, folder.Read(name));
            Shell.JudgeByPdfsig(folder.At("two.pdf"));
        }
        void Refused(string code, Func<object?> attempt) => Assert.Equal(code, Assert.Throws<RustPdfException>(attempt).Code);
        Refused(ErrorCode.SessionNoCertificate, () => session.CompleteWithSignature(raw));
        Refused(ErrorCode.AlgorithmMismatch, () => session.CompleteWithSignature(raw, Pki.Certificate("ed25519"), Pki.Chain));
        Refused(ErrorCode.SessionArguments, () => Begun().CompleteWithSignature(raw, certificate, Pki.Chain));
    }

    [Fact]
    public async Task ItIsSavedAndCompletedElsewhere()
    {
        var saved = Begun().Serialize(Key);
        Assert.True(saved.Length < 16 * 1024);
        var resumed = Pdf.ResumeSigning(saved, Document, Key);
        Assert.Equal(saved, resumed.Serialize(Key));
        Assert.Equal(Begun().Hash.ToArray(), resumed.Hash.ToArray());
        Assert.Equal(Documents.Signed(Document), resumed.CompleteWithSignature(Raw(resumed)));
        var later = await Pdf.ResumeSigningAsync(saved, new System.IO.MemoryStream(Document), Key);
        Assert.Equal(Documents.Signed(Document), later.CompleteWithSignature(Raw(later)));
        var begun = await Pdf.BeginSigningAsync(Document, Documents.Fixed(), Pki.Certificate("rsa"), Pki.Chain);
        Assert.Equal(saved, begun.Serialize(Key));
    }

    [Fact]
    public async Task WithoutASealTheAttributesComeFromTheCaller()
    {
        var saved = Begun().SerializeUnsealed();
        var resumed = Pdf.ResumeUnsealed(saved, Document, Pki.Certificate("rsa"), Pki.Chain, Documents.Fixed());
        Assert.Equal(Documents.Signed(Document), resumed.CompleteWithSignature(Raw(resumed)));
        var later = await Pdf.ResumeUnsealedAsync(saved, Document, Pki.Certificate("rsa"), Pki.Chain, Documents.Fixed());
        Assert.Equal(Documents.Signed(Document), later.CompleteWithSignature(Raw(later)));
        Assert.Equal(ErrorGroup.Session, Assert.Throws<RustPdfException>(() => Pdf.ResumeSigning(saved, Document, Key)).Group);
        Assert.Equal(ErrorGroup.Session, Assert.Throws<RustPdfException>(
            () => Pdf.ResumeUnsealed(Begun().Serialize(Key), Document, Pki.Certificate("rsa"), Pki.Chain, Documents.Fixed())).Group);
        var other = (byte[])Document.Clone();
        other[100] ^= 1;
        Assert.Equal(ErrorCode.SessionDocument, Assert.Throws<RustPdfException>(
            () => Pdf.ResumeUnsealed(saved, other, Pki.Certificate("rsa"), Pki.Chain, Documents.Fixed())).Code);
    }

    [Fact]
    public void AKeySeals()
    {
        var session = Begun();
        foreach (var length in new[] { 0, 16, 31 })
        {
            Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(() => session.Serialize(new byte[length])).Code);
            Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(
                () => Pdf.ResumeSigning(session.Serialize(Key), Document, new byte[length])).Code);
        }
        Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(() => session.Serialize(null)).Code);
        Assert.Equal(ErrorGroup.Session, Assert.Throws<RustPdfException>(
            () => Pdf.ResumeSigning(session.Serialize(Key), Document, new byte[32])).Group);
        Assert.NotNull(Pdf.ResumeSigning(session.Serialize(new byte[64]), Document, new byte[64]).Request);
    }

    [Fact]
    public void TheDocumentIsNotReadAgainWhereTheCheckIsSkipped()
    {
        var saved = Begun().Serialize(Key);
        var other = (byte[])Document.Clone();
        other[Encoding.ASCII.GetString(Document).IndexOf("10 20 m", StringComparison.Ordinal)] = (byte)'2';
        Assert.Equal(ErrorCode.SessionDocument, Assert.Throws<RustPdfException>(() => Pdf.ResumeSigning(saved, other, Key)).Code);
        Assert.NotNull(Pdf.ResumeSigning(saved, other, Key, skipDocumentCheck: true).Request);
    }

    [Fact]
    public void EachHalfIsReported()
    {
        var reports = new List<Report>();
        var session = Pdf.BeginSigning(Document, new SigningOptions { OnReport = reports.Add }, Pki.Certificate("rsa"));
        Assert.Same(reports[0], session.Report);
        Assert.Null(session.Report.ContainerLength);
        session.CompleteWithSignature(Raw(session));
        Assert.Equal(2, reports.Count);
        Assert.Same(reports[1], session.Report);
        Assert.True(session.Report.ContainerLength > 0);
    }

    [Fact]
    public void ARefusedAnswerChangesNothing()
    {
        var session = Begun();
        var report = session.Report;
        Assert.Equal(ErrorCode.SignatureMismatch, Assert.Throws<RustPdfException>(
            () => session.CompleteWithSignature(Enumerable.Repeat((byte)1, 256).ToArray())).Code);
        Assert.Equal(ErrorCode.ContainerFormat, Assert.Throws<RustPdfException>(() => session.Complete(new byte[] { 1, 2, 3 })).Code);
        Assert.Throws<ArgumentNullException>(() => session.Complete(null!));
        Assert.Throws<ArgumentNullException>(() => session.CompleteWithSignature(null!));
        Assert.Same(report, session.Report);
        Assert.Equal(Documents.Signed(Document), session.CompleteWithSignature(Raw(session)));
        Assert.Equal(
            ErrorCode.SessionNoCertificate, Assert.Throws<RustPdfException>(
                () => Pdf.BeginSigning(Document).CompleteWithSignature(new byte[256])).Code);
    }

    [Fact]
    public void ASavedSessionThatIsDamagedIsRefused()
    {
        var whole = Begun().Serialize(Key);
        for (var length = 0; length < whole.Length; length += 7)
            Assert.Equal(
                ErrorGroup.Session,
                Assert.Throws<RustPdfException>(() => Pdf.ResumeSigning(whole.AsMemory(0, length), Document, Key)).Group);
        for (var at = 0; at < whole.Length; at += 3)
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 0x41;
            Assert.Equal(ErrorGroup.Session, Assert.Throws<RustPdfException>(() => Pdf.ResumeSigning(changed, Document, Key)).Group);
        }
    }

    [Fact]
    public void ASessionWithoutASignatureIsNotCompletedByNothing()
    {
        var session = Begun();
        Assert.Throws<RustPdfException>(() => session.CompleteSigned());
        Assert.Equal(Documents.Signed(Document), session.CompleteWithSignature(Raw(session)));
    }
}
