using System;
using System.Text;

namespace RustPdf;

/// <summary>Hexadecimal: the form of byte strings and paths in the header of a frame.</summary>
internal static class Hex
{
    private const string Digits = "0123456789abcdef";

    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new char[2 * bytes.Length];
        for (var at = 0; at < bytes.Length; at++)
        {
            text[2 * at] = Digits[bytes[at] >> 4];
            text[2 * at + 1] = Digits[bytes[at] & 15];
        }
        return new string(text);
    }

    /// <summary>A path or name as the bytes of the system.</summary>
    internal static string OfText(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes that the core wrote, so they are well-formed.</summary>
    internal static byte[] Bytes(string hex)
    {
        var bytes = new byte[hex.Length / 2];
        for (var at = 0; at < bytes.Length; at++) bytes[at] = (byte)(Value(hex[2 * at]) << 4 | Value(hex[2 * at + 1]));
        return bytes;
    }

    internal static string Text(string hex) => Encoding.UTF8.GetString(Bytes(hex));

    private static int Value(char digit) => digit <= '9' ? digit - '0' : digit - 'a' + 10;
}
