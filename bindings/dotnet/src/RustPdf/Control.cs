using System;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// Progress and cancellation of a run, and the place of its work: this thread, or the thread pool while the
/// caller waits.
/// </summary>
internal sealed class Control
{
    private readonly IProgress<SigningProgress>? progress;

    internal Control(CallOptions? options, bool isAsync, CancellationToken token)
    {
        progress = options?.Progress;
        IsAsync = isAsync;
        Token = token;
    }

    internal bool IsAsync { get; }

    internal CancellationToken Token { get; }

    /// <summary>Throws where the call is cancelled.</summary>
    internal void Check() => Token.ThrowIfCancellationRequested();

    /// <summary>Reports progress, and throws where the call is cancelled, by the listener perhaps.</summary>
    internal void Report(SigningPhase phase, long done, long total)
    {
        Tell(phase, done, total);
        Check();
    }

    /// <summary>Reports progress, cancelled or not.</summary>
    internal void Tell(SigningPhase phase, long done, long total) => progress?.Report(new SigningProgress(phase, done, total));

    /// <summary>Work that takes its time. Where all is done here, the result is there when this returns.</summary>
    internal ValueTask<T> Do<T>(Func<T> work) => IsAsync ? new ValueTask<T>(Task.Run(work)) : new ValueTask<T>(work());

    /// <summary>The promised result, or the end where the call is cancelled before: a signer may take its time.</summary>
    internal async Task<T> OrCancelled<T>(Task<T> promised)
    {
        if (promised == null || !Token.CanBeCanceled) return await (promised ?? Task.FromResult<T>(default!)).ConfigureAwait(false);
        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (Token.Register(() => cancelled.TrySetResult(true)))
        {
            if (await Task.WhenAny(promised, cancelled.Task).ConfigureAwait(false) != promised)
            {
                _ = promised.ContinueWith(late => late.Exception, TaskScheduler.Default); // nobody waits for it any more
                Check();
            }
        }
        return await promised.ConfigureAwait(false);
    }
}

internal static class Finished
{
    /// <summary>The result of a call whose work was all done here. An exception is thrown as it was.</summary>
    internal static T Result<T>(this ValueTask<T> call) => call.GetAwaiter().GetResult();
}
