package rustpdf

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"reflect"
)

// SignerFunc is a function that signs, in one of two forms.
//
// The short form receives the data to sign. The long form receives the context of the call and the
// [SigningRequest], which has the data, its digest and the names of the algorithms. Both return the
// raw signature: ECDSA in DER or as r‖s.
type SignerFunc interface {
	~func(data []byte) ([]byte, error) | ~func(ctx context.Context, request SigningRequest) ([]byte, error)
}

// Certificate is a certificate as an argument: bytes in DER or PEM, or a parsed certificate.
type Certificate interface {
	~[]byte | *x509.Certificate
}

// Signer is a key with its certificate.
//
// A call runs Sign on its own goroutine, and [SignMany] runs it on several at once. An error and a panic
// of Sign reach the caller unchanged. A signature that does not verify against the certificate is
// rejected. Make a signer with [NewSigner], or fill in the fields.
type Signer struct {
	// Certificate in DER or PEM.
	Certificate []byte
	// Chain has the issuers in any order: DER, PEM, PEM bundles or PKCS #7.
	Chain [][]byte
	// Sign returns the raw signature: ECDSA in DER or as r‖s. It may keep and change the request.
	// Sessions do not use it.
	Sign func(ctx context.Context, request SigningRequest) ([]byte, error)
	// SignatureAlgorithm of the key, if its key store permits only one. Options that name another
	// algorithm take precedence.
	SignatureAlgorithm SignatureAlgorithm
	// DigestAlgorithm of the key, if its key store permits only one. Options take precedence.
	DigestAlgorithm DigestAlgorithm
	// CompleteChain says that missing issuers are fetched, as if the options said so. Adapters for key
	// stores set it.
	CompleteChain bool
	// PublicKey reads the public key from the key store, for [CertificateRequest] and [SelfSigned]. Adapters
	// for key stores have it; it may be nil.
	PublicKey func(ctx context.Context) (crypto.PublicKey, error)
}

// NewSigner makes a signer of a certificate, a function, and the issuers of the certificate.
func NewSigner[C Certificate, F SignerFunc](certificate C, sign F, chain ...C) Signer {
	signer := RemoteSigner(certificate, chain...)
	signer.Sign = longForm(sign)
	return signer
}

// RemoteSigner makes a signer without a function, for sessions: the signature comes later.
func RemoteSigner[C Certificate](certificate C, chain ...C) Signer {
	signer := Signer{Certificate: bytesOf(certificate)}
	for _, issuer := range chain {
		signer.Chain = append(signer.Chain, bytesOf(issuer))
	}
	return signer
}

// FromCryptoSigner makes a function for a [Signer] of a [crypto.Signer], which the clients of many key
// stores offer: RSA (PKCS #1 v1.5 and PSS), ECDSA and Ed25519.
func FromCryptoSigner(key crypto.Signer) func(ctx context.Context, request SigningRequest) ([]byte, error) {
	if key == nil {
		return nil
	}
	return func(_ context.Context, request SigningRequest) ([]byte, error) {
		hash := cryptoHashes[request.DigestAlgorithm]
		switch request.SignatureAlgorithm {
		case SignatureAlgorithmEd25519:
			return key.Sign(rand.Reader, request.Data, crypto.Hash(0))
		case SignatureAlgorithmRSAPSS:
			return key.Sign(rand.Reader, request.Digest, &rsa.PSSOptions{SaltLength: request.SaltLength, Hash: hash})
		default:
			return key.Sign(rand.Reader, request.Digest, hash)
		}
	}
}

// withOptionsOfKey returns the options, with those of the key where they name none.
func (s Signer) withOptionsOfKey(options *SigningOptions) *SigningOptions {
	if s.SignatureAlgorithm == "" && s.DigestAlgorithm == "" && !s.CompleteChain {
		return options
	}
	var merged SigningOptions
	if options != nil {
		merged = *options
	}
	merged.SignatureAlgorithm = cmp.Or(merged.SignatureAlgorithm, s.SignatureAlgorithm)
	merged.DigestAlgorithm = cmp.Or(merged.DigestAlgorithm, s.DigestAlgorithm)
	merged.CompleteChain = merged.CompleteChain || s.CompleteChain
	return &merged
}

// bytesOf returns a certificate as bytes; nil if there is none.
func bytesOf[C Certificate](certificate C) []byte {
	if parsed, isParsed := any(certificate).(*x509.Certificate); !isParsed {
		return reflect.ValueOf(certificate).Bytes()
	} else if parsed != nil {
		return parsed.Raw
	}
	return nil
}

// longForm returns a function in its long form; nil for a nil function. The types are converted, since
// the function may have a type of its own.
func longForm(sign any) func(context.Context, SigningRequest) ([]byte, error) {
	function := reflect.ValueOf(sign)
	if function.IsNil() {
		return nil
	}
	if short := reflect.TypeFor[func([]byte) ([]byte, error)](); function.CanConvert(short) {
		sign := function.Convert(short).Interface().(func([]byte) ([]byte, error))
		return func(_ context.Context, request SigningRequest) ([]byte, error) { return sign(request.Data) }
	}
	long := reflect.TypeFor[func(context.Context, SigningRequest) ([]byte, error)]()
	return function.Convert(long).Interface().(func(context.Context, SigningRequest) ([]byte, error))
}
