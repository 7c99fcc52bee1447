// Code generated from the table of crates/generate by scripts/generate.sh; DO NOT EDIT.

package vault

import "github.com/rustpdf/rustpdf-go/keystores"

// table says what OpenBao or Vault is called with.
var table = keystores.Table{
	Title: "OpenBao or Vault",
	ECDSA: "der",
	Ways: map[string]keystores.Way{
		"rsa-pkcs1": {Input: "digest", Names: map[string]string{"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}, Scheme: "pkcs1v15"},
		"rsa-pss":   {Input: "digest", Names: map[string]string{"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}, Scheme: "pss"},
		"ecdsa":     {Input: "digest", Names: map[string]string{"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}},
		"ed25519":   {Input: "data", Names: map[string]string{"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}},
	},
}
