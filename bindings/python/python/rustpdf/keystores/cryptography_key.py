"""Private keys of the package `cryptography`, also those that stand for a key elsewhere."""

from __future__ import annotations

from typing import Any

from .._arguments import Certificate, Chain
from .._request import PrivateKey, function_of
from ._key import StoreKey


def cryptography_key(private_key: PrivateKey, certificate: Certificate | None = None, chain: Chain = None) -> StoreKey:
    """A private key of the package `cryptography` as a signer: RSA, ECDSA or Ed25519.

    The key may stand for one in a store: only its `sign` is called. The padding and the hash follow the request.

    >>> signer = cryptography_key(load_pem_private_key(pem, password), certificate, chain)
    >>> signed = rustpdf.sign(pdf, signer=signer)

    Signing raises the exceptions of the key, and RustpdfError: `ERR_ARGUMENT` for a key of another kind than the certificate's.
    """
    function: Any = function_of(private_key)
    return StoreKey(certificate, chain, _sign=function, _public_key=lambda: private_key.public_key())
