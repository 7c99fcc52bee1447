using System;
using System.IO;

namespace RustPdf.Tests;

/// <summary>Files of the repository.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    internal static string At(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder != null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(Path.Combine(folder, "tests/vectors/cases"))) return folder;
        }
        throw new DirectoryNotFoundException("the tests run inside the repository");
    }
}
