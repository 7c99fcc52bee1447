using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>Settings of requests to servers, which levels above B-B need: timestamps, revocation data, certificates of issuers.</summary>
/// <remarks>
/// <para>
/// An address from a certificate may have been chosen by a stranger. By default it must be http or https, without user information, on port
/// 80 or 443, and each address that is connected to must be globally reachable, also after a redirection. A proxy of the environment
/// resolves names itself: through it only addresses that are in the URL can be checked. The addresses of timestamp services are the
/// caller's, and are not checked.
/// </para>
/// <para>One object may be shared by calls on any thread. Do not change it meanwhile.</para>
/// </remarks>
/// <example>
/// <code>
/// var http = new HttpSettings { AllowedHosts = ["crl.example.internal"], Cache = new PdfHttpCache() };
/// SignedPdf signed = Pdf.Sign(pdf, signer, new SigningOptions { Http = http });
/// </code>
/// </example>
public sealed class HttpSettings
{
    /// <summary>
    /// Sends all requests in place of the package's own client: for client certificates, a proxy with a login, or a relay. The rules of
    /// addresses are then those of the function.
    /// </summary>
    public PdfHttpCallback? Send { get; init; }

    /// <summary>Keeps responses for other calls. Default: a cache for each call, which all documents of a call share.</summary>
    public IPdfHttpCache? Cache { get; init; }

    /// <summary>
    /// Permits addresses from certificates to lead to private networks, to this computer, and to every port. A link-local address stays
    /// refused.
    /// </summary>
    public bool AllowPrivateNetworks { get; init; }

    /// <summary>Hosts, names or addresses, to which addresses from certificates may lead, whatever their addresses and ports are.</summary>
    public IReadOnlyCollection<string> AllowedHosts { get; init; } = [];

    /// <summary>Time limit of a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time limit of a request with its response and redirections.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time limit of all requests of one document together.</summary>
    public TimeSpan RunTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Timestamp services of a session that is resumed: a saved session has none of them. Give as many as at its beginning, in the same
    /// order.
    /// </summary>
    public IReadOnlyList<TimestampService>? Services { get; init; }
}

/// <summary>Sends a request in place of the package's own client. Several threads call it at once. It does not retry.</summary>
/// <remarks>
/// An exception of the network (<see cref="System.Net.Http.HttpRequestException"/>, <see cref="TimeoutException"/>,
/// <see cref="System.Net.Sockets.SocketException"/>) counts as a failure of that server, and the call goes on with another. Every other
/// exception ends the call, and reaches the caller as itself.
/// </remarks>
/// <param name="request">The request.</param>
/// <param name="cancellationToken">Cancelled with the call, and when the time of the request is over.</param>
public delegate Task<PdfHttpResponse> PdfHttpCallback(PdfHttpRequest request, CancellationToken cancellationToken);

/// <summary>Purpose of a request to a server.</summary>
public enum PdfHttpPurpose
{
    /// <summary>Timestamp (RFC 3161).</summary>
    Timestamp,

    /// <summary>Status of a certificate (RFC 6960).</summary>
    Ocsp,

    /// <summary>Revocation list (RFC 5280, 5).</summary>
    Crl,

    /// <summary>Certificate of an issuer (RFC 5280, 4.2.2.1).</summary>
    Issuer,
}

/// <summary>A request to a server.</summary>
public sealed class PdfHttpRequest
{
    /// <summary>Purpose.</summary>
    public PdfHttpPurpose Purpose { get; init; }

    /// <summary>
    /// Number of the caller's timestamp service, from 0. Null if the address comes from a certificate, so that a stranger may have chosen
    /// it.
    /// </summary>
    public int? Service { get; init; }

    /// <summary>Address.</summary>
    public string Url { get; init; } = "";

    /// <summary>Header fields of the caller's timestamp service.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary><c>GET</c> or <c>POST</c>.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Type of the body; null without a body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Types of the response.</summary>
    public string Accept { get; init; } = "*/*";

    /// <summary>Body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Largest body of a response in bytes, after decoding.</summary>
    public long Limit { get; init; }

    /// <summary>The purpose. Neither the address nor a header field of a service is in it.</summary>
    public override string ToString() => $"{Purpose} request";
}

/// <summary>The response to a request, whatever its status.</summary>
public sealed class PdfHttpResponse
{
    /// <summary>Takes a response.</summary>
    /// <param name="status">Status code.</param>
    /// <param name="body">Decoded body.</param>
    /// <param name="retryAfter">Time of the field <c>Retry-After</c>; null if there is none.</param>
    public PdfHttpResponse(int status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter = null) =>
        (Status, Body, RetryAfter) = (status, body, retryAfter);

    /// <summary>Status code.</summary>
    public int Status { get; }

    /// <summary>Decoded body.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Time of the field <c>Retry-After</c>; null if there is none.</summary>
    public TimeSpan? RetryAfter { get; }
}
