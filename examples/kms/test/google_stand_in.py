#!/usr/bin/env python3
"""A stand-in for Google Cloud KMS, written for these tests from Google's reference: gRPC on a free port of 127.0.0.1; prints the port.

Google offers no emulator that signs. What this proves is that the real client library, the request and the answer fit together.
A version of a crypto key whose id starts with `corrupt-` answers as a bad wire would: `corrupt-request`, `corrupt-answer`, `corrupt-name`. One with
`fault-` fails as the service can: `fault-unavailable` at first, `fault-disabled`, `fault-denied` and `fault-expired` always.
"""
import re
from concurrent.futures import ThreadPoolExecutor

import grpc
import keys
from google.cloud import kms_v1

Algorithm = kms_v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm
made = {}


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def create_key_ring(request, context):
    return kms_v1.KeyRing(name=f"{request.parent}/keyRings/{request.key_ring_id}")


def create_crypto_key(request, context):
    name = f"{request.parent}/cryptoKeys/{request.crypto_key_id}"
    algorithm = Algorithm(request.crypto_key.version_template.algorithm)
    rsa, curve = re.match(r"RSA_SIGN_(?:PSS|PKCS1)_(\d+)_", algorithm.name), re.match(r"EC_SIGN_P(\d+)_", algorithm.name)
    key = keys.rsa_key(int(rsa[1])) if rsa else keys.ec_key(curve[1]) if curve else keys.ed25519_key()
    made[f"{name}/cryptoKeyVersions/1"] = (key, algorithm)
    return kms_v1.CryptoKey(name=name, purpose=request.crypto_key.purpose)


def find(name, context):
    if name not in made:
        context.abort(grpc.StatusCode.NOT_FOUND, f"CryptoKeyVersion {name} not found.")
    return made[name]


def get_public_key(request, context):
    key, algorithm = find(request.name, context)
    pem = keys.public_pem(key)
    return kms_v1.PublicKey(name=request.name, algorithm=algorithm, pem=pem, pem_crc32c=crc32c(pem.encode()))


calls = {}
FAULTS = {
    "unavailable": (grpc.StatusCode.UNAVAILABLE, "The service is currently unavailable."),
    "disabled": (grpc.StatusCode.FAILED_PRECONDITION, "CryptoKeyVersion is not enabled, current state is: DISABLED."),
    "denied": (grpc.StatusCode.PERMISSION_DENIED, "Permission 'cloudkms.cryptoKeyVersions.useToSign' denied"),
    "expired": (grpc.StatusCode.UNAUTHENTICATED, "Request had invalid authentication credentials."),
}


def fail(name, context):
    """Fails as the id of the key says."""
    fault = re.match(r".*/cryptoKeys/fault-(\w+)/", name)
    calls[name] = calls.get(name, 0) + 1
    if fault and (fault[1] != "unavailable" or calls[name] <= 2):
        context.abort(*FAULTS[fault[1]])


def asymmetric_sign(request, context):
    key, algorithm = find(request.name, context)
    fail(request.name, context)
    field, name = request._pb.digest.WhichOneof("digest"), request.name
    if algorithm.name == "EC_SIGN_ED25519":
        if field or not request.data:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "EC_SIGN_ED25519 takes data")
        value, told, signature = request.data, request.data_crc32c, key.sign(request.data)
    else:
        bits = algorithm.name[-3:]
        if field != f"sha{bits}":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{algorithm.name} takes digest.sha{bits}, not {field or 'data'}")
        value, told = getattr(request.digest, field), request.digest_crc32c
        scheme = "ECDSA" if algorithm.name.startswith("EC_") else "PSS" if "PSS" in algorithm.name else "PKCS1"
        try:
            signature = keys.sign(key, scheme, bits, value)
        except ValueError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
    if told is not None and told != crc32c(value):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the checksum in the request does not match")
    verified = told is not None and "/corrupt-request" not in name
    check = crc32c(signature) ^ ("/corrupt-answer" in name)
    answer = kms_v1.AsymmetricSignResponse(signature=signature, signature_crc32c=check, name=name + "9" * ("/corrupt-name" in name))
    setattr(answer, "verified_digest_crc32c" if field else "verified_data_crc32c", verified)
    return answer


def method(function, request, response):
    return grpc.unary_unary_rpc_method_handler(function, request.deserialize, response.serialize)


server = grpc.server(ThreadPoolExecutor(4))
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("google.cloud.kms.v1.KeyManagementService", {
    "CreateKeyRing": method(create_key_ring, kms_v1.CreateKeyRingRequest, kms_v1.KeyRing),
    "CreateCryptoKey": method(create_crypto_key, kms_v1.CreateCryptoKeyRequest, kms_v1.CryptoKey),
    "GetPublicKey": method(get_public_key, kms_v1.GetPublicKeyRequest, kms_v1.PublicKey),
    "AsymmetricSign": method(asymmetric_sign, kms_v1.AsymmetricSignRequest, kms_v1.AsymmetricSignResponse),
})])
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
