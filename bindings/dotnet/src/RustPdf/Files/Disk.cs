using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading;

namespace RustPdf;

/// <summary>
/// The operations of <c>store</c>. Each does one thing with files and decides nothing: on Linux by libc
/// where the class library lacks the call, elsewhere as far as the class library goes.
/// </summary>
internal sealed class Disk : IDisposable
{
    private const int MostNames = 10_000;
    private const int Unbuffered = 1;
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;
    private readonly Dictionary<int, (FileStream Stream, long Size)> files = new Dictionary<int, (FileStream, long)>();
    private readonly List<ReadOnlyMemory<byte>> read = new List<ReadOnlyMemory<byte>>();
    private ReadOnlyMemory<byte> unwritten;

    /// <summary>An open file.</summary>
    internal FileStream File(int handle) => files[handle].Stream;

    /// <summary>An open file as a document of the size that it was opened with.</summary>
    internal FileDocument Document(int handle) => new FileDocument(files[handle].Stream, files[handle].Size);

    /// <summary>Performs the operations of a step in order, up to the first failure.</summary>
    /// <param name="step">The step.</param>
    /// <param name="keep">Keeps the exception of a failure, and returns its kind.</param>
    internal byte[] Answer(Frame step, Func<Exception, string> keep)
    {
        unwritten = step.Payload;
        read.Clear();
        return Frame.Encode(
            json =>
            {
                json.WriteString("answer", "store");
                json.WriteStartArray("results");
                var failed = false;
                foreach (var operation in step.Header.GetProperty("operations").EnumerateArray().TakeWhile(_ => !failed))
                {
                    json.WriteStartObject();
                    try
                    {
                        Perform(operation, json);
                    }
                    catch (Exception error)
                    {
                        failed = true;
                        json.WriteString("failed", keep(error));
                    }
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            },
            read);
    }

    public void Dispose()
    {
        foreach (var file in files.Values) file.Stream.Dispose();
    }

    /// <summary>Performs an operation, and then writes the fields of its result.</summary>
    private void Perform(JsonElement operation, Utf8JsonWriter json)
    {
        string? Text(string name) => operation.GetProperty(name).GetString();
        string Path(string name = "path") => Hex.Text(Text(name)!);
        long? Number(string name) =>
            operation.GetProperty(name) is var number && number.ValueKind != JsonValueKind.Null ? number.GetInt64() : (long?)null;
        int Handle() => (int)Number("handle")!;
        int Length() => (int)Number("length")!;

        switch (Text("op"))
        {
            case "resolve": json.WriteString("path", Hex.OfText(Resolve(Path()))); break;
            case "open": Opened(Handle(), Open(Path(), Text("access")!)).WriteTo(json); break;
            case "create": Opened(Handle(), Create(Path(), (int)Number("mode")!)).WriteTo(json); break;
            case "stat": (operation.TryGetProperty("path", out _) ? Status.Of(Path()) : Status.Of(File(Handle()))).WriteTo(json); break;
            case "absent": if (Libc.Exists(Path())) throw Libc.Failure(Libc.AlreadyExists, Path()); break;
            case "read": json.WriteNumber("length", Read(File(Handle()), Number("offset")!.Value, Length())); break;
            case "write": File(Handle()).Position = Number("offset")!.Value; goto case "append";
            case "append": File(Handle()).Write(Written(Length())); break;
            case "truncate": File(Handle()).SetLength(Number("length")!.Value); break;
            case "sync": File(Handle()).Flush(flushToDisk: true); break;
            case "permit": Libc.Permit(File(Handle()), Number("owner"), Number("group"), Number("mode")); break;
            case "close": File(Handle()).Dispose(); break;
            case "link": Libc.Link(Path("from"), Path("to")); break;
            case "rename": System.IO.File.Move(Path("from"), Path("to"), overwrite: true); break;
            case "remove": json.WriteBoolean("removed", Remove(Path(), Text("identity"))); break;
            case "list": List(Path(), Path("prefix"), json); break;
            case "syncFolder": Libc.SyncFolder(Path()); break;
            case "process": DescribeProcess(Number("pid"), json); break;
            case "wait": Thread.Sleep((int)Number("milliseconds")!); break;
            default: throw new NotSupportedException($"this version does not know the operation {Text("op")} of the core");
        }
    }

    private Status Opened(int handle, FileStream file)
    {
        var status = Status.Of(file);
        files.Add(handle, (file, status.Size));
        return status;
    }

    private int Read(FileStream file, long offset, int length)
    {
        var bytes = new byte[Math.Clamp(file.Length - offset, 0, length)]; // the core may ask for more than there is
        var filled = 0;
        file.Position = offset;
        for (int count; filled < bytes.Length && (count = file.Read(bytes, filled, bytes.Length - filled)) > 0;) filled += count;
        read.Add(bytes.AsMemory(0, filled));
        return filled;
    }

    private ReadOnlySpan<byte> Written(int length)
    {
        var bytes = unwritten.Slice(0, length);
        unwritten = unwritten.Slice(length);
        return bytes.Span;
    }

    /// <summary>The path without links; for a file that does not exist, its folder's and the name.</summary>
    private static string Resolve(string path)
    {
        try
        {
            return Libc.RealPath(path);
        }
        catch (FileNotFoundException) when (Path.GetDirectoryName(path) is string folder)
        {
            return Path.Combine(Libc.RealPath(folder), Path.GetFileName(path));
        }
    }

    private static FileStream Open(string path, string access)
    {
        var needed = access == "read" ? FileAccess.Read : access == "write" ? FileAccess.ReadWrite : FileAccess.Write;
        if (Libc.IsThere) return new FileStream(Libc.Open(path, access), needed, Unbuffered);
        return new FileStream(path, access == "append" ? FileMode.Append : FileMode.Open, needed, Shared, Unbuffered);
    }

    private static FileStream Create(string path, int mode) =>
        Libc.IsThere
            ? new FileStream(Libc.Create(path, mode), FileAccess.ReadWrite, Unbuffered)
            : new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, Shared, Unbuffered);

    private static bool Remove(string path, string? identity)
    {
        var found = Status.Of(path);
        if (found.Type == "missing" || (identity != null && identity != found.Identity)) return false;
        System.IO.File.Delete(path);
        return true;
    }

    private static void List(string path, string prefix, Utf8JsonWriter json)
    {
        var names = Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Take(MostNames).ToList();
        json.WriteStartArray("names");
        names.ForEach(name => json.WriteStringValue(Hex.OfText(name)));
        json.WriteEndArray();
    }

    private static void DescribeProcess(long? pid, Utf8JsonWriter json)
    {
        using var own = Process.GetCurrentProcess();
        json.WriteNumber("pid", pid ?? own.Id);
        json.WriteNumber("user", Libc.User());
        json.WriteString("host", Dns.GetHostName());
        json.WriteString("boot", Told("/proc/sys/kernel/random/boot_id").Trim());
        json.WriteString("namespace", Libc.PidNamespace());
        // The 22nd field. The second is a name in parentheses, and may contain anything.
        json.WriteString("start", Told($"/proc/{pid ?? own.Id}/stat").Split(')').Last().Split(' ').ElementAtOrDefault(20) ?? "");
        json.WriteBoolean("lives", Lives(pid ?? own.Id));
    }

    private static bool Lives(long pid)
    {
        try
        {
            using var process = Process.GetProcessById(checked((int)pid));
            return true;
        }
        catch (Exception error) when (error is ArgumentException || error is OverflowException)
        {
            return false;
        }
    }

    /// <summary>The text of a file of the system; empty where the system does not tell.</summary>
    private static string Told(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            return "";
        }
    }
}
