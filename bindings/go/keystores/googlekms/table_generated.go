// Code generated from the table of crates/generate by scripts/generate.sh; DO NOT EDIT.

package googlekms

import "github.com/rustpdf/rustpdf-go/keystores"

// table says what Google Cloud KMS is called with.
var table = keystores.Table{
	Title: "Google Cloud KMS",
	ECDSA: "der",
	Ways: map[string]keystores.Way{
		"rsa-pkcs1": {Input: "digest", Names: map[string]string{"sha256": "RSA_SIGN_PKCS1_*_SHA256", "sha512": "RSA_SIGN_PKCS1_*_SHA512"}},
		"rsa-pss":   {Input: "digest", Names: map[string]string{"sha256": "RSA_SIGN_PSS_*_SHA256", "sha512": "RSA_SIGN_PSS_*_SHA512"}},
		"ecdsa":     {Input: "digest", Names: map[string]string{"sha256": "EC_SIGN_P256_SHA256", "sha384": "EC_SIGN_P384_SHA384"}},
		"ed25519":   {Input: "data", Names: map[string]string{"sha512": "EC_SIGN_ED25519"}},
	},
}
