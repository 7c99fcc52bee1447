package rustpdf_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rustpdf/rustpdf-go"
)

// material is what the examples sign, and with what.
func material() (pdf, certDer []byte, chain [][]byte, hsm crypto.Signer) {
	read := func(path ...string) []byte {
		bytes, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "tests"}, path...)...))
		if err != nil {
			log.Fatal(err)
		}
		return bytes
	}
	block, _ := pem.Decode(read("pki", "certificates", "rsa.key"))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	chain = [][]byte{read("pki", "certificates", "chain.pem")}
	return read("vectors", "documents", "classic.pdf"), read("pki", "certificates", "rsa.der"), chain, key.(crypto.Signer)
}

func ExampleSignWith() {
	pdf, certDer, chain, hsm := material()
	hsmSign := func(data []byte, request *rustpdf.SigningRequest) ([]byte, error) {
		return hsm.Sign(nil, request.Digest, crypto.SHA256)
	}

	signed, err := rustpdf.SignWith(pdf, certDer, hsmSign, chain, &rustpdf.SigningOptions{Pades: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the document comes first:", bytes.HasPrefix(signed, pdf))
	// Output: the document comes first: true
}

func ExampleFromCryptoSigner() {
	pdf, certDer, chain, key := material()

	told := rustpdf.WithReport(func(report *rustpdf.Report) {
		fmt.Println(report.SignatureAlgorithm, report.DigestAlgorithm, report.SubFilter)
	})
	if _, err := rustpdf.SignWith(pdf, certDer, rustpdf.FromCryptoSigner(key), chain, nil, told); err != nil {
		log.Fatal(err)
	}
	// Output: rsa-pkcs1 sha256 ETSI.CAdES.detached
}

func ExampleBeginSigning() {
	pdf, certDer, chain, kms := material()

	session, err := rustpdf.BeginSigning(pdf, certDer, chain, &rustpdf.SigningOptions{Reason: "approved"})
	if err != nil {
		log.Fatal(err)
	}
	key := make([]byte, 32)
	rand.Read(key) // kept where the service keeps its secrets
	saved, err := session.Serialize(key)
	if err != nil {
		log.Fatal(err)
	}
	digest := session.Request().Digest

	signature, err := kms.Sign(nil, digest, crypto.SHA256) // much later
	if err != nil {
		log.Fatal(err)
	}
	resumed, err := rustpdf.ResumeSigning(saved, pdf, key) // in another process
	if err != nil {
		log.Fatal(err)
	}
	signed, err := resumed.CompleteWithSignature(signature)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("grew by what the report says:", int64(len(signed)-len(pdf)) == resumed.Report().UpdateLength)
	// Output: grew by what the report says: true
}

func ExampleSignFileWith() {
	pdf, certDer, chain, key := material()
	folder, err := os.MkdirTemp("", "rustpdf-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "contract.pdf")
	if err := os.WriteFile(path, pdf, 0o666); err != nil {
		log.Fatal(err)
	}

	signed, err := rustpdf.SignFileWith(path, path, certDer, rustpdf.FromCryptoSigner(key), chain, nil) // in place
	if err != nil {
		log.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the update was appended:", after.Size() == int64(len(pdf)+len(signed.Update)))
	// Output: the update was appended: true
}

func ExampleSignWithContext() {
	pdf, certDer, chain, key := material()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()

	_, err := rustpdf.SignWithContext(ctx, pdf, certDer, rustpdf.FromCryptoSigner(key), chain, nil)
	fmt.Println(err)
	// Output: context canceled
}

func ExampleError() {
	pdf, certDer, chain, _ := material()
	nonsense := func([]byte, *rustpdf.SigningRequest) ([]byte, error) { return make([]byte, 256), nil }

	_, err := rustpdf.SignWith(pdf, certDer, nonsense, chain, nil)
	var raised *rustpdf.Error
	if errors.As(err, &raised) {
		fmt.Println(raised.Code, raised.Group, errors.Is(err, rustpdf.ErrSignatureMismatch))
	}
	// Output: ERR_SIGNATURE_MISMATCH answer true
}

func ExampleUnfinishedError() {
	pdf, certDer, chain, key := material()
	signer := rustpdf.FromCryptoSigner(key)
	away := func([]byte, *rustpdf.SigningRequest) ([]byte, error) { return nil, errors.New("on holiday") }

	_, err := rustpdf.SignInTurn(pdf, []rustpdf.Signatory{
		{Certificate: certDer, Signer: signer, Chain: chain},
		{Certificate: certDer, Signer: away, Chain: chain},
	})
	var unfinished *rustpdf.UnfinishedError
	if errors.As(err, &unfinished) {
		signed, err := unfinished.Session.CompleteSigned() // the first signature is not lost
		fmt.Println(unfinished, err, len(signed) > len(pdf))
	}
	// Output: on holiday <nil> true
}
