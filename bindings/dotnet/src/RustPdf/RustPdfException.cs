using System;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>A failure with a stable code. The message names the finding and the remedy.</summary>
/// <remarks>
/// <para>A message may be logged: it contains no key material, and of the document only names of fields.</para>
/// <para>
/// An exception of a signer reaches the caller as itself. So do exceptions of the system about files
/// (<see cref="System.IO.IOException"/>), and a cancellation (<see cref="OperationCanceledException"/>).
/// </para>
/// </remarks>
/// <example>
/// <code>
/// try
/// {
///     Pdf.SignWith(pdf, certDer, (data, request) => new byte[256], chain);
/// }
/// catch (RustPdfException error) when (error.Code == ErrorCode.SignatureMismatch)
/// {
///     Console.WriteLine(error.Message);
/// }
/// </code>
/// </example>
public sealed class RustPdfException : Exception
{
    /// <summary>Makes an exception, for a signer of your own that rejects a request.</summary>
    /// <param name="code">Code, one of <see cref="ErrorCode"/>.</param>
    /// <param name="message">Finding and remedy. It may be logged.</param>
    public RustPdfException(string code, string message)
        : base(message)
    {
        Code = code;
        Group = ErrorCode.GroupOf(code);
    }

    /// <summary>Stable code, one of <see cref="ErrorCode"/>, for a program to compare.</summary>
    public string Code { get; }

    /// <summary>Group of the code: the part that has to change, such as the file or an option.</summary>
    public ErrorGroup Group { get; }

    /// <summary>Offset in the document, in bytes; null if it is not known.</summary>
    public long? Offset { get; private set; }

    /// <summary>Number and generation of the PDF object; null if they are not known.</summary>
    public (long Number, int Generation)? Object { get; private set; }

    /// <summary>The exception of an error of the core.</summary>
    internal static RustPdfException Of(ErrorFrame error) => new RustPdfException(error.Code, WithOwnNames(error.Message))
    {
        Offset = error.Offset,
        Object = error.Object is var (number, generation) ? (number, (int)generation) : null,
    };

    /// <summary>A message of the core, with names as .NET spells them.</summary>
    private static string WithOwnNames(string message)
    {
        foreach (var (core, own) in Names.All) message = message.Replace(core, own);
        return message;
    }
}
