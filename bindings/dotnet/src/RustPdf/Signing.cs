using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>A signing in memory and into a file, for all the forms of the calls.</summary>
internal static class Signing
{
    internal static async ValueTask<byte[]> InMemory(
        PdfInput pdf, IReadOnlyList<Signatory> signatories, CallOptions? call, bool isAsync, CancellationToken token)
    {
        if (pdf == null) throw new ArgumentNullException(nameof(pdf));
        var control = new Control(call, isAsync, token);
        var source = await pdf.Open(control).ConfigureAwait(false);
        var done = await Operations.Sign(source, default, signatories, call, control).ConfigureAwait(false);
        var signed = source.Signed(done.Payload);
        foreach (var report in done.Reports) call?.OnReport?.Invoke(report);
        return signed;
    }

    internal static async ValueTask<SignedFile> IntoFile(
        string input, string? output, IReadOnlyList<Signatory> signatories, CallOptions? call, bool replace, bool isAsync,
        CancellationToken token)
    {
        var control = new Control(call, isAsync, token);
        var done = await Operations.Sign(new Source(input), new Output(output, replace), signatories, call, control).ConfigureAwait(false);
        foreach (var report in done.Reports) call?.OnReport?.Invoke(report);
        return new SignedFile(done.Payload, done.Reports);
    }

    /// <summary>
    /// Checks the signatories of a call: their options concern their signatures alone, and a signer that
    /// promises its signature requires a call that waits.
    /// </summary>
    internal static IReadOnlyList<Signatory> InTurn(IEnumerable<Signatory> signatories, bool isAsync)
    {
        var listed = (signatories ?? throw new ArgumentNullException(nameof(signatories))).ToArray();
        foreach (var one in listed)
        {
            if (one == null) throw new ArgumentException("a signatory is null", nameof(signatories));
            if (one.IsAsync && !isAsync)
                throw new ArgumentException("a signer that promises its signature needs an asynchronous call", nameof(signatories));
            if (one.Options?.ConcernsTheCall == true)
                throw new ArgumentException(
                    "the options of a signatory have what concerns the call (time, entropy, report or progress); give it to the call",
                    nameof(signatories));
        }
        return listed;
    }
}
