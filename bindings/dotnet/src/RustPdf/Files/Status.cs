using System;
using System.IO;
using System.Text.Json;

namespace RustPdf;

/// <summary>Facts of a file.</summary>
internal sealed class Status
{
    internal string Type { get; set; } = "missing";

    /// <summary>Device and inode; the full path where the system tells neither.</summary>
    internal string Identity { get; set; } = "";

    internal long Size { get; set; }

    internal int Mode { get; set; } = 384;

    internal uint Owner { get; set; }

    internal uint Group { get; set; }

    internal uint Links { get; set; } = 1;

    /// <summary>Nanoseconds since 1970.</summary>
    internal decimal Modified { get; set; }

    internal decimal Changed { get; set; }

    /// <summary>Facts of a name, or of the link that it is.</summary>
    internal static Status Of(string path)
    {
        if (Libc.IsThere) return Libc.Stat(path);
        return Directory.Exists(path) ? Of(new DirectoryInfo(path), "folder", 0) : Of(new FileInfo(path));
    }

    internal static Status Of(FileStream file) => Libc.IsThere ? Libc.Stat(file) : Of(new FileInfo(file.Name));

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("type", Type);
        json.WriteString("identity", Identity);
        json.WriteNumber("size", Size);
        json.WriteNumber("mode", Mode);
        json.WriteNumber("owner", Owner);
        json.WriteNumber("group", Group);
        json.WriteNumber("links", Links);
        json.WriteString("modified", FormattableString.Invariant($"{Modified}"));
        json.WriteString("changed", FormattableString.Invariant($"{Changed}"));
    }

    private static Status Of(FileInfo file) => file.Exists ? Of(file, "file", file.Length) : new Status();

    private static Status Of(FileSystemInfo entry, string type, long size)
    {
        var modified = (decimal)(entry.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100;
        return new Status { Type = type, Identity = entry.FullName, Size = size, Modified = modified, Changed = modified };
    }
}
