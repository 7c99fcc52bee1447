using System;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

public sealed partial class ExtensionOptions : CallOptions
{
}

public static partial class Pdf
{
    private const string ExtendOperation = "extend";
    private const string TimestampOperation = "timestamp";

    /// <summary>Raises the signatures of a PDF to a level, whichever software made them. No key is needed.</summary>
    /// <remarks>
    /// <para>Of signatures that have B-LTA the evidence is renewed.</para>
    /// <para>
    /// Each signature is verified before it is raised. A broken one is rejected: leave it out by <see cref="ExtensionOptions.Fields"/>.
    /// Changes after a signature are not judged.
    /// </para>
    /// </remarks>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="options">Level, services and trusted certificates.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">
    /// The call was rejected, or a service failed. The code names the cause, such as <c>ERR_TIMESTAMP_UNAVAILABLE</c> and
    /// <c>ERR_SIGNATURE_BROKEN</c>.
    /// </exception>
    /// <example>
    /// <code>
    /// byte[] signed = Pdf.SignWith(pdf, certDer, HsmSign, chain);
    /// var options = new ExtensionOptions
    /// {
    ///     Level = Level.BT,
    ///     Timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] },
    ///     Http = http,
    /// };
    /// ExtendedPdf extended = Pdf.Extend(signed, options);
    /// </code>
    /// </example>
    public static ExtendedPdf Extend(PdfInput pdf, ExtensionOptions options, CancellationToken cancellationToken = default) =>
        Extended(ExtendOperation, pdf, options, new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="Extend"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Extend"/>
    /// <example>
    /// <code>
    /// byte[] signed = Pdf.SignWith(pdf, certDer, HsmSign, chain);
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Level = Level.BT, Timestamp = timestamp, Http = http };
    /// ExtendedPdf extended = await Pdf.ExtendAsync(signed, options, cancellationToken);
    /// </code>
    /// </example>
    public static Task<ExtendedPdf> ExtendAsync(PdfInput pdf, ExtensionOptions options, CancellationToken cancellationToken = default) =>
        Extended(ExtendOperation, pdf, options, new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Raises the signatures of a file of any size to a level. It is read once.</summary>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the update alone.</param>
    /// <param name="options">Level, services and trusted certificates.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="System.IO.IOException">An error of the system about a file, such as an output that exists.</exception>
    /// <inheritdoc cref="Extend"/>
    /// <example>
    /// <code>
    /// Pdf.SignFile("contract.pdf", "signed.pdf", signer, replace: true);
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Level = Level.BT, Timestamp = timestamp, Http = http };
    /// ExtendedFile extended = Pdf.ExtendFile("signed.pdf", "signed.pdf", options);
    /// </code>
    /// </example>
    public static ExtendedFile ExtendFile(
        PdfInput input, PdfOutput? output, ExtensionOptions options, bool replace = false, CancellationToken cancellationToken = default) =>
        ExtendedInto(ExtendOperation, input, output, options, replace, new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="ExtendFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ExtendFile"/>
    /// <example>
    /// <code>
    /// Pdf.SignFile("contract.pdf", "signed.pdf", signer, replace: true);
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Level = Level.BT, Timestamp = timestamp, Http = http };
    /// await Pdf.ExtendFileAsync("signed.pdf", "extended.pdf", options, replace: true, cancellationToken);
    /// </code>
    /// </example>
    public static Task<ExtendedFile> ExtendFileAsync(
        PdfInput input, PdfOutput? output, ExtensionOptions options, bool replace = false, CancellationToken cancellationToken = default) =>
        ExtendedInto(ExtendOperation, input, output, options, replace, new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Adds a document timestamp to a PDF, signed or not.</summary>
    /// <param name="pdf">Document: bytes, a path, a stream or an open file.</param>
    /// <param name="options">
    /// Services. <see cref="ExtensionOptions.Level"/>, <see cref="ExtensionOptions.MinimumLevel"/> and
    /// <see cref="ExtensionOptions.Fields"/> are not used.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">The call was rejected, or all services failed. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// ExtendedPdf stamped = Pdf.Timestamp(pdf, new ExtensionOptions { Timestamp = timestamp, Http = http });
    /// </code>
    /// </example>
    public static ExtendedPdf Timestamp(PdfInput pdf, ExtensionOptions options, CancellationToken cancellationToken = default) =>
        Extended(TimestampOperation, pdf, options, new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="Timestamp"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Timestamp"/>
    /// <example>
    /// <code>
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Timestamp = timestamp, Http = http };
    /// ExtendedPdf stamped = await Pdf.TimestampAsync(pdf, options, cancellationToken);
    /// </code>
    /// </example>
    public static Task<ExtendedPdf> TimestampAsync(PdfInput pdf, ExtensionOptions options, CancellationToken cancellationToken = default) =>
        Extended(TimestampOperation, pdf, options, new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Adds a document timestamp to a file of any size, signed or not. It is read once.</summary>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the update alone.</param>
    /// <param name="options">Services.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="System.IO.IOException">An error of the system about a file, such as an output that exists.</exception>
    /// <inheritdoc cref="Timestamp"/>
    /// <example>
    /// <code>
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Timestamp = timestamp, Http = http };
    /// ExtendedFile stamped = Pdf.TimestampFile("contract.pdf", "stamped.pdf", options, replace: true);
    /// </code>
    /// </example>
    public static ExtendedFile TimestampFile(
        PdfInput input, PdfOutput? output, ExtensionOptions options, bool replace = false, CancellationToken cancellationToken = default) =>
        ExtendedInto(TimestampOperation, input, output, options, replace, new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="TimestampFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="TimestampFile"/>
    /// <example>
    /// <code>
    /// var timestamp = new TimestampOptions { Services = [new TimestampService(tsaUrl)] };
    /// var options = new ExtensionOptions { Timestamp = timestamp, Http = http };
    /// await Pdf.TimestampFileAsync("contract.pdf", "stamped.pdf", options, replace: true, cancellationToken);
    /// </code>
    /// </example>
    public static Task<ExtendedFile> TimestampFileAsync(
        PdfInput input, PdfOutput? output, ExtensionOptions options, bool replace = false, CancellationToken cancellationToken = default) =>
        ExtendedInto(TimestampOperation, input, output, options, replace, new Call(options, isAsync: true, cancellationToken)).AsTask();

    private static async ValueTask<ExtendedPdf> Extended(string operation, PdfInput pdf, ExtensionOptions options, Call call)
    {
        ArgumentNullException.ThrowIfNull(pdf);
        ArgumentNullException.ThrowIfNull(options);
        var source = await pdf.ReadWhole(call).ConfigureAwait(false);
        var done = await Operations.Extend(operation, source, null, options, call).ConfigureAwait(false);
        return new ExtendedPdf(source.Signed(done.Payload), new ExtensionReport(done.Result));
    }

    private static async ValueTask<ExtendedFile> ExtendedInto(
        string operation, PdfInput input, PdfOutput? output, ExtensionOptions options, bool replace, Call call) =>
        (await ExtendedInto(operation, input, output, options, replace, call, null, null).ConfigureAwait(false))!;

    /// <summary>Extends a file. Returns null if the document was skipped.</summary>
    private static async ValueTask<ExtendedFile?> ExtendedInto(
        string operation, PdfInput input, PdfOutput? output, ExtensionOptions options, bool replace, Call call, LedgerJob? job,
        long? renewBefore)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        if (output?.Stream is { } stream && input.Is(stream))
            throw new ArgumentException("the output stream is the input; give null, and append the update", nameof(output));
        using var source = await input.Open(isHeldOpen: output?.Stream != null, call).ConfigureAwait(false);
        var place = output?.Place(replace);
        var done = await Operations.Extend(operation, source, place, options, call, job, renewBefore).ConfigureAwait(false);
        if (done.IsSkipped) return null;
        if (output?.Stream != null) await output.Write(source.Document!, done.Payload, call).ConfigureAwait(false);
        return new ExtendedFile(done.Payload, new ExtensionReport(done.Result));
    }
}

/// <summary>A document in memory with raised signatures, or with a document timestamp.</summary>
public sealed class ExtendedPdf
{
    internal ExtendedPdf(byte[] pdf, ExtensionReport report) => (Pdf, Report) = (pdf, report);

    /// <summary>The document.</summary>
    public byte[] Pdf { get; }

    /// <summary>Report.</summary>
    public ExtensionReport Report { get; }
}

/// <summary>A file with raised signatures, or with a document timestamp.</summary>
public sealed class ExtendedFile
{
    internal ExtendedFile(byte[] update, ExtensionReport report) => (Update, Report) = (update, report);

    /// <summary>Bytes to append to the document, or that were appended. Empty if there was nothing to do.</summary>
    public byte[] Update { get; }

    /// <summary>Report.</summary>
    public ExtensionReport Report { get; }
}
