package rustpdf

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
)

// Signer signs data and returns the raw signature: ECDSA as DER or r‖s. What it needs of the scheme is in the request, and the digest of
// the data as well, for a key store that signs digests. Both are its own: they may be kept.
//
// It runs on the goroutine of the call, and is waited for: let it watch the context itself. Its error reaches the caller as itself, and
// so does a panic. A signature that does not verify with the certificate is refused.
type Signer func(data []byte, request *SigningRequest) ([]byte, error)

// SignerOfData makes a signer of a function that needs nothing but the data, such as a key store that hashes by itself.
func SignerOfData(sign func(data []byte) ([]byte, error)) Signer {
	if sign == nil {
		return nil
	}
	return func(data []byte, _ *SigningRequest) ([]byte, error) {
		return sign(data)
	}
}

// cryptoHashes are the digest algorithms by the names of the standard library.
var cryptoHashes = map[DigestAlgorithm]crypto.Hash{
	DigestAlgorithmSha256: crypto.SHA256, DigestAlgorithmSha384: crypto.SHA384, DigestAlgorithmSha512: crypto.SHA512,
}

// FromCryptoSigner makes a signer of a key that signs by crypto.Signer, as the clients of many key stores do: RSA (PKCS #1 v1.5 and PSS),
// ECDSA and Ed25519.
func FromCryptoSigner(key crypto.Signer) Signer {
	if key == nil {
		return nil
	}
	return func(data []byte, request *SigningRequest) ([]byte, error) {
		hash := cryptoHashes[request.DigestAlgorithm]
		switch request.SignatureAlgorithm {
		case SignatureAlgorithmEd25519:
			return key.Sign(rand.Reader, data, crypto.Hash(0))
		case SignatureAlgorithmRsaPss:
			return key.Sign(rand.Reader, request.Digest, &rsa.PSSOptions{SaltLength: request.SaltLength, Hash: hash})
		default:
			return key.Sign(rand.Reader, request.Digest, hash)
		}
	}
}
