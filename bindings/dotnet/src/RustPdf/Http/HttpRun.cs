using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>The requests of one run of a machine.</summary>
internal sealed class HttpRun(Call call) : IDisposable
{
    private const int AtOnce = 8;
    private static readonly TimeSpan CacheTime = TimeSpan.FromHours(1);
    private readonly HttpSharing sharing = call.Sharing;
    private readonly HttpSender sender = call.Sharing.Enter();
    private readonly Stopwatch spent = new();

    public void Dispose() => sharing.Leave();

    /// <summary>Sends the requests of a step, and waits for all responses.</summary>
    /// <param name="header">The step.</param>
    /// <param name="payload">Bodies.</param>
    /// <param name="services">The caller's timestamp services.</param>
    internal async ValueTask<byte[]> Answer(JsonElement header, byte[] payload, IReadOnlyList<TimestampService> services)
    {
        var at = 0;
        var exchanges = header.GetProperty("requests").Items(request =>
        {
            var length = request.GetProperty("body").GetInt32();
            at += length;
            return new Exchange(request, payload.AsMemory(at - length, length), services);
        });
        spent.Start();
        try
        {
            await ExchangeAll(exchanges).ConfigureAwait(false);
        }
        finally
        {
            spent.Stop();
        }
        var answer = new AnswerFrame
        {
            Answer = "http",
            Now = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Responses = Array.ConvertAll(exchanges, exchange => exchange.Frame()),
        };
        var bodies = exchanges.Where(exchange => exchange.Response != null).Select(exchange => exchange.Response!.Body);
        return Frame.Encode(answer.WriteTo, bodies.ToArray());
    }

    private async ValueTask ExchangeAll(Exchange[] exchanges)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Token);
        using var room = new SemaphoreSlim(AtOnce);
        var left = sharing.Settings.RunTimeout - spent.Elapsed;
        if (left > TimeSpan.Zero) stop.CancelAfter(left);
        else stop.Cancel();
        call.Report(SigningPhase.Request, 0, exchanges.Length);
        var running = exchanges.Select(exchange => Task.Run(() => Perform(exchange, room, stop.Token))).ToList();
        try
        {
            while (running.Count > 0)
            {
                // A synchronous call stays in its thread.
                var done = call.IsAsync ? await Task.WhenAny(running).ConfigureAwait(false) : running[Task.WaitAny([.. running])];
                running.Remove(done);
                done.GetAwaiter().GetResult();
                call.Report(SigningPhase.Request, exchanges.Length - running.Count, exchanges.Length);
            }
        }
        catch
        {
            stop.Cancel();
            var rest = Task.WhenAll(running);
            if (call.IsAsync) await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else ((IAsyncResult)rest).AsyncWaitHandle.WaitOne();
            _ = rest.Exception; // the first exception is the one thrown
            call.Check();
            throw;
        }
    }

    /// <summary>Answers a request. It throws exceptions of the caller's function that are not the network's.</summary>
    private async Task Perform(Exchange exchange, SemaphoreSlim room, CancellationToken token)
    {
        try
        {
            await room.WaitAsync(token).ConfigureAwait(false);
            try
            {
                if (exchange.CacheKey == null)
                {
                    await Send(exchange, token).ConfigureAwait(false);
                    return;
                }
                using var held = await sharing.Locks.Acquire(exchange.CacheKey, token).ConfigureAwait(false);
                if (FromCache(exchange)) return;
                await Send(exchange, token).ConfigureAwait(false);
                if (exchange.Response?.Status == 200)
                    sharing.Cache.Set(exchange.CacheKey, new PdfHttpCacheEntry(exchange.Response.Body, DateTimeOffset.UtcNow));
            }
            finally
            {
                room.Release();
            }
        }
        catch (Exception error) when (!call.Token.IsCancellationRequested)
        {
            exchange.Failed = HttpFailed.KindOf(error) ?? (token.IsCancellationRequested ? HttpFailure.Timeout : (HttpFailure?)null);
            if (exchange.Failed == null) throw;
        }
    }

    private bool FromCache(Exchange exchange)
    {
        var entry = sharing.Cache.Get(exchange.CacheKey!);
        if (entry == null || DateTimeOffset.UtcNow - entry.Time > CacheTime || entry.Body.Length > exchange.Request.Limit) return false;
        (exchange.Response, exchange.IsCached) = (new PdfHttpResponse(200, entry.Body), true);
        return true;
    }

    private async Task Send(Exchange exchange, CancellationToken token)
    {
        if (exchange.Delay > TimeSpan.Zero) await Task.Delay(exchange.Delay, token).ConfigureAwait(false);
        token.ThrowIfCancellationRequested();
        var response = sharing.Settings.Send is { } own
            ? await Send(own, exchange.Request, token).ConfigureAwait(false)
            : await sender.Send(exchange.Request, token).ConfigureAwait(false);
        if (response.Body.Length > exchange.Request.Limit) exchange.Failed = HttpFailure.TooLarge;
        else exchange.Response = response;
    }

    private async Task<PdfHttpResponse> Send(PdfHttpCallback own, PdfHttpRequest request, CancellationToken token)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(token);
        limited.CancelAfter(sharing.Settings.RequestTimeout);
        try
        {
            // A function that passes over its token is not awaited longer.
            var response = await own(request, limited.Token).WaitAsync(limited.Token).ConfigureAwait(false);
            if (response?.Status is >= 100 and <= 599) return response;
            var found = response == null ? "null" : $"the status {response.Status}";
            throw new RustPdfException(
                ErrorCode.HttpAnswer, $"the function {nameof(HttpSettings.Send)} returned {found}; return a status code from 100 to 599");
        }
        catch (OperationCanceledException) when (limited.IsCancellationRequested)
        {
            throw new HttpFailed(HttpFailure.Timeout);
        }
    }
}

/// <summary>A request of a step, and its response or failure.</summary>
internal sealed class Exchange
{
    private readonly long id;

    internal Exchange(JsonElement request, ReadOnlyMemory<byte> body, IReadOnlyList<TimestampService> services)
    {
        id = request.GetProperty("id").GetInt64();
        CacheKey = request.Has("cache", out var cache) ? cache.GetString() : null;
        Delay = TimeSpan.FromSeconds(request.Has("delay", out var delay) ? delay.GetInt64() : 0);
        var number = request.Has("service", out var service) ? service.GetInt32() : (int?)null;
        if (number >= services.Count)
            throw new RustPdfException(
                ErrorCode.TimestampService,
                $"timestamp service {number} is needed, and {services.Count} are given, counted from 0; give the services of the beginning again (HttpSettings.Services)");
        Request = new PdfHttpRequest
        {
            Purpose = request.GetProperty("purpose").GetString() switch
            {
                "timestamp" => PdfHttpPurpose.Timestamp,
                "ocsp" => PdfHttpPurpose.Ocsp,
                "crl" => PdfHttpPurpose.Crl,
                _ => PdfHttpPurpose.Issuer,
            },
            Service = number,
            Url = number is int known ? services[known].Url : request.GetProperty("url").GetString()!,
            Headers = number is int one ? services[one].Headers : null,
            Method = request.GetProperty("method").GetString()!,
            ContentType = request.Has("contentType", out var type) ? type.GetString() : null,
            Accept = request.GetProperty("accept").GetString()!,
            Body = body,
            Limit = request.GetProperty("limit").GetInt64(),
        };
    }

    internal PdfHttpRequest Request { get; }

    internal string? CacheKey { get; }

    internal TimeSpan Delay { get; }

    internal PdfHttpResponse? Response { get; set; }

    internal HttpFailure? Failed { get; set; }

    internal bool IsCached { get; set; }

    /// <summary>The response for the core.</summary>
    internal ResponseFrame Frame()
    {
        if (Response == null) return new ResponseFrame { Id = id, Failed = Failed ?? HttpFailure.Other };
        var after = Response.RetryAfter;
        return new ResponseFrame
        {
            Id = id,
            Status = Response.Status,
            Body = Response.Body.Length,
            RetryAfter = after == null ? null : (long)Math.Clamp(Math.Ceiling(after.Value.TotalSeconds), 0, 999_999_999),
            Cached = IsCached ? true : null,
        };
    }
}
