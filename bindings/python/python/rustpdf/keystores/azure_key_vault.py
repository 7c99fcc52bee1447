"""Keys in Azure Key Vault and Managed HSM, by azure-keyvault-keys."""

from __future__ import annotations

from typing import Any

from .._arguments import Certificate, Chain, PublicKey
from .._errors import host_error
from .._generated import SigningRequest
from ._key import StoreKey, client_library, question


def azure_key_vault_key(
    client: Any, certificate: Certificate | None = None, chain: Chain = None, key: Any = None, *, certificates: Any = None
) -> StoreKey:
    """A key in Azure Key Vault or Managed HSM as a signer. Permission: `keys/sign`.

    `client` is a `CryptographyClient` of the key, from `azure.keyvault.keys.crypto`. With the permission `keys/get` the library checks the
    dates and the operations of the key. `key` is the key as `KeyClient.get_key` returns it, for `public_key` alone.

    `certificates` is a `CertificateClient` of `azure.keyvault.certificates`. It fetches the certificate with the name and the version of
    the key, unless `certificate` is given. Permission: `certificates/get`.

    >>> client = CryptographyClient(key_id, DefaultAzureCredential())
    >>> signed = rustpdf.sign(pdf, signer=azure_key_vault_key(client, certificate, chain))

    Raises ImportError without the extra `azure-key-vault`, and the exceptions of azure-core if the certificate cannot be fetched. Signing
    raises these, and RustpdfError: `ERR_ALGORITHM_MISMATCH`.
    """
    algorithm = client_library("azure.keyvault.keys.crypto", "azure-key-vault").SignatureAlgorithm

    def sign(data: bytes, request: SigningRequest) -> bytes:
        asked = question("azure-key-vault", data, request)
        signature: bytes = client.sign(algorithm(asked.name), asked.input).signature
        return signature

    def public_key() -> PublicKey:
        if key is None:
            raise host_error("argument_missing", name="`key`, as `KeyClient.get_key` returns it,")
        return _public_key(key.key)

    if certificate is None and certificates is not None:
        certificate = _fetched(certificates, client.key_id)
    return StoreKey(certificate, chain, key_id=client.key_id, _sign=sign, _public_key=public_key)


def _fetched(certificates: Any, key_id: str) -> bytes:
    """The certificate that was made with a key: it has the name and the version of the key."""
    named = client_library("azure.keyvault.keys", "azure-key-vault").KeyVaultKeyIdentifier(key_id)
    found = certificates.get_certificate_version(named.name, named.version) if named.version else certificates.get_certificate(named.name)
    return bytes(found.cer)


def _public_key(jwk: Any) -> PublicKey:
    """The public key of `cryptography` for a JsonWebKey, whose numbers are bytes."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if jwk.n is not None:
        return rsa.RSAPublicNumbers(int.from_bytes(jwk.e, "big"), int.from_bytes(jwk.n, "big")).public_key()
    curve: ec.EllipticCurve = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}[jwk.crv]
    return ec.EllipticCurvePublicNumbers(int.from_bytes(jwk.x, "big"), int.from_bytes(jwk.y, "big"), curve).public_key()
