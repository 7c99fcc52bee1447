using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;

namespace RustPdf;

/// <summary>
/// States of hashes at the end of the document. .NET 8 cannot copy a state (<c>IncrementalHash</c> has no such method), so one pass
/// feeds as many as the call may ask for, and each is used once. Algorithms have their names in .NET: collections of an enumeration would be
/// compiled at the first signature of a process.
/// </summary>
internal sealed class HashStates : IDisposable
{
    private readonly Dictionary<string, Queue<IncrementalHash>> ready = new Dictionary<string, Queue<IncrementalHash>>();
    private int left;

    /// <param name="digests">The number of digests of the document in this call, at most.</param>
    internal HashStates(int digests) => left = digests;

    internal static HashAlgorithmName NameOf(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => HashAlgorithmName.SHA256,
        DigestAlgorithm.Sha384 => HashAlgorithmName.SHA384,
        DigestAlgorithm.Sha512 => HashAlgorithmName.SHA512,
        _ => throw HostError.UnknownStep($"the digest algorithm {algorithm}"),
    };

    internal static IncrementalHash New(string algorithm) => IncrementalHash.CreateHash(new HashAlgorithmName(algorithm));

    /// <summary>Takes a state for a digest of the document; null if no pass left one.</summary>
    internal IncrementalHash? Take(string algorithm)
    {
        left--;
        return ready.TryGetValue(algorithm, out var states) && states.TryDequeue(out var state) ? state : null;
    }

    /// <summary>New states, which the caller feeds with the document, for the digests that come later.</summary>
    /// <param name="now">Algorithms of this step.</param>
    /// <param name="keep">Algorithms of later steps, each at least once.</param>
    internal IReadOnlyList<IncrementalHash> ForLater(IEnumerable<string> now, IReadOnlyCollection<string> keep)
    {
        var begun = new List<IncrementalHash>();
        foreach (var algorithm in now.Union(keep))
        {
            if (!ready.TryGetValue(algorithm, out var states)) ready[algorithm] = states = new Queue<IncrementalHash>();
            var wanted = keep.Contains(algorithm) ? Math.Max(1, left - keep.Count + 1) : left - keep.Count;
            while (states.Count < wanted)
            {
                var state = New(algorithm);
                states.Enqueue(state);
                begun.Add(state);
            }
        }
        return begun;
    }

    public void Dispose()
    {
        foreach (var states in ready.Values)
            foreach (var state in states) state.Dispose();
        ready.Clear();
    }
}
