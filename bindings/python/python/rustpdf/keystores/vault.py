"""Keys in the transit engine of OpenBao and HashiCorp Vault, by hvac."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from .._arguments import Certificate, Chain, PublicKey
from .._generated import SigningRequest
from ._key import StoreKey, client_library, ed25519_public_key, question


def vault_key(
    key: str,
    certificate: Certificate | None = None,
    chain: Chain = None,
    *,
    client: Any = None,
    address: str | None = None,
    token: str | Callable[[], str] | None = None,
    namespace: str | None = None,
    version: int | None = None,
    mount: str = "transit",
) -> StoreKey:
    """A key in a transit engine as a signer. Permission: update of `transit/sign/KEY/*`; read of `transit/keys/KEY` for its public key.

    `client` is a `hvac.Client`. Without one, `address` and `token` make it, or the environment (`VAULT_ADDR`, `VAULT_TOKEN`). A function
    returns the token for each signature. Give the `version` of the key that the certificate is for: without it a rotated key signs with
    its newest version. `mount` is the path of the engine.

    >>> signer = vault_key("contracts", certificate, chain, address=address, token=token, version=1)
    >>> signed = rustpdf.sign(pdf, signer=signer)

    Raises ImportError without the extra `vault`. Signing raises the exceptions of hvac and requests, and RustpdfError:
    `ERR_ALGORITHM_MISMATCH`.
    """
    given = token if isinstance(token, str) else None
    vault = client_library("hvac", "vault").Client(url=address, token=given, namespace=namespace) if client is None else client

    def transit() -> Any:
        if callable(token):
            vault.token = token()
        return vault.secrets.transit

    def sign(data: bytes, request: SigningRequest) -> bytes:
        asked = question("vault", data, request)
        answer = transit().sign_data(
            name=key,
            hash_input=base64.b64encode(asked.input).decode(),
            key_version=version,
            hash_algorithm=asked.name,
            prehashed=asked.way.input == "digest",
            signature_algorithm=asked.way.scheme,
            salt_length="hash" if request.signature_algorithm == "rsa-pss" else None,
            mount_point=mount,
        )
        return base64.b64decode(answer["data"]["signature"].split(":")[2])  # vault:v1:BASE64

    def public_key() -> PublicKey:
        found = transit().read_key(name=key, mount_point=mount)["data"]
        text: str = found["keys"][str(version or found["latest_version"])]["public_key"]
        return text if text.startswith("-----") else ed25519_public_key(base64.b64decode(text))

    return StoreKey(certificate, chain, key_id=f"{mount}/keys/{key}", _sign=sign, _public_key=public_key)
