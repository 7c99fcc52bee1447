using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Rejected calls, and their errors.</summary>
public sealed class ErrorTests
{
    private static readonly byte[] Document = Documents.Small;

    private static string CodeOf(Func<object?> call) => Assert.Throws<RustPdfException>(call).Code;

    internal static string CodeIn(Frame frame) => new ErrorStep(frame.Header).Error.Code;

    private static byte[] Signing(SignCallback signer, SigningOptions? options = null) =>
        Pdf.SignWith(Document, Pki.Certificate("rsa"), signer, Pki.Chain, options);

    [Fact]
    public void AnErrorTellsCodeGroupAndPlace()
    {
        var error = Assert.Throws<RustPdfException>(() => Documents.Signed(new byte[0]));
        Assert.Equal("ERR_FILE_EMPTY", error.Code);
        Assert.Equal(ErrorCode.FileEmpty, error.Code);
        Assert.Equal(ErrorGroup.File, error.Group);
        Assert.Contains("no bytes", error.Message);
        Assert.Null(error.Offset);
        RustPdfException Refused(string name, SigningOptions options) => Assert.Throws<RustPdfException>(
            () => Pdf.BeginSigning(File.ReadAllBytes(Repository.At($"tests/vectors/documents/{name}.pdf")), options));
        Assert.Equal(965L, Refused("broken-revision-cut-short", new SigningOptions { Strict = true }).Offset);
        Assert.Equal((7L, 0), Refused("field", new SigningOptions { FieldName = "amount" }).Object);
    }

    [Fact]
    public async Task TheSignersOwnErrorIsNotTouched()
    {
        var mine = new InvalidOperationException("the HSM is on fire");
        byte[] OnFire(ReadOnlyMemory<byte> data, SigningRequest request) => throw mine;
        var caught = Assert.Throws<InvalidOperationException>(() => Signing(OnFire));
        Assert.Same(mine, caught);
        Assert.Contains(nameof(OnFire), caught.StackTrace);
        async Task<byte[]> Later(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            throw mine;
        }
        var late = await Assert.ThrowsAsync<InvalidOperationException>(() => Pdf.SignWithAsync(Document, Pki.Certificate("rsa"), Later));
        Assert.Same(mine, late);
        Assert.Contains(nameof(Later), late.StackTrace);
    }

    [Fact]
    public async Task AWrongAnswer()
    {
        var rsa = Pki.Rsa();
        byte[] Sign(byte[] data) => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.Equal(ErrorCode.CallbackResult, CodeOf(() => Signing((_, __) => null!)));
        Assert.Equal(ErrorCode.SignatureEmpty, CodeOf(() => Signing((_, __) => new byte[0])));
        Assert.Equal(ErrorCode.SignatureText, CodeOf(
            () => Signing((data, _) => Encoding.ASCII.GetBytes(Convert.ToBase64String(Sign(data.ToArray()))))));
        Assert.Equal(ErrorCode.SignatureLength, CodeOf(() => Signing((data, _) => Sign(data.ToArray()).Skip(1).ToArray())));
        Assert.Equal(ErrorCode.SignatureMismatch, CodeOf(() => Signing((_, __) => Enumerable.Repeat((byte)1, 256).ToArray())));
        Assert.Equal(ErrorCode.SignatureDoubleDigest, CodeOf(() => Signing((_, request) => Sign(request.Digest.ToArray()))));
        Assert.Equal(ErrorCode.SignatureOtherData, CodeOf(() => Signing((_, __) => Sign(new byte[] { 1 }))));
        Assert.Equal(
            ErrorCode.SignatureScheme,
            CodeOf(() => Signing((data, _) => rsa.SignData(data.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pss))));
        SignAsyncCallback nothing = (_, _, _) => Task.FromResult<byte[]>(null!);
        var error = await Assert.ThrowsAsync<RustPdfException>(() => Pdf.SignWithAsync(Document, Pki.Certificate("rsa"), nothing));
        Assert.Equal(ErrorCode.CallbackResult, error.Code);
        SignAsyncCallback noTask = (_, _, _) => null!;
        error = await Assert.ThrowsAsync<RustPdfException>(() => Pdf.SignWithAsync(Document, Pki.Certificate("rsa"), noTask));
        Assert.Equal(ErrorCode.CallbackResult, error.Code);
        Signing((_, __) => Enumerable.Repeat((byte)1, 256).ToArray(), new SigningOptions { CheckSignature = false });
    }

    [Fact]
    public async Task WrongArguments()
    {
        var certificate = Pki.Certificate("rsa");
        Assert.Throws<ArgumentNullException>(() => Pdf.SignWith((byte[])null!, certificate, Pki.Signer()));
        Assert.Throws<ArgumentNullException>(() => Pdf.SignWith((PdfInput)null!, certificate, Pki.Signer()));
        Assert.Throws<ArgumentNullException>(() => Pdf.SignWith((Stream)null!, certificate, Pki.Signer()));
        Assert.Throws<ArgumentNullException>(() => Pdf.SignWith(Document, (byte[])null!, Pki.Signer()));
        Assert.Throws<ArgumentNullException>(() => Pdf.SignWith(Document, certificate, (SignCallback)null!));
        Assert.Throws<ArgumentNullException>(() => Pdf.SignWith(Document, certificate, (Func<byte[], byte[]>)null!));
        Assert.Throws<ArgumentNullException>(() => new Signer(certificate, (RSA)null!));
        Assert.Throws<ArgumentNullException>(() => Pdf.SignInTurn(Document, null!));
        Assert.Throws<ArgumentNullException>(() => Pdf.BeginSigning((PdfInput)null!));
        Assert.Throws<ArgumentNullException>(() => Pdf.SignFileWith(null!, null, certificate, Pki.Signer()));
        Assert.Throws<ArgumentNullException>(() => Pdf.RecoverFile(null!));
        Assert.Throws<ArgumentException>(() => Pdf.SignFileWith("", null, certificate, Pki.Signer()));
        var later = new Signer(certificate, (SignAsyncCallback)((_, _, _) => Task.FromResult(new byte[1])));
        Assert.Equal(ErrorCode.Argument, CodeOf(() => Pdf.SignInTurn(Document, new[] { new Signatory(later) })));
        Assert.Equal(ErrorCode.Argument, CodeOf(() => Pdf.Sign(Document, later)));
        Assert.Throws<ArgumentNullException>(() => Pdf.Sign(Document, null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => Pdf.SignAsync((PdfInput)null!, later));
        var closed = new MemoryStream(Document);
        closed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Pdf.SignWith(closed, certificate, Pki.Signer()));
        Assert.Equal(ErrorCode.CertificateFormat, CodeOf(() => Pdf.SignWith(Document, default(Certificate), Pki.Signer())));
        Assert.Equal(ErrorCode.CertificateFormat, CodeOf(() => Pdf.SignWith(Document, "hello", Pki.Signer())));
        Assert.Equal(ErrorCode.Entropy, CodeOf(() => Signing(Pki.Signer(), new SigningOptions { Entropy = new byte[31] })));
        Assert.Equal(ErrorCode.PageNumber, CodeOf(() => Signing(Pki.Signer(), new SigningOptions { Page = 9 })));
    }

    [Fact]
    public void AMachineThatWasFreedIsNotUsed()
    {
        var (source, call) = (new Source(Document), new Call(null, isAsync: false, CancellationToken.None));
        var machine = Core.Start(Operations.StartFrame(source, new PrepareStart().WriteTo, new Parts(), call));
        Assert.Equal("read", Core.Next(machine, Frame.Empty).Step);
        machine.Dispose();
        machine.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Core.Next(machine, Frame.Empty));
    }

    [Fact]
    public void AnUnknownStepIsAnErrorOfTheVersion()
    {
        var call = new Call(null, isAsync: false, CancellationToken.None);
        using var host = new Machine(new Source(Document), Array.Empty<Signatory>(), call);
        var answer = Frame.Decode(host.Answer(Frame.Decode(Frame.Encode(json => json.WriteString("step", "dance")))).Result());
        Assert.Equal("{\"answer\":\"failed\",\"kind\":\"other\"}", answer.Header.ToString());
        var error = HostError.UnknownStep("the step dance");
        Assert.Equal(ErrorCode.Internal, error.Code);
        Assert.Contains("the core asks for the step dance; use the package", error.Message);
        Assert.Equal(ErrorCode.Internal, CodeOf(() => DigestAlgorithmNames.Parse("sha0")));
    }

    [Fact]
    public void NonsenseInFramesIsRefused()
    {
        foreach (var bytes in new[] { new byte[0], new byte[] { 0, 0, 0, 9 }, new byte[] { 255, 255, 255, 255, 1 },
            Encoding.ASCII.GetBytes("\0\0\0\u0002[]") })
        {
            using var machine = Core.Start(bytes);
            Assert.Equal(ErrorCode.Frame, CodeIn(Core.Next(machine, Frame.Empty)));
            Assert.Equal(ErrorCode.Frame, CodeIn(Core.Call(bytes)));
        }
    }

    [Fact]
    public void TheReleasedLibraryDoesNotPanicOnRequest()
    {
        using var machine = Core.Start(PanicTests.Start());
        if (PanicTests.IsBuiltToPanic) return;
        Assert.Equal(ErrorCode.Frame, CodeIn(Core.Next(machine, Frame.Empty)));
    }
}
