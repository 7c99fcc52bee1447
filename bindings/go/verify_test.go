package rustpdf

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
)

// verifyCase is a key, a key of another signer, and the options that select the scheme.
type verifyCase struct {
	pki     string
	other   crypto.Signer
	options *SigningOptions
}

func verifyCases() map[string]verifyCase {
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	curveKey := func(curve elliptic.Curve) crypto.Signer { return must(ecdsa.GenerateKey(curve, rand.Reader)) }
	return map[string]verifyCase{
		"RSA PKCS #1": {"rsa", rsaKey, &SigningOptions{SignatureAlgorithm: SignatureAlgorithmRSAPKCS1}},
		"RSA PSS":     {"rsa", rsaKey, &SigningOptions{SignatureAlgorithm: SignatureAlgorithmRSAPSS}},
		"P-256":       {"p256", curveKey(elliptic.P256()), nil},
		"P-384":       {"p384", curveKey(elliptic.P384()), nil},
		"P-521":       {"p521", curveKey(elliptic.P521()), nil},
		"Ed25519":     {"ed25519", edKey, nil},
	}
}

// oddAnswers are answers that are wrong for a request.
func oddAnswers(key, other crypto.Signer, request *SigningRequest) map[string][]byte {
	sign := func(key crypto.Signer, data []byte, digest []byte) []byte {
		changed := *request
		changed.Data, changed.Digest = data, digest
		return must(FromCryptoSigner(key)(context.Background(), changed))
	}
	hash := cryptoHashes[request.DigestAlgorithm]
	digestOf := func(data []byte) []byte { state := hash.New(); state.Write(data); return state.Sum(nil) }
	good := sign(key, request.Data, request.Digest)
	otherData := append(bytes.Clone(request.Data), 1)
	odd := map[string][]byte{
		"no bytes":             {},
		"another key":          sign(other, request.Data, request.Digest),
		"other data":           sign(key, otherData, digestOf(otherData)),
		"digest of the digest": sign(key, request.Digest, digestOf(request.Digest)),
		"hexadecimal":          []byte(hex.EncodeToString(good)),
		"base64":               []byte(base64.StdEncoding.EncodeToString(good)),
		"truncated":            good[:len(good)-1],
		"one byte more":        append(bytes.Clone(good), 0),
		"one bit changed":      append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1),
		"only zeros":           make([]byte, len(good)),
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		odd["without DigestInfo"] = must(rsa.SignPKCS1v15(nil, key, 0, request.Digest))
		odd["PKCS #1, another digest"] = must(rsa.SignPKCS1v15(nil, key, crypto.SHA512, make([]byte, 64)))
		for _, salt := range []int{1, hash.Size() - 1, hash.Size(), hash.Size() + 1} {
			if salt != request.SaltLength {
				options := &rsa.PSSOptions{SaltLength: salt}
				odd[fmt.Sprintf("PSS, salt of %d bytes", salt)] = must(rsa.SignPSS(rand.Reader, key, hash, request.Digest, options))
			}
		}
		if request.SignatureAlgorithm == SignatureAlgorithmRSAPSS {
			odd["PKCS #1"] = must(rsa.SignPKCS1v15(nil, key, hash, request.Digest))
			odd["PSS, longest salt"] = must(rsa.SignPSS(rand.Reader, key, hash, request.Digest, nil))
		}
		odd["the modulus"] = key.N.Bytes()
	case *ecdsa.PrivateKey:
		type pair struct{ R, S *big.Int }
		var right pair
		must(asn1.Unmarshal(good, &right))
		order, zero, size := key.Params().N, new(big.Int), (key.Params().BitSize+7)/8
		beyond := new(big.Int).Add(order, big.NewInt(1))
		for name, wrong := range map[string]pair{
			"r zero": {zero, right.S}, "s zero": {right.R, zero}, "both zero": {zero, zero}, "swapped": {right.S, right.R},
			"r the order": {order, right.S}, "s the order": {right.R, order}, "r beyond": {beyond, right.S}, "s beyond": {right.R, beyond},
			"r negative": {new(big.Int).Neg(right.R), right.S}, "s one": {right.R, big.NewInt(1)},
		} {
			odd[name+", DER"] = must(asn1.Marshal(wrong))
			if wrong.R.Sign() >= 0 {
				odd[name+", fixed"] = append(wrong.R.FillBytes(make([]byte, size)), wrong.S.FillBytes(make([]byte, size))...)
			}
		}
	case ed25519.PrivateKey:
		odd["prehashed"] = must(key.Sign(nil, digestOf(request.Data), &ed25519.Options{Hash: crypto.SHA512}))
		odd["over the digest"] = ed25519.Sign(key, digestOf(request.Data))
		odd["R of small order"] = weakSignature(key, request.Data)
	}
	return odd
}

// weakSignature returns a signature that fulfils the equation of RFC 8032, 5.1.7, with the identity as
// R. Strict verification refuses it.
func weakSignature(key ed25519.PrivateKey, data []byte) []byte {
	number := func(littleEndian []byte) *big.Int {
		bigEndian := slices.Clone(littleEndian)
		slices.Reverse(bigEndian)
		return new(big.Int).SetBytes(bigEndian)
	}
	order := new(big.Int).Lsh(big.NewInt(1), 252)
	rest, _ := new(big.Int).SetString("27742317777372353535851937790883648493", 10)
	order.Add(order, rest)
	hashed := sha512.Sum512(key.Seed())
	secret := hashed[:32]
	secret[0] &= 248
	secret[31] = secret[31]&63 | 64
	identity := append([]byte{1}, make([]byte, 31)...)
	challenge := sha512.Sum512(slices.Concat(identity, key.Public().(ed25519.PublicKey), data))
	s := new(big.Int).Mul(number(challenge[:]), number(secret))
	s.Mod(s, order)
	half := s.FillBytes(make([]byte, 32))
	slices.Reverse(half)
	return append(identity, half...)
}

// TestHostVerifies compares the outcome of answers with and without verification by the host.
func TestHostVerifies(t *testing.T) {
	both := func(t *testing.T, signer testSigner, options *SigningOptions, answer []byte) (signed []byte, code ErrorCode) {
		t.Helper()
		defer func() { hostVerifies = true }()
		outcome := func(verifies bool) (signed []byte, code ErrorCode) {
			hostVerifies = verifies
			signed, err := SignWith(smallPDF(), signer.certificate, func(context.Context, SigningRequest) ([]byte, error) { return answer, nil },
				signer.chain, options, moment...)
			var raised *Error
			if err != nil && !errors.As(err, &raised) {
				t.Fatal(err)
			} else if err != nil {
				return nil, raised.Code
			}
			return signed, ""
		}
		signed, code = outcome(true)
		if without, codeWithout := outcome(false); !bytes.Equal(signed, without) || code != codeWithout {
			t.Errorf("with verification by the host %d bytes, %q, without %d bytes, %q", len(signed), code, len(without), codeWithout)
		}
		return signed, code
	}
	for name, test := range verifyCases() {
		signer := pki(t, test.pki)
		session := must(BeginSigning(smallPDF(), signer.certificate, signer.chain, test.options, moment...))
		request := session.Request()
		t.Run(name, func(t *testing.T) {
			lastKey.Store(nil)
			good := must(signer.sign(t.Context(), *request))
			if signed, code := both(t, signer, test.options, good); len(signed) == 0 || code != "" {
				t.Errorf("the right signature: %s", code)
			} else if !bytes.Equal(signed, must(session.CompleteWithSignature(good))) {
				t.Error("other bytes than those of a session")
			}
			if lastKey.Load() == nil {
				t.Error("the host was not asked to verify")
			}
		})
		for odd, answer := range oddAnswers(signer.key, test.other, request) {
			t.Run(name+"/"+odd, func(t *testing.T) {
				signed, code := both(t, signer, test.options, answer)
				if len(signed) > 0 || groups[code] != "answer" {
					t.Errorf("%d bytes, %q", len(signed), code)
				}
			})
		}
	}
}

// TestVerifyKnowsItsLimits asks for verifications that the host cannot make.
func TestVerifyKnowsItsLimits(t *testing.T) {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	spki := must(x509.MarshalPKIXPublicKey(key.Public()))
	message := []byte("message")
	digest := crypto.SHA256.New()
	digest.Write(message)
	signature := must(rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest.Sum(nil)))
	noSalt := 0
	right := verifyRequest{SignatureAlgorithm: SignatureAlgorithmRSAPKCS1, DigestAlgorithm: DigestAlgorithmSHA256}
	if verified := verify(&right, spki, message, signature); verified == nil || !*verified {
		t.Error("the right signature does not verify")
	}
	if verified := verify(&right, spki, message, signature[1:]); verified == nil || *verified {
		t.Error("a wrong signature verifies, or the host cannot tell")
	}
	for name, test := range map[string]struct {
		request verifyRequest
		spki    []byte
	}{
		"no key":              {right, []byte("key")},
		"unknown digest":      {verifyRequest{SignatureAlgorithm: SignatureAlgorithmRSAPKCS1, DigestAlgorithm: "md5"}, spki},
		"unknown scheme":      {verifyRequest{SignatureAlgorithm: "rsa", DigestAlgorithm: DigestAlgorithmSHA256}, spki},
		"scheme of other key": {verifyRequest{SignatureAlgorithm: SignatureAlgorithmECDSA, DigestAlgorithm: DigestAlgorithmSHA256}, spki},
		"Ed25519 of RSA":      {verifyRequest{SignatureAlgorithm: SignatureAlgorithmEd25519}, spki},
		"PSS without length":  {verifyRequest{SignatureAlgorithm: SignatureAlgorithmRSAPSS, DigestAlgorithm: DigestAlgorithmSHA256}, spki},
		"PSS without salt": {verifyRequest{
			SignatureAlgorithm: SignatureAlgorithmRSAPSS, DigestAlgorithm: DigestAlgorithmSHA256, SaltLength: &noSalt,
		}, spki},
	} {
		if verified := verify(&test.request, test.spki, message, signature); verified != nil {
			t.Errorf("%s: %t", name, *verified)
		}
	}
	if answer := answerVerify(&verifyRequest{Key: 9}, nil).header.(answerFrame); answer.Verified != nil {
		t.Error("lengths that do not fit the payload are accepted")
	}
}
