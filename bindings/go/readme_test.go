package rustpdf

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	"log"
	"os"

	"github.com/rustpdf/rustpdf-go"
)

type holder struct{ key crypto.Signer }

func (h holder) Sign(request *rustpdf.SigningRequest) ([]byte, error) {
	return rustpdf.FromCryptoSigner(h.key)(request.Data, request)
}

type byData struct{ key crypto.Signer }

func (b byData) Sign(data []byte) ([]byte, error) {
	return rustpdf.FromCryptoSigner(b.key)(data, request(data))
}

func request(data []byte) *rustpdf.SigningRequest {
	hash := crypto.SHA256.New()
	hash.Write(data)
	return &rustpdf.SigningRequest{Digest: hash.Sum(nil), DigestAlgorithm: "sha256", SignatureAlgorithm: "rsa-pkcs1"}
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

func readKey(path string) crypto.Signer {
	block, _ := pem.Decode(must(os.ReadFile(path)))
	return must(x509.ParsePKCS8PrivateKey(block.Bytes)).(crypto.Signer)
}

func main() {
	ctx, key := context.Background(), readKey("key.pem")
	pdf, certDer, chain := must(os.ReadFile("in.pdf")), must(os.ReadFile("cert.der")), [][]byte{must(os.ReadFile("chain.pem"))}
	hsm, kms, service := byData{key}, holder{key}, noService{}
	hsmSign := rustpdf.FromCryptoSigner(key)
	otherCertDer, otherSign := certDer, hsmSign
	object, size := bytes.NewReader(pdf), int64(len(pdf))
	sealingKey := bytes.Repeat([]byte{7}, 32)
	_, _, _, _, _, _, _, _, _, _, _, _ = sealingKey, ctx, pdf, chain, hsm, kms, service, otherCertDer, otherSign, object, size, certDer
`

// TestTheBlocksOfTheReadme builds and runs all that the README shows, but for the whole program, which needs a token: internal/hsmtest.
func TestTheBlocksOfTheReadme(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readFile(t, "README.md")), -1)
	program := strings.Builder{}
	program.WriteString(readmePrelude)
	shown := 0
	for number, block := range blocks {
		if strings.HasPrefix(block[1], "package main") {
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
	if shown < 6 {
		t.Fatalf("the README shows %d blocks", shown)
	}
	folder := t.TempDir()
	write := func(name string, bytes []byte) { writeFile(t, filepath.Join(folder, name), bytes) }
	write("main.go", []byte(program.String()))
	write("in.pdf", smallPDF())
	write("cert.der", pki(t, "rsa").certificate)
	write("chain.pem", pki(t, "rsa").chain[0])
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
	if said, err := running.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	judge(t, readFile(t, filepath.Join(folder, "out.pdf")), 1)
	judge(t, readFile(t, filepath.Join(folder, "in.pdf")), 1)
}
