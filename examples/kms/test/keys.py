"""Private keys in the memory of a server, and what a key store does with them: it signs digests, or messages with Ed25519."""
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {"256": ec.SECP256R1(), "384": ec.SECP384R1(), "521": ec.SECP521R1()}


def rsa_key(bits):
    return rsa.generate_private_key(65537, bits)


def ec_key(curve):
    return ec.generate_private_key(CURVES[curve])


def ed25519_key():
    return ed25519.Ed25519PrivateKey.generate()


def public_der(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def sign(key, scheme, bits, value, prehashed=True):
    """`scheme`: PKCS1, PSS (salt as long as the digest) or ECDSA (DER). `value` is a digest unless `prehashed` is false.
    A digest of the wrong length is a ValueError."""
    digest = HASHES[bits]
    algorithm = Prehashed(digest) if prehashed else digest
    if scheme == "ECDSA":
        return key.sign(value, ec.ECDSA(algorithm))
    if scheme == "PSS":
        return key.sign(value, padding.PSS(padding.MGF1(digest), digest.digest_size), algorithm)
    return key.sign(value, padding.PKCS1v15(), algorithm)
