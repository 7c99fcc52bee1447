"""Addresses of servers. One out of a certificate may be a stranger's: only servers of the public internet are asked then."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal
from urllib.parse import quote, unquote_to_bytes, urlsplit


class BlockedError(Exception):
    """The address is not one that a certificate may name."""


@dataclass(frozen=True)
class Place:
    """The parts of an address."""

    scheme: Literal["http", "https"]
    host: str
    """Name or literal address in lower case, without brackets and without a final dot."""

    port: int
    target: str
    """Path and query, as a request line has them."""

    credentials: str | None
    """User information, as basic authentication has it."""

    @classmethod
    def of(cls, url: str) -> Place:
        """The parts of an address. Errors: `ValueError`, without the address."""
        if _ODD.search(url):
            raise ValueError("spaces or control characters")
        parts = urlsplit(url)
        scheme, port = parts.scheme.lower(), parts.port
        if scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise ValueError("neither http nor https, or no host")
        host = parts.hostname.removesuffix(".")
        if not host.isascii():
            host = host.encode("idna").decode()
        if not (_NAME.fullmatch(host) or (":" in host and "%" not in host and _is_literal(host))):
            raise ValueError("no name of a host")
        user, at, _ = parts.netloc.rpartition("@")
        target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        credentials = base64.b64encode(unquote_to_bytes(user)).decode() if at else None
        return cls("https" if scheme == "https" else "http", host, port or _PORTS[scheme], target, credentials)

    @property
    def authority(self) -> str:
        """Host and port, as the field `Host` has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Rules:
    """Rules for addresses out of certificates."""

    allow_private_networks: bool
    allowed_hosts: Sequence[str]

    def lifted_for(self, host: str) -> bool:
        """Whether the rules of address and port are lifted for a host."""
        return self.allow_private_networks or host in {name.lower().removesuffix(".") for name in self.allowed_hosts}

    def check(self, place: Place) -> None:
        """Checks everything except the addresses of a name. Errors: `BlockedError`."""
        if place.credentials is not None:
            raise BlockedError
        lifted = self.lifted_for(place.host)
        if not lifted and (place.port not in _PORTS.values() or place.host == "localhost" or place.host.endswith(".localhost")):
            raise BlockedError
        literal = _literal(place.host)
        if literal is not None and not is_permitted(literal, lifted=lifted):
            raise BlockedError


def is_permitted(address: str, *, lifted: bool) -> bool:
    """Whether a server at a numeric address may be asked. `lifted` permits all but those of the own link."""
    ip = ip_address(address.partition("%")[0])
    embedded = _embedded(ip)
    if any(_is_in(each, _OWN_LINK) for each in (ip, *embedded)):
        return False
    return lifted or (_is_public(ip) and all(map(_is_public, embedded)))


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address is a globally reachable one of a single host."""
    if isinstance(ip, IPv4Address):
        return not _is_in(ip, _REFUSED)
    return _is_in(ip, _GLOBAL) and not _is_in(ip, _REFUSED)


def _embedded(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """IPv4 addresses that an IPv6 address contains: mapped, compatible, 6to4 or NAT64."""
    if isinstance(ip, IPv4Address):
        return []
    if _is_in(ip, _LAST_BITS):
        return [IPv4Address(int(ip) & 0xFFFF_FFFF)]
    return [ip.sixtofour] if ip.sixtofour is not None else []


def _is_in(ip: IPv4Address | IPv6Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(ip in network for network in networks)


def _literal(host: str) -> str | None:
    """The address of a literal one, in every spelling that systems understand, such as `0x7f.1`."""
    if _is_literal(host):
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


_PORTS = {"http": 80, "https": 443}
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_SAFE = "!$&'()*+,-./:;=?@_~%[]"

# Registries of IANA for special purposes. `is_global` of `ipaddress` differs between versions of Python.
_OWN_LINK: list[IPv4Network | IPv6Network] = [IPv4Network("169.254.0.0/16"), IPv6Network("fe80::/10")]
_REFUSED: list[IPv4Network | IPv6Network] = [
    IPv4Network("0.0.0.0/8"),  # this network, unspecified
    IPv4Network("10.0.0.0/8"),  # private
    IPv4Network("100.64.0.0/10"),  # shared by carriers (CGNAT)
    IPv4Network("127.0.0.0/8"),  # loopback
    IPv4Network("169.254.0.0/16"),  # link-local
    IPv4Network("172.16.0.0/12"),  # private
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.0.2.0/24"),  # documentation
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv4Network("192.168.0.0/16"),  # private
    IPv4Network("198.18.0.0/15"),  # benchmarks
    IPv4Network("198.51.100.0/24"),  # documentation
    IPv4Network("203.0.113.0/24"),  # documentation
    IPv4Network("224.0.0.0/4"),  # multicast
    IPv4Network("240.0.0.0/4"),  # reserved, broadcast
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("3fff::/20"),  # documentation
]
# Unicast addresses; those that contain an IPv4 address count as that one. All others are reserved, local or multicast.
_GLOBAL = [IPv6Network("2000::/3"), IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")]
_LAST_BITS = [IPv6Network("::ffff:0:0/96"), IPv6Network("::/96"), IPv6Network("64:ff9b::/96")]
