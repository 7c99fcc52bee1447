package rustpdf

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// refusedRanges are the addresses to which a URL out of a certificate must not lead: all IPv4 that is not
// globally reachable unicast (IANA, special-purpose address registries).
var refusedRanges = ranges(
	"0.0.0.0/8",       // this network, unspecified
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // shared by carriers
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // relays of 6to4
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, broadcast
	"2001::/23",       // protocol assignments, Teredo
	"2001:db8::/32",   // documentation
	"3fff::/20",       // documentation
)

var (
	// unicastRange is all of IPv6 that is globally reachable unicast, except refusedRanges.
	unicastRange = netip.MustParsePrefix("2000::/3")
	// relayRange is 6to4: an IPv4 address follows the first 16 bits.
	relayRange = netip.MustParsePrefix("2002::/16")
	// compatibleRange is deprecated (RFC 4291, 2.5.5.1): an IPv4 address is in the last 32 bits.
	compatibleRange = netip.MustParsePrefix("::/96")
	// translatedRange is NAT64: an IPv4 address is in the last 32 bits.
	translatedRange = netip.MustParsePrefix("64:ff9b::/96")
)

func ranges(texts ...string) (prefixes []netip.Prefix) {
	for _, text := range texts {
		prefixes = append(prefixes, netip.MustParsePrefix(text))
	}
	return prefixes
}

// embedded returns the IPv4 address that an IPv6 address leads to, or the address itself.
func embedded(address netip.Addr) netip.Addr {
	address = address.WithZone("").Unmap()
	if !address.Is6() {
		return address
	}
	bytes := address.As16()
	switch {
	case relayRange.Contains(address):
		return netip.AddrFrom4([4]byte(bytes[2:6]))
	case translatedRange.Contains(address):
		return netip.AddrFrom4([4]byte(bytes[12:16]))
	}
	return address
}

// isGlobal reports whether an address is globally reachable unicast.
func isGlobal(address netip.Addr) bool {
	address = embedded(address)
	if address.Is6() && !unicastRange.Contains(address) {
		return false
	}
	for _, refused := range refusedRanges {
		if refused.Contains(address) {
			return false
		}
	}
	return true
}

// isLinkLocal reports whether an address is link-local, in any form.
func isLinkLocal(address netip.Addr) bool {
	if bytes := address.As16(); compatibleRange.Contains(address) {
		address = netip.AddrFrom4([4]byte(bytes[12:16]))
	}
	return embedded(address).IsLinkLocalUnicast()
}

// addressRules are the rules for URLs out of certificates, which a stranger may have chosen.
type addressRules struct {
	// allowPrivate permits every address except a link-local one, and every port.
	allowPrivate bool
	// allowedHosts permits every address and port of these hosts.
	allowedHosts []string
}

// permitsHost reports whether the caller named a host.
func (r *addressRules) permitsHost(host string) bool {
	for _, allowed := range r.allowedHosts {
		if strings.EqualFold(strings.TrimSuffix(allowed, "."), strings.TrimSuffix(host, ".")) {
			return true
		}
	}
	return false
}

// permitsAddress reports whether a connection to an address is permitted.
func (r *addressRules) permitsAddress(address netip.Addr) bool {
	if r.allowPrivate {
		return !isLinkLocal(address)
	}
	return isGlobal(address)
}

// permitsURL reports whether a request to a URL is permitted, as far as its text says. The address of a
// name is checked when it is connected to.
func (r *addressRules) permitsURL(at *url.URL) bool {
	host := at.Hostname()
	if at.Scheme != "http" && at.Scheme != "https" || at.User != nil || host == "" || at.Opaque != "" {
		return false
	}
	if r.permitsHost(host) {
		return true
	}
	if port := at.Port(); !r.allowPrivate && port != "" && port != "80" && port != "443" {
		return false
	}
	for _, letter := range host {
		if letter > '~' {
			return false // certificates have ASCII alone
		}
	}
	address, isLiteral := literalAddress(host)
	return !isLiteral || address.IsValid() && r.permitsAddress(address)
}

// literalAddress returns the address that a host is, also in the old forms of IPv4, such as 0x7f.1. It
// is not valid if the host ends like an address and is none.
func literalAddress(host string) (address netip.Addr, isLiteral bool) {
	if address, err := netip.ParseAddr(host); err == nil {
		return address, true
	}
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if last := parts[len(parts)-1]; last == "" || last[0] < '0' || last[0] > '9' {
		return netip.Addr{}, strings.Contains(host, ":")
	}
	if len(parts) > 4 {
		return netip.Addr{}, true
	}
	value := uint64(0)
	for at, part := range parts {
		number, err := strconv.ParseUint(octal(part), 0, 64)
		most := uint64(0xff)
		if at == len(parts)-1 {
			most = 1<<(8*(5-len(parts))) - 1
		}
		if err != nil || number > most {
			return netip.Addr{}, true
		}
		if at == len(parts)-1 {
			value = value<<(8*(5-len(parts))) | number
		} else {
			value = value<<8 | number
		}
	}
	return netip.AddrFrom4([4]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)}), true
}

// octal returns a number without the forms that only Go knows.
func octal(part string) string {
	if strings.ContainsAny(part, "_oObB") && !strings.HasPrefix(strings.ToLower(part), "0x") || strings.Contains(part, "_") {
		return "none"
	}
	return part
}
