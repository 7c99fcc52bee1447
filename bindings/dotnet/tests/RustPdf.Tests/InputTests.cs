using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Documents and outputs in every form, and signers of the caller's own.</summary>
public sealed class InputTests : IDisposable
{
    private readonly Folder folder = new Folder();
    private readonly Signer signer = new Signer(Pki.Certificate("rsa"), Pki.Signer(), Pki.Chain);

    public void Dispose() => folder.Dispose();

    /// <summary>A stream that counts its reads, and may be unable to seek.</summary>
    private sealed class Watched(byte[] bytes, bool seeks) : MemoryStream(bytes)
    {
        internal long Largest { get; private set; }

        public override bool CanSeek => seeks;

        public override int Read(Span<byte> buffer)
        {
            Largest = Math.Max(Largest, buffer.Length);
            return base.Read(buffer);
        }
    }

    /// <summary>A stream as of a web server: it takes no synchronous writes, and cannot seek.</summary>
    private sealed class AsyncOnly : Stream
    {
        internal MemoryStream Written { get; } = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronously");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Written.WriteAsync(buffer, cancellationToken);
    }

    [Fact]
    public async Task EveryInputAndOutput()
    {
        foreach (var pdf in new[] { Documents.Small, Documents.Large })
        {
            var expected = Documents.Signed(pdf);
            var path = folder.Write("in.pdf", pdf);
            using var handle = File.OpenHandle(path);
            using var file = File.OpenRead(path);
            using var ahead = new MemoryStream(Documents.Concat(new byte[7], pdf)) { Position = 7 };
            var watched = new Watched(pdf, seeks: true);
            foreach (var input in new PdfInput[] { path, handle, file, ahead, watched, pdf, pdf.AsMemory() })
            {
                Assert.Equal(expected.Skip(pdf.Length).ToArray(), Pdf.SignFile(input, null, signer, Documents.Fixed()).Update);
                Pdf.SignFile(input, folder.At("out.pdf"), signer, Documents.Fixed(), replace: true);
                Assert.Equal(expected, folder.Read("out.pdf"));
                var stream = new MemoryStream();
                stream.WriteByte(9);
                Pdf.SignFile(input, stream, signer, Documents.Fixed());
                Assert.Equal(expected, stream.ToArray()[1..]);
                var response = new AsyncOnly();
                await Pdf.SignFileAsync(input, response, signer, Documents.Fixed());
                Assert.Equal(expected, response.Written.ToArray());
                var session = Pdf.BeginSigningFile(input, Documents.Fixed(), Pki.Certificate("rsa"), Pki.Chain);
                var completed = new MemoryStream();
                session.CompleteWithSignature(SessionTests.Raw(session), completed);
                Assert.Equal(expected, completed.ToArray());
                Assert.Equal(1L, Pdf.Inspect(input).Revisions);
                Assert.Equal(expected, Pdf.SignWith(input, Pki.Certificate("rsa"), Pki.Signer(), Pki.Chain, Documents.Fixed()));
            }
            var once = new MemoryStream();
            Pdf.SignFile(new Watched(pdf, seeks: false), once, signer, Documents.Fixed());
            Assert.Equal(expected, once.ToArray());
            if (pdf == Documents.Large) Assert.True(watched.Largest < pdf.Length, "it was read as a whole");
        }
        Assert.Equal(new[] { "in.pdf", "out.pdf" }, folder.Names());
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public void AStreamOrOpenFileThatChangesIsRefused()
    {
        var stream = new MemoryStream();
        stream.Write(Documents.Small);
        stream.Position = 0;
        var growing = new Signer(Pki.Certificate("rsa"), (data, request) =>
        {
            stream.SetLength(stream.Length + 1);
            return Pki.Signer()(data, request);
        });
        Assert.Equal(ErrorCode.FileChanged, Assert.Throws<RustPdfException>(() => Pdf.SignFile(stream, null, growing)).Code);
        var path = folder.Write("in.pdf", Documents.Small);
        using var handle = File.OpenHandle(path);
        var changing = new Signer(Pki.Certificate("rsa"), (data, request) =>
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(1));
            return Pki.Signer()(data, request);
        });
        Assert.Equal(ErrorCode.FileChanged, Assert.Throws<RustPdfException>(() => Pdf.SignFile(handle, null, changing)).Code);
        var output = new MemoryStream();
        Assert.Equal(ErrorCode.FileChanged, Assert.Throws<RustPdfException>(() => Pdf.SignFile(path, output, changing)).Code);
        Assert.Equal(0L, output.Length);
    }

    [Fact]
    public void StreamsThatAreNoOutput()
    {
        var stream = new MemoryStream(Documents.Small);
        Assert.Throws<ArgumentException>(() => Pdf.SignFile(stream, stream, signer));
        Assert.Throws<ArgumentException>(() => new PdfOutput(new MemoryStream(new byte[1], writable: false)));
        Assert.Throws<FileNotFoundException>(() => Pdf.SignFile(folder.At("none.pdf"), new MemoryStream(), signer));
    }

    [Fact]
    public void AFailureAfterTheSignatureIsGoneOnFromWithoutTheKey()
    {
        using var stream = new MemoryStream(Documents.Small);
        var error = Assert.Throws<IOException>(() => Pdf.SignFile(
            stream, folder.At("out.pdf"), new Signer(Pki.Certificate("rsa"), (data, request) =>
            {
                folder.Write("out.pdf", new byte[] { 1 });
                return Pki.Signer()(data, request);
            }, Pki.Chain), Documents.Fixed()));
        var output = new MemoryStream();
        FileSigningSession.Of(error)!.CompleteSigned(output);
        Assert.Equal(Documents.Signed(Documents.Small), output.ToArray());
    }

    /// <summary>A signer of the caller's own, as for a key service.</summary>
    private sealed class Service : ISigner
    {
        internal CancellationToken Token { get; private set; }

        public Certificate Certificate => Pki.Certificate("rsa");

        public async Task<byte[]> SignAsync(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken)
        {
            Token = cancellationToken;
            await Task.Delay(1, cancellationToken);
            return Pki.Rsa().SignHash(request.Digest.Span.ToArray(), request.HashAlgorithmName, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        }
    }

    [Fact]
    public async Task ASignerOfOnesOwn()
    {
        using var stop = new CancellationTokenSource();
        var service = new Service();
        var signed = await Pdf.SignAsync(Documents.Small, service, cancellationToken: stop.Token);
        Assert.Equal(stop.Token, service.Token);
        Assert.Equal(WarningCode.ChainIncomplete, Assert.Single(signed.Report.Warnings).Code);
        Assert.Same(signed.Report, Assert.Single(signed.Reports));
        Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(() => Pdf.Sign(Documents.Small, service)).Code);
        await Pdf.SignInTurnAsync(Documents.Small, new[] { new Signatory(service), new Signatory(signer) });
    }

    [Fact]
    public async Task WhatADocumentSays()
    {
        var options = new SigningOptions
        {
            FieldName = "approval", Reason = "Approved", Certify = Certification.FormFilling, SigningTime = Documents.Time,
            Lock = new FieldLock { Action = LockAction.Include, Fields = ["amount"] },
        };
        var signed = Pdf.Sign(Documents.Small, signer, options).Pdf;
        var info = Pdf.Inspect(signed);
        Assert.Equal("1.7", info.Version);
        Assert.Equal((long)signed.Length, info.Length);
        Assert.Equal(3L, info.Pages!.Value);
        Assert.Equal(2L, info.Revisions);
        Assert.Equal(XrefKind.Table, info.Xref);
        Assert.Equal(Certification.FormFilling, info.Certified!.Value);
        Assert.Equal(("approval", FieldType.Signature), (Assert.Single(info.Fields).Name, info.Fields[0].Type));
        var signature = Assert.Single(info.Signatures);
        Assert.Equal("ETSI.CAdES.detached", signature.SubFilter);
        Assert.Equal("Approved", signature.Reason);
        Assert.True(signature.CoversWholeFile);
        Assert.Equal(LockAction.Include, signature.Lock!.Action);
        Assert.Equal("amount", Assert.Single(signature.Lock.Fields));
        Assert.Equal(3, signature.Certificates.Count);
        Assert.True(signature.Signer!.NotBefore < DateTimeOffset.UtcNow && DateTimeOffset.UtcNow < signature.Signer.NotAfter);
        Assert.Empty(info.Warnings);
        Assert.Equal(info.Version, (await Pdf.InspectAsync(folder.Write("in.pdf", signed))).Version);
        Assert.Equal(ErrorCode.NotAPdf, Assert.Throws<RustPdfException>(() => Pdf.Inspect(new byte[] { 1 })).Code);
    }

    /// <summary>Trimming and native code ahead of time keep only what is seen to be used.</summary>
    [Fact]
    public void TheAssemblyUsesNoReflection()
    {
        var names = new[] { "System.Activator", "System.Linq.Expressions", "System.Reflection.Emit", "System.Text.Json.JsonSerializer" };
        using var file = File.OpenRead(typeof(Pdf).Assembly.Location);
        using var image = new System.Reflection.PortableExecutable.PEReader(file);
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(image);
        var used = metadata.TypeReferences.Select(handle => metadata.GetTypeReference(handle))
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").ToArray();
        Assert.Contains("System.Text.Json.Utf8JsonWriter", used);
        Assert.Empty(used.Where(type => names.Any(name => type.StartsWith(name, StringComparison.Ordinal))));
        Assert.Empty(used.Where(type => type is "System.Reflection.MethodInfo" or "System.Reflection.PropertyInfo" or "System.Reflection.FieldInfo"));
    }
}
