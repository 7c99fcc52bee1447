// Code generated from the table of crates/generate by scripts/generate.sh; DO NOT EDIT.

package awskms

import "github.com/rustpdf/rustpdf-go/keystores"

// table says what AWS KMS is called with.
var table = keystores.Table{
	Title: "AWS KMS",
	ECDSA: "der",
	Ways: map[string]keystores.Way{
		"rsa-pkcs1": {Input: "digest", Names: map[string]string{"sha256": "RSASSA_PKCS1_V1_5_SHA_256", "sha384": "RSASSA_PKCS1_V1_5_SHA_384", "sha512": "RSASSA_PKCS1_V1_5_SHA_512"}},
		"rsa-pss":   {Input: "digest", Names: map[string]string{"sha256": "RSASSA_PSS_SHA_256", "sha384": "RSASSA_PSS_SHA_384", "sha512": "RSASSA_PSS_SHA_512"}},
		"ecdsa":     {Input: "digest", Names: map[string]string{"sha256": "ECDSA_SHA_256", "sha384": "ECDSA_SHA_384", "sha512": "ECDSA_SHA_512"}},
		"ed25519":   {Input: "data", Names: map[string]string{"sha512": "ED25519_SHA_512"}, Most: 4096},
	},
}
