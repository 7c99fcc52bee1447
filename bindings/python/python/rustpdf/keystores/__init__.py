"""Keys in key stores, as signers for every call of `rustpdf`.

Each function returns a signer that carries its certificate. It calls the store's own client library, an extra of this package, and
nothing else. Exceptions of that library reach the caller unchanged.

>>> from rustpdf.keystores import aws_kms_key
>>> signer = aws_kms_key("alias/contracts", certificate, chain)  # with the extra `aws-kms`
>>> signed = rustpdf.sign(pdf, signer=signer)
"""

from ._key import StoreKey
from .aws_kms import aws_kms_key
from .azure_key_vault import azure_key_vault_key
from .cryptography_key import cryptography_key
from .google_kms import google_kms_key
from .pkcs11 import Pkcs11Key, pkcs11_key
from .vault import vault_key

__all__ = [
    "Pkcs11Key",
    "StoreKey",
    "aws_kms_key",
    "azure_key_vault_key",
    "cryptography_key",
    "google_kms_key",
    "pkcs11_key",
    "vault_key",
]
