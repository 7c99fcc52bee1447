// Package test signs with keys in all key stores, through the adapters and the real client libraries. The
// servers are those of examples/kms/serve.sh, and a SoftHSM2 token.
package test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rustpdf/rustpdf-go"
)

var (
	tests     = filepath.Join("..", "..", "..", "..", "tests")
	pki       = filepath.Join(tests, "pki", "certificates")
	documents = filepath.Join(tests, "vectors", "documents")
)

// storeKey is a key in a key store, and what it is to sign by.
type storeKey struct {
	Kind        string
	KeyID       string
	Certificate string
	Options     []algorithms
}

// algorithms are options of a signature; empty ones mean those of the key.
type algorithms struct {
	SignatureAlgorithm rustpdf.SignatureAlgorithm
	DigestAlgorithm    rustpdf.DigestAlgorithm
}

// running are the key stores as examples/kms/serve.sh describes them.
var running struct {
	AWS struct {
		Environment map[string]string
		Keys        []storeKey
	} `json:"aws-kms"`
	Google struct {
		Port int
		Keys []storeKey
	} `json:"google-kms"`
	Azure struct {
		TLSCertificate, VaultURL string
		Keys                     []storeKey
	} `json:"azure-key-vault"`
	Vault struct {
		Address, Token string
		Keys           []storeKey
	}
	Chain string
}

// auditFolder receives the records of all signatures of the tests.
var auditFolder string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if auditFolder, err = os.MkdirTemp("", "audit-"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(auditFolder)
		stop, err := serve()
		if err != nil {
			fmt.Fprintln(os.Stderr, "examples/kms/serve.sh:", err)
			return 1
		}
		defer stop()
		return m.Run()
	}())
}

// serve starts the key stores. They end with the standard input of the script.
func serve() (stop func(), err error) {
	serving := exec.Command(filepath.Join(tests, "..", "examples", "kms", "serve.sh"))
	serving.Stderr = os.Stderr
	input, err := serving.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := serving.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := serving.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = input.Close()
		_ = serving.Wait()
	}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &running)
	}
	if err != nil {
		stop()
	}
	return stop, err
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func readFile(t testing.TB, path ...string) []byte {
	t.Helper()
	read, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func chain(t testing.TB) [][]byte { return [][]byte{readFile(t, running.Chain)} }

// keyOf returns the key of a kind.
func keyOf(t testing.TB, keys []storeKey, kind string) storeKey {
	t.Helper()
	for _, key := range keys {
		if key.Kind == kind {
			return key
		}
	}
	t.Fatalf("there is no key %s", kind)
	return storeKey{}
}

// signAll signs with each key of a store by all that it is to sign by, and has each make a certification
// request.
func signAll(t *testing.T, store string, keys []storeKey, open func(storeKey) (rustpdf.Signer, error)) {
	t.Helper()
	if len(keys) < 5 {
		t.Fatalf("there are %d keys", len(keys))
	}
	pdf := readFile(t, documents, "classic.pdf")
	for _, key := range keys {
		signer, err := open(key)
		if err != nil {
			t.Fatal(key.Kind, err)
		}
		checkRequest(t, key.Kind, signer)
		signer = rustpdf.Audited(signer, rustpdf.AuditFolder{Directory: auditFolder, KeyID: key.KeyID})
		for _, options := range key.Options {
			signed, err := rustpdf.Sign(t.Context(), pdf, signer, rustpdf.SigningOptions{
				SignatureAlgorithm: options.SignatureAlgorithm, DigestAlgorithm: options.DigestAlgorithm,
			})
			if err != nil {
				t.Errorf("%s %v: %v", key.Kind, options, err)
				continue
			}
			keep(t, store, key.Kind, signed)
			if options.SignatureAlgorithm != "" && signed.Report.SignatureAlgorithm != options.SignatureAlgorithm {
				t.Errorf("%s %v: signed by %s", key.Kind, options, signed.Report.SignatureAlgorithm)
			}
			if signed.Report.SignatureAlgorithm != rustpdf.SignatureAlgorithmEd25519 { // which pdfsig does not know
				judge(t, signed.PDF)
			}
		}
	}
}

// keep keeps a signed document for the table of examples/kms/matrix.py, if RUSTPDF_KEYSTORES names a folder.
func keep(t *testing.T, store, kind string, signed *rustpdf.Signed) {
	t.Helper()
	folder, report := os.Getenv("RUSTPDF_KEYSTORES"), signed.Report
	if folder == "" || kind == eachTime { // no authority made its certificate
		return
	}
	name := fmt.Sprintf("Go--%s--%s--%s-%s.pdf", store, kind, report.SignatureAlgorithm, report.DigestAlgorithm)
	if err := os.WriteFile(filepath.Join(folder, name), signed.PDF, 0o600); err != nil {
		t.Error(err)
	}
}

// checkRequest has openssl verify a certification request of a key. The public key comes from the key store.
func checkRequest(t *testing.T, kind string, signer rustpdf.Signer) {
	t.Helper()
	own := must(parseCertificate(signer.Certificate))
	der, err := rustpdf.CertificateRequest(t.Context(), rustpdf.CertificateRequestOptions{Subject: "CN=" + kind}, signer)
	if err != nil {
		t.Errorf("%s: %v", kind, err)
		return
	}
	if asked := must(x509.ParseCertificateRequest(der)); !bytes.Equal(asked.RawSubjectPublicKeyInfo, own.RawSubjectPublicKeyInfo) {
		t.Errorf("%s: the request is for another key", kind)
	}
	verifying := exec.Command("openssl", "req", "-inform", "DER", "-noout", "-verify", "-subject")
	verifying.Stdin = strings.NewReader(string(der))
	said, err := verifying.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "verify OK") || !strings.Contains(string(said), kind) {
		t.Errorf("%s: %v\n%s", kind, err, said)
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

// texts are the texts of all errors that the tests provoked: see TestNoSecretIsTold.
var texts []string

// fails signs a file with a key that must fail, and returns the error. Nothing else may be left behind.
func fails(t *testing.T, signer rustpdf.Signer, options ...rustpdf.Option) error {
	t.Helper()
	return failsIn(t, t.Context(), signer, options...)
}

func failsIn(t *testing.T, ctx context.Context, signer rustpdf.Signer, options ...rustpdf.Option) error {
	t.Helper()
	folder, pdf := t.TempDir(), readFile(t, documents, "classic.pdf")
	path := filepath.Join(folder, "in.pdf")
	if err := os.WriteFile(path, pdf, 0o666); err != nil {
		t.Fatal(err)
	}
	audited := rustpdf.Audited(signer, rustpdf.AuditFolder{Directory: auditFolder, KeyID: "failing"})
	_, err := rustpdf.SignFile(ctx, path, filepath.Join(folder, "out.pdf"), audited, options...)
	if err == nil {
		t.Fatal("it is signed")
	}
	texts = append(texts, fmt.Sprintf("%v %+v %#v", err, err, err))
	if errors.As(err, new(*rustpdf.UnfinishedError)) {
		t.Errorf("there is a session of a signature that was not made: %v", err)
	}
	left := must(os.ReadDir(folder))
	if len(left) != 1 || string(readFile(t, path)) != string(pdf) {
		t.Errorf("the folder has %v", left)
	}
	return err
}

// noPublicKey has a key without a readable public key make a certification request, and returns the error.
func noPublicKey(t *testing.T, signer rustpdf.Signer) error {
	t.Helper()
	_, err := rustpdf.CertificateRequest(t.Context(), rustpdf.CertificateRequestOptions{Subject: "CN=none"}, signer)
	texts = append(texts, fmt.Sprintf("%v %+v %#v", err, err, err))
	return err
}

// as expects an error of the key store, of this type.
func as[E error](t *testing.T, err error) E {
	t.Helper()
	var found E
	if !errors.As(err, &found) {
		t.Errorf("not %T: %T: %v", found, err, err)
	}
	return found
}
