using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text.Json;

namespace RustPdf;

/// <summary>The file of this process in an audit folder: lines of JSON that each have the digest of the line before.</summary>
internal sealed class AuditFile
{
    private static readonly Dictionary<string, AuditFile> Files = [];

    private readonly string path;
    private readonly FileStream file;
    private readonly object writing = new();
    private readonly object flushing = new();
    private string previous = new('0', 2 * SHA256.HashSizeInBytes);
    private long length;
    private long sequence;

    /// <summary>Number of lines that are on the disk.</summary>
    private long flushed;

    /// <summary>Failure after which the file takes no more lines.</summary>
    private Exception? broken;

    private AuditFile(string directory)
    {
        Create(directory);
        var start = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        path = Path.Combine(directory, $"{start}-{Environment.ProcessId}-{Hex.Of(RandomNumberGenerator.GetBytes(4))}.jsonl");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        file = new FileStream(path, options);
        try
        {
            Libc.SyncFolder(directory); // else the name may be lost with the power
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file takes lines, and has its name: lines in a file that was removed are lost.</summary>
    private bool IsUsable => broken == null && File.Exists(path);

    /// <summary>The file of this process in a folder. The first request creates it, and one after the file was removed or failed.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not permit a file.</exception>
    internal static AuditFile Of(string directory)
    {
        lock (Files)
        {
            if (!Files.TryGetValue(directory, out var found) || !found.IsUsable) Files[directory] = found = new AuditFile(directory);
            return found;
        }
    }

    /// <summary>Writes a line, and returns its number when the disk has it.</summary>
    /// <exception cref="IOException">The line cannot be written.</exception>
    internal long Append(string kind, Action<Utf8JsonWriter> fields)
    {
        var number = Write(kind, fields);
        Flush(number);
        return number;
    }

    /// <summary>Makes a folder and those above it that are missing. .NET gives its mode to the last one only.</summary>
    private static void Create(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }
        if (Directory.Exists(directory)) return;
        if (Path.GetDirectoryName(directory) is { } above) Create(above);
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private long Write(string kind, Action<Utf8JsonWriter> fields)
    {
        lock (writing)
        {
            if (!IsUsable) throw new IOException($"the audit file {path} was removed, or failed before", broken);
            var line = Line(kind, fields);
            try
            {
                RandomAccess.Write(file.SafeFileHandle, line, length);
            }
            catch (Exception error)
            {
                TakeBack();
                if (error is ArgumentException) throw new IOException($"the audit file {path} cannot grow", error); // .NET's word for EFBIG
                throw;
            }
            (previous, length) = (Hex.Of(SHA256.HashData(line)), length + line.Length);
            return sequence++;
        }
    }

    private ReadOnlySpan<byte> Line(string kind, Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("previous", previous);
            json.WriteNumber("sequence", sequence);
            json.WriteString("event", kind);
            json.WriteString("time", DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            fields(json);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
    }

    /// <summary>
    /// Removes a part of a line, so that the next one can be written when there is room. If it cannot, the next request gets another file.
    /// </summary>
    private void TakeBack()
    {
        try
        {
            RandomAccess.SetLength(file.SafeFileHandle, length);
        }
        catch (Exception error)
        {
            broken = error;
        }
    }

    /// <summary>Returns when a line is on the disk. One call of the system serves all lines that wait for it.</summary>
    private void Flush(long number)
    {
        lock (flushing)
        {
            if (flushed > number) return;
            long written;
            lock (writing)
            {
                if (broken != null) throw new IOException($"the audit file {path} failed before", broken);
                written = sequence;
            }
            try
            {
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }
            catch (Exception error)
            {
                lock (writing) broken = error; // the system may have dropped the lines, and report success the next time
                throw;
            }
            flushed = written;
        }
    }
}
