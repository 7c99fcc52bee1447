using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>Sends requests. It keeps no cookies, and nothing of one call for another.</summary>
internal sealed class HttpSender : IDisposable
{
    private const int MostRedirects = 3;
    private const int MostHeaderKilobytes = 64;

    /// <summary>Header fields of the package that those of the caller replace.</summary>
    private static readonly string[] Replaced = ["Accept", "Authorization", "Content-Type", "User-Agent"];
    private readonly HttpSettings settings;
    private readonly AddressRules rules;
    private readonly IWebProxy proxy;
    private readonly HttpMessageInvoker guarded;
    private readonly HttpMessageInvoker open;

    /// <summary>Makes a sender.</summary>
    /// <param name="settings">Settings of the caller.</param>
    /// <param name="proxy">Default: the proxy of the environment.</param>
    internal HttpSender(HttpSettings settings, IWebProxy? proxy = null)
    {
        this.settings = settings;
        this.proxy = proxy ?? HttpClient.DefaultProxy;
        rules = new AddressRules(settings.AllowPrivateNetworks, settings.AllowedHosts);
        open = new HttpMessageInvoker(Handler());
        var checking = Handler();
        checking.UseProxy = false;
        checking.Proxy = null;
        checking.ConnectCallback = Connect;
        guarded = new HttpMessageInvoker(checking);
    }

    public void Dispose()
    {
        guarded.Dispose();
        open.Dispose();
    }

    /// <summary>Sends a request, and follows the redirections of a GET.</summary>
    /// <exception cref="HttpFailed">There is no response.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled.</exception>
    internal async Task<PdfHttpResponse> Send(PdfHttpRequest request, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(settings.RequestTimeout);
        try
        {
            return await Follow(request, limited.Token).ConfigureAwait(false);
        }
        catch (Exception) when (limited.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new HttpFailed(HttpFailure.Timeout);
        }
        catch (Exception error)
        {
            throw new HttpFailed(HttpFailed.KindOf(error) ?? HttpFailure.Other); // its text contains addresses
        }
    }

    /// <summary>The time that a <c>Retry-After</c> field names: seconds, or a date.</summary>
    internal static TimeSpan? RetryAfterOf(string? field, DateTimeOffset now)
    {
        field = field?.Trim();
        if (string.IsNullOrEmpty(field)) return null;
        if (field.All(char.IsAsciiDigit)) return TimeSpan.FromSeconds(field.Length > 9 ? 999_999_999 : int.Parse(field, CultureInfo.InvariantCulture));
        if (!DateTimeOffset.TryParseExact(field, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)) return null;
        return TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling((date - now).TotalSeconds), 0, 999_999_999));
    }

    private async Task<PdfHttpResponse> Follow(PdfHttpRequest request, CancellationToken token)
    {
        var isStranger = request.Service == null;
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out var at)) throw new HttpFailed(HttpFailure.Blocked);
        for (var redirects = 0; ; redirects++)
        {
            if (isStranger && !rules.Permits(at)) throw new HttpFailed(HttpFailure.Blocked);
            using var message = Message(request, at, isStranger);
            var sender = isStranger && IsDirect(at) ? guarded : open;
            using var response = await sender.SendAsync(message, token).ConfigureAwait(false);
            if (RedirectOf(response) is not { } location) return await Read(request, response, token).ConfigureAwait(false);
            // Credentials of the caller's services follow no redirection.
            if (!isStranger || request.Method != "GET" || redirects == MostRedirects) throw new HttpFailed(HttpFailure.Redirect);
            if (!Uri.TryCreate(at, location, out at)) throw new HttpFailed(HttpFailure.Blocked);
        }
    }

    private static HttpRequestMessage Message(PdfHttpRequest request, Uri at, bool isStranger)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), at);
        message.Headers.TryAddWithoutValidation("User-Agent", "rustpdf");
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        if (request.Body.Length > 0 || request.Method == "POST")
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            if (request.ContentType != null) message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }
        if (isStranger) return message;
        if (at.UserInfo.Length > 0)
        {
            var login = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(at.UserInfo)));
            message.Headers.TryAddWithoutValidation("Authorization", $"Basic {login}");
        }
        foreach (var (name, value) in request.Headers ?? new Dictionary<string, string>())
        {
            HttpHeaders? fields = name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? message.Content?.Headers : message.Headers;
            if (Replaced.Contains(name, StringComparer.OrdinalIgnoreCase)) fields?.Remove(name);
            fields?.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    private static string? RedirectOf(HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)) return null;
        return response.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
    }

    private static async Task<PdfHttpResponse> Read(PdfHttpRequest request, HttpResponseMessage response, CancellationToken token)
    {
        if (response.Content.Headers.ContentLength > request.Limit) throw new HttpFailed(HttpFailure.TooLarge);
        await using var stream = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
        var (body, piece) = (new MemoryStream(), new byte[16 * 1024]);
        for (int read; (read = await stream.ReadAsync(piece, token).ConfigureAwait(false)) > 0;)
        {
            if (body.Length + read > request.Limit) throw new HttpFailed(HttpFailure.TooLarge);
            body.Write(piece, 0, read);
        }
        var field = response.Headers.TryGetValues("Retry-After", out var values) ? values.FirstOrDefault() : null;
        return new PdfHttpResponse(
            (int)response.StatusCode, body.GetBuffer().AsMemory(0, (int)body.Length), RetryAfterOf(field, DateTimeOffset.UtcNow));
    }

    private SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        UseCookies = false,
        Credentials = null,
        PreAuthenticate = false,
        Proxy = proxy,
        ActivityHeadersPropagator = null,
        ConnectTimeout = settings.ConnectTimeout,
        MaxResponseHeadersLength = MostHeaderKilobytes,
        PooledConnectionIdleTimeout = settings.RequestTimeout,
    };

    private bool IsDirect(Uri at)
    {
        if (proxy.IsBypassed(at)) return true;
        var by = proxy.GetProxy(at);
        return by == null || by == at;
    }

    /// <summary>Connects to the addresses of a name that the rules permit.</summary>
    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken token)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            throw new HttpFailed(HttpFailure.Dns);
        }
        var permitted = rules.PermitsHost(host) ? addresses : Array.FindAll(addresses, rules.Permits);
        var failed = addresses.Length == 0 ? HttpFailure.Dns : HttpFailure.Blocked;
        foreach (var address in permitted)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), token).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException error)
            {
                socket.Dispose();
                failed = error.SocketErrorCode == SocketError.TimedOut ? HttpFailure.Timeout : HttpFailure.Connect;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw new HttpFailed(failed);
    }
}

/// <summary>A request that got no response.</summary>
internal sealed class HttpFailed(HttpFailure kind) : Exception($"the request failed: {HttpFailureNames.Of(kind)}")
{
    internal HttpFailure Kind => kind;

    /// <summary>The kind of an exception of the network; null for every other exception.</summary>
    internal static HttpFailure? KindOf(Exception error)
    {
        var chain = new List<Exception>();
        for (var one = error; one != null && chain.Count < 16; one = one.InnerException) chain.Add(one);
        if (chain.OfType<HttpFailed>().FirstOrDefault() is { } failed) return failed.Kind;
        if (chain.OfType<TimeoutException>().Any()) return HttpFailure.Timeout;
        var socket = chain.OfType<SocketException>().FirstOrDefault()?.SocketErrorCode;
        if (socket == SocketError.TimedOut) return HttpFailure.Timeout;
        switch (chain.OfType<HttpRequestException>().FirstOrDefault()?.HttpRequestError)
        {
            case HttpRequestError.NameResolutionError: return HttpFailure.Dns;
            case HttpRequestError.SecureConnectionError: return HttpFailure.Tls;
            case HttpRequestError.ConnectionError: return HttpFailure.Connect;
        }
        if (chain.OfType<AuthenticationException>().Any()) return HttpFailure.Tls;
        if (socket is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain) return HttpFailure.Dns;
        if (error is SocketException) return HttpFailure.Connect;
        return chain.Any(one => one is HttpRequestException or HttpIOException or SocketException) ? HttpFailure.Other : null;
    }
}
