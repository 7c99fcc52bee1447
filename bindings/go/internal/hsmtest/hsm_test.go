// Package hsmtest signs with keys in a SoftHSM2 token, by the PKCS#11 client that most Go programs use. It is a module of its own, for that
// client needs a C compiler, and rustpdf does not.
package hsmtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
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

// TestTheProgramOfTheReadme builds and runs the whole program that the README shows.
func TestTheProgramOfTheReadme(t *testing.T) {
	useToken(t)
	readme := string(readFile(t, "..", "..", "README.md"))
	program := regexp.MustCompile("(?s)```go\n(package main\n.*?)```").FindStringSubmatch(readme)
	if program == nil {
		t.Fatal("the README shows no program")
	}
	folder := t.TempDir()
	write := func(name string, bytes []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), bytes, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("main.go", []byte(program[1]))
	write("document.pdf", readFile(t, documents, "classic.pdf"))
	write("certificate.der", readFile(t, token, "rsa.der"))
	write("chain.pem", readFile(t, pki, "chain.pem"))
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	// As a package of this module, so that it finds what it imports.
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(here, "readme", "main.go"): filepath.Join(folder, "main.go"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	write("overlay.json", overlay)
	binary := filepath.Join(folder, "program")
	building := exec.Command("go", "build", "-overlay", filepath.Join(folder, "overlay.json"), "-o", binary, "./readme")
	if said, err := building.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	running := exec.Command(binary)
	running.Dir = folder
	if said, err := running.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	judge(t, readFile(t, folder, "signed.pdf"))
}
