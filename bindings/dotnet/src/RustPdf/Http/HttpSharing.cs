using System;

namespace RustPdf;

/// <summary>What all documents of a call share for their requests: settings, cache, and connections while a machine runs.</summary>
internal sealed class HttpSharing(HttpSettings? settings)
{
    private readonly object guard = new();
    private HttpSender? sender;
    private int runs;

    /// <summary>State that calls with these settings share; null without settings.</summary>
    internal static HttpSharing? Of(HttpSettings? settings) => settings == null ? null : new HttpSharing(settings);

    internal HttpSettings Settings { get; } = settings ?? new HttpSettings();

    internal IPdfHttpCache Cache { get; } = settings?.Cache ?? new PdfHttpCache();

    internal KeyLocks Locks => KeyLocks.Of(Cache);

    /// <summary>Begins a run. Connections are closed at the end of the last.</summary>
    internal HttpSender Enter()
    {
        lock (guard)
        {
            runs++;
            return sender ??= new HttpSender(Settings);
        }
    }

    internal void Leave()
    {
        lock (guard)
        {
            if (--runs > 0) return;
            sender?.Dispose();
            sender = null;
        }
    }
}
