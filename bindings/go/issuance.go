package rustpdf

import (
	"cmp"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// KeyHolder is a key without a certificate, as an argument: a function that signs, or a [Signer] of an
// adapter for a key store.
type KeyHolder interface {
	Signer | ~func(data []byte) ([]byte, error) | ~func(ctx context.Context, request SigningRequest) ([]byte, error)
}

// CertificateRequestOptions are a key and the name of its holder, for [CertificateRequest].
type CertificateRequestOptions struct {
	// Subject is the name of the holder, such as `CN=Example Ltd signing,O=Example Ltd,C=DE` (RFC 4514) or
	// `/C=DE/O=Example Ltd/CN=Example Ltd signing`.
	Subject string
	// PublicKey is the public key: one of crypto/rsa, crypto/ecdsa or crypto/ed25519, SubjectPublicKeyInfo as
	// bytes in DER or PEM or as a string in PEM, or an earlier certificate of the key (*x509.Certificate).
	// Default: the key of the signer, if it has one.
	PublicKey crypto.PublicKey
	// SignatureAlgorithm of the signature on the request. Default: that of the key.
	SignatureAlgorithm SignatureAlgorithm
	// DigestAlgorithm of that signature. Default: that of the key.
	DigestAlgorithm DigestAlgorithm
}

// SelfSignedOptions are a key, the name of its holder and the validity, for [SelfSigned].
type SelfSignedOptions struct {
	// Subject is the name of the holder, as in [CertificateRequestOptions].
	Subject string
	// PublicKey is the public key, as in [CertificateRequestOptions].
	PublicKey crypto.PublicKey
	// SignatureAlgorithm of the certificate. Default: that of the key.
	SignatureAlgorithm SignatureAlgorithm
	// DigestAlgorithm of the certificate. Default: that of the key.
	DigestAlgorithm DigestAlgorithm
	// Days for which the certificate is valid. Default: 365.
	Days int
}

// daysByDefault is the validity of a self-signed certificate in days.
const daysByDefault = 365

// CertificateRequest makes a certification request (PKCS #10) for a key that stays in its key store. An
// authority makes a certificate of it. The key signs once.
//
// Returns DER. For PEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}).
//
// Errors: *Error, such as ERR_ARGUMENT for a subject or a key that cannot be read, and ERR_SIGNATURE_… for
// a signature that does not verify with the key; the error of the signer reaches the caller unchanged.
func CertificateRequest[K KeyHolder](ctx context.Context, options CertificateRequestOptions, signer K) ([]byte, error) {
	call, err := callOf(ctx, nil, 0)
	if err != nil {
		return nil, err
	}
	return issue(call, options, certifyCall{}, keyOf(signer))
}

// SelfSigned makes a certificate that its own key signs, for a first try. Validators do not trust it unless
// they are told to.
//
// Returns DER. For PEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}).
//
// Options of the call: [WithSigningTime], the time from which the certificate is valid; [WithEntropy], for
// its serial number.
// Errors: as of [CertificateRequest].
func SelfSigned[K KeyHolder](ctx context.Context, options SelfSignedOptions, signer K, opts ...Option) ([]byte, error) {
	call, err := callOf(ctx, opts, useTime|useEntropy)
	if err != nil {
		return nil, err
	}
	entropy, err := call.randomBytes()
	if err != nil {
		return nil, err
	}
	days, now := int64(cmp.Or(options.Days, daysByDefault)), call.now()
	named := CertificateRequestOptions{options.Subject, options.PublicKey, options.SignatureAlgorithm, options.DigestAlgorithm}
	return issue(call, named, certifyCall{Days: &days, Now: &now, Entropy: entropy}, keyOf(signer))
}

// issue asks the key for the signature over what the core makes, and returns the DER.
func issue(call *call, options CertificateRequestOptions, frame certifyCall, signer Signer) ([]byte, error) {
	if err := call.check(); err != nil {
		return nil, err
	}
	if signer.Sign == nil {
		return nil, hostErrArgumentMissing("a signer")
	}
	if !utf8.ValidString(options.Subject) {
		return nil, hostErrOptionText()
	}
	if options.PublicKey == nil && signer.PublicKey != nil {
		read, err := signer.PublicKey(call.context)
		if err != nil {
			return nil, err
		}
		options.PublicKey = read
	}
	publicKey, err := publicKeyBytes(options.PublicKey)
	if err != nil {
		return nil, err
	}
	frame.Subject = options.Subject
	frame.SignatureAlgorithm = cmp.Or(options.SignatureAlgorithm, signer.SignatureAlgorithm)
	frame.DigestAlgorithm = cmp.Or(options.DigestAlgorithm, signer.DigestAlgorithm)
	asked, err := certify(frame, publicKey, nil)
	if err != nil {
		return nil, err
	}
	var result certifyResult
	if err := json.Unmarshal(asked.Result, &result); err != nil || result.Request == nil {
		return nil, machineBroke(err)
	}
	signature, err := signer.Sign(call.context, *result.Request)
	if err != nil {
		return nil, err
	}
	if signature == nil {
		return nil, hostErrSignerResult("neither a signature nor an error")
	}
	issued, err := certify(frame, publicKey, signature)
	if err != nil {
		return nil, err
	}
	return issued.payload, nil
}

// keyOf returns a key as a signer. Its certificate may be missing.
func keyOf[K KeyHolder](key K) Signer {
	switch key := any(key).(type) {
	case Signer:
		return key
	default:
		return Signer{Sign: longForm(key)}
	}
}

// publicKeyBytes returns a public key in the form in which it came, or as SubjectPublicKeyInfo. Errors: ERR_ARGUMENT.
func publicKeyBytes(key crypto.PublicKey) ([]byte, error) {
	switch key := key.(type) {
	case nil:
		return nil, hostErrArgumentMissing("the public key")
	case []byte:
		return append([]byte{}, key...), nil
	case string:
		return []byte(key), nil
	case *x509.Certificate:
		if key == nil {
			return nil, hostErrArgumentMissing("the public key")
		}
		return key.RawSubjectPublicKeyInfo, nil
	}
	encoded, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, hostErrArgumentType("the public key", "a public key or bytes", fmt.Sprintf("%T", key))
	}
	return encoded, nil
}
