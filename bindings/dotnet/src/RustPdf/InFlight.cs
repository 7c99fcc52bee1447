using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>Work on many items, some of them at a time.</summary>
internal static class InFlight
{
    internal const int Default = 8;

    /// <summary>Works on items, and returns each as soon as it is done.</summary>
    /// <remarks>
    /// Items are taken as there is room for them. If the caller stops, the token is cancelled or the items end in an exception, no
    /// further item is begun. Items in the works come to their end, and after a cancellation or exception they are returned first.
    /// </remarks>
    internal static async IAsyncEnumerable<Worked<TItem, TResult>> Run<TItem, TResult>(
        IAsyncEnumerable<TItem> items, int inFlight, Func<TItem, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var running = new List<Task<Worked<TItem, TResult>>>();
        var iterator = items.GetAsyncEnumerator(cancellationToken);
        var (coming, count, hasEnded) = (default(Task<bool>), 0, false);
        var stopped = default(ExceptionDispatchInfo);
        var moving = Task.FromResult(false);
        try
        {
            while (true)
            {
                if (!hasEnded && stopped == null && running.Count < inFlight) coming ??= Next();
                if (running.Count == 0 && coming == null) break;
                var first = await Task.WhenAny(coming == null ? running : running.Append<Task>(coming)).ConfigureAwait(false);
                if (first is Task<Worked<TItem, TResult>> done)
                {
                    running.Remove(done);
                    yield return await done.ConfigureAwait(false);
                    continue;
                }
                var next = coming!;
                coming = null;
                try
                {
                    if (await next.ConfigureAwait(false)) running.Add(Start(iterator.Current, count++));
                    else hasEnded = true;
                }
                catch (Exception error)
                {
                    stopped = ExceptionDispatchInfo.Capture(error);
                }
            }
            stopped?.Throw();
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(false);
            var disposing = Dispose();
            if (moving.IsCompleted) await disposing.ConfigureAwait(false);
        }

        // An iterator is disposed after it gave its next item. It may wait for that for ever, so the caller does not wait for it.
        async Task Dispose()
        {
            await ((Task)moving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await iterator.DisposeAsync().ConfigureAwait(false);
        }

        async Task<bool> Next()
        {
            cancellationToken.ThrowIfCancellationRequested();
            moving = iterator.MoveNextAsync().AsTask();
            try
            {
                return await moving.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (TaskCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested(); // the exception of every other cancelled call
                throw;
            }
        }

        async Task<Worked<TItem, TResult>> Start(TItem item, int index)
        {
            try
            {
                return new Worked<TItem, TResult>(item, index, await work(item).ConfigureAwait(false), null);
            }
            catch (Exception error)
            {
                return new Worked<TItem, TResult>(item, index, default, error);
            }
        }
    }

    /// <summary>Items of a list or another sequence.</summary>
    internal static async IAsyncEnumerable<T> Of<T>(IEnumerable<T> items)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var item in items) yield return item;
    }

    /// <summary>The same items for a caller that waits in its thread.</summary>
    internal static IEnumerable<T> Blocking<T>(IAsyncEnumerable<T> items)
    {
        var iterator = items.GetAsyncEnumerator();
        try
        {
            while (iterator.MoveNextAsync().AsTask().GetAwaiter().GetResult()) yield return iterator.Current;
        }
        finally
        {
            iterator.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}

/// <summary>An item, its place, and its result or exception.</summary>
internal readonly record struct Worked<TItem, TResult>(TItem Item, int Index, TResult? Result, Exception? Error);
