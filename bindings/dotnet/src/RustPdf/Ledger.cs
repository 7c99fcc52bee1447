using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>The ledger of a run over many files. The core keeps it.</summary>
internal sealed class Ledger
{
    private readonly HashSet<string> begun = [];
    private readonly JsonElement place;
    private readonly Dictionary<string, JsonElement> states;

    private Ledger(LedgerResult opened)
    {
        place = opened.Ledger;
        states = opened.States.EnumerateObject().ToDictionary(state => state.Name, state => state.Value);
    }

    /// <summary>Opens a ledger, or makes one.</summary>
    /// <exception cref="RustPdfException"><c>ERR_LEDGER_…</c>.</exception>
    internal static async ValueTask<Ledger> Open(string path, CancellationToken cancellationToken)
    {
        var call = new Call(null, isAsync: true, cancellationToken);
        var done = await Operations.OpenLedger(Source.Absolute(path, "ledger"), call).ConfigureAwait(false);
        return new Ledger(new LedgerResult(done.Result));
    }

    /// <summary>The entry of a job with this name, or else that of its output.</summary>
    /// <exception cref="RustPdfException"><c>ERR_ARGUMENT</c>: an earlier job of this run has the same name.</exception>
    internal LedgerJob EntryOf(string? name, PdfOutput? output)
    {
        var id = name ?? output?.Path ?? "";
        if (!begun.Add(id)) throw HostError.IdTwice(id);
        return new LedgerJob { Ledger = place, Id = id, State = states.TryGetValue(id, out var state) ? state : null };
    }

    internal async ValueTask Close() =>
        await Operations.CloseLedger(place, new Call(null, isAsync: true, CancellationToken.None)).ConfigureAwait(false);
}
