#!/usr/bin/env python3
"""AWS KMS as moto plays it, with its Sign replaced, on a free port of 127.0.0.1; prints the port.

moto's own Sign hashes digests again, takes the largest PSS salt, signs with disabled keys, and has no Ed25519. This one does what the API
reference of AWS says. A key whose description begins with `fault:` fails as the service can: `throttled` and `slow` at first, the others (`hung`: too late) always.
"""
import base64
import json
import time

import keys
from moto.kms import models, responses, utils
from moto.core.exceptions import JsonRESTError
from moto.kms.exceptions import ValidationException
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

EDWARDS = "ECC_NIST_EDWARDS25519"


class Ed25519:
    def __init__(self):
        self.private_key = keys.ed25519_key()

    def public_key(self):
        return keys.public_der(self.private_key)


calls = {}
FAULTS = {
    "throttled": (400, "ThrottlingException", "You have exceeded the rate at which you may call KMS."),
    "denied": (400, "AccessDeniedException", "User is not authorized to perform: kms:Sign"),
    "expired": (400, "ExpiredTokenException", "The security token included in the request is expired"),
}


def fail(key):
    """Fails as the description of the key says."""
    fault = (key.description or "").removeprefix("fault:")
    calls[key.id] = calls.get(key.id, 0) + 1
    if fault == "hung" or (fault == "slow" and calls[key.id] == 1):
        time.sleep(3)
    if fault in FAULTS and (fault != "throttled" or calls[key.id] <= 2):
        status, kind, message = FAULTS[fault]
        error = JsonRESTError(kind, message)
        error.code = status
        raise error
    if not key.enabled:
        error = JsonRESTError("DisabledException", f"{key.arn} is disabled.")
        error.code = 400
        raise error


def sign(self):
    key_id, name = self._get_param("KeyId"), self._get_param("SigningAlgorithm")
    message, kind = self._get_param("Message"), self._get_param("MessageType") or "RAW"
    self._validate_key_id(key_id)
    key = self.kms_backend.describe_key(key_id)
    fail(key)
    if name not in key.signing_algorithms:
        raise ValidationException(f"{name} is not one of {key.signing_algorithms}")
    if not 1 <= len(message) <= 4096:
        raise ValidationException("Value at 'message' failed to satisfy constraint: Member must have length between 1 and 4096")
    try:
        signature = sign_with(key.private_key.private_key, name, message, kind)
    except ValueError as error:
        raise ValidationException(f"Digest is invalid for the algorithm: {error}") from error
    return json.dumps({"KeyId": key.arn, "Signature": base64.b64encode(signature).decode(), "SigningAlgorithm": name})


def sign_with(key, name, message, kind):
    if name == "ED25519_SHA_512":
        if kind != "RAW":
            raise ValueError("ED25519_SHA_512 takes MessageType RAW")
        return key.sign(message)
    scheme = "ECDSA" if name.startswith("ECDSA") else "PSS" if "PSS" in name else "PKCS1"
    return keys.sign(key, scheme, name[-3:], message, prehashed=kind == "DIGEST")


known = models.Key.signing_algorithms.fget
generate = utils.generate_private_key
specs = utils.KeySpec.key_specs()
utils.KeySpec.key_specs = classmethod(lambda self: sorted([*specs, EDWARDS]))
models.generate_private_key = lambda spec: Ed25519() if spec == EDWARDS else generate(spec)
models.Key.signing_algorithms = property(lambda self: ["ED25519_SHA_512"] if self.key_spec == EDWARDS else known(self))
responses.KmsResponse.sign = sign

server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
