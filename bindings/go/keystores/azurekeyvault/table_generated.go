// Code generated from the table of crates/generate by scripts/generate.sh; DO NOT EDIT.

package azurekeyvault

import "github.com/rustpdf/rustpdf-go/keystores"

// table says what Azure Key Vault is called with.
var table = keystores.Table{
	Title: "Azure Key Vault",
	ECDSA: "fixed",
	Ways: map[string]keystores.Way{
		"rsa-pkcs1": {Input: "digest", Names: map[string]string{"sha256": "RS256", "sha384": "RS384", "sha512": "RS512"}},
		"rsa-pss":   {Input: "digest", Names: map[string]string{"sha256": "PS256", "sha384": "PS384", "sha512": "PS512"}},
		"ecdsa":     {Input: "digest", Names: map[string]string{"sha256": "ES256", "sha384": "ES384", "sha512": "ES512"}},
	},
}
