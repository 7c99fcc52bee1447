using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Files: signed in place, into a new one, and for their update alone.</summary>
public sealed class FileTests : IDisposable
{
    private readonly Folder folder = new Folder();
    private readonly byte[] certificate = Pki.Certificate("rsa");

    public void Dispose() => folder.Dispose();

    private SignedFile Sign(string input, string? output, SignCallback? signer = null, SigningOptions? options = null, bool replace = false,
        CancellationToken token = default) =>
        Pdf.SignFileWith(input, output, certificate, signer ?? Pki.Signer(), Pki.Chain, options ?? Documents.Fixed(), replace, token);

    /// <summary>A signer that does something before it signs.</summary>
    private static SignCallback After(Action act) => (data, request) =>
    {
        act();
        return Pki.Signer()(data, request);
    };

    private string In(byte[]? pdf = null) => folder.Write("in.pdf", pdf ?? Documents.Small);

    private void OnlyTheInput(byte[] pdf)
    {
        Assert.Equal(new[] { "in.pdf" }, folder.Names());
        Assert.Equal(pdf, folder.Read("in.pdf"));
    }

    [Fact]
    public async Task EveryOutputHasTheBytesOfSignWith()
    {
        foreach (var pdf in new[] { Documents.Small, Documents.Large })
        {
            var expected = Documents.Signed(pdf);
            var update = expected.Skip(pdf.Length).ToArray();
            var reports = new List<Report>();
            var options = Documents.Fixed();
            options.OnReport = reports.Add;
            var made = Sign(In(pdf), folder.At("out.pdf"), options: options);
            Assert.Equal(expected, folder.Read("out.pdf"));
            Assert.Equal(update, made.Update);
            Assert.Same(made.Report, Assert.Single(reports));
            Assert.Equal(update, Sign(folder.At("in.pdf"), null).Update);
            Assert.Equal(pdf, folder.Read("in.pdf"));
            Sign(folder.At("in.pdf"), folder.At("out.pdf"), replace: true);
            Assert.Equal(expected, folder.Read("out.pdf"));
            Sign(folder.At("in.pdf"), folder.At("in.pdf"));
            Assert.Equal(expected, folder.Read("in.pdf"));

            In(pdf);
            File.Delete(folder.At("out.pdf"));
            SignAsyncCallback later = async (data, request, token) =>
            {
                await Task.Delay(1, token);
                return Pki.Signer()(data, request);
            };
            await Pdf.SignFileWithAsync(folder.At("in.pdf"), folder.At("out.pdf"), certificate, later, Pki.Chain, Documents.Fixed());
            Assert.Equal(expected, folder.Read("out.pdf"));
            await Pdf.SignFileAsync(folder.At("in.pdf"), folder.At("in.pdf"), new Signer(certificate, Pki.Signer(), Pki.Chain), Documents.Fixed());
            Assert.Equal(expected, folder.Read("in.pdf"));
            Assert.Equal(new[] { "in.pdf", "out.pdf" }, folder.Names());
            File.Delete(folder.At("out.pdf"));
        }
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public async Task ByKeyHandles()
    {
        using var withKey = Pki.CertificateWithKey("p256");
        using var key = Pki.Ecdsa("p256");
        var input = In();
        var (bySelf, byHandle) = (new Signer(withKey, Pki.Chain), new Signer(Pki.Certificate("p256"), key, Pki.Chain));
        Pdf.SignFile(input, input, bySelf);
        Pdf.SignFile(input, input, byHandle);
        await Pdf.SignFileAsync(input, input, bySelf);
        await Pdf.SignFileAsync(input, input, byHandle);
        Assert.Equal(5L, Pdf.SignFile(input, null, bySelf).Report.Revision - 1);
    }

    [Fact]
    public void ByALinkAndByAnotherName()
    {
        Directory.CreateDirectory(folder.At("real"));
        folder.Write("real/in.pdf", Documents.Small);
        Shell.Must("ln", "-s", "real/in.pdf", folder.At("link.pdf"));
        Sign(folder.At("link.pdf"), folder.At("link.pdf"));
        Assert.Equal(Documents.Signed(Documents.Small), folder.Read("real/in.pdf"));
        Assert.Equal("real/in.pdf", Shell.Output("readlink", folder.At("link.pdf")).Trim());
        Shell.Must("ln", In(), folder.At("same.pdf"));
        Sign(folder.At("in.pdf"), folder.At("same.pdf"));
        Assert.Equal(Documents.Signed(Documents.Small), folder.Read("same.pdf"));
        Assert.Equal(new[] { "in.pdf", "link.pdf", "real", "same.pdf" }, folder.Names());
    }

    [Fact]
    public void DotsAfterALinkLeadToTheFolderAboveItsTarget()
    {
        Directory.CreateDirectory(folder.At("a/b"));
        folder.Write("a/in.pdf", Documents.Small);
        Shell.Must("ln", "-s", "a/b", folder.At("link"));
        var path = folder.At("link/../in.pdf");
        Sign(path, folder.At("link/../out.pdf"));
        Assert.Equal(Documents.Signed(Documents.Small), folder.Read("a/out.pdf"));
        Sign(path, path);
        Assert.Equal(Documents.Signed(Documents.Small), folder.Read("a/in.pdf"));
        Assert.Equal(RecoveryOutcome.Nothing, Pdf.RecoverFile(path).Outcome);
        Assert.Equal(new[] { "a", "link" }, folder.Names());
    }

    [Fact]
    public void Permissions()
    {
        foreach (var mode in new[] { "600", "640", "755" })
        {
            Shell.Must("chmod", mode, In());
            var meanwhile = "";
            Sign(folder.At("in.pdf"), folder.At("out.pdf"), After(() =>
                meanwhile = Facts(folder.Names().Single(name => name.StartsWith(".out.pdf.rustpdf-", StringComparison.Ordinal)), "%a")));
            Assert.Equal(mode, Facts("out.pdf", "%a"));
            Assert.Equal(0, Convert.ToInt32(meanwhile, 8) & ~Convert.ToInt32(mode, 8));
            var number = Facts("in.pdf", "%i");
            Sign(folder.At("in.pdf"), folder.At("in.pdf"));
            Assert.Equal(mode, Facts("in.pdf", "%a"));
            Assert.Equal(number, Facts("in.pdf", "%i"));
            File.Delete(folder.At("out.pdf"));
        }
    }

    [Fact]
    public void AReplacedFileKeepsItsPermissions()
    {
        Shell.Must("chmod", "644", In());
        Shell.Must("chmod", "640", folder.Write("out.pdf", new byte[] { 1 }));
        if (Shell.IsRoot) Shell.Must("chown", "54321:54322", folder.At("out.pdf"));
        var facts = Facts("out.pdf", "%a %u %g");
        Sign(folder.At("in.pdf"), folder.At("out.pdf"), replace: true);
        Assert.Equal(Documents.Signed(Documents.Small), folder.Read("out.pdf"));
        Assert.Equal(facts, Facts("out.pdf", "%a %u %g"));
    }

    [Fact]
    public void TheUmaskHoldsForANewFile()
    {
        Shell.Must("chmod", "666", In());
        var test = $"{nameof(FileTests)}.{nameof(InAChildItIsSignedIntoANewFile)}";
        Child.Must(test, folder.Root, "sh", "-c", "umask 077; exec \"$@\"", "sh");
        Assert.Equal("600", Facts("out.pdf", "%a"));
    }

    [Fact]
    public void InAChildItIsSignedIntoANewFile()
    {
        if (Child.Task is string root) Sign(Path.Combine(root, "in.pdf"), Path.Combine(root, "out.pdf"));
    }

    private string Facts(string name, string format) => Shell.Output("stat", "-c", format, folder.At(name)).Trim();

    [Fact]
    public void AnExistingFileIsNotReplacedUnlessAsked()
    {
        var asked = 0;
        In();
        folder.Write("out.pdf", new byte[] { 1 });
        Assert.Throws<IOException>(() => Sign(folder.At("in.pdf"), folder.At("out.pdf"), After(() => asked++)));
        Assert.Equal(0, asked);
        File.Delete(folder.At("out.pdf"));
        Assert.Throws<IOException>(
            () => Sign(folder.At("in.pdf"), folder.At("out.pdf"), After(() => folder.Write("out.pdf", new byte[] { 1 }))));
        Assert.Equal(new byte[] { 1 }, folder.Read("out.pdf"));
        Assert.Equal(new[] { "in.pdf", "out.pdf" }, folder.Names());
        Shell.Must("mv", folder.At("out.pdf"), folder.At("real.pdf"));
        Shell.Must("ln", "-s", "real.pdf", folder.At("out.pdf"));
        Sign(folder.At("in.pdf"), folder.At("out.pdf"), replace: true);
        Assert.Equal(Documents.Signed(Documents.Small), folder.Read("real.pdf"));
        Assert.Equal("real.pdf", Shell.Output("readlink", folder.At("out.pdf")).Trim());
    }

    [Fact]
    public void WhatIsNoFileIsNoOutputAndNoInput()
    {
        In();
        Directory.CreateDirectory(folder.At("folder"));
        Shell.Must("mkfifo", folder.At("pipe"));
        Shell.Must("ln", "-s", "nowhere", folder.At("link.pdf"));
        foreach (var name in new[] { "folder", "pipe", "link.pdf" })
        {
            Assert.Throws<IOException>(() => Sign(folder.At("in.pdf"), folder.At(name)));
            Assert.Equal(
                ErrorCode.Argument, Assert.Throws<RustPdfException>(() => Sign(folder.At("in.pdf"), folder.At(name), replace: true)).Code);
        }
        Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(() => Sign(folder.At("pipe"), null)).Code);
        Assert.Throws<FileNotFoundException>(() => Sign(folder.At("none.pdf"), null));
        Assert.Throws<FileNotFoundException>(() => Sign(folder.At("in.pdf"), folder.At("none/out.pdf")));
        Assert.Equal(new[] { "folder", "in.pdf", "link.pdf", "pipe" }, folder.Names());
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public void LongNames()
    {
        var longest = new string('名', 83) + ".pdf";
        Sign(In(), folder.At(longest));
        Assert.Equal(Documents.Signed(Documents.Small), folder.Read(longest));
        // No room for the name of a journal.
        Assert.Throws<PathTooLongException>(
            () => Sign(folder.At(longest), folder.At(longest), (_, __) => throw new InvalidOperationException("asked to sign")));
        Assert.Equal(2, folder.Names().Length);
    }

    [Fact]
    public void WhateverFailsLeavesNothingBehind()
    {
        var mine = new InvalidOperationException("the HSM is on fire");
        foreach (var pdf in new[] { Documents.Small, Documents.Large })
        {
            In(pdf);
            foreach (var output in new[] { "in.pdf", "out.pdf", null })
            {
                var path = output == null ? null : folder.At(output);
                Assert.Same(mine, Assert.Throws<InvalidOperationException>(() => Sign(folder.At("in.pdf"), path, (_, __) => throw mine)));
                OnlyTheInput(pdf);
                Assert.Equal(ErrorCode.SignatureMismatch, Assert.Throws<RustPdfException>(
                    () => Sign(folder.At("in.pdf"), path, (_, __) => Enumerable.Repeat((byte)1, 256).ToArray())).Code);
                OnlyTheInput(pdf);
                Assert.Equal(ErrorCode.PageNumber, Assert.Throws<RustPdfException>(
                    () => Sign(folder.At("in.pdf"), path, options: new SigningOptions { Page = 9 })).Code);
                OnlyTheInput(pdf);
                foreach (var phase in new[] { SigningPhase.Read, SigningPhase.Digest, SigningPhase.Sign, SigningPhase.Write })
                {
                    if (output == null && phase == SigningPhase.Write) continue; // nothing is written
                    using var stop = new CancellationTokenSource();
                    var options = Documents.Fixed();
                    options.Progress = new SignTests.Listener(
                        progress => { if (progress.Phase == phase && progress.Done == progress.Total) stop.Cancel(); });
                    if (phase == SigningPhase.Read || phase == SigningPhase.Write)
                        options.Progress = new SignTests.Listener(progress => { if (progress.Phase == phase) stop.Cancel(); });
                    Assert.Throws<OperationCanceledException>(() => Sign(folder.At("in.pdf"), path, options: options, token: stop.Token));
                    OnlyTheInput(pdf);
                }
            }
        }
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public async Task AFailureAfterASignatureIsGoneOnFromWithoutTheKey()
    {
        foreach (var replace in new[] { false, true })
        {
            // The output's name is taken while the signer signs.
            In();
            var error = Assert.Throws<IOException>(
                () => Sign(folder.At("in.pdf"), folder.At("out.pdf"), After(() => folder.Write("out.pdf", new byte[] { 1 }))));
            Assert.Contains("out.pdf", error.Message);
            Assert.Equal(new[] { "in.pdf", "out.pdf" }, folder.Names());
            var session = FileSigningSession.Of(error)!;
            Assert.Null(SigningSession.Of(error));
            Assert.Throws<IOException>(() => session.CompleteSigned(folder.At("out.pdf")));
            if (replace) await session.CompleteSignedAsync(folder.At("out.pdf"), replace: true);
            else session.CompleteSigned(folder.At("in.pdf"));
            Assert.Equal(Documents.Signed(Documents.Small), folder.Read(replace ? "out.pdf" : "in.pdf"));
            File.Delete(folder.At("out.pdf"));
        }
        var mine = new InvalidOperationException("the HSM is on fire");
        Assert.Same(mine, Assert.Throws<InvalidOperationException>(() => Sign(In(), null, (_, __) => throw mine)));
        Assert.Null(FileSigningSession.Of(mine));
    }

    [Fact]
    public async Task ACallThatIsCancelledAfterTheSignatureCanBeGoneOnWith()
    {
        foreach (var output in new[] { "in.pdf", "out.pdf" })
        {
            In();
            using var stop = new CancellationTokenSource();
            var error = await Assert.ThrowsAsync<OperationCanceledException>(() => Pdf.SignFileAsync(
                folder.At("in.pdf"), folder.At(output), new Signer(certificate, After(stop.Cancel), Pki.Chain), Documents.Fixed(),
                cancellationToken: stop.Token));
            Assert.Equal(stop.Token, error.CancellationToken);
            OnlyTheInput(Documents.Small);
            FileSigningSession.Of(error)!.CompleteSigned(folder.At(output));
            Assert.Equal(Documents.Signed(Documents.Small), folder.Read(output));
        }
    }

    [Fact]
    public void AListenerThatThrowsAfterTheSignatureLosesNothing()
    {
        foreach (var (phase, output) in new[] { (SigningPhase.Sign, "in.pdf"), (SigningPhase.Sign, "out.pdf"), (SigningPhase.Write, "in.pdf") })
        {
            var mine = new InvalidOperationException("enough");
            var options = Documents.Fixed();
            options.Progress = new SignTests.Listener(
                progress => { if (progress.Phase == phase && progress.Done == progress.Total) throw mine; });
            In();
            Assert.Same(mine, Assert.Throws<InvalidOperationException>(() => Sign(folder.At("in.pdf"), folder.At(output), options: options)));
            if (phase == SigningPhase.Sign)
            {
                OnlyTheInput(Documents.Small);
                FileSigningSession.Of(mine)!.CompleteSigned(folder.At(output));
            }
            Assert.Equal(Documents.Signed(Documents.Small), folder.Read(output));
            File.Delete(folder.At("out.pdf"));
        }
    }

    [Fact]
    public void ACancellationAfterTheFileHasItsNameComesTooLate()
    {
        foreach (var output in new[] { "in.pdf", "out.pdf" })
        {
            In();
            using var stop = new CancellationTokenSource();
            var options = Documents.Fixed();
            options.Progress = new SignTests.Listener(
                progress => { if (progress.Phase == SigningPhase.Write && progress.Done == progress.Total) stop.Cancel(); });
            Sign(folder.At("in.pdf"), folder.At(output), options: options, token: stop.Token);
            Assert.True(stop.IsCancellationRequested);
            Assert.Equal(Documents.Signed(Documents.Small), folder.Read(output));
        }
        Assert.Equal(new[] { "in.pdf", "out.pdf" }, folder.Names());
    }

    [Fact]
    public void AReadOnlyFolderIsNoticedBeforeTheSignerIsAsked()
    {
        if (!Shell.IsRoot) return; // another user is needed
        Shell.Must("chown", "65534", In());
        Child.Must(
            $"{nameof(FileTests)}.{nameof(InAChildNothingCanBeMadeInTheFolder)}", folder.Root,
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        OnlyTheInput(Documents.Small);
    }

    [Fact]
    public void InAChildNothingCanBeMadeInTheFolder()
    {
        if (!(Child.Task is string root)) return;
        SignCallback never = (_, __) => throw new InvalidOperationException("asked to sign");
        foreach (var output in new[] { "in.pdf", "out.pdf" })
            Assert.Throws<UnauthorizedAccessException>(() => Sign(Path.Combine(root, "in.pdf"), Path.Combine(root, output), never));
    }

    [Fact]
    public void AFullDiskLeavesTheDocumentAsItWas()
    {
        var pdf = Documents.Make(1, new string(' ', 100_000));
        In(pdf);
        // Room for the document and one more block, which is less than the update.
        var limit = $"trap '' XFSZ; ulimit -f {pdf.Length / 512 + 2}; exec \"$@\"";
        Child.Must($"{nameof(FileTests)}.{nameof(InAChildTheDiskIsFull)}", folder.Root, "sh", "-c", limit, "sh");
        OnlyTheInput(pdf);
    }

    [Fact]
    public void InAChildTheDiskIsFull()
    {
        if (!(Child.Task is string root)) return;
        foreach (var output in new[] { "in.pdf", "out.pdf" })
        {
            Exception? full = null;
            try
            {
                Sign(Path.Combine(root, "in.pdf"), Path.Combine(root, output));
            }
            catch (Exception error)
            {
                full = error;
            }
            Assert.Equal(Frames.FailureKind.NoSpace, Libc.Kind(full!));
            Assert.NotNull(FileSigningSession.Of(full!)!.CompleteSigned(null));
        }
    }

    [Fact]
    public async Task CancelledWhileItWaitsForTheSigner()
    {
        foreach (var output in new[] { "in.pdf", "out.pdf", null })
        {
            In();
            using var stop = new CancellationTokenSource();
            SignAsyncCallback never = (_, _, _) =>
            {
                stop.Cancel();
                return new TaskCompletionSource<byte[]>().Task;
            };
            var path = output == null ? null : folder.At(output);
            await Assert.ThrowsAsync<OperationCanceledException>(
                () => Pdf.SignFileWithAsync(folder.At("in.pdf"), path, certificate, never, cancellationToken: stop.Token));
            OnlyTheInput(Documents.Small);
        }
    }

    [Fact]
    public void ADocumentThatIsChangedMeanwhile()
    {
        foreach (var output in new[] { "in.pdf", "out.pdf", null })
        {
            foreach (var change in new Action[]
            {
                () => File.AppendAllText(folder.At("in.pdf"), "more"),
                () => File.SetLastWriteTimeUtc(folder.At("in.pdf"), DateTime.UtcNow.AddHours(1)),
                () => File.Move(folder.Write("other", Documents.Small), folder.At("in.pdf"), overwrite: true),
                () => File.Delete(folder.At("in.pdf")),
            })
            {
                In();
                var path = output == null ? null : folder.At(output);
                var error = Assert.Throws<RustPdfException>(() => Sign(folder.At("in.pdf"), path, After(change)));
                Assert.Equal(ErrorCode.FileChanged, error.Code);
                Assert.Empty(folder.Names().Where(name => name != "in.pdf"));
            }
        }
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public async Task SessionsOfFiles()
    {
        foreach (var pdf in new[] { Documents.Small, Documents.Large })
        {
            var expected = Documents.Signed(pdf);
            var input = In(pdf);
            var session = Pdf.BeginSigningFile(input, Documents.Fixed(), certificate, Pki.Chain);
            Assert.Equal(0, folder.Opened());
            var raw = SessionTests.Raw(session);
            var inMemory = Pdf.ResumeSigning(session.Serialize(SessionTests.Key), pdf, SessionTests.Key);
            Assert.Equal(expected, inMemory.CompleteWithSignature(raw));
            Assert.Equal(expected.Skip(pdf.Length).ToArray(), session.CompleteWithSignature(raw, null).Update);
            session.CompleteWithSignature(raw, folder.At("one.pdf"));
            await session.CompleteWithSignatureAsync(raw, folder.At("two.pdf"));
            Assert.Throws<IOException>(() => session.CompleteWithSignature(raw, folder.At("two.pdf")));
            await session.CompleteAsync(SessionTests.ContainerOf(expected), folder.At("two.pdf"), replace: true);
            var saved = session.Serialize(SessionTests.Key);
            var resumed = await Pdf.ResumeSigningFileAsync(saved, input, SessionTests.Key);
            resumed.Complete(SessionTests.ContainerOf(expected), folder.At("three.pdf"));
            var unsealed = session.SerializeUnsealed();
            Pdf.ResumeUnsealedFile(unsealed, input, certificate, Pki.Chain, Documents.Fixed())
                .CompleteWithSignature(raw, folder.At("four.pdf"));
            (await Pdf.ResumeUnsealedFileAsync(unsealed, input, certificate, Pki.Chain, Documents.Fixed()))
                .CompleteWithSignature(raw, folder.At("five.pdf"));
            foreach (var name in new[] { "one.pdf", "two.pdf", "three.pdf", "four.pdf", "five.pdf" })
                Assert.Equal(expected, folder.Read(name));
            var unchecked_ = Pdf.ResumeSigningFile(saved, input, SessionTests.Key, skipDocumentCheck: true);
            unchecked_.CompleteWithSignature(raw, input);
            Assert.Equal(expected, folder.Read("in.pdf"));
            // It is another document now.
            Assert.Equal(ErrorCode.FileChanged, Assert.Throws<RustPdfException>(() => session.CompleteWithSignature(raw, input)).Code);
            Assert.Equal(ErrorCode.FileChanged, Assert.Throws<RustPdfException>(() => session.CompleteWithSignature(raw, null)).Code);
            Assert.Equal(
                ErrorCode.SessionDocument,
                Assert.Throws<RustPdfException>(() => Pdf.ResumeSigningFile(saved, input, SessionTests.Key)).Code);
            foreach (var name in folder.Names()) File.Delete(folder.At(name));
        }
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public void AFileThatWasRewrittenWithItsOldTimeIsNoticed()
    {
        var input = In();
        var session = Pdf.BeginSigningFile(input, Documents.Fixed(), certificate, Pki.Chain);
        var time = File.GetLastWriteTimeUtc(input);
        In();
        File.SetLastWriteTimeUtc(input, time);
        Assert.Equal(ErrorCode.FileChanged, Assert.Throws<RustPdfException>(
            () => session.CompleteWithSignature(SessionTests.Raw(session), input)).Code);
        OnlyTheInput(Documents.Small);
    }

    [Fact]
    public void AKeyInATokenSignsAndPdfsigAccepts()
    {
        var token = Repository.At("tests/.build/token");
        Environment.SetEnvironmentVariable("SOFTHSM2_CONF", Path.Combine(token, "softhsm2.conf"));
        byte[] HsmSign(ReadOnlyMemory<byte> data, SigningRequest request)
        {
            var input = folder.Write("data", data.ToArray());
            Shell.Must(
                "pkcs11-tool", "--module", "/usr/lib/softhsm/libsofthsm2.so", "--token-label", "rustpdf", "--login", "--pin", "1234",
                "--sign",
                "--id", "01", "--mechanism", "SHA256-RSA-PKCS", "--input-file", input, "--output-file", folder.At("signature"));
            return folder.Read("signature");
        }
        var signer = File.ReadAllBytes(Path.Combine(token, "rsa.der"));
        Pdf.SignFileWith(Repository.At("tests/vectors/documents/pages.pdf"), folder.At("out.pdf"), signer, HsmSign, Pki.Chain);
        Shell.JudgeByPdfsig(folder.At("out.pdf"));
        Pdf.SignFile(
            folder.At("out.pdf"), folder.At("out.pdf"), new Signer(Pki.Certificate("p256"), Pki.Ecdsa("p256"), Pki.Chain));
        Shell.JudgeByPdfsig(folder.At("out.pdf"));
        File.AppendAllText(folder.At("out.pdf"), "more");
        Assert.Throws<InvalidOperationException>(() =>
        {
            Shell.JudgeByPdfsig(folder.At("out.pdf"));
            return null;
        });
    }

    [Fact]
    public void ACertificateWithAKeyInATokenSigns()
    {
        // A token of its own: the engine fails where it finds a key of Ed25519.
        Directory.CreateDirectory(folder.At("tokens"));
        var configuration = $"SOFTHSM2_CONF={folder.Write("conf", Encoding.UTF8.GetBytes($"directories.tokendir = {folder.At("tokens")}\n"))}";
        Shell.Must("env", configuration, "softhsm2-util", "--init-token", "--free", "--label", "engine", "--so-pin", "87654321", "--pin", "1234");
        Shell.Must(
            "env", configuration, "softhsm2-util", "--import", Pki.PathOf("rsa.key"), "--token", "engine", "--pin", "1234",
            "--label", "rsa", "--id", "01");
        var test = $"{nameof(FileTests)}.{nameof(InAChildAKeyOfAnEngineSigns)}";
        Child.Must(test, folder.At("out.pdf"), "env", configuration, "PKCS11_MODULE_PATH=/usr/lib/softhsm/libsofthsm2.so");
        Shell.JudgeByPdfsig(folder.At("out.pdf"));
    }

    /// <summary>The key of a provider, here OpenSSL's engine for PKCS #11, which never gives it away.</summary>
    [Fact]
    public void InAChildAKeyOfAnEngineSigns()
    {
        if (Child.Task is not string output) return;
        using var handle = SafeEvpPKeyHandle.OpenPrivateKeyFromEngine("pkcs11", "pkcs11:token=engine;id=%01;type=private?pin-value=1234");
        using RSA key = new RSAOpenSsl(handle);
        using var bare = new X509Certificate2(certificate);
        using var withKey = bare.CopyWithPrivateKey(key);
        Pdf.SignFile(Repository.At("tests/vectors/documents/pages.pdf"), output, new Signer(withKey, Pki.Chain));
        var isExported = true;
        try
        {
            key.ExportParameters(includePrivateParameters: true);
        }
        catch (CryptographicException)
        {
            isExported = false;
        }
        Assert.False(isExported);
    }
}
