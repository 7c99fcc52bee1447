// Package hsmtest signs with keys in a SoftHSM2 token, by the PKCS#11 clients that most Go programs use, without an
// adapter. It is a module of its own: these clients require a C compiler and other modules, and rustpdf does not.
package hsmtest

import (
	"context"
	"crypto"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ThalesGroup/crypto11"
	"github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
	"go.step.sm/crypto/kms"
	"go.step.sm/crypto/kms/apiv1"
	_ "go.step.sm/crypto/kms/pkcs11"
	_ "go.step.sm/crypto/kms/softkms"
)

const (
	library  = "/usr/lib/softhsm/libsofthsm2.so"
	ckmEdDSA = 0x1057 // PKCS #11 3.0, 2.3.14
)

var (
	tests     = filepath.Join("..", "..", "..", "..", "tests")
	token     = filepath.Join(tests, ".build", "token")
	pki       = filepath.Join(tests, "pki", "certificates")
	documents = filepath.Join(tests, "vectors", "documents")
)

func readFile(t *testing.T, path ...string) []byte {
	t.Helper()
	read, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// useToken points SoftHSM2 at the token of the tests.
func useToken(t *testing.T) {
	t.Helper()
	configuration, err := filepath.Abs(filepath.Join(token, "softhsm2.conf"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", configuration)
}

// open logs in to the token.
func open(t *testing.T) (*pkcs11.Ctx, pkcs11.SessionHandle) {
	t.Helper()
	useToken(t)
	module := pkcs11.New(library)
	if module == nil {
		t.Fatal("SoftHSM2 is not installed")
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(module.Initialize())
	slots, err := module.GetSlotList(true)
	check(err)
	for _, slot := range slots {
		if token, err := module.GetTokenInfo(slot); err != nil || token.Label != "rustpdf" {
			continue
		}
		session, err := module.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
		check(err)
		check(module.Login(session, pkcs11.CKU_USER, "1234"))
		t.Cleanup(func() {
			_ = module.Finalize()
			module.Destroy()
		})
		return module, session
	}
	t.Fatal("there is no token")
	return nil, 0
}

// signer signs with a key in the token, in whatever form its mechanism takes.
func signer(module *pkcs11.Ctx, session pkcs11.SessionHandle, label string) func(context.Context, rustpdf.SigningRequest) ([]byte, error) {
	return func(_ context.Context, request rustpdf.SigningRequest) ([]byte, error) {
		template := []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
		}
		if err := module.FindObjectsInit(session, template); err != nil {
			return nil, err
		}
		keys, _, err := module.FindObjects(session, 1)
		if final := module.FindObjectsFinal(session); err == nil {
			err = final
		}
		if err != nil || len(keys) == 0 {
			return nil, fmt.Errorf("there is no key %s: %w", label, err)
		}
		mechanism, input := mechanismFor(request)
		if err := module.SignInit(session, []*pkcs11.Mechanism{mechanism}, keys[0]); err != nil {
			return nil, err
		}
		return module.Sign(session, input)
	}
}

func mechanismFor(request rustpdf.SigningRequest) (*pkcs11.Mechanism, []byte) {
	switch request.SignatureAlgorithm {
	case "rsa-pkcs1":
		return pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS, nil), request.DigestInfo
	case "rsa-pss":
		hash := map[rustpdf.DigestAlgorithm][2]uint{
			"sha256": {pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256},
			"sha384": {pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384},
			"sha512": {pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512},
		}[request.DigestAlgorithm]
		parameters := pkcs11.NewPSSParams(hash[0], hash[1], uint(request.SaltLength))
		return pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS_PSS, parameters), request.Digest
	case "ecdsa":
		return pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil), request.Digest
	default:
		return pkcs11.NewMechanism(ckmEdDSA, nil), request.Data
	}
}

func TestKeysInAToken(t *testing.T) {
	module, session := open(t)
	pdf := readFile(t, documents, "classic.pdf")
	chain := [][]byte{readFile(t, pki, "chain.pem")}
	for _, test := range []struct {
		key       string
		algorithm rustpdf.SignatureAlgorithm
		judged    bool
	}{
		{"rsa", "rsa-pkcs1", true},
		{"rsa", "rsa-pss", true},
		{"p256", "ecdsa", true},
		{"p384", "ecdsa", true},
		{"p521", "ecdsa", true},
		{"ed25519", "ed25519", false}, // which pdfsig does not know
	} {
		certificate := readFile(t, token, test.key+".der")
		options := &rustpdf.SigningOptions{SignatureAlgorithm: test.algorithm}
		sign := signer(module, session, test.key)
		signed, err := rustpdf.SignWith(pdf, certificate, sign, chain, options)
		if err != nil {
			t.Fatalf("%s %s: %v", test.key, test.algorithm, err)
		}
		later, err := rustpdf.BeginSigning(pdf, certificate, chain, options)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := sign(t.Context(), *later.Request())
		if err != nil {
			t.Fatal(err)
		}
		inHalves, err := later.CompleteWithSignature(signature)
		if err != nil {
			t.Fatal(err)
		}
		if test.judged {
			judge(t, signed)
			judge(t, inHalves)
		}
	}
}

// judge lets pdfsig say that a document is signed, validly and whole.
func judge(t *testing.T, signed []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "signed.pdf")
	if err := os.WriteFile(path, signed, 0o666); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("pdfsig", "-nocert", path).CombinedOutput()
	valid := strings.Contains(string(said), "Signature Validation: Signature is Valid.")
	if err != nil || !valid || !strings.Contains(string(said), "Total document signed") {
		t.Errorf("pdfsig: %v\n%s", err, said)
	}
}

// TestClientsWithCryptoSigner signs with crypto11, and with the key managers of step, of a token and of files.
func TestClientsWithCryptoSigner(t *testing.T) {
	useToken(t)
	token, err := crypto11.Configure(&crypto11.Config{Path: library, TokenLabel: "rustpdf", Pin: "1234"})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("crypto11", func(t *testing.T) {
		signAll(t, inToken, func(name string) (crypto.Signer, error) {
			key, err := token.FindKeyPair(nil, []byte(name))
			if err == nil && key == nil {
				err = fmt.Errorf("there is no key %s", name)
			}
			return key, err
		})
	})
	if err := token.Close(); err != nil {
		t.Fatal(err)
	}
	for scheme, test := range map[string]struct {
		uri, key string
		certificates
	}{
		"pkcs11":  {"pkcs11:module-path=" + library + ";token=rustpdf?pin-value=1234", "pkcs11:object=%s", inToken},
		"softkms": {"softkms:", filepath.Join(pki, "%s.key"), inFiles},
	} {
		t.Run("step "+scheme, func(t *testing.T) {
			store, err := kms.New(t.Context(), apiv1.Options{URI: test.uri})
			if err != nil {
				t.Fatal(err)
			}
			signAll(t, test.certificates, func(name string) (crypto.Signer, error) {
				return store.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: fmt.Sprintf(test.key, name)})
			})
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// certificates are the certificates of keys in a store, and its keys.
type certificates struct {
	folder string
	keys   []string
}

var (
	inToken = certificates{token, []string{"rsa", "p256", "p384", "p521"}}
	inFiles = certificates{pki, []string{"rsa", "p256", "p384", "p521", "ed25519"}}
)

// signAll signs with each key, and with RSA by both of its schemes.
func signAll(t *testing.T, of certificates, open func(name string) (crypto.Signer, error)) {
	t.Helper()
	pdf := readFile(t, documents, "classic.pdf")
	for _, name := range of.keys {
		key, err := open(name)
		if err != nil {
			t.Fatal(name, err)
		}
		signer := rustpdf.NewSigner(readFile(t, of.folder, name+".der"), rustpdf.FromCryptoSigner(key), readFile(t, pki, "chain.pem"))
		algorithms := []rustpdf.SignatureAlgorithm{""}
		if name == "rsa" {
			algorithms = append(algorithms, rustpdf.SignatureAlgorithmRSAPSS)
		}
		for _, algorithm := range algorithms {
			signed, err := rustpdf.Sign(t.Context(), pdf, signer, rustpdf.SigningOptions{SignatureAlgorithm: algorithm})
			if err != nil {
				t.Fatal(name, algorithm, err)
			}
			if name != "ed25519" { // which pdfsig does not know
				judge(t, signed.PDF)
			}
		}
	}
}
