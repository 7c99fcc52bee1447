using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace RustPdf.Tests;

/// <summary>A folder of a test's own.</summary>
internal sealed class Folder : IDisposable
{
    internal Folder() => Directory.CreateDirectory(Root);

    internal string Root { get; } = Path.Combine(Path.GetTempPath(), $"rustpdf-{Guid.NewGuid():N}");

    internal string At(string name) => Path.Combine(Root, name);

    internal string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    internal byte[] Read(string name) => File.ReadAllBytes(At(name));

    internal string[] Names() =>
        Directory.EnumerateFileSystemEntries(Root)
            .Select(path => Path.GetFileName(path)!).OrderBy(name => name, StringComparer.Ordinal).ToArray();

    /// <summary>Files of this folder that the process has open.</summary>
    internal int Opened()
    {
        using var process = Process.GetCurrentProcess();
        return Shell.Output("ls", "-l", $"/proc/{process.Id}/fd").Split('\n').Count(line => line.Contains(Root, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
