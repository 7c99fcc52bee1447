package rustpdf

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// readmePrelude is what the blocks of the README take for granted.
const readmePrelude = `package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"os"
	"slices"
	"time"

	"github.com/rustpdf/rustpdf-go"
)

type hashing struct{ key crypto.Signer }

func (h hashing) Sign(data []byte) ([]byte, error) {
	hash := crypto.SHA256.New()
	hash.Write(data)
	return h.key.Sign(nil, hash.Sum(nil), crypto.SHA256)
}

type digesting struct{ key crypto.Signer }

func (d digesting) Sign(ctx context.Context, digest []byte) ([]byte, error) {
	return d.key.Sign(nil, digest, crypto.SHA256)
}

func (d digesting) SignAll(ctx context.Context, requests []rustpdf.SigningRequest) (signatures [][]byte, err error) {
	for _, request := range requests {
		signatures = append(signatures, must(d.Sign(ctx, request.Digest)))
	}
	return signatures, nil
}

// noService has no container to give: the block that asks it ends with this error.
type noService struct{}

var errNoService = errors.New("no service")

func (noService) Sign([]byte, rustpdf.DigestAlgorithm) ([]byte, error) { return nil, errNoService }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func parsed(bundle []byte) (certificates []*x509.Certificate) {
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		certificates = append(certificates, must(x509.ParseCertificate(block.Bytes)))
	}
	return certificates
}

func use(...any) {}

func main() {
	block, _ := pem.Decode(must(os.ReadFile("key.pem")))
	ctx, key := context.Background(), must(x509.ParsePKCS8PrivateKey(block.Bytes)).(crypto.Signer)
	pdf, certDer, chain := must(os.ReadFile("in.pdf")), must(os.ReadFile("cert.der")), [][]byte{must(os.ReadFile("chain.pem"))}
	certificate, issuers := must(x509.ParseCertificate(certDer)), parsed(chain[0])
	hsm, kms, service := hashing{key}, digesting{key}, noService{}
	hsmSign, signer := hsm.Sign, rustpdf.NewSigner(certDer, hsm.Sign, chain...)
	otherSigner, publicKey := signer, key.Public()
	object, size := bytes.NewReader(pdf), int64(len(pdf))
	request, response := struct{ Body io.Reader }{bytes.NewReader(pdf)}, new(bytes.Buffer)
	sealingKey := bytes.Repeat([]byte{7}, 32)
	tsaURL, otherURL := os.Getenv("TSA"), "http://127.0.0.1:9/"
	roots := parsed(must(os.ReadFile("roots.pem")))
	use(tsaURL, otherURL, roots)
	use(ctx, certificate, issuers, hsm, kms, service, hsmSign, otherSigner, object, size, request, response, sealingKey, slices.Max([]int{1}))
	use(time.Now(), publicKey)
`

// ofKeyStores tells the blocks that keystores/test runs.
var ofKeyStores = regexp.MustCompile(`(awskms|azurekeyvault|googlekms|vault)\.Key\(|pkcs11\.Open\(`)

// TestTheBlocksOfTheReadme builds and runs all that the README shows, except what requires a key store: keystores/test.
func TestTheBlocksOfTheReadme(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readFile(t, "README.md")), -1)
	program := strings.Builder{}
	program.WriteString(readmePrelude)
	shown := 0
	for number, block := range blocks {
		if ofKeyStores.MatchString(block[1]) {
			continue
		}
		shown++
		end := "return nil"
		if strings.Contains(block[1], "signed, err :=") { // the document that a block makes must be one
			end = "if err == nil && signed == nil { err = errors.New(\"nothing is signed\") }\nreturn err"
		}
		fmt.Fprintf(&program, "if err := func() error {\n%s\n%s\n}(); err != nil && err != errNoService {\nlog.Fatal(\"block %d: \", err)\n}\n",
			block[1], end, number+1)
	}
	program.WriteString("}\n")
	if shown < 12 {
		t.Fatalf("the README shows %d blocks", shown)
	}
	folder := t.TempDir()
	write := func(name string, bytes []byte) { writeFile(t, filepath.Join(folder, name), bytes) }
	write("main.go", []byte(program.String()))
	for _, name := range []string{"in.pdf", "1.pdf", "2.pdf"} {
		write(name, smallPDF())
	}
	write("cert.der", pki(t, "rsa").certificate)
	write("chain.pem", pki(t, "rsa").chain[0])
	if err := os.Mkdir(filepath.Join(folder, "audit"), 0o700); err != nil {
		t.Fatal(err)
	}
	tsaRoot := readFile(t, filepath.Join(servicesOf(t).Certs, "tsaroot.cert.pem"))
	write("roots.pem", slices.Concat(readFile(t, filepath.Join(pkiFolder, "root.pem")), tsaRoot))
	write("logo.png", smallPNG)
	write("key.pem", readFile(t, filepath.Join(pkiFolder, "rsa.key")))
	// As a package of this module, so that it finds what it imports.
	overlay := must(json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(must(os.Getwd()), "internal", "readme", "main.go"): filepath.Join(folder, "main.go"),
	}}))
	write("overlay.json", overlay)
	binary := filepath.Join(folder, "program")
	build := exec.Command("go", "build", "-overlay", filepath.Join(folder, "overlay.json"), "-o", binary, "./internal/readme")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, said, program.String())
	}
	running := exec.Command(binary)
	running.Dir = folder
	running.Env = append(os.Environ(), "TSA="+servicesOf(t).TSA["tsa"])
	if said, err := running.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for name, signatures := range map[string]int{"out.pdf": 1, "in.pdf": 1, "1.pdf": 1, "1.signed.pdf": 1, "2.signed.pdf": 1} {
		judge(t, readFile(t, filepath.Join(folder, name)), signatures)
	}
	openssl(t, folder, "req", "-in", "signing.csr", "-noout", "-verify")
	if records := must(filepath.Glob(filepath.Join(folder, "audit", "*.jsonl"))); len(records) != 1 {
		t.Errorf("the records of the audit are %v", records)
	}
}

// TestEveryCallHasAnExample looks for an example of each function and of each method of a session.
func TestEveryCallHasAnExample(t *testing.T) {
	files := token.NewFileSet()
	parse := func(pattern string) (parsed []*ast.File) {
		for _, path := range must(filepath.Glob(pattern)) {
			parsed = append(parsed, must(parser.ParseFile(files, path, nil, parser.ParseComments)))
		}
		return parsed
	}
	examples := map[string]bool{}
	for _, example := range doc.Examples(parse("example_test.go")...) {
		name, _, _ := strings.Cut(example.Name, "_request") // a second example
		examples[name] = true
	}
	calls := 0
	for _, file := range parse("[a-z]*.go") {
		for _, declared := range file.Decls {
			function, isFunction := declared.(*ast.FuncDecl)
			if !isFunction || !function.Name.IsExported() || strings.HasSuffix(files.Position(file.Pos()).Filename, "_test.go") {
				continue
			}
			name := function.Name.Name
			if function.Recv != nil {
				pointer, isPointer := function.Recv.List[0].Type.(*ast.StarExpr)
				if !isPointer || !strings.Contains(fmt.Sprint(pointer.X), "Session") {
					continue
				}
				name = fmt.Sprint(pointer.X, "_", name)
			}
			if calls++; !examples[name] {
				t.Errorf("%s has no example", name)
			}
		}
	}
	if calls < 40 {
		t.Errorf("%d calls were found", calls)
	}
}
