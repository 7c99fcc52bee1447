using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;

namespace RustPdf;

/// <summary>
/// States of hashes at the end of the document. .NET Core 3.1 cannot copy a state, so one pass feeds as
/// many as the call asks for at most, and each is used once.
/// </summary>
internal sealed class HashStates : IDisposable
{
    private readonly Dictionary<string, Queue<IncrementalHash>> ready = new Dictionary<string, Queue<IncrementalHash>>();
    private int left;

    /// <param name="digests">The number of digests of the document in this call, at most.</param>
    internal HashStates(int digests) => left = digests;

    /// <summary>The hash of an algorithm that the core names.</summary>
    internal static IncrementalHash Create(string algorithm) => IncrementalHash.CreateHash(NameOf(algorithm));

    internal static HashAlgorithmName NameOf(string algorithm) => algorithm switch
    {
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => throw new NotSupportedException($"this version does not know the digest algorithm {algorithm} of the core"),
    };

    /// <summary>Whether there is a state for each entry of the list.</summary>
    internal bool Have(IEnumerable<string> algorithms) =>
        algorithms.GroupBy(name => name).All(group => Count(group.Key) >= group.Count());

    /// <summary>New hashes, to be fed with the document: for digests of now, and for those that come later.</summary>
    internal IReadOnlyList<IncrementalHash> Begin(IReadOnlyList<string> now, IReadOnlyList<string> later)
    {
        var begun = new List<IncrementalHash>();
        var names = now.Concat(later).Distinct().ToList();
        foreach (var name in names)
        {
            // Each other algorithm is asked for once at least.
            var wanted = Math.Max(Math.Max(1, now.Count(one => one == name)), left - (names.Count - 1));
            if (!ready.TryGetValue(name, out var states)) ready[name] = states = new Queue<IncrementalHash>();
            while (states.Count < wanted)
            {
                var hash = Create(name);
                states.Enqueue(hash);
                begun.Add(hash);
            }
        }
        return begun;
    }

    /// <summary>The digest of the document and a suffix.</summary>
    internal byte[] Digest(string algorithm, ReadOnlySpan<byte> suffix)
    {
        using var hash = ready[algorithm].Dequeue();
        left--;
        hash.AppendData(suffix);
        return hash.GetHashAndReset();
    }

    /// <summary>Forgets the states: a pass over the document failed.</summary>
    internal void Clear()
    {
        foreach (var hash in ready.Values.SelectMany(states => states)) hash.Dispose();
        ready.Clear();
    }

    public void Dispose() => Clear();

    private int Count(string algorithm) => ready.TryGetValue(algorithm, out var states) ? states.Count : 0;
}
