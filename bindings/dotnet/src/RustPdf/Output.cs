using RustPdf.Frames;

namespace RustPdf;

/// <summary>The place of the signed document.</summary>
internal static class Output
{
    /// <param name="path">A path, that of the document for signing in place; null for the update alone.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    internal static OutputPlace? At(string? path, bool replace) =>
        path == null ? null : new OutputPlace { Path = Source.Absolute(path, "outputPath"), Replace = replace, OrInPlace = true };
}
