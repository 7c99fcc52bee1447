using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// A call of the caller: its options, cancellation, and the place of its work, which is this thread, or the thread pool while the
/// caller waits.
/// </summary>
internal sealed class Call
{
    private readonly CallOptions? options;

    /// <summary>Begins a call.</summary>
    /// <param name="options">Options of the call.</param>
    /// <param name="isAsync">Whether the caller waits while the thread pool works.</param>
    /// <param name="token">Cancels the call.</param>
    /// <param name="sharing">What this call shares with others for requests. Default: nothing.</param>
    internal Call(CallOptions? options, bool isAsync, CancellationToken token, HttpSharing? sharing = null)
    {
        this.options = options;
        IsAsync = isAsync;
        Token = token;
        Sharing = sharing ?? new HttpSharing(options?.Http);
        Services = options?.Http?.Services ?? [];
    }

    internal bool IsAsync { get; }

    internal CancellationToken Token { get; }

    /// <summary>Settings of requests, and their cache.</summary>
    internal HttpSharing Sharing { get; }

    /// <summary>Timestamp services of an operation without signers.</summary>
    internal IReadOnlyList<TimestampService> Services { get; set; }

    /// <summary>Password of the document of a session.</summary>
    internal string? Password { get; set; }

    internal Action<Report>? OnReport => options?.OnReport;

    internal Action<IReadOnlyList<Warning>>? OnWarnings => options?.OnWarnings;

    /// <summary>Random bytes, if the caller gave some.</summary>
    internal ReadOnlyMemory<byte>? GivenEntropy => options?.Entropy;

    /// <summary>Time of signing, in seconds since 1970.</summary>
    internal long Now => (options?.SigningTime ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();

    /// <summary>Throws if the call is cancelled.</summary>
    internal void Check() => Token.ThrowIfCancellationRequested();

    /// <summary>Reports progress, and throws if the call is cancelled, by the listener perhaps.</summary>
    internal void Report(SigningPhase phase, long done, long total)
    {
        Tell(phase, done, total);
        Check();
    }

    /// <summary>Reports progress, cancelled or not.</summary>
    internal void Tell(SigningPhase phase, long done, long total) => options?.Progress?.Report(new SigningProgress(phase, done, total));

    internal ReadOnlyMemory<byte> Entropy()
    {
        return GivenEntropy ?? RandomNumberGenerator.GetBytes(32);
    }

    /// <summary>Performs work that takes its time. In a synchronous call the result is there when this returns.</summary>
    internal ValueTask<T> Do<T>(Func<T> work) => IsAsync ? new ValueTask<T>(Task.Run(work)) : new ValueTask<T>(work());

    /// <summary>Waits for a promised result, or for the cancellation: a signer may take its time.</summary>
    internal async Task<T> OrCancelled<T>(Task<T> promised)
    {
        if (promised == null || !Token.CanBeCanceled) return await (promised ?? Task.FromResult<T>(default!)).ConfigureAwait(false);
        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (Token.Register(() => cancelled.TrySetResult(true)))
        {
            if (await Task.WhenAny(promised, cancelled.Task).ConfigureAwait(false) != promised)
            {
                _ = promised.ContinueWith(late => late.Exception, TaskScheduler.Default); // no caller waits for it any more
                Check();
            }
        }
        return await promised.ConfigureAwait(false);
    }
}

internal static class Finished
{
    /// <summary>The result of a synchronous call. An exception is thrown as it was.</summary>
    internal static T Result<T>(this ValueTask<T> call) => call.GetAwaiter().GetResult();
}
