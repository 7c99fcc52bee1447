"""The faults: which of them a request gets, and how they change a request or an answer. README.md lists them."""
import base64
import threading
import urllib.parse

from asn1crypto import algos, core, ocsp, pem, tsp

OCSP_ERRORS = {"malformed": "malformed_request", "internal": "internal_error", "try-later": "try_later",
               "sig-required": "sign_required", "unauthorized": "unauthorized"}
FAIL_INFO = {"badAlg": 0, "badRequest": 2, "badDataFormat": 5, "timeNotAvailable": 14, "unacceptedPolicy": 15,
             "unacceptedExtension": 16, "addInfoNotAvailable": 17, "systemFailure": 25}
NAMES = {"status", "retry-after", "delay", "drip", "cut", "reset", "chunked", "gzip", "close", "endless", "type", "redirect",
         "redirect-loop", "basic", "bearer", "empty", "html", "pem", "base64", "trailing", "truncate", "time", "openssl",
         "wrong-nonce", "no-nonce", "wrong-imprint", "other-hash", "mods", "waiting", "no-token", "rejected",
         "unknown", "other-serial", "ocsp-wrong-nonce", "ocsp-no-nonce", *OCSP_ERRORS}


class Rules:
    """Faults of addresses that stand in certificates: [{"path": PREFIX, "fault": NAMES, "times": N}]."""

    def __init__(self):
        self.rules, self.lock = [], threading.Lock()

    def replace(self, rules):
        for rule in rules:
            named(rule["fault"])
        with self.lock:
            self.rules = rules

    def of(self, path):
        """The path without the faults that it names, and all faults of the request."""
        found = {}
        if path.startswith("/+"):
            names, _, path = path[2:].partition("/")
            path = f"/{path}"
            found |= named(urllib.parse.unquote(names))
        with self.lock:
            for rule in self.rules:
                if path.startswith(rule["path"]) and rule.get("times", 1) > 0:
                    if "times" in rule:
                        rule["times"] -= 1
                    found |= named(rule["fault"])
        return path, found


def named(text):
    """The faults of a list such as `wrong-nonce,delay=2`. A misspelt one is an error: it would let a test pass."""
    faults = dict(one.partition("=")[::2] for one in text.split(","))
    if unknown := faults.keys() - NAMES:
        raise ValueError(f"no fault is called {', '.join(sorted(unknown))}")
    return faults


def edit_request(body, faults):
    if faults.keys() & {"wrong-nonce", "no-nonce", "wrong-imprint", "other-hash"}:
        return edit_query(tsp.TimeStampReq.load(body), faults).dump()
    if faults.keys() & {"other-serial", "ocsp-wrong-nonce", "ocsp-no-nonce"}:
        return edit_ocsp_request(ocsp.OCSPRequest.load(body), faults).dump()
    return body


def edit_query(query, faults):
    """The query is altered and not the answer, so the token is well signed."""
    imprint = query["message_imprint"]
    digest, name = imprint["hashed_message"].native, imprint["hash_algorithm"]["algorithm"].native
    if "wrong-imprint" in faults:
        digest = bytes([digest[0] ^ 1]) + digest[1:]
    if "other-hash" in faults:
        name, digest = "sha512", bytes(64)
    fields = {"version": 1, "cert_req": query["cert_req"].native, "message_imprint": {
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": name}), "hashed_message": digest}}
    if query["req_policy"].native is not None:
        fields["req_policy"] = query["req_policy"]
    nonce = query["nonce"].native
    if nonce is not None and "no-nonce" not in faults:
        fields["nonce"] = nonce + ("wrong-nonce" in faults)
    return tsp.TimeStampReq(fields)


def edit_ocsp_request(request, faults):
    identity = request["tbs_request"]["request_list"][0]["req_cert"].copy()
    if "other-serial" in faults:
        identity["serial_number"] = identity["serial_number"].native - 1  # of a neighbour
    fields, nonce = {"request_list": [{"req_cert": identity}]}, request.nonce_value
    if "ocsp-wrong-nonce" in faults:
        nonce = core.OctetString(bytes(16))
    if nonce is not None and "ocsp-no-nonce" not in faults:
        fields["request_extensions"] = [{"extn_id": "nonce", "extn_value": nonce.native}]
    return ocsp.OCSPRequest({"tbs_request": fields})


def edit_answer(body, faults):
    for name in faults.keys() & OCSP_ERRORS.keys():
        return ocsp.OCSPResponse({"response_status": OCSP_ERRORS[name]}).dump()
    if "rejected" in faults:
        return without_token(2, FAIL_INFO[faults["rejected"] or "badAlg"], "refused by a test")
    if "waiting" in faults:
        return without_token(3)
    if "no-token" in faults:
        return without_token(0)
    if "mods" in faults:
        token = tsp.TimeStampResp.load(body)["time_stamp_token"]
        return tsp.TimeStampResp({"status": {"status": tsp.PKIStatus(1)}, "time_stamp_token": token}).dump()
    if "empty" in faults:
        return b""
    if "html" in faults:
        return b"<!DOCTYPE html><title>Log in to the network</title>"
    if "pem" in faults:
        return pem.armor("CERTIFICATE" if body[:1] == b"\x30" and b"\x55\x1d\x13" in body else "X509 CRL", body)
    if "base64" in faults:
        return base64.b64encode(body)
    if "trailing" in faults:
        return body + b"\0\0"
    if "truncate" in faults:
        return body[:int(faults["truncate"] or len(body) // 2)]
    return body


def without_token(status, bit=None, text=None):
    """A TimeStampResp with a status alone, which asn1crypto can neither make nor read."""
    fields = {"status": tsp.PKIStatus(status)}
    if text:
        fields["status_string"] = [text]
    if bit is not None:
        fields["fail_info"] = tsp.PKIFailureInfo(tuple(int(index == bit) for index in range(bit + 1)))
    body = tsp.PKIStatusInfo(fields).dump()
    return b"\x30" + bytes([len(body)]) + body
