package rustpdf

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"sync/atomic"
)

// answerVerify answers a verify step. Only an answer of true saves the core its own verification,
// which is slow in WebAssembly; otherwise the core verifies, and finds the cause.
func answerVerify(asked *verifyRequest, payload []byte) frame {
	answer := answerFrame{Answer: "verify"}
	if asked.Key+asked.Message+asked.Signature == int64(len(payload)) {
		key, rest := payload[:asked.Key], payload[asked.Key:]
		answer.Verified = verify(asked, key, rest[:asked.Message], rest[asked.Message:])
	}
	return frame{header: answer}
}

// verify reports whether a signature verifies; nil if it cannot tell.
func verify(asked *verifyRequest, spki, message, signature []byte) *bool {
	hash, digest := cryptoHashes[asked.DigestAlgorithm], message
	if asked.SignatureAlgorithm != SignatureAlgorithmEd25519 {
		if hash == 0 {
			return nil
		}
		state := hash.New()
		state.Write(message)
		digest = state.Sum(nil)
	}
	var verified bool
	switch key := publicKey(spki).(type) {
	case *rsa.PublicKey:
		switch {
		case asked.SignatureAlgorithm == SignatureAlgorithmRSAPKCS1:
			verified = rsa.VerifyPKCS1v15(key, hash, digest, signature) == nil
		case asked.SignatureAlgorithm == SignatureAlgorithmRSAPSS && asked.SaltLength != nil && *asked.SaltLength > 0:
			options := &rsa.PSSOptions{SaltLength: int(*asked.SaltLength)} // 0 would accept any length
			verified = rsa.VerifyPSS(key, hash, digest, signature, options) == nil
		default:
			return nil
		}
	case *ecdsa.PublicKey:
		if asked.SignatureAlgorithm != SignatureAlgorithmECDSA {
			return nil
		}
		verified = ecdsa.VerifyASN1(key, digest, signature)
	case ed25519.PublicKey:
		if asked.SignatureAlgorithm != SignatureAlgorithmEd25519 {
			return nil
		}
		verified = ed25519.Verify(key, message, signature)
	default:
		return nil
	}
	return &verified
}

// parsedKey is a public key and its SubjectPublicKeyInfo.
type parsedKey struct {
	spki []byte
	key  crypto.PublicKey
}

// lastKey is the key that was parsed last: a process usually signs with one.
var lastKey atomic.Pointer[parsedKey]

// publicKey parses a SubjectPublicKeyInfo; nil if it cannot.
func publicKey(spki []byte) crypto.PublicKey {
	if last := lastKey.Load(); last != nil && bytes.Equal(last.spki, spki) {
		return last.key
	}
	key, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil
	}
	lastKey.Store(&parsedKey{bytes.Clone(spki), key})
	return key
}
