// Code generated from the table of crates/generate by scripts/generate.sh; DO NOT EDIT.

package pkcs11

import "github.com/rustpdf/rustpdf-go/keystores"

// table says what PKCS #11 is called with.
var table = keystores.Table{
	Title: "PKCS #11",
	ECDSA: "fixed",
	Ways: map[string]keystores.Way{
		"rsa-pkcs1": {Input: "digestInfo", Names: map[string]string{"sha256": "CKM_RSA_PKCS", "sha384": "CKM_RSA_PKCS", "sha512": "CKM_RSA_PKCS"}},
		"rsa-pss":   {Input: "digest", Names: map[string]string{"sha256": "CKM_RSA_PKCS_PSS", "sha384": "CKM_RSA_PKCS_PSS", "sha512": "CKM_RSA_PKCS_PSS"}},
		"ecdsa":     {Input: "digest", Names: map[string]string{"sha256": "CKM_ECDSA", "sha384": "CKM_ECDSA", "sha512": "CKM_ECDSA"}},
		"ed25519":   {Input: "data", Names: map[string]string{"sha256": "CKM_EDDSA", "sha384": "CKM_EDDSA", "sha512": "CKM_EDDSA"}},
	},
}
