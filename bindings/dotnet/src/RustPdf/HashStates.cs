using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// Hashes that have seen the document, each good for one digest of it and a suffix: .NET cannot copy the state of a hash, so there are as
/// many as will be asked for, fed by one pass.
/// </summary>
internal sealed class HashStates : IDisposable
{
    private readonly Dictionary<string, Queue<IncrementalHash>> ready = new Dictionary<string, Queue<IncrementalHash>>();
    private int left;

    /// <param name="digests">How many digests will be asked for, at the most.</param>
    internal HashStates(int digests) => left = digests;

    /// <summary>The hash of a name that the core uses.</summary>
    internal static HashAlgorithmName NameOf(string algorithm) => algorithm switch
    {
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => throw new InvalidOperationException($"the core has a {algorithm} that this version does not know"),
    };

    internal bool Has(string algorithm) => ready.TryGetValue(algorithm, out var states) && states.Count > 0;

    /// <summary>Begins those of an algorithm and of the ones that come later, to be fed with the document.</summary>
    internal Fed Begin(string algorithm, IReadOnlyCollection<string> later)
    {
        var each = Math.Max(1, left - later.Count); // each of the others is asked for once at least
        var begun = new List<IncrementalHash>();
        foreach (var name in later.Prepend(algorithm).Where(name => !Has(name)))
        {
            var states = Enumerable.Range(0, each).Select(_ => IncrementalHash.CreateHash(NameOf(name))).ToList();
            begun.AddRange(states);
            ready[name] = new Queue<IncrementalHash>(states);
        }
        return new Fed(begun);
    }

    internal byte[] Digest(string algorithm, byte[] suffix)
    {
        using var hash = ready[algorithm].Dequeue();
        left--;
        hash.AppendData(suffix);
        return hash.GetHashAndReset();
    }

    public void Dispose()
    {
        foreach (var hash in ready.Values.SelectMany(states => states)) hash.Dispose();
        ready.Clear();
    }

    /// <summary>Hashes that a pass over the document feeds.</summary>
    internal readonly struct Fed
    {
        private readonly List<IncrementalHash> hashes;

        internal Fed(List<IncrementalHash> hashes) => this.hashes = hashes;

        internal void Append(ReadOnlyMemory<byte> piece)
        {
            if (hashes.Count == 1) hashes[0].AppendData(piece.Span);
            else Parallel.ForEach(hashes, hash => hash.AppendData(piece.Span));
        }
    }
}
