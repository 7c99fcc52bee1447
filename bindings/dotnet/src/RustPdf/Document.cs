using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>A document as a run asks for it: by ranges, and once whole, for its digests.</summary>
internal sealed class Document : IDisposable
{
    private readonly ISource source;
    private readonly Control control;
    private readonly HashStates states;
    private Func<ISink?>? openSink;
    private long bytesRead;

    /// <param name="source">Where the bytes come from; it is not disposed.</param>
    /// <param name="control">Is told how far it is.</param>
    /// <param name="digests">How often a digest is asked for, at the most.</param>
    /// <param name="openSink">Is asked before the document is read whole, when all that can be refused has been.</param>
    internal Document(ISource source, Control control, int digests = 1, Func<ISink?>? openSink = null)
    {
        this.source = source;
        this.control = control;
        this.openSink = openSink;
        states = new HashStates(digests);
    }

    internal long Length => source.Length;

    internal ReadOnlyMemory<byte>[] Read(IReadOnlyList<(long Offset, int Length)> ranges)
    {
        var pieces = ranges.Select(range => source.Read(range.Offset, range.Length)).ToArray();
        bytesRead += pieces.Sum(piece => (long)piece.Length);
        control.Report(SigningPhase.Read, Math.Min(bytesRead, Length), Length);
        return pieces;
    }

    /// <summary>The digest of the whole document and a suffix. Of those that come later, the document is hashed in the same pass.</summary>
    internal byte[] Digest(string algorithm, IReadOnlyCollection<string> later, byte[] suffix)
    {
        if (!states.Has(algorithm)) Pass(states.Begin(algorithm, later));
        return states.Digest(algorithm, suffix);
    }

    public void Dispose() => states.Dispose();

    /// <summary>Reads the document from front to back. While a piece is hashed, it is written, and the next is read.</summary>
    private void Pass(HashStates.Fed fed)
    {
        var sink = openSink?.Invoke();
        openSink = null; // what is read again is not written again
        long done = 0;
        source.Pass(piece =>
        {
            control.Report(SigningPhase.Digest, done, Length); // first of all: when it throws, nothing is being written
            var written = sink == null ? Task.CompletedTask : Task.Run(() => sink.Write(piece));
            try
            {
                fed.Append(piece);
            }
            finally
            {
                written.GetAwaiter().GetResult(); // the piece is needed no longer than this
            }
            done += piece.Length;
        });
        control.Report(SigningPhase.Digest, Length, Length);
        source.RefuseChanged();
    }
}
