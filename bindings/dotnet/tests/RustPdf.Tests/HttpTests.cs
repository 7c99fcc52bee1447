using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Requests to servers, without the core.</summary>
public class HttpTests
{
    private const string List = "/static/crls/plain.crl";
    private static readonly HttpSettings Here = new() { AllowPrivateNetworks = true };

    [Fact]
    public async Task FaultsOfTransport()
    {
        var whole = (await Get(Services.Url + List)).Response!.Body.ToArray();
        Assert.True(whole.Length > 100);
        var settings = new HttpSettings { AllowPrivateNetworks = true, RequestTimeout = TimeSpan.FromSeconds(4) };
        var faults = new (string Fault, HttpFailure? Failed, int Status)[]
        {
            ("status=503", null, 503), ("status=429", null, 429), ("delay=20", HttpFailure.Timeout, 0), ("drip=1", HttpFailure.Timeout, 0),
            ("cut=50", HttpFailure.Other, 0), ("reset", HttpFailure.Other, 0), ("chunked", null, 200), ("gzip", null, 200),
            ("close", null, 200), ("endless", HttpFailure.TooLarge, 0), ("html", null, 200), ("type=text%2Fhtml", null, 200),
            ("redirect-loop", HttpFailure.Redirect, 0), ("gzip,chunked", null, 200), ("status=404,chunked", null, 404),
        };
        await Task.WhenAll(faults.Select(async one =>
        {
            var (response, failed) = await Get(Services.With(one.Fault, List), settings);
            Assert.Equal($"{one.Fault}: {one.Failed} {one.Status}", $"{one.Fault}: {failed} {response?.Status ?? 0}");
            if (one.Status == 200 && one.Fault != "html") Assert.Equal(whole, response!.Body.ToArray());
        }));
    }

    [Fact]
    public async Task Redirections()
    {
        var to = Services.With("redirect=" + Uri.EscapeDataString(Services.Url + List), List);
        Assert.Equal(200, (await Get(to)).Response?.Status);
        Assert.Equal(HttpFailure.Redirect, (await Send(Post(to, 0))).Failed);
        Assert.Equal(HttpFailure.Redirect, (await Send(Post(to, null))).Failed);
        foreach (var place in new[] { "ldap://localhost/", "file:///etc/passwd", "http://user:word@localhost/", "http://169.254.169.254/" })
            Assert.Equal(HttpFailure.Blocked, (await Get(Services.With("redirect=" + Uri.EscapeDataString(place), List))).Failed);
    }

    [Fact]
    public async Task ARedirectionIntoAPrivateNetwork()
    {
        using var inside = new LocalServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var outside = new LocalServer($"HTTP/1.1 302 Found\r\nLocation: {inside.Url}/inside\r\nContent-Length: 0\r\n\r\n");
        var settings = new HttpSettings { AllowedHosts = ["LOCALHOST"] };
        Assert.Equal(HttpFailure.Blocked, (await Get($"http://localhost:{outside.Port}/", settings)).Failed);
        Assert.Equal(1, outside.Asked.Count);
        Assert.Empty(inside.Asked);
    }

    [Fact]
    public void Addresses()
    {
        const int Public = 0, Private = 1, Never = 2;
        var places = new (int Kind, string[] Urls)[]
        {
            (Public,
            [
                "http://93.184.216.34/a.crl", "https://example.com/a.crl", "http://example.com:80/", "http://example.com:443/",
                "http://[2606:4700::1111]/", "http://[::ffff:8.8.8.8]/", "http://[2002:808:808::1]/", "http://[64:ff9b::808:808]/",
                "http://192.0.0.9.example/",
            ]),
            (Private,
            [
                "http://example.com:8080/", "http://example.com:22/", "http://0.0.0.0/", "http://10.1.2.3/", "http://100.64.0.1/",
                "http://100.127.255.255/", "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/",
                "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.0.0.1./", "http://172.16.0.1/", "http://172.31.255.255/",
                "http://192.0.0.1/", "http://192.0.2.1/", "http://192.88.99.1/", "http://192.168.1.1/", "http://198.18.0.1/",
                "http://198.51.100.1/", "http://203.0.113.1/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
                "http://[::]/", "http://[::1]/", "http://[::127.0.0.1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:10.0.0.1]/",
                "http://[::ffff:0:10.0.0.1]/", "http://[2002:7f00:1::]/", "http://[2002:a00:1::]/", "http://[64:ff9b::7f00:1]/",
                "http://[64:ff9b:1::808:808]/", "http://[100::1]/", "http://[2001::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/",
                "http://[5f00::1]/", "http://[fc00::1]/", "http://[fd12:3456::1]/", "http://[fec0::1]/", "http://[ff02::1]/",
            ]),
            (Never,
            [
                "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[::ffff:169.254.169.254]/",
                "http://[2002:a9fe:a9fe::]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[::169.254.169.254]/", "http://0xa9fea9fe/", "http://256.1.1.1/",
                "http://1.2.3.4.5/", "http://1.99999999/", "ldap://example.com/cn=a?certificateRevocationList", "file:///etc/passwd",
                "ftp://example.com/a.crl", "gopher://example.com/", "http://user@example.com/", "http://user:word@example.com/",
                "http://ex\u00e4mple.com/",
            ]),
        };
        var (standard, open) = (new AddressRules(false, []), new AddressRules(true, []));
        foreach (var (kind, urls) in places)
        {
            foreach (var url in urls)
            {
                Assert.Equal($"{url} {kind == Public}", $"{url} {standard.Permits(new Uri(url))}");
                Assert.Equal($"{url} {kind != Never}", $"{url} {open.Permits(new Uri(url))}");
            }
        }
        var named = new AddressRules(false, ["169.254.1.1", "inside.example."]);
        foreach (var url in new[] { "http://169.254.1.1:8080/", "http://Inside.Example:99/", "http://inside.example./" })
            Assert.True(named.Permits(new Uri(url)), url);
        foreach (var url in new[]
        {
            "http://169.254.1.2/", "http://inside.example.com:99/", "http://u@inside.example/", "ldap://inside.example/",
        })
        {
            Assert.False(named.Permits(new Uri(url)));
        }
    }

    /// <summary>The name has a private address, which only the connection shows.</summary>
    [Fact]
    public async Task TheAddressOfAName()
    {
        Assert.Equal(HttpFailure.Blocked, (await Get("http://localhost/", new HttpSettings())).Failed);
        using var server = new LocalServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(HttpFailure.Blocked, (await Get(server.Url, new HttpSettings())).Failed);
        Assert.Empty(server.Asked);
        Assert.Equal(200, (await Send(Post(server.Url, 0), new HttpSettings())).Response?.Status); // the caller's own service
    }

    [Fact]
    public async Task AProxy()
    {
        using var proxy = new LocalServer("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\nby the proxy");
        using var sender = new HttpSender(new HttpSettings(), new WebProxy(proxy.Url));
        var response = await sender.Send(new PdfHttpRequest { Url = "http://crl.example/a.crl", Limit = 100 }, default);
        Assert.Equal("by the proxy", Encoding.ASCII.GetString(response.Body.Span));
        Assert.StartsWith("GET http://crl.example/a.crl ", proxy.Asked[0]);
        foreach (var place in new[] { "http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "http://169.254.169.254/" })
        {
            var failed = await Assert.ThrowsAsync<HttpFailed>(() => sender.Send(new PdfHttpRequest { Url = place, Limit = 100 }, default));
            Assert.Equal(HttpFailure.Blocked, failed.Kind);
        }
        Assert.Equal(1, proxy.Asked.Count);
    }

    [Fact]
    public async Task ACompressedBomb()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            var zeros = new byte[1 << 20];
            for (var megabyte = 0; megabyte < 64; megabyte++) gzip.Write(zeros);
        }
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {packed.ToArray().Length}\r\n\r\n");
        using var server = new LocalServer(_ => [head, packed.ToArray()]);
        Assert.Equal(HttpFailure.TooLarge, (await Get(server.Url)).Failed);
    }

    [Fact]
    public async Task NoServer()
    {
        var closed = new LocalServer("");
        closed.Dispose();
        using var plain = new LocalServer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(HttpFailure.Connect, (await Get(closed.Url)).Failed);
        Assert.Equal(HttpFailure.Connect, (await Send(Post(closed.Url, 0))).Failed);
        Assert.Equal(HttpFailure.Tls, (await Get(plain.Url.Replace("http", "https"))).Failed);
        Assert.Equal(HttpFailure.Dns, (await Get("http://does-not-exist.invalid/")).Failed);
        Assert.Equal(HttpFailure.Dns, (await Send(Post("http://does-not-exist.invalid/", 0))).Failed);
    }

    [Fact]
    public async Task Logins()
    {
        var basic = Services.With("basic=u:p", List);
        Assert.Equal(401, (await Send(AsGet(Post(basic, 0)))).Response?.Status);
        Assert.Equal(200, (await Send(AsGet(Post(basic.Replace("http://", "http://u:p@"), 0)))).Response?.Status);
        var bearer = Services.With("bearer=t", List);
        Assert.Equal(200, (await Send(AsGet(Post(bearer, 0, "Bearer t")))).Response?.Status);
        Assert.Equal(401, (await Send(AsGet(Post(bearer, null, "Bearer t")))).Response?.Status); // a stranger receives none of it

        static PdfHttpRequest AsGet(PdfHttpRequest request) =>
            new() { Url = request.Url, Service = request.Service, Headers = request.Headers, Limit = request.Limit };
    }

    [Fact]
    public async Task RetryAfter()
    {
        var response = (await Get(Services.With("status=429,retry-after=7", List))).Response!;
        Assert.Equal((429, TimeSpan.FromSeconds(7)), (response.Status, response.RetryAfter!.Value));
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        foreach (var (field, seconds) in new (string?, int?)[]
        {
            ("0", 0), (" 12 ", 12), ("99999999999", 999_999_999), ("Fri, 02 Jan 2026 03:04:35 GMT", 30), ("Fri, 02 Jan 2015 03:04:35 GMT", 0),
            (null, null), ("", null), ("soon", null), ("-5", null),
        })
        {
            Assert.Equal($"{field}: {seconds}", $"{field}: {HttpSender.RetryAfterOf(field, now)?.TotalSeconds}");
        }
    }

    [Fact]
    public async Task AStep()
    {
        var sent = new List<PdfHttpRequest>();
        var told = new List<string>();
        var options = new CallOptions
        {
            Progress = new Direct(progress => told.Add($"{progress.Phase} {progress.Done} {progress.Total}")),
            Http = new HttpSettings
            {
                Send = (request, _) =>
                {
                    lock (sent) sent.Add(request);
                    return request.Url switch
                    {
                        "http://down/" => throw new HttpRequestException(HttpRequestError.ConnectionError),
                        "http://large/" => Task.FromResult(new PdfHttpResponse(200, new byte[1001])),
                        _ => Task.FromResult(new PdfHttpResponse(200, Encoding.ASCII.GetBytes(request.Url), TimeSpan.FromSeconds(1.5))),
                    };
                },
            },
        };
        var watch = Stopwatch.StartNew();
        var step = "{\"id\":7,\"purpose\":\"timestamp\",\"service\":1,\"method\":\"POST\",\"contentType\":\"q\",\"accept\":\"r\",\"body\":3,\"limit\":1000,\"delay\":1}";
        foreach (var isAsync in new[] { true, false })
        {
            var (responses, bodies) = await Step(
                options, [step, Asking("http://down/"), Asking("http://large/"), Asking("http://good/")], "bbb", isAsync: isAsync,
                services: ["http://one/", new TimestampService("http://two/", new Dictionary<string, string> { ["A"] = "b" })]);
            Assert.Equal("{\"id\":7,\"status\":200,\"body\":11,\"retryAfter\":2}", responses[0]);
            Assert.Equal("{\"id\":10,\"failed\":\"connect\"}", responses[1]);
            Assert.Equal("{\"id\":10,\"failed\":\"tooLarge\"}", responses[2]);
            Assert.Equal("http://two/http://good/", bodies);
        }
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(2));
        var request = sent.First(one => one.Url == "http://two/");
        Assert.Equal(
            (1, "b", "bbb", "q", "r", 1000L, "POST", PdfHttpPurpose.Timestamp),
            (request.Service!.Value, request.Headers!["A"], Encoding.ASCII.GetString(request.Body.Span), request.ContentType, request.Accept,
                request.Limit, request.Method, request.Purpose));
        Assert.Equal(new[] { "Request 0 4", "Request 1 4", "Request 2 4", "Request 3 4", "Request 4 4" }, told.Take(5));
    }

    [Fact]
    public async Task RequestsAtOnce()
    {
        var (running, most) = (0, 0);
        var guard = new object();
        var options = new CallOptions
        {
            Http = new HttpSettings
            {
                Send = async (_, _) =>
                {
                    lock (guard) most = Math.Max(most, ++running);
                    await Task.Delay(50);
                    lock (guard) running--;
                    return new PdfHttpResponse(200, default);
                },
            },
        };
        await Step(options, Enumerable.Range(0, 20).Select(number => Asking($"http://host/{number}")).ToArray());
        Assert.Equal(8, most);
    }

    [Fact]
    public async Task TheCache()
    {
        var sent = 0;
        var cache = new PdfHttpCache();
        var options = new CallOptions
        {
            Http = new HttpSettings
            {
                Cache = cache,
                Send = async (request, _) =>
                {
                    Interlocked.Increment(ref sent);
                    await Task.Delay(20);
                    return new PdfHttpResponse(request.Url.EndsWith("missing", StringComparison.Ordinal) ? 404 : 200, new byte[4]);
                },
            },
        };
        var (responses, _) = await Step(options, [Asking("http://a/", "a"), Asking("http://a/", "a"), Asking("http://a/", "a")]);
        Assert.Equal((1, 2), (sent, responses.Count(response => response.Contains("\"cached\":true"))));
        Assert.Contains("cached", (await Step(options, [Asking("http://a/", "a")])).Responses[0]); // another call
        Assert.False((await Step(options, [Asking("http://a/")])).Responses[0].Contains("cached"));
        for (var time = 0; time < 2; time++)
            Assert.False((await Step(options, [Asking("http://a/missing", "m")])).Responses[0].Contains("cached"));
        cache.Set("old", new PdfHttpCacheEntry(new byte[3], DateTimeOffset.UtcNow.AddHours(-2)));
        Assert.False((await Step(options, [Asking("http://a/", "old")])).Responses[0].Contains("cached"));

        var large = new PdfHttpCacheEntry(new byte[PdfHttpCache.MostBytes / 3], DateTimeOffset.UtcNow);
        foreach (var key in new[] { "a", "b", "a", "c", "d" })
        {
            cache.Set(key, large);
            Assert.True(cache.Size <= PdfHttpCache.MostBytes);
        }
        Assert.NotNull(cache.Get("d"));
        Assert.Null(cache.Get("b"));
        cache.Set("e", new PdfHttpCacheEntry(new byte[PdfHttpCache.MostBytes + 1], DateTimeOffset.UtcNow));
        Assert.Null(cache.Get("e"));
    }

    [Fact]
    public async Task ExceptionsOfTheFunction()
    {
        var own = new InvalidOperationException("the caller's own");
        foreach (var isAsync in new[] { true, false })
        {
            Assert.Same(own, await Assert.ThrowsAsync<InvalidOperationException>(() => Throwing(own, isAsync)));
            foreach (var (error, kind) in new (Exception, string)[]
            {
                (new TimeoutException(), "timeout"), (new HttpRequestException("secret", own), "other"),
                (new HttpRequestException(HttpRequestError.SecureConnectionError), "tls"),
                (new SocketException((int)SocketError.HostNotFound), "dns"), (new SocketException((int)SocketError.ConnectionRefused), "connect"),
                (new HttpIOException(HttpRequestError.ResponseEnded), "other"),
            })
            {
                Assert.Equal($"{{\"id\":10,\"failed\":\"{kind}\"}}", (await Throwing(error, isAsync)).Responses[0]);
            }
        }

        static Task<(string[] Responses, string Bodies)> Throwing(Exception error, bool isAsync) =>
            Step(new CallOptions { Http = new HttpSettings { Send = (_, _) => throw error } }, [Asking("http://a/")], isAsync: isAsync);
    }

    [Fact]
    public async Task AnswersOfTheFunction()
    {
        foreach (var isAsync in new[] { true, false })
        {
            foreach (var response in new[] { null, new PdfHttpResponse(99, default), new PdfHttpResponse(600, default) })
            {
                var wrong = new HttpSettings { Send = (_, _) => Task.FromResult(response!) };
                var error = await Assert.ThrowsAsync<RustPdfException>(() =>
                    Step(new CallOptions { Http = wrong }, [Asking("http://a/")], isAsync: isAsync));
                Assert.Equal(ErrorCode.HttpAnswer, error.Code);
            }
            var never = new TaskCompletionSource<PdfHttpResponse>();
            var slow = new HttpSettings { Send = (_, _) => never.Task, RequestTimeout = TimeSpan.FromMilliseconds(50) };
            var (responses, _) = await Step(new CallOptions { Http = slow }, [Asking("http://a/")], isAsync: isAsync);
            Assert.Equal("{\"id\":10,\"failed\":\"timeout\"}", responses[0]);
        }
    }

    [Fact]
    public async Task ACancellation()
    {
        foreach (var isAsync in new[] { true, false })
        {
            using var stop = new CancellationTokenSource(100);
            var watch = Stopwatch.StartNew();
            var requests = new[] { Asking(Services.With("delay=20", List)), Asking(Services.Url + List).Replace("\"limit\"", "\"delay\":30,\"limit\"") };
            var error = await Assert.ThrowsAsync<OperationCanceledException>(() =>
                Step(new CallOptions { Http = Here }, requests, isAsync: isAsync, token: stop.Token));
            Assert.Equal(stop.Token, error.CancellationToken);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8));
        }
    }

    [Fact]
    public async Task TheTimeOfARun()
    {
        var hanging = new HttpSettings
        {
            RunTimeout = TimeSpan.FromMilliseconds(200),
            Send = async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return null!;
            },
        };
        using var run = new HttpRun(new Call(new CallOptions { Http = hanging }, isAsync: true, default));
        var watch = Stopwatch.StartNew();
        for (var time = 0; time < 2; time++)
        {
            var (responses, _) = await Step(run, [Asking("http://a/"), Asking("http://b/")]);
            foreach (var response in responses) Assert.Contains("timeout", response);
        }
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task SecretsStayInTheHost()
    {
        var service = new TimestampService("http://u:Geheim1@127.0.0.1:1/Geheim2", new Dictionary<string, string> { ["X-Key"] = "Geheim3" });
        var options = new SigningOptions { Level = Level.BT, Timestamp = new TimestampOptions { Services = [service] } };
        var (responses, bodies) = await Step(
            new CallOptions(), [Asking("").Replace("\"url\":\"\"", "\"service\":0")], services: [service]);
        var texts = new List<string> { service.ToString(), string.Concat(responses), bodies, Post(service.Url, 0, "Geheim").ToString() };
        texts.Add(Encoding.UTF8.GetString(Frame.Encode(json =>
        {
            json.WritePropertyName("options");
            EncodedOptions.Of(options, new Parts())!.WriteTo(json);
        })));
        foreach (var wrong in new[]
        {
            new TimestampService("ftp://Geheim/"), new("Geheim"), new("http://"),
            new("http://a/", new Dictionary<string, string> { ["A"] = "Geheim\r\nB: c" }),
            new("http://a/", new Dictionary<string, string> { ["Geheim:"] = "" }),
        })
        {
            var error = Assert.Throws<RustPdfException>(() => TimestampService.Checked(new TimestampOptions { Services = [wrong] }));
            Assert.Equal(ErrorCode.Argument, error.Code);
            texts.Add(error.ToString());
        }
        foreach (var text in texts) Assert.False(text.Contains("Geheim"));
        Assert.Contains("\"services\":1", texts[4]);
        Assert.Contains("connect", responses[0]);
    }

    private static string Asking(string url, string? cache = null) =>
        $"{{\"id\":10,\"purpose\":\"crl\",\"url\":\"{url}\",\"method\":\"GET\",\"accept\":\"*/*\",\"body\":0,\"limit\":1000"
        + (cache == null ? "}" : $",\"cache\":\"{cache}\"}}");

    private static async Task<(string[] Responses, string Bodies)> Step(
        CallOptions options, string[] requests, string payload = "", IReadOnlyList<TimestampService>? services = null, bool isAsync = true,
        CancellationToken token = default)
    {
        using var run = new HttpRun(new Call(options, isAsync, token));
        return await Step(run, requests, payload, services);
    }

    private static async Task<(string[] Responses, string Bodies)> Step(
        HttpRun run, string[] requests, string payload = "", IReadOnlyList<TimestampService>? services = null)
    {
        using var header = JsonDocument.Parse($"{{\"step\":\"http\",\"requests\":[{string.Join(',', requests)}]}}");
        var answer = Frame.Decode(await run.Answer(header.RootElement, Encoding.ASCII.GetBytes(payload), services ?? []));
        Assert.Equal("http", answer.Header.GetProperty("answer").GetString());
        Assert.True(Math.Abs(answer.Header.GetProperty("now").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeSeconds()) < 5);
        return (answer.Header.GetProperty("responses").Items(response => response.GetRawText()), Encoding.ASCII.GetString(answer.Payload));
    }

    private static Task<(PdfHttpResponse? Response, HttpFailure? Failed)> Get(string url, HttpSettings? settings = null) =>
        Send(new PdfHttpRequest { Purpose = PdfHttpPurpose.Crl, Url = url, Limit = 256 << 10 }, settings);

    private static PdfHttpRequest Post(string url, int? service, string? login = null) => new()
    {
        Url = url,
        Service = service,
        Headers = login == null ? null : new Dictionary<string, string> { ["authorization"] = login },
        Method = "POST",
        ContentType = "application/timestamp-query",
        Accept = "application/timestamp-reply",
        Body = new byte[5],
        Limit = 1 << 20,
    };

    private static async Task<(PdfHttpResponse? Response, HttpFailure? Failed)> Send(PdfHttpRequest request, HttpSettings? settings = null)
    {
        using var sender = new HttpSender(settings ?? Here);
        try
        {
            return (await sender.Send(request, CancellationToken.None), null);
        }
        catch (HttpFailed failed)
        {
            return (null, failed.Kind);
        }
    }

    private sealed class Direct(Action<SigningProgress> report) : IProgress<SigningProgress>
    {
        public void Report(SigningProgress value) => report(value);
    }
}
