using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// Keeps responses of servers that several documents need: OCSP responses, revocation lists and certificates of issuers. Several threads
/// use it at once.
/// </summary>
/// <remarks>
/// Each response is checked again whenever it is used. One that is older than an hour is not used. A response that several documents need at
/// the same time is asked for once.
/// </remarks>
public interface IPdfHttpCache
{
    /// <summary>Returns the entry of a key; null if there is none.</summary>
    PdfHttpCacheEntry? Get(string key);

    /// <summary>Keeps an entry.</summary>
    void Set(string key, PdfHttpCacheEntry entry);
}

/// <summary>A response in a cache.</summary>
public sealed class PdfHttpCacheEntry
{
    /// <summary>Takes a response.</summary>
    /// <param name="body">Body of the response.</param>
    /// <param name="time">Time of the response.</param>
    public PdfHttpCacheEntry(ReadOnlyMemory<byte> body, DateTimeOffset time) => (Body, Time) = (body, time);

    /// <summary>Body of the response.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Time of the response.</summary>
    public DateTimeOffset Time { get; }
}

/// <summary>A cache in memory, of 64 MiB at the most.</summary>
/// <example>
/// <code>
/// var http = new HttpSettings { Cache = new PdfHttpCache() };
/// SignedPdf signed = Pdf.Sign(pdf, signer, new SigningOptions { Http = http });
/// </code>
/// </example>
public sealed class PdfHttpCache : IPdfHttpCache
{
    internal const int MostBytes = 64 << 20;
    private readonly Dictionary<string, PdfHttpCacheEntry> entries = new();
    private readonly LinkedList<string> keys = new();

    /// <summary>Bytes of all entries.</summary>
    internal long Size { get; private set; }

    /// <inheritdoc/>
    public PdfHttpCacheEntry? Get(string key)
    {
        lock (entries) return entries.GetValueOrDefault(key);
    }

    /// <inheritdoc/>
    public void Set(string key, PdfHttpCacheEntry entry)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Body.Length + key.Length > MostBytes) return;
        lock (entries)
        {
            Remove(key);
            entries[key] = entry;
            keys.AddLast(key);
            Size += entry.Body.Length + key.Length;
            while (Size > MostBytes) Remove(keys.First!.Value);
        }
    }

    private void Remove(string key)
    {
        if (!entries.Remove(key, out var entry)) return;
        keys.Remove(key);
        Size -= entry.Body.Length + key.Length;
    }
}

/// <summary>Has one request for a key of a cache at a time, of all calls: others wait for its response.</summary>
internal sealed class KeyLocks
{
    private static readonly ConditionalWeakTable<IPdfHttpCache, KeyLocks> All = new();
    private readonly Dictionary<string, TaskCompletionSource> held = new();

    /// <summary>The locks of a cache.</summary>
    internal static KeyLocks Of(IPdfHttpCache cache) => All.GetValue(cache, _ => new KeyLocks());

    /// <summary>Waits until no other request has the key.</summary>
    internal async Task<IDisposable> Acquire(string key, CancellationToken cancellationToken)
    {
        while (Others(key) is { } others) await others.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Held(this, key);
    }

    private Task? Others(string key)
    {
        lock (held)
        {
            if (held.TryGetValue(key, out var others)) return others.Task;
            held[key] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return null;
        }
    }

    private sealed class Held(KeyLocks locks, string key) : IDisposable
    {
        public void Dispose()
        {
            lock (locks.held)
            {
                if (locks.held.Remove(key, out var released)) released.SetResult();
            }
        }
    }
}
