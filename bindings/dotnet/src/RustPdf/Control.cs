using System;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>
/// The caller's eyes and hands during a run, and where its work is done: here, or on the thread pool while the caller waits.
/// </summary>
internal sealed class Control
{
    /// <summary>Nobody watches, and all is done here.</summary>
    internal static readonly Control Unwatched = new Control(null, isAsync: false, CancellationToken.None);

    private readonly IProgress<SigningProgress>? progress;

    internal Control(CallOptions? options, bool isAsync, CancellationToken token)
    {
        progress = options?.Progress;
        IsAsync = isAsync;
        Token = token;
    }

    internal bool IsAsync { get; }

    internal CancellationToken Token { get; }

    /// <summary>Throws where it is to stop.</summary>
    internal void Check() => Token.ThrowIfCancellationRequested();

    /// <summary>Tells how far it is, and throws where it is to stop.</summary>
    internal void Report(SigningPhase phase, long done, long total)
    {
        Check();
        progress?.Report(new SigningProgress(phase, done, total));
    }

    /// <summary>Work that takes its time. Where all is done here, the result is there when this returns.</summary>
    internal ValueTask<T> Do<T>(Func<T> work) => IsAsync ? new ValueTask<T>(Task.Run(work)) : new ValueTask<T>(work());

    internal ValueTask Do(Action work)
    {
        if (IsAsync) return new ValueTask(Task.Run(work));
        work();
        return default;
    }

    /// <summary>What is promised, or the end where it is cancelled before: a signer may take its time.</summary>
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
    /// <summary>The result of a call whose work was all done here. What it threw is thrown as it was.</summary>
    internal static T Result<T>(this ValueTask<T> call) => call.GetAwaiter().GetResult();
}
