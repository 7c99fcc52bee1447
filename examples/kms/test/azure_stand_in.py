#!/usr/bin/env python3
"""A stand-in for Azure Key Vault, written for these tests from Azure's reference: TLS on a free port of 127.0.0.1; prints the port.

    azure_stand_in.py CERTIFICATE.pem KEY.pem      a certificate for rustpdf.localhost and localhost

Azure offers no emulator. What this proves is that the real client library, the request and the answer fit together. It makes keys, hands
out their public halves, signs digests, and plays the managed identity that gives DefaultAzureCredential its token. It keeps a certificate that is
merged with the newest key of its name. A key whose name begins with `fault-` fails as the service can: `throttled` at first, `disabled` and
`denied` always.
"""
import base64
import hashlib
import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import keys
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

TOKEN = "token-of-the-stand-in"
CURVE_OF = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
made = {}
certificates = {}  # DER, by the identifier of the key


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(value, size=None):
    return encode(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


class Refused(Exception):
    """status, code, message"""


def described(kid):
    key, kind = made[kid]
    public = key.public_key().public_numbers()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        size = (key.curve.key_size + 7) // 8
        parts = {"crv": f"P-{key.curve.key_size}", "x": number(public.x, size), "y": number(public.y, size)}
    else:
        parts = {"n": number(public.n), "e": number(public.e)}
    return {"key": {"kid": kid, "kty": kind, "key_ops": ["sign", "verify"], **parts}, "attributes": {"enabled": True}}


def create(base, name, wanted):
    kind = wanted["kty"]
    key = keys.ec_key(wanted["crv"][2:]) if kind.startswith("EC") else keys.rsa_key(wanted["key_size"])
    kid = f"{base}/keys/{name}/{len(made):032x}"
    made[kid] = (key, kind)
    return described(kid)


def merge(kid, wanted):
    """Keeps the certificate of a key."""
    content = base64.b64decode(wanted["x5c"][0])
    if kid not in made or x509.load_der_x509_certificate(content).public_key() != made[kid][0].public_key():
        raise Refused(400, "BadParameter", "The public key of the X.509 certificate does not match the public key of the pending certificate.")
    certificates[kid] = content
    return bundle(kid)


def bundle(kid):
    _, name, version = kid.rsplit("/", 2)
    if kid not in certificates:
        raise Refused(404, "CertificateNotFound", f"A certificate with (name/id) {name}/{version} was not found in this key vault.")
    content, parsed = certificates[kid], x509.load_der_x509_certificate(certificates[kid])
    dates = {"nbf": int(parsed.not_valid_before_utc.timestamp()), "exp": int(parsed.not_valid_after_utc.timestamp())}
    return {
        "id": kid.replace("/keys/", "/certificates/"),
        "kid": kid,
        "sid": kid.replace("/keys/", "/secrets/"),
        "x5t": encode(hashlib.sha1(content).digest()),
        "cer": base64.b64encode(content).decode(),
        "attributes": {"enabled": True, **dates},
        "policy": {"key_props": {"exportable": False, "kty": made[kid][1]}, "issuer": {"name": "Unknown"}},
    }


calls = {}
FAULTS = {
    "throttled": (429, "Throttled", "Request was not processed because too many requests were received."),
    "disabled": (403, "Forbidden", "Operation sign is not allowed on a disabled key."),
    "denied": (403, "Forbidden", "Caller is not authorized to perform action on resource: keys/sign."),
}


def fail(kid):
    """Fails as the name of the key says."""
    fault = kid.split("/keys/")[1].split("/")[0].removeprefix("fault-")
    calls[kid] = calls.get(kid, 0) + 1
    if fault in FAULTS and (fault != "throttled" or calls[kid] <= 2):
        raise Refused(*FAULTS[fault])


def sign(kid, wanted):
    key, kind = made[kid]
    fail(kid)
    algorithm, digest = wanted["alg"], decode(wanted["value"])
    is_ec = kind.startswith("EC")
    allowed = CURVE_OF.get(algorithm) == f"P-{key.curve.key_size}" if is_ec else algorithm[:2] in ("RS", "PS")
    if not allowed:
        raise Refused(400, "BadParameter", f"Key and signing algorithm are incompatible: {kind} and {algorithm}")
    try:
        signature = keys.sign(key, {"ES": "ECDSA", "PS": "PSS", "RS": "PKCS1"}[algorithm[:2]], algorithm[2:], digest)
    except ValueError as error:
        raise Refused(400, "BadParameter", f"Invalid length of value: {error}") from error
    if is_ec:
        size = (key.curve.key_size + 7) // 8
        signature = b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(signature))
    return {"kid": kid, "value": encode(signature)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, status, body, **headers):
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def handle_request(self, body):
        url, base = urlsplit(self.path), f"https://{self.headers['Host']}"
        path = url.path.strip("/").split("/")
        if path[0] == "identity":
            return self.answer(200, {"access_token": TOKEN, "expires_on": str(int(time.time()) + 3600), "token_type": "Bearer"})
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            challenge = 'Bearer authorization="https://login.localhost/tenant", resource="https://localhost"'
            return self.answer(401, {"error": {"code": "Unauthorized", "message": "no token"}}, WWW_Authenticate=challenge)
        try:
            if not parse_qs(url.query).get("api-version"):
                raise Refused(400, "BadParameter", "api-version must be specified")
            if path[2:] == ["create"]:
                return self.answer(200, create(base, path[1], body))
            is_merge, is_sign = path[2:] == ["pending", "merge"], path[-1] == "sign"
            version = "" if is_merge or path[2:] == ["sign"] else "".join(path[2:3])
            kid = f"{base}/keys/{path[1]}/{version}"
            if not version:  # the newest
                kid = next((one for one in reversed(made) if one.startswith(kid)), kid)
            if path[0] == "certificates":
                return self.answer(201, merge(kid, body)) if is_merge else self.answer(200, bundle(kid))
            if kid not in made:
                raise Refused(404, "KeyNotFound", f"A key with (name/id) {'/'.join(path[1:3])} was not found in this key vault.")
            return self.answer(200, sign(kid, body) if is_sign else described(kid))
        except Refused as refused:
            status, code, message = refused.args
            later = {"Retry_After": "1"} if status == 429 else {}
            return self.answer(status, {"error": {"code": code, "message": message}}, **later)

    def do_GET(self):
        self.handle_request(None)

    def do_POST(self):
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.handle_request(json.loads(content) if content else None)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(*sys.argv[1:])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
