using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>
/// The operations of <c>store</c>. Each does one thing with files and decides nothing: on Linux by libc
/// if the class library lacks the call, elsewhere as far as the class library goes.
/// </summary>
internal sealed class Disk : IDisposable
{
    private const int MostNames = 10_000;
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;
    private readonly Dictionary<int, FileDocument> files = [];
    private readonly ArrayBufferWriter<byte> read = new();
    private ReadOnlyMemory<byte> unwritten;

    /// <summary>An open file.</summary>
    internal SafeFileHandle FileOf(long handle) => files[(int)handle].File;

    /// <summary>An open file as a document of the size that it was opened with.</summary>
    internal FileDocument DocumentOf(long handle) => files[(int)handle];

    /// <summary>Performs the operations of a step in order, up to the first failure.</summary>
    /// <param name="operations">The operations.</param>
    /// <param name="payload">The bytes to write.</param>
    /// <param name="keep">Keeps the exception of a failure, and returns its kind.</param>
    internal byte[] Answer(IEnumerable<Operation> operations, byte[] payload, Func<Exception, FailureKind> keep)
    {
        unwritten = payload;
        read.Clear();
        var results = new List<ResultFrame>();
        foreach (var operation in operations)
        {
            try
            {
                results.Add(Perform(operation));
            }
            catch (Exception error)
            {
                results.Add(new ResultFrame { Failed = keep(error) });
                break;
            }
        }
        return Frame.Encode(new AnswerFrame { Answer = "store", Results = results.ToArray() }.WriteTo, read.WrittenMemory);
    }

    public void Dispose()
    {
        foreach (var file in files.Values) file.File.Dispose();
    }

    private ResultFrame Perform(Operation operation)
    {
        var result = new ResultFrame();
        var path = operation.Path!;
        SafeFileHandle Opened() => FileOf(operation.Handle!.Value);
        switch (operation.Op)
        {
            case "resolve": result.Path = Resolve(path); break;
            case "open": result.Stat = Keep(operation.Handle!.Value, Open(path, operation.Access), path); break;
            case "create": result.Stat = Keep(operation.Handle!.Value, Create(path, (int)operation.Mode!), path); break;
            case "stat": result.Stat = path == null ? Libc.StatOf(Opened(), "an open file") : Libc.StatOf(path); break;
            case "absent": if (Libc.Exists(path)) throw Libc.Failure(Libc.AlreadyExists, path); break;
            case "read": result.Length = Read(Opened(), operation.Offset, (int)operation.Length); break;
            case "write": RandomAccess.Write(Opened(), Written((int)operation.Length), operation.Offset); break;
            case "append": Append(Opened(), Written((int)operation.Length)); break;
            case "truncate": RandomAccess.SetLength(Opened(), operation.Length); break;
            case "sync": RandomAccess.FlushToDisk(Opened()); break;
            case "permit": Libc.Permit(Opened(), operation.Owner, operation.Group, operation.Mode); break;
            case "close": Opened().Dispose(); break;
            case "link": Libc.Link(operation.From, operation.To); break;
            case "rename": File.Move(operation.From, operation.To, overwrite: true); break;
            case "remove": result.Removed = Remove(path, operation.Identity); break;
            case "list": result.Names = List(path, Encoding.UTF8.GetString(operation.Prefix.Span)); break;
            case "syncFolder": Libc.SyncFolder(path); break;
            case "process": result.Process = FactsOf(operation.Pid); break;
            case "wait": Thread.Sleep((int)operation.Milliseconds); break;
            default: throw HostError.UnknownStep($"the operation {operation.Op}");
        }
        return result;
    }

    private Stat Keep(long handle, SafeFileHandle file, string path)
    {
        var facts = Libc.StatOf(file, path);
        files.Add((int)handle, new FileDocument(file, facts.Size!.Value));
        return facts;
    }

    private int Read(SafeFileHandle file, long offset, int length)
    {
        var most = (int)Math.Clamp(RandomAccess.GetLength(file) - offset, 0, length); // the core may ask for more than there is
        var bytes = read.GetSpan(most)[..most];
        var filled = 0;
        for (int count; filled < most && (count = RandomAccess.Read(file, bytes[filled..], offset + filled)) > 0;) filled += count;
        read.Advance(filled);
        return filled;
    }

    /// <summary>On Linux the file was opened for this, and the system finds its end.</summary>
    private static void Append(SafeFileHandle file, ReadOnlySpan<byte> bytes) =>
        RandomAccess.Write(file, bytes, RandomAccess.GetLength(file));

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

    private static SafeFileHandle Open(string path, Access access)
    {
        if (Libc.IsThere) return Libc.Open(path, access);
        var needed = access switch { Access.Read => FileAccess.Read, Access.Write => FileAccess.ReadWrite, _ => FileAccess.Write };
        return File.OpenHandle(path, FileMode.Open, needed, Shared);
    }

    private static SafeFileHandle Create(string path, int mode) =>
        Libc.IsThere
            ? Libc.Create(path, mode)
            : File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, Shared);

    private static bool Remove(string path, string? identity)
    {
        var found = Libc.StatOf(path);
        if (found.Type == FileKind.Missing || (identity != null && identity != found.Identity)) return false;
        File.Delete(path);
        return true;
    }

    private static ReadOnlyMemory<byte>[] List(string path, string prefix) =>
        Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Take(MostNames)
            .Select(name => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(name)).ToArray();

    private static Process FactsOf(long? other)
    {
        var pid = other ?? Environment.ProcessId;
        return new Process
        {
            Pid = pid,
            User = Libc.User(),
            Host = TextOf("/proc/sys/kernel/hostname").Trim() is { Length: > 0 } name ? name : OtherSystem.HostName(),
            Boot = TextOf("/proc/sys/kernel/random/boot_id").Trim(),
            Namespace = Libc.PidNamespace(),
            // The 22nd field. The second is a name in parentheses, and may contain anything.
            Start = TextOf($"/proc/{pid}/stat").Split(')').Last().Split(' ').ElementAtOrDefault(20) ?? "",
            Lives = other == null || Libc.Lives(pid),
        };
    }

    /// <summary>The text of a file of the system; empty if there is none.</summary>
    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            return "";
        }
    }
}
