using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Each operation of <c>store</c>, against the system's own commands.</summary>
public sealed class StoreTests : IDisposable
{
    private readonly Folder folder = new Folder();

    public void Dispose() => folder.Dispose();

    private string File(string name = "file") => folder.Write(name, Encoding.ASCII.GetBytes("0123456789"));

    private static JsonElement Last(string operations, params byte[][] payload) => Probe.Store(operations, payload).Results.Last();

    private static string Failed(string operations, params byte[][] payload) =>
        Last(operations, payload).GetProperty("failed").GetString()!;

    private string Facts(string name, string format) => Shell.Output("stat", "-c", format, folder.At(name)).Trim();

    private string Open(string name, string access, int handle = 20) =>
        $"{{'op':'open','handle':{handle},'path':'<{folder.At(name)}>','access':'{access}'}}";

    private string Stat(string name) => $"{{'op':'stat','path':'<{folder.At(name)}>'}}";

    [Fact]
    public void Resolve()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        string Resolved(string path) => Hex.Text(Last($"{{'op':'resolve','path':'<{path}>'}}").GetProperty("path").GetString()!);
        Directory.CreateDirectory(folder.At("a/b"));
        File("a/file");
        Shell.Must("ln", "-s", "a/b", folder.At("link"));
        Shell.Must("ln", "-s", "a/file", folder.At("to-file"));
        Shell.Must("ln", "-s", "nowhere", folder.At("dangling"));
        Assert.Equal(folder.At("a/file"), Resolved(folder.At("link/../file")));
        Assert.Equal(folder.At("a/file"), Resolved(folder.At("to-file")));
        Assert.Equal(folder.At("a/new"), Resolved(folder.At("link/../new")));
        Assert.Equal(folder.At("dangling"), Resolved(folder.At("dangling")));
        Assert.Equal("missing", Failed($"{{'op':'resolve','path':'<{folder.At("none/new")}>'}}"));
    }

    [Fact]
    public void OpenReadWriteTruncateSyncClose()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        File();
        var probe = Probe.Store($"{Open("file", "read")},{{'op':'read','handle':20,'offset':8,'length':100000000}},"
            + "{'op':'read','handle':20,'offset':2,'length':3},{'op':'read','handle':20,'offset':50,'length':3}");
        Assert.Equal(new[] { 2, 3, 0 }, probe.Results.Skip(1).Select(result => result.GetProperty("length").GetInt32()).ToArray());
        Assert.Equal("89234", Encoding.ASCII.GetString(probe.Payload));
        Probe.Store(
            $"{Open("file", "write")},{{'op':'write','handle':20,'offset':12,'length':2}},"
            + "{'op':'write','handle':20,'offset':0,'length':1},{'op':'sync','handle':20},{'op':'close','handle':20}",
            new byte[] { 65, 66 }, new byte[] { 67 });
        Assert.Equal("C123456789\0\0AB", Encoding.ASCII.GetString(folder.Read("file")));
        Probe.Store($"{Open("file", "write")},{{'op':'truncate','handle':20,'length':4}}");
        Assert.Equal("C123", Encoding.ASCII.GetString(folder.Read("file")));
        Probe.Store($"{Open("file", "append")},{{'op':'append','handle':20,'length':2}}", new byte[] { 65, 66 });
        Assert.Equal("C123AB", Encoding.ASCII.GetString(folder.Read("file")));
        Assert.Equal(0, folder.Opened());
        Shell.Must("ln", "-s", "file", folder.At("link"));
        Shell.Must("mkfifo", folder.At("pipe"));
        Assert.Equal("missing", Failed(Open("none", "read")));
        Assert.Equal("other", Failed(Open("link", "read"))); // ELOOP
        Assert.Equal("other", Last(Open("pipe", "read")).GetProperty("stat").GetProperty("type").GetString()); // and nobody writes into it
    }

    [Fact]
    public void AFailureIsTheLastResult()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        File();
        var results = Probe.Store($"{Stat("file")},{Open("none", "read")},{Stat("file")}").Results;
        Assert.Equal(2, results.Length);
        Assert.Equal("missing", results[1].GetProperty("failed").GetString());
    }

    [Fact]
    public void Create()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        var umask = Convert.ToInt32(Shell.Output("sh", "-c", "umask").Trim(), 8);
        string New(string name, int mode) => $"{{'op':'create','handle':20,'path':'<{folder.At(name)}>','mode':{mode}}}";
        var probe = Probe.Store(
            $"{New("new", 0x1FF)},{{'op':'write','handle':20,'offset':0,'length':1}},{{'op':'read','handle':20,'offset':0,'length':9}}",
            new byte[] { 7 });
        Assert.Equal(new byte[] { 7 }, probe.Payload);
        Assert.Equal(0x1FF & ~umask, Convert.ToInt32(Facts("new", "%a"), 8));
        Assert.Equal(0x1FF & ~umask, probe.Results[0].GetProperty("stat").GetProperty("mode").GetInt32());
        Shell.Must("ln", "-s", "nowhere", folder.At("link"));
        Assert.Equal("exists", Failed(New("new", 0x180)));
        Assert.Equal("exists", Failed(New("link", 0x180)));
        Assert.Equal("missing", Failed(New("none/new", 0x180)));
    }

    [Fact]
    public void StatAndAbsent()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        File();
        Shell.Must("chmod", "4751", folder.At("file"));
        Shell.Must("ln", folder.At("file"), folder.At("second"));
        Shell.Must("ln", "-s", "file", folder.At("link"));
        Shell.Must("mkfifo", folder.At("pipe"));
        foreach (var operations in new[] { Stat("file"), $"{Open("file", "read")},{{'op':'stat','handle':20}}" })
        {
            var stat = Last(operations).GetProperty("stat");
            var told = string.Join(" ", "type size mode owner group links".Split(' ').Select(name => stat.GetProperty(name).ToString()));
            Assert.Equal($"file 10 {0x1E9} {Facts("file", "%u %g")} 2", told);
            foreach (var (name, format) in new[] { ("modified", "%Y"), ("changed", "%Z") })
                Assert.Equal(Facts("file", format), stat.GetProperty(name).GetString()![..^9]);
        }
        string Identity(string name) => Last(Stat(name)).GetProperty("stat").GetProperty("identity").GetString()!;
        Assert.Equal(Identity("file"), Identity("second"));
        Assert.NotEqual(Identity("file"), Identity("link"));
        var types = new[] { "link", "pipe", ".", "none", "file/below", new string('n', 300) }
            .Select(name => Last(Stat(name)).GetProperty("stat").GetProperty("type").GetString()).ToArray();
        Assert.Equal("link other folder missing missing missing".Split(' '), types);

        string Absent(string name) => $"{{'op':'absent','path':'<{folder.At(name)}>'}}";
        Assert.Empty(Last(Absent("none")).EnumerateObject());
        Assert.Equal("exists", Failed(Absent("link")));
        Assert.Equal("other", Failed(Absent(new string('n', 300))));
    }

    [Fact]
    public void Permit()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        File();
        string Permitted(string owner, string group, string mode) =>
            $"{Open("file", "write")},{{'op':'permit','handle':20,'owner':{owner},'group':{group},'mode':{mode}}}";
        Probe.Store(Permitted("null", "null", "384"));
        Assert.Equal("600", Facts("file", "%a"));
        if (!Shell.IsRoot) return;
        Probe.Store(Permitted("54321", "null", "null"));
        Assert.Equal("600 54321 0", Facts("file", "%a %u %g"));
        Probe.Store(Permitted("54323", "54322", "416"));
        Assert.Equal("640 54323 54322", Facts("file", "%a %u %g"));
    }

    [Fact]
    public void LinkRenameRemove()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        string Two(string operation, string from, string to) =>
            $"{{'op':'{operation}','from':'<{folder.At(from)}>','to':'<{folder.At(to)}>'}}";
        bool Removed(string name, string identity) =>
            Last($"{{'op':'remove','path':'<{folder.At(name)}>','identity':{identity}}}").GetProperty("removed").GetBoolean();
        File("one");
        Probe.Store(Two("link", "one", "two"));
        Assert.Equal(Facts("one", "%i"), Facts("two", "%i"));
        Assert.Equal("exists", Failed(Two("link", "one", "two")));
        Assert.Equal("missing", Failed(Two("link", "none", "three")));
        folder.Write("three", new byte[1]);
        Probe.Store(Two("rename", "one", "three"));
        Assert.Equal(Facts("two", "%i"), Facts("three", "%i"));
        Assert.Equal("missing", Failed(Two("rename", "one", "three")));
        folder.Write("other", new byte[1]);
        var identity = Last(Stat("two")).GetProperty("stat").GetProperty("identity").ToString();
        Assert.False(Removed("other", $"'{identity}'"));
        Assert.True(Removed("two", $"'{identity}'"));
        Assert.False(Removed("two", $"'{identity}'"));
        Shell.Must("ln", "-s", "three", folder.At("link"));
        Assert.True(Removed("link", "null"));
        Assert.False(Removed("link", "null"));
        Assert.Equal(new[] { "other", "three" }, folder.Names());
    }

    [Fact]
    public void ListAndSyncFolder()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        foreach (var name in new[] { ".in.pdf.rustpdf-1", ".in.pdf.rustpdf-ü", ".in.pdf.rustpd", "in.pdf" }) File(name);
        string List(string name) => $"{{'op':'list','path':'<{folder.At(name)}>','prefix':'<.in.pdf.rustpdf->'}}";
        var names = Last(List(".")).GetProperty("names").EnumerateArray().Select(name => Hex.Text(name.GetString()!));
        Assert.Equal(new[] { ".in.pdf.rustpdf-1", ".in.pdf.rustpdf-ü" }, names.OrderBy(name => name, StringComparer.Ordinal).ToArray());
        Assert.Equal("missing", Failed(List("none")));
        Assert.Empty(Last($"{{'op':'syncFolder','path':'<{folder.Root}>'}}").EnumerateObject());
        Assert.Equal("missing", Failed($"{{'op':'syncFolder','path':'<{folder.At("none")}>'}}"));
    }

    [Fact]
    public void ProcessAndWait()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        JsonElement Of(string pid) => Last($"{{'op':'process','pid':{pid}}}").GetProperty("process");
        using var process = Process.GetCurrentProcess();
        var own = Of("null");
        string Told(string name) => own.GetProperty(name).ToString()!;
        Assert.Equal(process.Id.ToString(), Told("pid"));
        Assert.Equal(Shell.Output("id", "-u").Trim(), Told("user"));
        Assert.Equal(Shell.Output("uname", "-n").Trim(), Told("host"));
        Assert.Equal(Shell.Output("cat", "/proc/sys/kernel/random/boot_id").Trim(), Told("boot"));
        Assert.Equal(Shell.Output("readlink", "/proc/self/ns/pid").Trim(), Told("namespace"));
        Assert.Equal(Shell.Output("awk", "{ sub(/.*\\) /, \"\"); print $20 }", $"/proc/{process.Id}/stat").Trim(), Told("start"));
        Assert.Equal("True", Told("lives"));
        Assert.Equal(Told("start"), Of(process.Id.ToString()).GetProperty("start").GetString());
        Assert.True(Of("1").GetProperty("lives").GetBoolean());
        var ended = Shell.Must("sh", "-c", "echo $$").Trim();
        Assert.False(Of(ended).GetProperty("lives").GetBoolean());
        Assert.False(Of("9999999999").GetProperty("lives").GetBoolean());

        var watch = Stopwatch.StartNew();
        Assert.Empty(Last("{'op':'wait','milliseconds':30}").EnumerateObject());
        Assert.True(watch.ElapsedMilliseconds >= 29);
    }
}
