"""What each key store is called with. Generated from the table of crates/generate by scripts/generate.sh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Mapping, Optional


@dataclass(frozen=True)
class Way:
    """How a key store makes signatures by one algorithm."""

    input: Literal["data", "digest", "digestInfo"]
    """Part of the request that it signs."""
    names: Mapping[str, str]
    """Its names by digest algorithms."""
    scheme: Optional[str] = None
    """Its name for the scheme, where that is apart from the digest."""
    most: Optional[int] = None
    """Most bytes of the input."""


@dataclass(frozen=True)
class KeyStore:
    """A key store."""

    title: str
    """Name for people."""
    ecdsa: Literal["der", "fixed"]
    """Form of its ECDSA signatures."""
    ways: Mapping[str, Way]
    """What it signs by."""


KEY_STORES: Mapping[str, KeyStore] = {
    "pkcs11": KeyStore(
        "PKCS #11",
        "fixed",
        {
            "rsa-pkcs1": Way("digestInfo", {"sha256": "CKM_RSA_PKCS", "sha384": "CKM_RSA_PKCS", "sha512": "CKM_RSA_PKCS"}),
            "rsa-pss": Way("digest", {"sha256": "CKM_RSA_PKCS_PSS", "sha384": "CKM_RSA_PKCS_PSS", "sha512": "CKM_RSA_PKCS_PSS"}),
            "ecdsa": Way("digest", {"sha256": "CKM_ECDSA", "sha384": "CKM_ECDSA", "sha512": "CKM_ECDSA"}),
            "ed25519": Way("data", {"sha256": "CKM_EDDSA", "sha384": "CKM_EDDSA", "sha512": "CKM_EDDSA"}),
        },
    ),
    "aws-kms": KeyStore(
        "AWS KMS",
        "der",
        {
            "rsa-pkcs1": Way("digest", {"sha256": "RSASSA_PKCS1_V1_5_SHA_256", "sha384": "RSASSA_PKCS1_V1_5_SHA_384", "sha512": "RSASSA_PKCS1_V1_5_SHA_512"}),
            "rsa-pss": Way("digest", {"sha256": "RSASSA_PSS_SHA_256", "sha384": "RSASSA_PSS_SHA_384", "sha512": "RSASSA_PSS_SHA_512"}),
            "ecdsa": Way("digest", {"sha256": "ECDSA_SHA_256", "sha384": "ECDSA_SHA_384", "sha512": "ECDSA_SHA_512"}),
            "ed25519": Way("data", {"sha512": "ED25519_SHA_512"}, most=4096),
        },
    ),
    "azure-key-vault": KeyStore(
        "Azure Key Vault",
        "fixed",
        {
            "rsa-pkcs1": Way("digest", {"sha256": "RS256", "sha384": "RS384", "sha512": "RS512"}),
            "rsa-pss": Way("digest", {"sha256": "PS256", "sha384": "PS384", "sha512": "PS512"}),
            "ecdsa": Way("digest", {"sha256": "ES256", "sha384": "ES384", "sha512": "ES512"}),
        },
    ),
    "google-kms": KeyStore(
        "Google Cloud KMS",
        "der",
        {
            "rsa-pkcs1": Way("digest", {"sha256": "RSA_SIGN_PKCS1_*_SHA256", "sha512": "RSA_SIGN_PKCS1_*_SHA512"}),
            "rsa-pss": Way("digest", {"sha256": "RSA_SIGN_PSS_*_SHA256", "sha512": "RSA_SIGN_PSS_*_SHA512"}),
            "ecdsa": Way("digest", {"sha256": "EC_SIGN_P256_SHA256", "sha384": "EC_SIGN_P384_SHA384"}),
            "ed25519": Way("data", {"sha512": "EC_SIGN_ED25519"}),
        },
    ),
    "vault": KeyStore(
        "OpenBao or Vault",
        "der",
        {
            "rsa-pkcs1": Way("digest", {"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}, scheme="pkcs1v15"),
            "rsa-pss": Way("digest", {"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}, scheme="pss"),
            "ecdsa": Way("digest", {"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}),
            "ed25519": Way("data", {"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}),
        },
    ),
    "key-object": KeyStore(
        "Node",
        "der",
        {
            "rsa-pkcs1": Way("data", {"sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}, scheme="RSA_PKCS1_PADDING"),
            "rsa-pss": Way("data", {"sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}, scheme="RSA_PKCS1_PSS_PADDING"),
            "ecdsa": Way("data", {"sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}),
            "ed25519": Way("data", {"sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}),
        },
    ),
    "web-crypto": KeyStore(
        "WebCrypto",
        "fixed",
        {
            "rsa-pkcs1": Way("data", {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}, scheme="RSASSA-PKCS1-v1_5"),
            "rsa-pss": Way("data", {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}, scheme="RSA-PSS"),
            "ecdsa": Way("data", {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}, scheme="ECDSA"),
            "ed25519": Way("data", {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}, scheme="Ed25519"),
        },
    ),
}
