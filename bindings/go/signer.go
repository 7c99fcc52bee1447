package rustpdf

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
)

// Signer signs data and returns the raw signature: ECDSA as DER or r‖s. The request names the scheme,
// and contains the digest of the data, for a key store that signs digests. The signer may keep both.
//
// It runs on the goroutine of the call, which waits for it: let it watch the context itself. Its error
// and its panic reach the caller as themselves. A signature that does not verify against the
// certificate is rejected.
type Signer func(data []byte, request *SigningRequest) ([]byte, error)

// SignerOfData makes a signer of a function that requires only the data, such as a key store that
// hashes by itself.
func SignerOfData(sign func(data []byte) ([]byte, error)) Signer {
	if sign == nil {
		return nil
	}
	return func(data []byte, _ *SigningRequest) ([]byte, error) {
		return sign(data)
	}
}

// FromCryptoSigner makes a signer of a crypto.Signer, which the clients of many key stores offer: RSA
// (PKCS #1 v1.5 and PSS), ECDSA and Ed25519.
func FromCryptoSigner(key crypto.Signer) Signer {
	if key == nil {
		return nil
	}
	return func(data []byte, request *SigningRequest) ([]byte, error) {
		hash := cryptoHashes[request.DigestAlgorithm]
		switch request.SignatureAlgorithm {
		case SignatureAlgorithmEd25519:
			return key.Sign(rand.Reader, data, crypto.Hash(0))
		case SignatureAlgorithmRSAPSS:
			return key.Sign(rand.Reader, request.Digest, &rsa.PSSOptions{SaltLength: request.SaltLength, Hash: hash})
		default:
			return key.Sign(rand.Reader, request.Digest, hash)
		}
	}
}
