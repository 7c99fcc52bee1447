// Package keystores has what the adapters for key stores share: the table of the names and inputs by which a
// key store signs. A program uses an adapter, in a module of its own: awskms, azurekeyvault, googlekms,
// pkcs11. The adapter vault is a package of this module.
package keystores

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/rustpdf/rustpdf-go"
)

// Table contains the names and inputs by which a key store signs. Tables are generated.
type Table struct {
	// Title is the name of the key store.
	Title string
	// ECDSA is the form of ECDSA signatures: der, or fixed for r‖s. Calls that sign accept both.
	ECDSA string
	// Ways are the ways to sign, by signature algorithms.
	Ways map[string]Way
}

// Way is how a key store signs by one signature algorithm.
type Way struct {
	// Input is the part of the request that it signs: data, digest or digestInfo.
	Input string
	// Names are its names, by digest algorithms.
	Names map[string]string
	// Scheme is its name for the padding, if that is separate from the digest.
	Scheme string
	// Most is the largest length of the input in bytes; 0 for any.
	Most int
}

// Call is a request in the words of a key store.
type Call struct {
	Way
	// Name of the algorithm.
	Name string
	// Bytes are the input.
	Bytes []byte
}

// Call returns a request in the words of the key store. Errors: ERR_ALGORITHM_MISMATCH.
func (t Table) Call(request rustpdf.SigningRequest) (Call, error) {
	signature, digest := request.SignatureAlgorithm, request.DigestAlgorithm
	way := t.Ways[string(signature)]
	name, known := way.Names[string(digest)]
	if !known {
		return Call{}, Mismatch(fmt.Sprintf("%s does not sign by %s with %s; use a key or options that it has", t.Title, signature, digest))
	}
	input := request.Digest
	switch way.Input {
	case "data":
		input = request.Data
	case "digestInfo":
		input = request.DigestInfo
	}
	if way.Most != 0 && len(input) > way.Most {
		return Call{}, Mismatch(fmt.Sprintf("%s signs at most %d bytes by %s, and there are %d; use another key",
			t.Title, way.Most, signature, len(input)))
	}
	return Call{way, name, input}, nil
}

// Mismatch makes the error of a key store that does not sign by the algorithms of a request.
func Mismatch(message string) error {
	return rustpdf.NewError(rustpdf.ErrAlgorithmMismatch, message)
}

// Signature returns the signature of an answer. A key store that returned none has not signed.
func (t Table) Signature(signature []byte) ([]byte, error) {
	if len(signature) == 0 {
		return nil, errors.New(t.Title + " returned no signature")
	}
	return signature, nil
}

// PublicKey reads a public key as most key stores return it: SubjectPublicKeyInfo in DER or PEM.
func (t Table) PublicKey(encoded []byte) (crypto.PublicKey, error) {
	if block, _ := pem.Decode(encoded); block != nil {
		encoded = block.Bytes
	}
	key, err := x509.ParsePKIXPublicKey(encoded)
	if err != nil {
		return nil, fmt.Errorf("%s returned another public key: %w", t.Title, err)
	}
	return key, nil
}

// Missing makes the error of an option of an adapter that is required, and is not given.
func Missing(name string) error {
	return rustpdf.NewError(rustpdf.ErrArgument, name+" is missing; give it in the options")
}
