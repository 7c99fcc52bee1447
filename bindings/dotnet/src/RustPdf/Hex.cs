using System;
using System.Text;

namespace RustPdf;

/// <summary>Hexadecimal: the form of byte strings and paths in the header of a frame.</summary>
internal static class Hex
{
    internal static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    /// <summary>A path or name as the bytes of the system.</summary>
    internal static string OfText(string text) => Of(Encoding.UTF8.GetBytes(text));

    internal static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    internal static string Text(string hex) => Encoding.UTF8.GetString(Bytes(hex));
}
