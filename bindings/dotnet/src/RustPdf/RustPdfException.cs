using System;
using System.Text.Json;

namespace RustPdf;

/// <summary>
/// A failure with a stable code. The message says what was found and what to do; it holds no text of the document and no key material, so
/// it may be logged.
/// </summary>
/// <remarks>
/// What a signer throws is not wrapped: it reaches the caller as itself. So does what the system says of a file
/// (<see cref="System.IO.IOException"/>), and a cancellation (<see cref="OperationCanceledException"/>).
/// </remarks>
public sealed class RustPdfException : Exception
{
    internal RustPdfException(string code, string message)
        : base(message)
    {
        Code = code;
        Group = ErrorCode.GroupOf(code);
    }

    /// <summary>The stable code, one of <see cref="ErrorCode"/>: what a program compares.</summary>
    public string Code { get; }

    /// <summary>The kind of thing that has to change: the file, an option, the answer, …</summary>
    public ErrorGroup Group { get; }

    /// <summary>Where in the document it was found, in bytes from its first; where that is known.</summary>
    public long? Offset { get; private set; }

    /// <summary>The number and the generation of the PDF object in which it was found, where that is known.</summary>
    public (long Number, int Generation)? Object { get; private set; }

    /// <summary>The error that the core tells of.</summary>
    internal static RustPdfException Of(JsonElement error)
    {
        var exception = new RustPdfException(error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
        if (error.TryGetProperty("offset", out var offset)) exception.Offset = offset.GetInt64();
        if (error.TryGetProperty("object", out var number)) exception.Object = (number[0].GetInt64(), number[1].GetInt32());
        return exception;
    }
}
