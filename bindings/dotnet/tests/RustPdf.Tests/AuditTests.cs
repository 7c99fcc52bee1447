using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Records of the requests to a key: their chain is computed again here, and judged by the command line.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly Folder folder = new();
    private readonly byte[] pdf = Documents.Small;
    private readonly byte[] certificate = Pki.Certificate("rsa");

    public void Dispose() => folder.Dispose();

    private string Audit => folder.At("audit");

    private Signer Working => new(certificate, Pki.Signer(), Pki.Chain);

    private Signer Later(Func<Task<byte[]>> sign) => new(certificate, (_, _, _) => sign(), Pki.Chain);

    private Signer Failing(Exception error) => new(certificate, (SignCallback)((_, _) => throw error), Pki.Chain);

    [Fact]
    public void TheRecordsOfASignature()
    {
        SigningRequest? request = null;
        byte[]? signature = null;
        string? asked = null;
        var signer = new Signer(certificate, (data, given) =>
        {
            request = given;
            asked = File.ReadAllText(Assert.Single(Directory.GetFiles(Audit)));
            return signature = Pki.Signer()(data, given);
        }, Pki.Chain);
        var before = DateTime.UtcNow;
        Pdf.SignFile(folder.Write("contract é.pdf", pdf), folder.At("out.pdf"), signer.Audited(Audit, "arn:key/1"));

        var path = Assert.Single(Directory.GetFiles(Audit));
        Assert.True(Regex.IsMatch(Path.GetFileName(path), $"^[0-9]{{8}}T[0-9]{{6}}Z-{Environment.ProcessId}-[0-9a-f]{{8}}[.]jsonl$"), path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Audit));
        var records = Records(path);
        Assert.Equal("asked signed", Events(records));
        Assert.StartsWith(asked!, File.ReadAllText(path)); // it was there when the key was asked
        Assert.Equal(1, asked!.Split('\n').Length - 1);

        string? Text(int record, string field) => records[record].TryGetProperty(field, out var value) ? value.GetString() : null;
        Assert.Equal(("arn:key/1", "contract é.pdf", "Signature1"), (Text(0, "keyId"), Text(0, "documentName"), Text(0, "fieldName")));
        Assert.Equal(("rsa-pkcs1", "sha256"), (Text(0, "signatureAlgorithm"), Text(0, "digestAlgorithm")));
        Assert.Equal(HexOf(request!.Digest.Span), Text(0, "digest"));
        Assert.Equal(HexOf(request.DocumentDigest!.Value.Span), Text(0, "documentDigest"));
        Assert.Equal(HexOf(SHA256.HashData(certificate)), Text(0, "certificateDigest"));
        Assert.Equal(HexOf(SHA256.HashData(signature!)), Text(1, "signatureDigest"));
        Assert.Equal(0L, records[1].GetProperty("asked").GetInt64());
        var duration = records[1].GetProperty("duration").GetInt64();
        Assert.True(duration > 0 && duration < (DateTime.UtcNow - before).TotalMicroseconds, $"{duration} µs");
        foreach (var record in Enumerable.Range(0, 2))
        {
            Assert.True(Regex.IsMatch(Text(record, "time")!, "^[0-9-]{10}T[0-9:]{8}[.][0-9]{3}Z$"));
            Assert.True(Math.Abs((records[record].GetProperty("time").GetDateTime() - before).TotalMinutes) < 1);
        }
        Judge(files: 1, records: 2, unanswered: 0);
    }

    [Fact]
    public void MissingFoldersAreOfThisUserAlone()
    {
        var (above, made) = (folder.At("var"), folder.At("var/audit"));
        Pdf.Sign(pdf, Working.Audited(made));
        foreach (var path in new[] { above, made })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal("asked signed", Events(Records(Assert.Single(Directory.GetFiles(made)))));
    }

    /// <summary>Fields have the names of the other languages, which are generated from the core.</summary>
    [Fact]
    public void TheFieldsOfAllRecords()
    {
        Pdf.SignFile(folder.Write("in.pdf", pdf), null, Working.Audited(Audit, "key"));
        Assert.Throws<TimeoutException>(() => Pdf.Sign(pdf, Failing(new TimeoutException()).Audited(Audit)));
        var written = Records().SelectMany(record => record.EnumerateObject().Select(field => field.Name)).Distinct();
        var frames = File.ReadAllText(Repository.At("bindings/node/src/frames.ts")).Split("export interface AuditRecord {")[1].Split("\n}")[0];
        var known = Regex.Matches(frames, @"^\t(\w+)\??:", RegexOptions.Multiline).Select(field => field.Groups[1].Value);
        Assert.Equal(known.OrderBy(name => name).ToArray(), written.OrderBy(name => name).ToArray());
    }

    [Fact]
    public async Task AnyKindOfSigner()
    {
        using var key = new LockedRsa("rsa");
        var later = Later(() => Task.FromResult(new byte[256]));
        var custom = new Custom(Working);
        Pdf.Sign(pdf, new Signer(certificate, key, Pki.Chain).Audited(Audit));
        await Pdf.SignAsync(pdf, new Signer(certificate, key, Pki.Chain).Audited(Audit));
        await Pdf.SignAsync(pdf, custom.Audited(Audit));
        Pdf.Sign(pdf, custom.Audited(Audit));
        Pdf.SignInTurn(pdf, [new Signatory(Working.Audited(Audit)), new Signatory(custom.Audited(Audit))]);
        Assert.Equal(2, Pdf.SignMany([new SigningJob(pdf, null), new SigningJob(pdf, null)], Working.Audited(Audit)).Count());
        Pdf.SelfSigned("CN=Test", key, new Signer(default, key).Audited(Audit));
        Assert.Equal(18, Records().Count);
        Assert.False(Records()[16].TryGetProperty("documentDigest", out _)); // a certificate is no document
        // A call that does not accept the signer leaves no record.
        Assert.Equal(ErrorCode.Argument, Assert.Throws<RustPdfException>(() => Pdf.Sign(pdf, later.Audited(Audit))).Code);
        Assert.Equal(
            ErrorCode.Argument, Assert.Throws<RustPdfException>(() => Pdf.SignInTurn(pdf, [new Signatory(later.Audited(Audit))])).Code);
        Judge(files: 1, records: 18, unanswered: 0);
        Assert.Equal(1, folder.Opened());
        Assert.Throws<ArgumentNullException>(() => ((ISigner)null!).Audited(Audit));
        Assert.Throws<ArgumentException>(() => Working.Audited(""));
    }

    [Fact]
    public async Task AFailureHasItsKindAndNotItsMessage()
    {
        const string Secret = "pin=1234";
        var own = new TimeoutException(Secret);
        var coded = new RustPdfException(ErrorCode.AlgorithmMismatch, Secret);
        Assert.Same(own, Assert.Throws<TimeoutException>(() => Pdf.Sign(pdf, Failing(own).Audited(Audit))));
        Assert.Same(coded, Assert.Throws<RustPdfException>(() => Pdf.Sign(pdf, Failing(coded).Audited(Audit))));
        Assert.Same(own, await Assert.ThrowsAsync<TimeoutException>(
            () => Pdf.SignAsync(pdf, Later(async () => { await Task.Yield(); throw own; }).Audited(Audit))));
        Assert.Same(own, await Assert.ThrowsAsync<TimeoutException>(() => Pdf.SignAsync(pdf, Later(() => throw own).Audited(Audit))));
        var nothing = new Signer(certificate, (SignCallback)((_, _) => null!), Pki.Chain).Audited(Audit);
        Assert.Equal(ErrorCode.CallbackResult, Assert.Throws<RustPdfException>(() => Pdf.Sign(pdf, nothing)).Code);
        Assert.Equal(ErrorCode.CallbackResult, (await Assert.ThrowsAsync<RustPdfException>(
            () => Pdf.SignAsync(pdf, Later(() => Task.FromResult<byte[]>(null!)).Audited(Audit)))).Code);
        using var stop = new CancellationTokenSource(50);
        var cancelled = new Signer(certificate, async (_, _, token) => { await Task.Delay(10_000, token); return []; }, Pki.Chain);
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Pdf.SignAsync(pdf, cancelled.Audited(Audit), cancellationToken: stop.Token));
        var path = Assert.Single(Directory.GetFiles(Audit));
        for (var tries = 0; Records(path).Count < 14 && tries < 100; tries++) await Task.Delay(20); // the call did not wait for the key
        Assert.Equal(
            "TimeoutException ERR_ALGORITHM_MISMATCH TimeoutException TimeoutException ERR_CALLBACK_RESULT ERR_CALLBACK_RESULT TaskCanceledException",
            string.Join(" ", Records(path).Where(record => record.GetProperty("event").GetString() == "failed")
                .Select(record => record.GetProperty("error").GetString())));
        Assert.False(File.ReadAllText(path).Contains("1234", StringComparison.Ordinal));
        Judge(files: 1, records: 14, unanswered: 0);
    }

    [Fact]
    public async Task FromManyThreads()
    {
        var asynchronous = new Custom(Working).Audited(Audit);
        var synchronous = Working.Audited(Path.Combine(Audit, "..", "audit")); // the same folder
        var expected = Documents.Signed(pdf);
        var all = Enumerable.Range(0, 100).Select(_ => Task.Run(() => Pdf.SignAsync(pdf, asynchronous, Documents.Fixed()))).ToArray();
        Parallel.For(0, 100, _ => Assert.Equal(expected, Pdf.Sign(pdf, synchronous, Documents.Fixed()).Pdf));
        foreach (var signed in await Task.WhenAll(all)) Assert.Equal(expected, signed.Pdf);
        var records = Records();
        var results = records.Where(record => record.GetProperty("event").GetString() == "signed");
        Assert.Equal(200, results.Select(record => record.GetProperty("asked").GetInt64()).Distinct().Count());
        Judge(files: 1, records: 400, unanswered: 0);
    }

    /// <summary>The command line finds a record that was changed: that it finds none elsewhere says something.</summary>
    [Fact]
    public void AChangeIsFound()
    {
        Pdf.Sign(pdf, Working.Audited(Audit, "key"));
        var path = Assert.Single(Directory.GetFiles(Audit));
        var changed = File.ReadAllText(path).Replace("\"keyId\":\"key\"", "\"keyId\":\"kez\"");
        File.Delete(path);
        File.WriteAllText(path, changed);
        Assert.Throws<InvalidOperationException>(() => Shell.Must("node", Repository.At("bindings/node/dist/cli.js"), "audit", "verify", Audit));
    }

    [Fact]
    public void WithoutARecordTheKeyIsNotAsked()
    {
        var asked = 0;
        var signer = new Signer(certificate, (data, request) =>
        {
            asked++;
            return Pki.Signer()(data, request);
        }, Pki.Chain);
        folder.Write("file", [1]);
        Assert.Throws<IOException>(() => Pdf.Sign(pdf, signer.Audited(folder.At("file"))));
        var output = folder.At("out.pdf");
        Assert.Throws<IOException>(() => Pdf.SignFile(pdf, output, signer.Audited(folder.At("file"))));
        Assert.False(File.Exists(output));
        Assert.Equal(0, asked);
        var refused = $"{nameof(AuditTests)}.{nameof(InAChildTheFolderRefuses)}";
        if (!Shell.IsRoot) return; // another user is needed
        Directory.CreateDirectory(Audit);
        Child.Must(refused, Audit, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        Assert.Empty(Directory.GetFiles(Audit));
    }

    [Fact]
    public void InAChildTheFolderRefuses()
    {
        if (Child.Task is not string audit) return;
        SignCallback never = (_, _) => throw new NotSupportedException("the key was asked");
        Assert.Throws<UnauthorizedAccessException>(() => Pdf.Sign(pdf, new Signer(certificate, never, Pki.Chain).Audited(audit)));
    }

    /// <summary>A disk with room for the first record only: the signature is withheld, and later the key is not asked.</summary>
    [Fact]
    public void AFullDisk()
    {
        Child.Must(
            $"{nameof(AuditTests)}.{nameof(InAChildTheDiskIsFull)}", Audit, "sh", "-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\"", "sh");
        Assert.Equal("asked", Events(Records()));
        Judge(files: 1, records: 1, unanswered: 1);
    }

    [Fact]
    public void InAChildTheDiskIsFull()
    {
        if (Child.Task is not string audit) return;
        var asked = 0;
        var signer = new Signer(certificate, (data, request) =>
        {
            asked++;
            return Pki.Signer()(data, request);
        }, Pki.Chain).Audited(audit, new string('k', 300)); // 1,024 bytes take the record `asked`, and no other
        Assert.Throws<IOException>(() => Pdf.Sign(pdf, signer));
        Assert.Equal(1, asked);
        Assert.Throws<IOException>(() => Pdf.Sign(pdf, signer));
        Assert.Equal(1, asked);
        // The exception of a key is worth more than that of its record. This folder has room for `asked`, and none for `failed`.
        var failing = new Signer(certificate, (SignCallback)((_, _) => throw new TimeoutException()), Pki.Chain);
        Assert.Throws<TimeoutException>(() => Pdf.Sign(pdf, failing.Audited($"{audit}-2", new string('k', 400))));
        Assert.Equal("asked", Events(Records(Assert.Single(Directory.GetFiles($"{audit}-2")))));
    }

    /// <summary>The process is killed while the key works: the request is on record.</summary>
    [Fact]
    public void AProcessThatEnds()
    {
        var (status, _) = Child.Run($"{nameof(AuditTests)}.{nameof(InAChildTheKeyKills)}", Audit);
        Assert.Equal(128 + 9, status);
        Assert.Equal("asked", Events(Records()));
        Judge(files: 1, records: 1, unanswered: 1);
    }

    [Fact]
    public void InAChildTheKeyKills()
    {
        if (Child.Task is not string audit) return;
        Pdf.Sign(pdf, new Signer(certificate, (SignCallback)((_, _) =>
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
            Thread.Sleep(10_000);
            return [];
        }), Pki.Chain).Audited(audit));
    }

    /// <summary>The system is asked to bring each record to the disk before what it precedes.</summary>
    [Fact]
    public void TheOrderOnTheDisk()
    {
        var trace = folder.At("trace");
        Child.Must(
            $"{nameof(AuditTests)}.{nameof(InAChildTheOrderIsTraced)}", Audit,
            "strace", "-f", "-y", "-s", "200", "-e", "trace=pwrite64,write,fsync,fdatasync,openat", "-o", trace);
        var steps = new List<string>();
        foreach (var line in File.ReadLines(trace))
        {
            var isRecord = line.Contains(".jsonl", StringComparison.Ordinal);
            if (Regex.IsMatch(line, @"\sopenat\(") && isRecord) steps.Add("create");
            else if (Regex.IsMatch(line, @"\sf(data)?sync\(") && isRecord) steps.Add("sync");
            else if (Regex.IsMatch(line, @"\sf(data)?sync\(") && line.Contains(Audit, StringComparison.Ordinal)) steps.Add("sync folder");
            else if (Regex.IsMatch(line, @"\sp?write(64)?\(") && isRecord) steps.Add(Regex.Match(line, @"\\""event\\"":\\""(\w+)").Groups[1].Value);
            else if (line.Contains("the key is asked", StringComparison.Ordinal)) steps.Add("key");
            else if (line.Contains("the signature is returned", StringComparison.Ordinal)) steps.Add("returned");
        }
        Assert.Equal("create, sync folder, asked, sync, key, signed, sync, returned", string.Join(", ", steps));
    }

    [Fact]
    public void InAChildTheOrderIsTraced()
    {
        if (Child.Task is not string audit) return;
        var signer = new Signer(certificate, (data, request) =>
        {
            Console.Error.WriteLine("the key is asked");
            return Pki.Signer()(data, request);
        }, Pki.Chain);
        Pdf.Sign(pdf, signer.Audited(audit));
        Console.Error.WriteLine("the signature is returned");
    }

    [Fact]
    public void AFileThatIsRemoved()
    {
        Pdf.Sign(pdf, Working.Audited(Audit));
        File.Delete(Assert.Single(Directory.GetFiles(Audit)));
        Pdf.Sign(pdf, Working.Audited(Audit)); // into another file
        Judge(files: 1, records: 2, unanswered: 0);
        var removing = new Signer(certificate, (data, request) =>
        {
            Directory.Delete(Audit, recursive: true);
            return Pki.Signer()(data, request);
        }, Pki.Chain);
        Assert.Throws<IOException>(() => Pdf.Sign(pdf, removing.Audited(Audit))); // its result would be lost
        Pdf.Sign(pdf, Working.Audited(Audit));
        Judge(files: 1, records: 2, unanswered: 0);
    }

    private static string HexOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    private static string Events(IEnumerable<JsonElement> records) =>
        string.Join(" ", records.Select(record => record.GetProperty("event").GetString()));

    private List<JsonElement> Records() => Records(Assert.Single(Directory.GetFiles(Audit)));

    /// <summary>The records of a file. Their chain is computed again.</summary>
    private static List<JsonElement> Records(string path)
    {
        var lines = File.ReadAllText(path).Split('\n');
        Assert.Equal("", lines[^1]);
        var (records, previous) = (new List<JsonElement>(), new string('0', 64));
        foreach (var line in lines[..^1])
        {
            var record = JsonDocument.Parse(line).RootElement;
            Assert.Equal(previous, record.GetProperty("previous").GetString());
            Assert.Equal((long)records.Count, record.GetProperty("sequence").GetInt64());
            previous = HexOf(SHA256.HashData(Encoding.UTF8.GetBytes(line + "\n")));
            records.Add(record);
        }
        return records;
    }

    /// <summary>Has the command line judge the records: no fault.</summary>
    private void Judge(int files, int records, int unanswered)
    {
        var found = JsonDocument.Parse(Shell.Must("node", Repository.At("bindings/node/dist/cli.js"), "audit", "verify", Audit, "--json")).RootElement;
        Assert.Equal(0, found.GetProperty("faults").GetArrayLength());
        Assert.Equal(
            (files, records, unanswered),
            (found.GetProperty("files").GetInt32(), found.GetProperty("records").GetInt32(), found.GetProperty("unanswered").GetInt32()));
    }

    /// <summary>A signer of another class.</summary>
    private sealed class Custom(ISigner signer) : ISigner
    {
        public Certificate Certificate => signer.Certificate;

        public CertificateChain? Chain => signer.Chain;

        public byte[] Sign(ReadOnlyMemory<byte> data, SigningRequest request) => signer.Sign(data, request);

        public async Task<byte[]> SignAsync(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken);
            return signer.Sign(data, request);
        }
    }
}
