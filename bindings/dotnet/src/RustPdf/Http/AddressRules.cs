using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;

namespace RustPdf;

/// <summary>The rules for addresses from certificates, which a stranger may have chosen.</summary>
/// <param name="allowPrivate">Permits every address except a link-local one, and every port.</param>
/// <param name="allowedHosts">Hosts that the caller named.</param>
internal sealed class AddressRules(bool allowPrivate, IReadOnlyCollection<string> allowedHosts)
{
    /// <summary>All that is not globally reachable unicast (IANA, special-purpose address registries).</summary>
    private static readonly IPNetwork[] Refused = new[]
    {
        "0.0.0.0/8", // this network, unspecified
        "10.0.0.0/8", // private
        "100.64.0.0/10", // shared by carriers
        "127.0.0.0/8", // loopback
        "169.254.0.0/16", // link-local
        "172.16.0.0/12", // private
        "192.0.0.0/24", // protocol assignments
        "192.0.2.0/24", // documentation
        "192.88.99.0/24", // relays of 6to4
        "192.168.0.0/16", // private
        "198.18.0.0/15", // benchmarks
        "198.51.100.0/24", // documentation
        "203.0.113.0/24", // documentation
        "224.0.0.0/4", // multicast
        "240.0.0.0/4", // reserved, broadcast
        "2001::/23", // protocol assignments, Teredo
        "2001:db8::/32", // documentation
        "3fff::/20", // documentation
    }.Select(IPNetwork.Parse).ToArray();

    private static readonly IPNetwork LinkLocal = IPNetwork.Parse("169.254.0.0/16");

    /// <summary>All of IPv6 that is globally reachable unicast, except <see cref="Refused"/>.</summary>
    private static readonly IPNetwork Unicast = IPNetwork.Parse("2000::/3");

    /// <summary>6to4: an IPv4 address follows the first 16 bits.</summary>
    private static readonly IPNetwork Relay = IPNetwork.Parse("2002::/16");

    /// <summary>Deprecated (RFC 4291, 2.5.5.1): an IPv4 address is in the last 32 bits.</summary>
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    /// <summary>NAT64: an IPv4 address is in the last 32 bits.</summary>
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether the caller named a host.</summary>
    internal bool PermitsHost(string host) =>
        allowedHosts.Any(allowed => string.Equals(Plain(allowed), Plain(host), StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a connection to an address is permitted.</summary>
    internal bool Permits(IPAddress address)
    {
        var inner = Embedded(address);
        if (!allowPrivate) return IsGlobal(inner);
        if (Compatible.Contains(inner)) inner = new IPAddress(inner.GetAddressBytes().AsSpan(12, 4));
        return !inner.IsIPv6LinkLocal && !LinkLocal.Contains(inner);
    }

    /// <summary>Whether a request to an address is permitted, as far as its text says. That of a name is checked when it is connected to.</summary>
    internal bool Permits(Uri at)
    {
        if (!at.IsAbsoluteUri || at.Scheme is not ("http" or "https") || at.UserInfo.Length > 0 || at.Host.Length == 0) return false;
        if (PermitsHost(at.Host)) return true;
        if (!allowPrivate && !at.IsDefaultPort && at.Port is not (80 or 443)) return false;
        if (at.Host.Any(letter => letter > '~')) return false; // certificates have ASCII alone
        var (isLiteral, address) = Literal(Plain(at.Host));
        return !isLiteral || (address != null && Permits(address));
    }

    /// <summary>
    /// Whether a host is an address, also in the old forms of IPv4, such as 0x7f.1; and the address, which is null if the host ends like
    /// one and is none.
    /// </summary>
    private static (bool IsLiteral, IPAddress? Address) Literal(string host)
    {
        if (host.Contains(':')) return (true, IPAddress.TryParse(host, out var address) ? address : null);
        var parts = host.Split('.');
        if (!char.IsAsciiDigit(parts[^1].FirstOrDefault('x'))) return (false, null);
        if (parts.Length > 4) return (true, null);
        ulong value = 0;
        for (var at = 0; at < parts.Length; at++)
        {
            var bits = at == parts.Length - 1 ? 8 * (5 - parts.Length) : 8;
            if (!(NumberOf(parts[at]) is ulong number) || number >> bits != 0) return (true, null);
            value = (value << bits) | number;
        }
        return (true, new IPAddress(new[] { (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value }));
    }

    private static ulong? NumberOf(string part)
    {
        var isHex = part.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (isHex) return ulong.TryParse(part.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        if (part.Length == 0 || part.Length > 12 || !part.All(char.IsAsciiDigit)) return null;
        if (part[0] != '0') return ulong.Parse(part, CultureInfo.InvariantCulture);
        return part.All(digit => digit < '8') ? part.Aggregate(0UL, (value, digit) => (value * 8) + (ulong)(digit - '0')) : null;
    }

    private static string Plain(string host)
    {
        var plain = host.TrimStart('[').TrimEnd(']');
        return plain.EndsWith('.') ? plain[..^1] : plain;
    }

    private static bool IsGlobal(IPAddress address)
    {
        var isIPv6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        return (!isIPv6 || Unicast.Contains(address)) && !Refused.Any(refused => refused.Contains(address));
    }

    /// <summary>The IPv4 address that an IPv6 address leads to, or the address itself.</summary>
    private static IPAddress Embedded(IPAddress address)
    {
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        var plain = new IPAddress(bytes); // without its zone
        if (Relay.Contains(plain)) return new IPAddress(bytes.AsSpan(2, 4));
        return Translated.Contains(plain) ? new IPAddress(bytes.AsSpan(12, 4)) : plain;
    }
}
