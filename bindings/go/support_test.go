package rustpdf

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

var (
	pkiFolder = filepath.Join("..", "..", "tests", "pki", "certificates")
	moment    = []Option{
		WithSigningTime(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)), WithEntropy(bytes.Repeat([]byte{7}, 32)),
	}
)

// sessionKey seals the sessions of the tests.
var sessionKey = bytes.Repeat([]byte{42}, 32)

// errUnasked is the error of a signer that must not be asked.
var errUnasked = errors.New("a signature is asked for")

// testSigner is who signs: a certificate, its chain, and a key in memory.
type testSigner struct {
	certificate []byte
	chain       [][]byte
	key         crypto.Signer
	sign        signFunc
}

// signFunc is the long form of a function that signs.
type signFunc = func(context.Context, SigningRequest) ([]byte, error)

func pki(t testing.TB, name string) testSigner {
	t.Helper()
	block, _ := pem.Decode(readFile(t, filepath.Join(pkiFolder, name+".key")))
	if block == nil {
		t.Fatal("no key in ", name)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return testSigner{
		readFile(t, filepath.Join(pkiFolder, name+".der")), [][]byte{readFile(t, filepath.Join(pkiFolder, "chain.pem"))},
		key.(crypto.Signer), FromCryptoSigner(key.(crypto.Signer)),
	}
}

func (s testSigner) signer() Signer {
	return s.by(s.sign)
}

// by is the signer with another function.
func (s testSigner) by(sign signFunc) Signer {
	return Signer{Certificate: s.certificate, Chain: s.chain, Sign: sign}
}

func (s testSigner) signatory() Signatory {
	return Signatory{Signer: s.signer()}
}

// with puts further call options behind those that make the output always the same.
func with(more ...Option) []Option {
	return append(append([]Option{}, moment...), more...)
}

// refusing signs nothing, with an error of the caller's.
func refusing(err error) signFunc {
	return func(context.Context, SigningRequest) ([]byte, error) { return nil, err }
}

// unasked fails the test when it is asked.
func unasked(t testing.TB) signFunc {
	return func(context.Context, SigningRequest) ([]byte, error) {
		t.Error("the signer was asked")
		return nil, nil
	}
}

// smallPDF is a document of one page.
func smallPDF() []byte {
	return makePDF("10 20 m 30 40 l S")
}

// largePDF is a document of about this size. No two of its pieces are alike.
func largePDF(size int) []byte {
	var content strings.Builder
	for line := 0; content.Len() < size; line++ {
		fmt.Fprintf(&content, "%15d\n", line)
	}
	return makePDF(content.String())
}

func makePDF(content string) []byte {
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
	}
	made := bytes.NewBufferString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	table := "0000000000 65535 f \n"
	for at, object := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", made.Len())
		fmt.Fprintf(made, "%d 0 obj\n%s\nendobj\n", at+1, object)
	}
	start := made.Len()
	trailer := fmt.Sprintf("<</Size %d/Root 1 0 R/ID[<0011><0011>]>>", len(objects)+1)
	fmt.Fprintf(made, "xref\n0 %d\n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table, trailer, start)
	return made.Bytes()
}

// judge lets Poppler's pdfsig say that a document is signed, validly and whole, so many times.
func judge(t testing.TB, signed []byte, signatures int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "signed.pdf")
	writeFile(t, path, signed)
	said, err := exec.Command("pdfsig", "-nocert", path).CombinedOutput()
	if err != nil {
		t.Fatalf("pdfsig: %v\n%s", err, said)
	}
	if valid := strings.Count(string(said), "Signature Validation: Signature is Valid."); valid != signatures {
		t.Errorf("%d signatures are valid, and should be %d\n%s", valid, signatures, said)
	}
	if !strings.Contains(string(said), "Total document signed") {
		t.Errorf("the last signature does not cover the document\n%s", said)
	}
}

// must ends the test where there is an error.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// cancelled is a context that is done, with a cause.
func cancelled(cause error) context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	return ctx
}

// temporary is a file in a folder of its own.
func temporary(t testing.TB, bytes []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(path, bytes, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func writeFile(t testing.TB, path string, bytes []byte) {
	t.Helper()
	if err := os.WriteFile(path, bytes, 0o666); err != nil {
		t.Fatal(err)
	}
}

// checkFiles fails where a folder holds anything but the files named.
func checkFiles(t testing.TB, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	found := []string{}
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	sort.Strings(names)
	if !slices.Equal(found, names) {
		t.Errorf("the folder holds %v and should hold %v", found, names)
	}
}
