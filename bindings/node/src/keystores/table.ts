// What each key store is called with. Generated from the table of crates/generate by scripts/generate.sh.

import type { DigestAlgorithm, SignatureAlgorithm } from "../generated.js";

/** How a key store makes signatures by one algorithm. */
export interface Way {
	/** Part of the request that it signs. */
	readonly input: "data" | "digest" | "digestInfo";
	/** Its name for the scheme, where that is apart from the digest. */
	readonly scheme?: string;
	/** Its names by digest algorithms. */
	readonly names: { readonly [Name in DigestAlgorithm]?: string };
	/** Most bytes of the input. */
	readonly most?: number;
}

/** A key store. */
export interface KeyStore {
	/** Name for people. */
	readonly title: string;
	/** Form of its ECDSA signatures. */
	readonly ecdsa: "der" | "fixed";
	/** What it signs by. */
	readonly ways: { readonly [Name in SignatureAlgorithm]?: Way };
}

/** All key stores by their names. */
export const KEY_STORES = {
	pkcs11: {
		title: "PKCS #11",
		ecdsa: "fixed",
		ways: {
			"rsa-pkcs1": {
				input: "digestInfo",
				names: { sha256: "CKM_RSA_PKCS", sha384: "CKM_RSA_PKCS", sha512: "CKM_RSA_PKCS" },
			},
			"rsa-pss": {
				input: "digest",
				names: { sha256: "CKM_RSA_PKCS_PSS", sha384: "CKM_RSA_PKCS_PSS", sha512: "CKM_RSA_PKCS_PSS" },
			},
			ecdsa: {
				input: "digest",
				names: { sha256: "CKM_ECDSA", sha384: "CKM_ECDSA", sha512: "CKM_ECDSA" },
			},
			ed25519: {
				input: "data",
				names: { sha256: "CKM_EDDSA", sha384: "CKM_EDDSA", sha512: "CKM_EDDSA" },
			},
		},
	},
	"aws-kms": {
		title: "AWS KMS",
		ecdsa: "der",
		ways: {
			"rsa-pkcs1": {
				input: "digest",
				names: { sha256: "RSASSA_PKCS1_V1_5_SHA_256", sha384: "RSASSA_PKCS1_V1_5_SHA_384", sha512: "RSASSA_PKCS1_V1_5_SHA_512" },
			},
			"rsa-pss": {
				input: "digest",
				names: { sha256: "RSASSA_PSS_SHA_256", sha384: "RSASSA_PSS_SHA_384", sha512: "RSASSA_PSS_SHA_512" },
			},
			ecdsa: {
				input: "digest",
				names: { sha256: "ECDSA_SHA_256", sha384: "ECDSA_SHA_384", sha512: "ECDSA_SHA_512" },
			},
			ed25519: {
				input: "data",
				names: { sha512: "ED25519_SHA_512" },
				most: 4096,
			},
		},
	},
	"azure-key-vault": {
		title: "Azure Key Vault",
		ecdsa: "fixed",
		ways: {
			"rsa-pkcs1": {
				input: "digest",
				names: { sha256: "RS256", sha384: "RS384", sha512: "RS512" },
			},
			"rsa-pss": {
				input: "digest",
				names: { sha256: "PS256", sha384: "PS384", sha512: "PS512" },
			},
			ecdsa: {
				input: "digest",
				names: { sha256: "ES256", sha384: "ES384", sha512: "ES512" },
			},
		},
	},
	"google-kms": {
		title: "Google Cloud KMS",
		ecdsa: "der",
		ways: {
			"rsa-pkcs1": {
				input: "digest",
				names: { sha256: "RSA_SIGN_PKCS1_*_SHA256", sha512: "RSA_SIGN_PKCS1_*_SHA512" },
			},
			"rsa-pss": {
				input: "digest",
				names: { sha256: "RSA_SIGN_PSS_*_SHA256", sha512: "RSA_SIGN_PSS_*_SHA512" },
			},
			ecdsa: {
				input: "digest",
				names: { sha256: "EC_SIGN_P256_SHA256", sha384: "EC_SIGN_P384_SHA384" },
			},
			ed25519: {
				input: "data",
				names: { sha512: "EC_SIGN_ED25519" },
			},
		},
	},
	vault: {
		title: "OpenBao or Vault",
		ecdsa: "der",
		ways: {
			"rsa-pkcs1": {
				input: "digest",
				scheme: "pkcs1v15",
				names: { sha256: "sha2-256", sha384: "sha2-384", sha512: "sha2-512" },
			},
			"rsa-pss": {
				input: "digest",
				scheme: "pss",
				names: { sha256: "sha2-256", sha384: "sha2-384", sha512: "sha2-512" },
			},
			ecdsa: {
				input: "digest",
				names: { sha256: "sha2-256", sha384: "sha2-384", sha512: "sha2-512" },
			},
			ed25519: {
				input: "data",
				names: { sha256: "sha2-256", sha384: "sha2-384", sha512: "sha2-512" },
			},
		},
	},
	"key-object": {
		title: "Node",
		ecdsa: "der",
		ways: {
			"rsa-pkcs1": {
				input: "data",
				scheme: "RSA_PKCS1_PADDING",
				names: { sha256: "sha256", sha384: "sha384", sha512: "sha512" },
			},
			"rsa-pss": {
				input: "data",
				scheme: "RSA_PKCS1_PSS_PADDING",
				names: { sha256: "sha256", sha384: "sha384", sha512: "sha512" },
			},
			ecdsa: {
				input: "data",
				names: { sha256: "sha256", sha384: "sha384", sha512: "sha512" },
			},
			ed25519: {
				input: "data",
				names: { sha256: "sha256", sha384: "sha384", sha512: "sha512" },
			},
		},
	},
	"web-crypto": {
		title: "WebCrypto",
		ecdsa: "fixed",
		ways: {
			"rsa-pkcs1": {
				input: "data",
				scheme: "RSASSA-PKCS1-v1_5",
				names: { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" },
			},
			"rsa-pss": {
				input: "data",
				scheme: "RSA-PSS",
				names: { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" },
			},
			ecdsa: {
				input: "data",
				scheme: "ECDSA",
				names: { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" },
			},
			ed25519: {
				input: "data",
				scheme: "Ed25519",
				names: { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" },
			},
		},
	},
} as const satisfies Record<string, KeyStore>;
