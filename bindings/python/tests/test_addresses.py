"""Addresses out of certificates: the servers that are asked, and those that are not."""

from __future__ import annotations

import pytest
from rustpdf._addresses import BlockedError, Place, Rules, is_permitted

PUBLIC = [
    *("8.8.8.8", "9.255.255.255", "99.255.255.255", "100.128.0.0", "172.32.0.1", "192.0.1.1", "198.20.0.1", "223.255.255.255"),
    *("2a00:1450:4001::8", "2600::1", "2003::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"),
]
LOCAL = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.255", "172.16.0.1", "172.31.255.255", "192.0.0.8"),
    *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::8.8.8.8", "fc00::1", "fdff::1", "fec0::1", "ff02::1", "100::1", "2001::1", "2001:db8::1", "3fff::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1", "5f00::1"),
]
OWN_LINK = ["169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"]


def test_only_public_addresses_are_asked() -> None:
    for address in PUBLIC:
        assert is_permitted(address, lifted=False), address
    for address in [*LOCAL, *OWN_LINK]:
        assert not is_permitted(address, lifted=False), address


def test_private_networks_can_be_permitted_but_the_own_link_cannot() -> None:
    for address in [*PUBLIC, *LOCAL]:
        assert is_permitted(address, lifted=True), address
    for address in OWN_LINK:
        assert not is_permitted(address, lifted=True), address


@pytest.mark.parametrize(
    "url",
    [
        "http://ocsp.example/",
        "HTTPS://OCSP.example:443/x?y",
        "http://8.8.8.8",
        "http://[2600::1]:80/",
        "http://host.internal:8080/",
        "http://HOST.internal.:8080/",
        "http://ä.example/",
    ],
)
def test_an_address_that_passes(url: str) -> None:
    Rules(False, ["Host.Internal"]).check(Place.of(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://ocsp.example:8080/",
        "http://ocsp.example:22/",
        "http://user@ocsp.example/",
        "http://user:pass@host.internal/",
        "http://ocsp.example@127.0.0.1/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost/",
        "http://a.localhost./",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_an_address_that_is_refused(url: str) -> None:
    with pytest.raises(BlockedError):
        Rules(False, ["host.internal"]).check(Place.of(url))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ldap://ocsp.example/",
        "file:///etc/passwd",
        "gopher://ocsp.example/",
        "//ocsp.example/",
        "http:///x",
        "http://a b/",
        "http://a\r\nHost: b/",
        "http://a\\@b/",
        "http://a/\x00",
        "http://a:0/",
        "http://a:99999/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://a..b/",
        "http://a%2Eb/",
    ],
)
def test_text_that_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(?!.*//)"):
        Place.of(url)


def test_private_networks_lift_rules_of_address_and_port_alone() -> None:
    rules = Rules(True, [])
    rules.check(Place.of("http://127.0.0.1:8235/"))
    rules.check(Place.of("http://localhost:1/"))
    for url in ("http://user@127.0.0.1/", "http://169.254.169.254/", "http://[fe80::1]/"):
        with pytest.raises(BlockedError):
            rules.check(Place.of(url))


def test_the_parts_of_an_address() -> None:
    place = Place.of("http://us%20er:p%40ss@Ocsp.Example.:8080/a b?c=ü#d".replace(" ", "%20"))
    assert (place.host, place.port, place.target, place.authority) == ("ocsp.example", 8080, "/a%20b?c=%C3%BC", "ocsp.example:8080")
    assert place.credentials == "dXMgZXI6cEBzcw=="
    assert Place.of("https://[2600::1]").authority == "[2600::1]"
