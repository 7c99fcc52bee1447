"""Keys in PKCS #11 tokens, by python-pkcs11."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias
from urllib.parse import quote, unquote_to_bytes

from .._arguments import Certificate, Chain, PublicKey
from .._errors import RustpdfError, argument_error, host_error
from .._generated import SigningRequest
from ._key import StoreKey, client_library, ed25519_public_key, question

if TYPE_CHECKING:
    from typing_extensions import Self

Pin: TypeAlias = str | Callable[[], str]
"""A PIN, or a function that returns it each time it is needed."""

_CALLING = threading.RLock()
"""Held at each call of a module: python-pkcs11 does not tell modules that there are threads."""


@dataclass(frozen=True, eq=False, repr=False)
class Pkcs11Key(StoreKey):
    """A key in a PKCS #11 token, and its session. Close it after use, or use it in a `with`."""

    _close: Callable[[], None] = field(kw_only=True)

    def close(self) -> None:
        """Ends the session, and the login with the last key of the token. May be called again."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def pkcs11_key(
    uri: str | None = None,
    *,
    module: str | None = None,
    token: str | None = None,
    serial: str | None = None,
    key: str | None = None,
    pin: Pin | None = None,
    signing_pin: Pin | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
) -> Pkcs11Key:
    """A private key in a PKCS #11 token (HSM, smart card, SoftHSM) as a signer.

    `uri` names module, token and key (RFC 7512), such as `pkcs11:token=T;object=K?module-path=M`. Its `pin-source=file:PATH` names a file
    with the PIN in its first line. These arguments name what the URI does not:

    - `module`: path of the module, a shared library.
    - `token`, `serial`: label and serial number of the token. Without them there must be one token.
    - `key`: label of the key, or its `CKA_ID` in hexadecimal if no key has that label. Without it there must be one private key.
    - `pin`: user PIN. Without one there is no login, unless the token has a PIN pad.
    - `signing_pin`: PIN of a key that requires one for each signature (default: `pin`).

    The certificate is the newest one in the token with the `CKA_ID` of the key, and the chain its issuers there, unless they are given.
    Keys of one token share the login. Signatures of all tokens are made one after the other. A lost session is not opened again: make
    the key again.

    >>> with pkcs11_key("pkcs11:token=signers;object=rsa", module=module, pin=pin) as signer:
    ...     signed = rustpdf.sign(pdf, signer=signer)

    Raises ImportError without the extra `pkcs11`, the exceptions of python-pkcs11, and RustpdfError: `ERR_PKCS11_URI`, `ERR_ARGUMENT`.
    Signing raises these, too, and `ERR_ALGORITHM_MISMATCH`.
    """
    pkcs11 = client_library("pkcs11", "pkcs11")
    named = {} if uri is None else _parsed(uri)
    path = _once("module", module, _text(named, "module-path"))
    if path is None:
        raise host_error("argument_missing", name="`module`, or `module-path` in the URI,")
    label, number = _once("token", token, _text(named, "token")), _once("serial", serial, _text(named, "serial"))
    source = _text(named, "pin-source")
    user_pin = pin if source is None else _once("pin", pin, _pin_of(source))

    wanted = None if number is None else number.encode()
    with _CALLING:
        found = pkcs11.lib(path).get_token(token_label=label, token_serial=wanted)
        session = _Session(pkcs11, path, found, user_pin)
        try:
            object = _found(pkcs11, session.opened, key, named)
            id, name = _attribute(object, pkcs11.Attribute.ID) or b"", _attribute(object, pkcs11.Attribute.LABEL) or ""
            every_time = bool(_attribute(object, pkcs11.Attribute.ALWAYS_AUTHENTICATE))
            own, issuers = (certificate, None) if certificate is not None else _certificates(pkcs11, session.opened, id)
        except BaseException:
            session.close()
            raise

    def sign(data: bytes, request: SigningRequest) -> bytes:
        asked = question("pkcs11", data, request)
        parameter = None
        if request.signature_algorithm == "rsa-pss":
            hash = request.digest_algorithm.upper()
            parameter = (pkcs11.Mechanism[hash], pkcs11.MGF[hash], request.salt_length)
        how = {"mechanism": pkcs11.Mechanism[asked.name.removeprefix("CKM_")], "mechanism_param": parameter}
        signature: bytes
        if not every_time:
            with _CALLING:
                signature = object.sign(asked.input, **how)
            return signature
        pin = _value(signing_pin or user_pin)
        with _CALLING, found.open() as alone:  # a refused PIN leaves the operation open, which ends with its session
            signature = _found(pkcs11, alone, key, named).sign(asked.input, pin=pin, **how)
        return signature

    def public_key() -> PublicKey:
        with _CALLING:
            return _public_key(pkcs11, session.opened, object, id)

    parts = [f"token={quote(found.label)}", f"object={quote(name)}", "id=" + "".join(f"%{byte:02x}" for byte in id)]
    return Pkcs11Key(
        own,
        issuers if chain is None else chain,
        key_id="pkcs11:" + ";".join(parts),
        _sign=sign,
        _public_key=public_key,
        _close=session.close,
    )


class _Session:
    """A session with a token. Its first one logs in, and its last one logs out. Errors: those of python-pkcs11."""

    _logins: ClassVar[dict[tuple[str, int], list[Any]]] = {}
    """The session that logged in, if one did, and the number of sessions, by module and slot.

    python-pkcs11 logs out when that session is closed, and the token then logs out all sessions of the process.
    """

    def __init__(self, pkcs11: Any, path: str, token: Any, pin: Pin | None) -> None:
        self._error = pkcs11.PKCS11Error
        self._place = (path, token.slot.slot_id)
        self._is_open = True
        has_pad = bool(token.flags & pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH)
        with _CALLING:
            login = self._logins.get(self._place, [None, 0])
            if login[0] is None and (has_pad or pin is not None):
                with suppress(pkcs11.UserAlreadyLoggedIn):  # by another part of the program, which logs out itself
                    login[0] = token.open(user_pin=pkcs11.PROTECTED_AUTH if pin is None else _value(pin))
            try:
                self.opened = token.open()
            except BaseException:
                self._end(login)
                raise
            login[1] += 1
            self._logins[self._place] = login

    def close(self) -> None:
        """Closes the session. One that is lost is closed already."""
        with _CALLING:
            if not self._is_open:
                return
            self._is_open = False
            with suppress(self._error):
                self.opened.close()
            login = self._logins[self._place]
            login[1] -= 1
            self._end(login)

    def _end(self, login: list[Any]) -> None:
        if login[1] == 0:
            self._logins.pop(self._place, None)
            with suppress(self._error):
                if login[0] is not None:
                    login[0].close()


def _found(pkcs11: Any, session: Any, name: str | None, named: dict[str, bytes]) -> Any:
    """The private key. Errors: `NoSuchKey`, `MultipleObjectsReturned`, `ERR_ARGUMENT`."""
    kind, attribute = pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute
    label = _once("key", name, _text(named, "object") or ("" if "id" in named else None)) or None
    wanted = {attribute.LABEL: label, attribute.ID: named.get("id")}
    try:
        return _only(pkcs11, session, kind, {key: value for key, value in wanted.items() if value is not None})
    except pkcs11.NoSuchKey:
        if name is None or not re.fullmatch(r"(?:[0-9a-fA-F]{2})+", name):
            raise
        return _only(pkcs11, session, kind, {attribute.ID: bytes.fromhex(name)})


def _only(pkcs11: Any, session: Any, kind: Any, wanted: dict[Any, Any]) -> Any:
    """The only object of a kind. Errors: `NoSuchKey`, `MultipleObjectsReturned`.

    `get_key` of python-pkcs11 leaves its search open if there are several, and the session is then of no use.
    """
    found = list(session.get_objects({pkcs11.Attribute.CLASS: kind, **wanted}))
    if len(found) == 1:
        return found[0]
    names = ", ".join(repr(_attribute(one, pkcs11.Attribute.LABEL)) for one in found)
    if found:
        raise pkcs11.MultipleObjectsReturned(f"the token has {len(found)} keys that fit: {names}; name one by `key`")
    raise pkcs11.NoSuchKey("the token shows no key that fits; correct its name, or give the `pin`")


def _certificates(pkcs11: Any, session: Any, id: bytes) -> tuple[Any, list[bytes] | None]:
    """The newest certificate with the id of the key, and its issuers in the token; None if there is no such certificate."""
    parse: Any = client_library("asn1crypto.x509", "pkcs11").Certificate.load  # a dependency of python-pkcs11
    attribute, all = pkcs11.Attribute, []
    for object in session.get_objects({attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
        value = _attribute(object, attribute.VALUE)
        with suppress(ValueError, TypeError):  # not an X.509 certificate
            parsed = parse(value)
            all.append((parsed.not_valid_before, parsed, _attribute(object, attribute.ID)))
    own = sorted(((start, parsed.dump()) for start, parsed, of in all if id and of == id), reverse=True)
    if not own:
        return None, None
    others = {parsed.dump(): parsed for _, parsed, _ in all}
    path = [others.pop(own[0][1])]
    for one in path:  # the list grows meanwhile
        path += [others.pop(der) for der, other in [*others.items()] if _is_issuer(other, one)]
    return own[0][1], [one.dump() for one in path[1:]]


def _is_issuer(other: Any, one: Any) -> bool:
    """Whether a certificate has the name and the key of the issuer of another one. RFC 5280, 4.2.1.1."""
    wanted, identifier = one.authority_key_identifier, other.key_identifier
    return bool(other.subject.hashable == one.issuer.hashable and (None in (wanted, identifier) or wanted == identifier))


def _public_key(pkcs11: Any, session: Any, private: Any, id: bytes) -> PublicKey:
    """SubjectPublicKeyInfo of the public key object with the id of a private key."""
    key = _only(pkcs11, session, pkcs11.ObjectClass.PUBLIC_KEY, {pkcs11.Attribute.ID: id})
    if private.key_type == pkcs11.KeyType.EC_EDWARDS:
        return ed25519_public_key(key[pkcs11.Attribute.EC_POINT][-32:])  # bare, or in an OCTET STRING
    if private.key_type == pkcs11.KeyType.EC:
        info: bytes = client_library("pkcs11.util.ec", "pkcs11").encode_ec_public_key(key)
        return info
    keys = client_library("asn1crypto.keys", "pkcs11")
    rsa = client_library("pkcs11.util.rsa", "pkcs11").encode_rsa_public_key(key)
    wrapped: bytes = keys.PublicKeyInfo.wrap(keys.RSAPublicKey.load(rsa), "rsa").dump()
    return wrapped


def _attribute(object: Any, attribute: Any) -> Any:
    """An attribute of an object; None if it has none, or the module does not tell it."""
    try:
        return object[attribute]
    except client_library("pkcs11", "pkcs11").PKCS11Error:
        return None


def _value(pin: Pin | None) -> str | None:
    """The PIN. Errors: `ERR_ARGUMENT`; it does not contain the PIN."""
    value: object = pin() if callable(pin) else pin
    if value is not None and not isinstance(value, str):
        raise argument_error("the PIN", "text", value)
    return value


_PATH = ("token", "serial", "object", "id", "type")
_QUERY = ("module-path", "pin-source")


def _parsed(uri: str) -> dict[str, bytes]:
    """The attributes of a PKCS #11 URI (RFC 7512). Errors: `ERR_PKCS11_URI`; it quotes no value."""
    if not isinstance(uri, str):
        raise argument_error("`uri`", "text", uri)
    scheme, _, rest = uri.partition(":")
    if scheme.lower() != "pkcs11":
        raise _unusable("it does not begin with pkcs11:", "give one such as pkcs11:token=NAME;object=KEY")
    path, _, query = rest.partition("?")
    named: dict[str, bytes] = {}
    for part, separator, known in ((path, ";", _PATH), (query, "&", _QUERY)):
        for attribute in filter(None, part.split(separator)):
            name, equals, value = attribute.partition("=")
            if not equals:
                raise _unusable("it has a part without name and value", f"write NAME=VALUE, separated by {separator}")
            if name == "pin-value":
                raise _unusable("it contains a PIN (pin-value)", "leave it out, and give `pin`, or pin-source=file:PATH in the URI")
            if name not in known:
                if part is query:
                    continue  # RFC 7512, 2.4
                raise _unusable(f"it has an unknown attribute {name[:30]!r}", f"leave it out; there are {', '.join(known)}")
            if name in named:
                raise _unusable(f"it has two attributes {name}", "give one of them")
            named[name] = unquote_to_bytes(value)
    if named.get("type", b"private") != b"private":
        raise _unusable("it does not name a private key (type)", "write type=private, or leave it out")
    return named


def _text(named: dict[str, bytes], name: str) -> str | None:
    value = named.get(name)
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        raise _unusable(f"its {name} is not UTF-8", "percent-encode the UTF-8 bytes") from None


def _pin_of(source: str) -> str:
    """The PIN in the first line of a file. Errors: `ERR_PKCS11_URI`, `OSError`."""
    path = source.removeprefix("file://").removeprefix("file:")
    if source.startswith("|") or ("file:" not in source and re.match(r"[a-z][a-z0-9+.-]+:", source)):
        raise _unusable("its pin-source is not a file", "write pin-source=file:PATH, or give `pin`")
    with open(path, encoding="utf-8") as file:
        pin = file.readline().rstrip("\r\n")
    if not pin:
        raise _unusable("the file of its pin-source begins with an empty line", "write the PIN into the first line of that file")
    return pin


def _once(name: str, argument: Any, of_uri: Any) -> Any:
    """A value that the arguments name, or the URI, and not both. Errors: `ERR_ARGUMENT`."""
    if argument is not None and of_uri is not None:
        raise host_error("option_conflict", one=f"`{name}`", other="the same in `uri`")
    return of_uri if argument is None else argument


def _unusable(found: str, remedy: str) -> RustpdfError:
    return RustpdfError("ERR_PKCS11_URI", f"the PKCS #11 URI cannot be used: {found}; {remedy}")
