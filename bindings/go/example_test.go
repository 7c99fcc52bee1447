package rustpdf_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/rustpdf/rustpdf-go"
)

// The examples take these for granted.
var (
	ctx                  = context.Background()
	pdf, certDer, chain  = readMaterial()
	certificate, issuers = parsedMaterial()
	hsm                  = keyStore{readKey()}
	signer               = rustpdf.NewSigner(certDer, hsm.Sign, chain...)
	sealingKey           = bytes.Repeat([]byte{42}, 32) // 32 random bytes that stay secret
	object               = bytes.NewReader(pdf)         // an object in an object store
	size                 = object.Size()
)

// folder is the folder of the files.
var folder = sync.OnceValue(func() string { return must(os.MkdirTemp(os.Getenv("RUSTPDF_TEST_FOLDER"), "example-")) })

// keyStore stands for an HSM.
type keyStore struct{ crypto.Signer }

// Sign hashes the data and signs the digest.
func (k keyStore) Sign(data []byte) ([]byte, error) {
	digest := sha256.Sum256(data)
	return k.Signer.Sign(nil, digest[:], crypto.SHA256)
}

func readFile(path ...string) []byte {
	return must(os.ReadFile(filepath.Join(append([]string{"..", "..", "tests"}, path...)...)))
}

func readMaterial() (pdf, certDer []byte, chain [][]byte) {
	chain = [][]byte{readFile("pki", "certificates", "chain.pem")}
	return readFile("vectors", "documents", "classic.pdf"), readFile("pki", "certificates", "rsa.der"), chain
}

func parsedMaterial() (certificate *x509.Certificate, issuers []*x509.Certificate) {
	for block, rest := pem.Decode(chain[0]); block != nil; block, rest = pem.Decode(rest) {
		issuers = append(issuers, must(x509.ParseCertificate(block.Bytes)))
	}
	return must(x509.ParseCertificate(certDer)), issuers
}

func readKey() crypto.Signer {
	block, _ := pem.Decode(readFile("pki", "certificates", "rsa.key"))
	return must(x509.ParsePKCS8PrivateKey(block.Bytes)).(crypto.Signer)
}

// output is the path of a new file.
func output(name string) string { return filepath.Join(folder(), name) }

// unsigned is the path of an unsigned document.
func unsigned(name string) string {
	check(os.WriteFile(output(name), pdf, 0o666))
	return output(name)
}

// service returns a finished CMS container, as a signing service does.
func service(session *rustpdf.FileSession) []byte {
	signed := must(session.CompleteWithSignature(ctx, must(hsm.Sign(session.Request().Data)), ""))
	_, contents, _ := bytes.Cut(signed.Update, []byte("/Contents <"))
	if contents == nil {
		_, contents, _ = bytes.Cut(signed.Update, []byte("/Contents<"))
	}
	contents, _, _ = bytes.Cut(contents, []byte(">"))
	padded := make([]byte, hex.DecodedLen(len(contents)))
	must(hex.Decode(padded, contents))
	return padded[:signed.Report.ContainerLength]
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func ExampleSignWith() {
	hsmSign := func(data []byte) ([]byte, error) { return hsm.Sign(data) }

	signed, err := rustpdf.SignWith(pdf, certDer, hsmSign, chain, &rustpdf.SigningOptions{Pades: true})

	fmt.Println(bytes.HasPrefix(signed, pdf), err)
	// Output: true <nil>
}

func ExampleAppearance() {
	box := &rustpdf.Appearance{
		Page:     -1, // the last
		Position: &rustpdf.BoxPosition{Corner: rustpdf.BoxCornerBottomLeft, Width: 180, Height: 50},
		Text:     "**{name}**\n{date}",
	}
	signed, err := rustpdf.Sign(ctx, pdf, signer, rustpdf.SigningOptions{Appearance: box})

	fmt.Println(signed.Report.Rect, err)
	// Output: [36 36 216 86] <nil>
}

func ExampleEmptyField() {
	buyer := rustpdf.EmptyField{Name: "Buyer", Position: &rustpdf.BoxPosition{Corner: rustpdf.BoxCornerTopRight}}
	first := rustpdf.SigningOptions{Appearance: &rustpdf.Appearance{}, EmptyFields: []rustpdf.EmptyField{buyer}}
	ofSeller, err := rustpdf.Sign(ctx, pdf, signer, first)
	check(err)

	second := rustpdf.SigningOptions{FieldName: "Buyer", ExistingField: true, Appearance: &rustpdf.Appearance{Text: "**{name}**"}}
	ofBoth, err := rustpdf.Sign(ctx, ofSeller.PDF, signer, second)

	fmt.Println(ofBoth.Report.Field, ofBoth.Report.NewField, err)
	// Output: Buyer false <nil>
}

func ExampleSignWith_request() {
	// The request has the digest, and the names of the algorithms.
	kmsSign := func(ctx context.Context, request rustpdf.SigningRequest) ([]byte, error) {
		fmt.Println(request.SignatureAlgorithm, request.DigestAlgorithm)
		return hsm.Signer.Sign(nil, request.Digest, crypto.SHA256)
	}

	_, err := rustpdf.SignWith(pdf, certificate, kmsSign, issuers, nil) // certificates as crypto/x509 has them

	fmt.Println(err)
	// Output:
	// rsa-pkcs1 sha256
	// <nil>
}

func ExampleSign() {
	signer := rustpdf.NewSigner(certDer, hsm.Sign, chain...)

	signed, err := rustpdf.Sign(ctx, pdf, signer, rustpdf.SigningOptions{Reason: "approved"})
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(signed.Report.SubFilter, bytes.HasPrefix(signed.PDF, pdf))
	// Output: ETSI.CAdES.detached true
}

func ExampleNewSigner() {
	signer := rustpdf.NewSigner(certificate, hsm.Sign, issuers...)

	_, err := rustpdf.Sign(ctx, pdf, signer)

	fmt.Println(err)
	// Output: <nil>
}

func ExampleFromCryptoSigner() {
	var key crypto.Signer = hsm.Signer // of a key store's client

	signer := rustpdf.NewSigner(certDer, rustpdf.FromCryptoSigner(key), chain...)
	_, err := rustpdf.Sign(ctx, pdf, signer)

	fmt.Println(err)
	// Output: <nil>
}

func ExampleRemoteSigner() {
	session, err := rustpdf.Begin(ctx, pdf, rustpdf.RemoteSigner(certificate, issuers...))
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(len(session.Request().Digest))
	// Output: 32
}

func ExampleSignInTurn() {
	signed, err := rustpdf.SignInTurn(ctx, pdf, []rustpdf.Signatory{
		{Signer: signer, Options: &rustpdf.SigningOptions{Reason: "written"}},
		{Signer: signer, Options: &rustpdf.SigningOptions{Reason: "approved"}},
	})
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(len(signed.Reports))
	// Output: 2
}

func ExampleSignFile() {
	contract := unsigned("contract.pdf")

	signed, err := rustpdf.SignFile(ctx, contract, contract, signer) // in place
	if err != nil {
		log.Fatal(err)
	}

	after := must(os.Stat(contract))
	fmt.Println(after.Size() == signed.Report.DocumentLength+int64(len(signed.Update)))
	// Output: true
}

func ExampleSignFileInTurn() {
	contract := unsigned("contract.pdf")

	signed, err := rustpdf.SignFileInTurn(ctx, contract, output("twice.pdf"), []rustpdf.Signatory{{Signer: signer}, {Signer: signer}})
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(signed.Report.Revision - signed.Reports[0].Revision)
	// Output: 1
}

func ExampleSignReaderAt() {
	var signed bytes.Buffer

	_, err := rustpdf.SignReaderAt(ctx, object, size, &signed, signer)

	fmt.Println(bytes.HasPrefix(signed.Bytes(), pdf), err)
	// Output: true <nil>
}

func ExampleSignReader() {
	request, response := bytes.NewBuffer(pdf), new(bytes.Buffer)

	_, err := rustpdf.SignReader(ctx, request, response, signer)

	fmt.Println(bytes.HasPrefix(response.Bytes(), pdf), err)
	// Output: true <nil>
}

func ExampleSignMany() {
	jobs := slices.Values([]rustpdf.Job{
		{Input: unsigned("1.pdf"), Output: output("1.signed.pdf")},
		{Input: unsigned("2.pdf"), Output: output("2.signed.pdf")},
	})

	for range 2 { // the second run skips the documents of the first
		signed, skipped := 0, 0
		for outcome, err := range rustpdf.SignMany(ctx, jobs, signer, rustpdf.WithLedger(output("ledger"))) {
			switch {
			case err != nil:
				log.Fatal(err)
			case outcome.Err != nil:
				log.Print(outcome.Job.Input, ": ", outcome.Err)
			case outcome.Skipped:
				skipped++
			default:
				signed++
			}
		}
		fmt.Println(signed, skipped)
	}
	// Output:
	// 2 0
	// 0 2
}

func ExampleBeginSigning() {
	session, err := rustpdf.BeginSigning(pdf, certDer, chain, &rustpdf.SigningOptions{Reason: "approved"})
	if err != nil {
		log.Fatal(err)
	}

	signature, err := hsm.Sign(session.Request().Data) // later, or elsewhere
	if err != nil {
		log.Fatal(err)
	}
	signed, err := session.CompleteWithSignature(signature)

	fmt.Println(bytes.HasPrefix(signed, pdf), err)
	// Output: true <nil>
}

func ExampleBegin() {
	session, err := rustpdf.Begin(ctx, pdf, signer)
	if err != nil {
		log.Fatal(err)
	}

	signed, err := session.CompleteWithSignature(must(hsm.Sign(session.Request().Data)))

	fmt.Println(bytes.HasPrefix(signed, pdf), err)
	// Output: true <nil>
}

func ExampleResumeSigning() {
	session, err := rustpdf.Begin(ctx, pdf, signer)
	if err != nil {
		log.Fatal(err)
	}
	request := session.Request()
	saved, err := session.Serialize(sealingKey)
	if err != nil {
		log.Fatal(err)
	}

	resumed, err := rustpdf.ResumeSigning(ctx, saved, pdf, sealingKey) // in another process
	if err != nil {
		log.Fatal(err)
	}
	_, err = resumed.CompleteWithSignature(must(hsm.Sign(request.Data)))

	fmt.Println(err)
	// Output: <nil>
}

func ExampleResumeUnsealed() {
	session := must(rustpdf.Begin(ctx, pdf, signer))
	saved, err := session.SerializeUnsealed() // keep it as safe as the document
	if err != nil {
		log.Fatal(err)
	}

	resumed, err := rustpdf.ResumeUnsealed(ctx, saved, pdf, signer)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(bytes.Equal(resumed.Hash(), session.Hash()))
	// Output: true
}

func ExampleBeginSigningFile() {
	contract := unsigned("contract.pdf")
	session, err := rustpdf.BeginSigningFile(ctx, contract, signer)
	if err != nil {
		log.Fatal(err)
	}

	signature := must(hsm.Sign(session.Request().Data))
	_, err = session.CompleteWithSignature(ctx, signature, contract) // in place

	fmt.Println(err)
	// Output: <nil>
}

func ExampleFileSession_Complete() {
	session, err := rustpdf.BeginSigningFile(ctx, unsigned("contract.pdf"), signer)
	if err != nil {
		log.Fatal(err)
	}

	container := service(session) // of session.Hash() and session.HashAlgorithm()
	_, err = session.Complete(ctx, container, output("by-service.pdf"))

	fmt.Println(err)
	// Output: <nil>
}

func ExampleResumeSigningFile() {
	contract := unsigned("contract.pdf")
	saved := must(must(rustpdf.BeginSigningFile(ctx, contract, signer)).Serialize(sealingKey))

	session, err := rustpdf.ResumeSigningFile(ctx, saved, contract, sealingKey)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(session.DocumentLength() == int64(len(pdf)))
	// Output: true
}

func ExampleResumeUnsealedFile() {
	contract := unsigned("contract.pdf")
	saved := must(must(rustpdf.BeginSigningFile(ctx, contract, signer)).SerializeUnsealed())

	session, err := rustpdf.ResumeUnsealedFile(ctx, saved, contract, signer)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(session.HashAlgorithm())
	// Output: sha256
}

func ExampleBeginSigningReaderAt() {
	session, err := rustpdf.BeginSigningReaderAt(ctx, object, size, signer)
	if err != nil {
		log.Fatal(err)
	}

	signature := must(hsm.Sign(session.Request().Data))
	signed, err := session.CompleteWithSignature(ctx, signature, nil) // append signed.Update to the object

	fmt.Println(int64(len(signed.Update)) == signed.Report.UpdateLength, err)
	// Output: true <nil>
}

func ExampleResumeSigningReaderAt() {
	saved := must(must(rustpdf.BeginSigningReaderAt(ctx, object, size, signer)).Serialize(sealingKey))

	session, err := rustpdf.ResumeSigningReaderAt(ctx, saved, object, size, sealingKey)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(session.IsSigned())
	// Output: false
}

func ExampleResumeUnsealedReaderAt() {
	saved := must(must(rustpdf.BeginSigningReaderAt(ctx, object, size, signer)).SerializeUnsealed())

	_, err := rustpdf.ResumeUnsealedReaderAt(ctx, saved, object, size, signer)

	fmt.Println(err)
	// Output: <nil>
}

func ExampleBeginSigningMany() {
	documents := []string{unsigned("1.pdf"), unsigned("2.pdf")}
	batch, err := rustpdf.BeginSigningMany(ctx, documents, signer)
	if err != nil {
		log.Fatal(err)
	}
	var signatures [][]byte
	for _, request := range batch.Requests() { // one call of a service that signs many
		signatures = append(signatures, must(hsm.Sign(request.Data)))
	}

	for outcome, err := range batch.CompleteWithSignatures(ctx, signatures, documents) { // in place
		if err = errors.Join(err, outcome.Err); err != nil {
			log.Fatal(err)
		}
	}

	fmt.Println(len(signatures))
	// Output: 2
}

func ExampleSessionBatch_Complete() {
	documents := []string{unsigned("1.pdf"), unsigned("2.pdf")}
	batch := must(rustpdf.BeginSigningMany(ctx, documents, signer))
	var containers [][]byte
	for _, session := range batch.Sessions {
		containers = append(containers, service(session)) // of batch.Hashes()
	}

	for outcome, err := range batch.Complete(ctx, containers, documents) { // in place
		if err = errors.Join(err, outcome.Err); err != nil {
			log.Fatal(err)
		}
	}

	fmt.Println(len(batch.Hashes()))
	// Output: 2
}

func ExampleResumeSigningMany() {
	documents := []string{unsigned("1.pdf"), unsigned("2.pdf")}
	saved := must(must(rustpdf.BeginSigningMany(ctx, documents, signer)).Serialize(sealingKey))

	batch, err := rustpdf.ResumeSigningMany(ctx, saved, documents, sealingKey)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(len(batch.Requests()), slices.ContainsFunc(batch.Errs, func(err error) bool { return err != nil }))
	// Output: 2 false
}

func ExampleResumeUnsealedMany() {
	documents := []string{unsigned("1.pdf"), unsigned("2.pdf")}
	saved := must(must(rustpdf.BeginSigningMany(ctx, documents, signer)).SerializeUnsealed())

	batch, err := rustpdf.ResumeUnsealedMany(ctx, saved, documents, signer)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(len(batch.Sessions))
	// Output: 2
}

func ExampleSession_Complete() {
	session, err := rustpdf.BeginSigning(pdf, nil, nil, &rustpdf.SigningOptions{Pades: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.HashAlgorithm(), len(session.Hash()))

	_, err = session.Complete([]byte("no container"))

	fmt.Println(errors.Is(err, rustpdf.ErrContainerFormat))
	// Output:
	// sha256 32
	// true
}

func ExampleInspect() {
	signed := must(rustpdf.Sign(ctx, pdf, signer, rustpdf.SigningOptions{Reason: "approved"}))

	info, err := rustpdf.Inspect(ctx, signed.PDF)
	if err != nil {
		log.Fatal(err)
	}

	for _, signature := range info.Signatures {
		fmt.Println(signature.Reason, signature.CoversWholeFile)
	}
	// Output: approved true
}

func ExampleInspectFile() {
	info, err := rustpdf.InspectFile(ctx, unsigned("contract.pdf"))
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(info.Pages, len(info.Signatures))
	// Output: 1 0
}

func ExampleInspectReaderAt() {
	info, err := rustpdf.InspectReaderAt(ctx, object, size)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(info.Length == size)
	// Output: true
}

func ExampleRecoverFile() {
	recovery, err := rustpdf.RecoverFile(ctx, unsigned("contract.pdf"))

	fmt.Println(recovery.Outcome, err)
	// Output: nothing <nil>
}

func ExampleUseCompilationCache() {
	err := rustpdf.UseCompilationCache(output("cache"))

	fmt.Println(err)
	// Output: <nil>
}

func ExampleWithContext() {
	ctx, cancel := context.WithCancel(ctx)
	cancel()

	_, err := rustpdf.SignWith(pdf, certDer, hsm.Sign, chain, nil, rustpdf.WithContext(ctx))

	fmt.Println(err)
	// Output: context canceled
}

func ExampleWithWarnings() {
	strict := rustpdf.WithWarnings(func(warnings []rustpdf.Warning) error {
		return fmt.Errorf("not signed: %s", warnings[0].Code)
	})

	_, err := rustpdf.Sign(ctx, pdf, rustpdf.NewSigner(certDer, hsm.Sign), strict) // without a chain

	fmt.Println(err)
	// Output: not signed: WARN_CHAIN_INCOMPLETE
}

func ExampleError() {
	wrong := func([]byte) ([]byte, error) { return make([]byte, 256), nil }

	_, err := rustpdf.SignWith(pdf, certDer, wrong, chain, nil)

	var raised *rustpdf.Error
	if errors.As(err, &raised) {
		fmt.Println(raised.Code, raised.Group, errors.Is(err, rustpdf.ErrSignatureMismatch))
	}
	// Output: ERR_SIGNATURE_MISMATCH answer true
}

func ExampleUnfinishedError() {
	away := func([]byte) ([]byte, error) { return nil, errors.New("on holiday") }

	_, err := rustpdf.SignInTurn(ctx, pdf, []rustpdf.Signatory{
		{Signer: signer},
		{Signer: rustpdf.NewSigner(certDer, away, chain...)},
	})

	var unfinished *rustpdf.UnfinishedError
	if errors.As(err, &unfinished) {
		signed, err := unfinished.Session.CompleteSigned() // the first signature is not lost
		fmt.Println(unfinished, err, len(signed) > len(pdf))
	}
	// Output: on holiday <nil> true
}

func ExampleSession_CompleteWithSignature() {
	session := must(rustpdf.Begin(ctx, pdf, signer))

	_, err := session.CompleteWithSignature([]byte("not a signature"))
	fmt.Println(errors.Is(err, rustpdf.ErrSignatureLength))

	signature := must(hsm.Sign(session.Request().Data)) // a rejected answer changes nothing
	signed, err := session.CompleteWithSignature(signature)
	fmt.Println(bytes.HasPrefix(signed, pdf), err)
	// Output:
	// true
	// true <nil>
}

func ExampleSession_CompleteSigned() {
	fails := func([]byte) ([]byte, error) { return nil, errors.New("no network") }
	_, err := rustpdf.SignInTurn(ctx, pdf, []rustpdf.Signatory{{Signer: signer}, {Signer: rustpdf.NewSigner(certDer, fails, chain...)}})

	var unfinished *rustpdf.UnfinishedError
	if errors.As(err, &unfinished) {
		signed, err := unfinished.Session.CompleteSigned() // by the first signer alone
		fmt.Println(bytes.HasPrefix(signed, pdf), err)
	}
	// Output: true <nil>
}

func ExampleFileSession_CompleteWithSignature() {
	session := must(rustpdf.BeginSigningFile(ctx, unsigned("contract.pdf"), signer))
	signature := must(hsm.Sign(session.Request().Data))

	signed, err := session.CompleteWithSignature(ctx, signature, output("later.pdf"))

	fmt.Println(signed.Report.Revision, err)
	// Output: 2 <nil>
}

func ExampleFileSession_CompleteSigned() {
	missing := filepath.Join(output("folder"), "signed.pdf")
	late := func(data []byte) ([]byte, error) {
		check(os.RemoveAll(output("folder"))) // the output fails after the signature
		return hsm.Sign(data)
	}
	check(os.MkdirAll(output("folder"), 0o777))
	_, err := rustpdf.SignFile(ctx, unsigned("contract.pdf"), missing, rustpdf.NewSigner(certDer, late, chain...))

	var unfinished *rustpdf.UnfinishedError
	if errors.As(err, &unfinished) {
		_, err = unfinished.FileSession.CompleteSigned(ctx, output("elsewhere.pdf"))
		fmt.Println(err)
	}
	// Output: <nil>
}

func ExampleReaderSession_Complete() {
	session := must(rustpdf.BeginSigningReaderAt(ctx, object, size, rustpdf.Signer{}))

	_, err := session.Complete(ctx, []byte("no container"), nil)

	fmt.Println(errors.Is(err, rustpdf.ErrContainerFormat))
	// Output: true
}

func ExampleReaderSession_CompleteWithSignature() {
	session := must(rustpdf.BeginSigningReaderAt(ctx, object, size, signer))
	signature := must(hsm.Sign(session.Request().Data))
	var signed bytes.Buffer

	_, err := session.CompleteWithSignature(ctx, signature, &signed)

	fmt.Println(bytes.HasPrefix(signed.Bytes(), pdf), err)
	// Output: true <nil>
}

func ExampleReaderSession_CompleteSigned() {
	session := must(rustpdf.BeginSigningReaderAt(ctx, object, size, signer))

	_, err := session.CompleteSigned(ctx, nil)

	fmt.Println(errors.Is(err, rustpdf.ErrSessionNotSigned))
	// Output: true
}

func ExampleSessionBatch_Requests() {
	batch := must(rustpdf.BeginSigningMany(ctx, []string{unsigned("1.pdf"), output("none.pdf"), unsigned("2.pdf")}, signer))

	fmt.Println(len(batch.Requests()), errors.Is(batch.Errs[1], os.ErrNotExist))
	// Output: 2 true
}

func ExampleSessionBatch_Hashes() {
	batch := must(rustpdf.BeginSigningMany(ctx, []string{unsigned("1.pdf"), unsigned("2.pdf")}, rustpdf.Signer{}))

	fmt.Println(len(batch.Hashes()), len(batch.Requests())) // without a certificate for containers only
	// Output: 2 0
}

func ExampleSessionBatch_CompleteWithSignatures() {
	documents := []string{unsigned("1.pdf"), unsigned("2.pdf")}
	batch := must(rustpdf.BeginSigningMany(ctx, documents, signer))
	var signatures [][]byte
	for _, request := range batch.Requests() {
		signatures = append(signatures, must(hsm.Sign(request.Data)))
	}

	signed := 0
	for outcome, err := range batch.CompleteWithSignatures(ctx, signatures, documents) { // in place
		if err == nil && outcome.Err == nil {
			signed++
		}
	}

	fmt.Println(signed)
	// Output: 2
}

func ExampleSessionBatch_Serialize() {
	documents := []string{unsigned("1.pdf"), unsigned("2.pdf")}
	batch := must(rustpdf.BeginSigningMany(ctx, documents, signer))

	saved, err := batch.Serialize(sealingKey)

	fmt.Println(len(saved) > 0, err)
	// Output: true <nil>
}

func ExampleSessionBatch_SerializeUnsealed() {
	documents := []string{unsigned("1.pdf"), unsigned("2.pdf")}
	batch := must(rustpdf.BeginSigningMany(ctx, documents, signer))

	saved, err := batch.SerializeUnsealed()

	fmt.Println(len(saved) > 0, err)
	// Output: true <nil>
}

func ExampleWithCertificate() {
	session := must(rustpdf.BeginSigning(pdf, nil, nil, &rustpdf.SigningOptions{
		PlainCMS: true, SignatureAlgorithm: rustpdf.SignatureAlgorithmRSAPKCS1,
	}))
	signature := must(hsm.Sign(session.Request().Data)) // of a service that issues the certificate now

	_, err := session.CompleteWithSignature(signature, rustpdf.WithCertificate(certDer, chain...))

	fmt.Println(err)
	// Output: <nil>
}

func ExampleWithReport() {
	report := rustpdf.WithReport(func(report *rustpdf.Report) { fmt.Println(report.SubFilter) })

	_, err := rustpdf.SignWith(pdf, certDer, hsm.Sign, chain, nil, report)

	fmt.Println(err)
	// Output:
	// ETSI.CAdES.detached
	// <nil>
}

func ExampleWithProgress() {
	progress := rustpdf.WithProgress(func(progress rustpdf.Progress) {
		if progress.Done == progress.Total {
			fmt.Println(progress.Phase)
		}
	})

	_, err := rustpdf.Sign(ctx, pdf, signer, progress)

	fmt.Println(err)
	// Output:
	// digest
	// sign
	// <nil>
}

func ExampleWithSigningTime() {
	moment := rustpdf.WithSigningTime(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))
	signed := must(rustpdf.Sign(ctx, pdf, signer, moment))

	fmt.Println(must(rustpdf.Inspect(ctx, signed.PDF)).Signatures[0].SigningTime)
	// Output: D:20261125120000Z
}

func ExampleWithEntropy() {
	moment := rustpdf.WithSigningTime(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))
	entropy := rustpdf.WithEntropy(make([]byte, 32)) // for tests only

	once := must(rustpdf.Sign(ctx, pdf, signer, moment, entropy))
	again := must(rustpdf.Sign(ctx, pdf, signer, moment, entropy))

	fmt.Println(bytes.Equal(once.PDF, again.PDF))
	// Output: true
}

func ExampleWithReplace() {
	input, existing := unsigned("contract.pdf"), unsigned("existing.pdf")

	_, err := rustpdf.SignFile(ctx, input, existing, signer)
	fmt.Println(errors.Is(err, os.ErrExist))

	_, err = rustpdf.SignFile(ctx, input, existing, signer, rustpdf.WithReplace())
	fmt.Println(err)
	// Output:
	// true
	// <nil>
}

func ExampleSkipDocumentCheck() {
	saved := must(must(rustpdf.Begin(ctx, pdf, signer)).Serialize(sealingKey))

	_, err := rustpdf.ResumeSigning(ctx, saved, pdf, sealingKey, rustpdf.SkipDocumentCheck())

	fmt.Println(err)
	// Output: <nil>
}

func ExampleWithInFlight() {
	jobs := slices.Values([]rustpdf.Job{{Input: unsigned("1.pdf"), Output: output("one-by-one.pdf")}})

	for outcome, err := range rustpdf.SignMany(ctx, jobs, signer, rustpdf.WithInFlight(1)) { // a key store without sessions
		fmt.Println(outcome.Err, err)
	}
	// Output: <nil> <nil>
}

func ExampleWithLedger() {
	jobs := slices.Values([]rustpdf.Job{{Input: unsigned("1.pdf"), Output: output("once.pdf"), ID: "contract 1"}})
	ledger := rustpdf.WithLedger(output("done"))

	for range 2 {
		for outcome, err := range rustpdf.SignMany(ctx, jobs, signer, ledger) {
			fmt.Println(outcome.Skipped, outcome.Err, err)
		}
	}
	// Output:
	// false <nil> <nil>
	// true <nil> <nil>
}

// tsa is the address of a timestamp service.
func tsa() rustpdf.TimestampServices {
	return rustpdf.TimestampServices{{URL: rustpdf.ServiceOfTheExamples()}}
}

// unreached has a timestamp service that nobody runs.
func unreached() rustpdf.SigningOptions {
	services := rustpdf.TimestampServices{{URL: "http://127.0.0.1:9/"}}
	return rustpdf.SigningOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: services}}
}

func ExampleExtend() {
	signed := must(rustpdf.Sign(ctx, pdf, signer)).PDF // by any software
	options := rustpdf.ExtensionOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	extended, err := rustpdf.Extend(ctx, signed, options)

	fmt.Println(extended.Report.Level, bytes.HasPrefix(extended.PDF, signed), err)
	// Output: B-T true <nil>
}

func ExampleExtendFile() {
	must(rustpdf.SignFile(ctx, unsigned("contract.pdf"), output("signed.pdf"), signer))
	options := rustpdf.ExtensionOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	extended, err := rustpdf.ExtendFile(ctx, output("signed.pdf"), output("signed.pdf"), options) // in place

	fmt.Println(extended.Report.Level, err)
	// Output: B-T <nil>
}

func ExampleExtendReaderAt() {
	signed := must(rustpdf.Sign(ctx, pdf, signer)).PDF
	options := rustpdf.ExtensionOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	extended, err := rustpdf.ExtendReaderAt(ctx, bytes.NewReader(signed), int64(len(signed)), nil, options)

	fmt.Println(len(extended.Update) > 0, err) // append it to the object
	// Output: true <nil>
}

func ExampleExtendMany() {
	must(rustpdf.SignFile(ctx, unsigned("contract.pdf"), output("archived.pdf"), signer))
	jobs := slices.Values([]rustpdf.ExtendJob{{Input: output("archived.pdf"), Output: output("archived.pdf")}})
	options := rustpdf.ExtensionOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	for outcome, err := range rustpdf.ExtendMany(ctx, jobs, options, rustpdf.WithInFlight(4)) {
		fmt.Println(outcome.Extended.Report.Level, outcome.Err, err)
	}
	// Output: B-T <nil> <nil>
}

func ExampleWithRenewBefore() {
	must(rustpdf.SignFile(ctx, unsigned("contract.pdf"), output("lasting.pdf"), signer))
	jobs := slices.Values([]rustpdf.ExtendJob{{Input: output("lasting.pdf"), Output: output("lasting.pdf")}})
	options := rustpdf.ExtensionOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}
	inThreeMonths := rustpdf.WithRenewBefore(time.Now().AddDate(0, 3, 0))

	for range 2 { // such as each week
		for outcome, err := range rustpdf.ExtendMany(ctx, jobs, options, inThreeMonths) {
			fmt.Println(outcome.Skipped, outcome.Err, err)
		}
	}
	// Output:
	// false <nil> <nil>
	// true <nil> <nil>
}

func ExampleTimestamp() {
	options := rustpdf.ExtensionOptions{Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	stamped, err := rustpdf.Timestamp(ctx, pdf, options)

	fmt.Println(len(stamped.Report.Timestamps), bytes.HasPrefix(stamped.PDF, pdf), err)
	// Output: 1 true <nil>
}

func ExampleTimestampFile() {
	options := rustpdf.ExtensionOptions{Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	_, err := rustpdf.TimestampFile(ctx, unsigned("contract.pdf"), output("stamped.pdf"), options)

	fmt.Println(err)
	// Output: <nil>
}

func ExampleTimestampReaderAt() {
	options := rustpdf.ExtensionOptions{Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}
	var stamped bytes.Buffer

	_, err := rustpdf.TimestampReaderAt(ctx, object, size, &stamped, options)

	fmt.Println(bytes.HasPrefix(stamped.Bytes(), pdf), err)
	// Output: true <nil>
}

func ExampleSession_Advance() {
	_, err := rustpdf.Sign(ctx, pdf, signer, unreached())

	var unfinished *rustpdf.UnfinishedError
	if errors.As(err, &unfinished) { // the signature is not lost
		signed, err := unfinished.Session.Advance(ctx, rustpdf.WithTimestampServices(tsa()...))
		fmt.Println(unfinished.Session.Report().Level, bytes.HasPrefix(signed, pdf), err)
	}
	// Output: B-T true <nil>
}

func ExampleSessionState() {
	_, err := rustpdf.Sign(ctx, pdf, signer, unreached())

	var unfinished *rustpdf.UnfinishedError
	if errors.As(err, &unfinished) {
		session := unfinished.Session
		fmt.Println(session.State() == rustpdf.SessionStateToTimestamp, session.Level(), session.IsSigned())
	}
	// Output: true B-T true
}

func ExampleFileSession_Advance() {
	contract := unsigned("contract.pdf")
	_, err := rustpdf.SignFile(ctx, contract, contract, signer, unreached())

	var unfinished *rustpdf.UnfinishedError
	if errors.As(err, &unfinished) {
		signed, err := unfinished.FileSession.Advance(ctx, contract, rustpdf.WithTimestampServices(tsa()...))
		fmt.Println(signed.Report.Level, err)
	}
	// Output: B-T <nil>
}

func ExampleReaderSession_Advance() {
	_, err := rustpdf.SignReaderAt(ctx, object, size, nil, signer, unreached())

	var unfinished *rustpdf.UnfinishedError
	if errors.As(err, &unfinished) {
		signed, err := unfinished.ReaderSession.Advance(ctx, nil, rustpdf.WithTimestampServices(tsa()...))
		fmt.Println(signed.Report.Level, err)
	}
	// Output: B-T <nil>
}

func ExampleWithTimestampServices() {
	_, err := rustpdf.Sign(ctx, pdf, signer, unreached())
	var unfinished *rustpdf.UnfinishedError
	if !errors.As(err, &unfinished) {
		log.Fatal(err)
	}
	saved := must(unfinished.Session.Serialize(sealingKey))

	// in another process
	resumed := must(rustpdf.ResumeSigning(ctx, saved, pdf, sealingKey))
	_, err = resumed.Advance(ctx, rustpdf.WithTimestampServices(tsa()...))

	fmt.Println(resumed.Report().Level, err)
	// Output: B-T <nil>
}

func ExampleWithPassword() {
	saved := must(must(rustpdf.Begin(ctx, pdf, signer)).Serialize(sealingKey))
	password := "" // of an encrypted document

	resumed := must(rustpdf.ResumeSigning(ctx, saved, pdf, sealingKey, rustpdf.WithPassword(password)))

	fmt.Println(resumed.IsSigned())
	// Output: false
}

func ExampleWithHTTP() {
	asked := ""
	send := func(ctx context.Context, request rustpdf.HTTPRequest) (rustpdf.HTTPResponse, error) {
		if request.Service < 0 { // an address out of a certificate
			return rustpdf.SendHTTP(ctx, request)
		}
		asked = request.Method + " " + request.ContentType
		return rustpdf.HTTPResponse{}, rustpdf.HTTPFailureConnect // such as the failure of a client certificate
	}

	_, err := rustpdf.Sign(ctx, pdf, signer, unreached(), rustpdf.WithHTTP(send))

	fmt.Println(asked, errors.Is(err, rustpdf.ErrTimestampUnavailable))
	// Output: POST application/timestamp-query true
}

func ExampleSendHTTP() {
	request := rustpdf.HTTPRequest{Purpose: rustpdf.HTTPPurposeCRL, Service: -1, URL: "http://169.254.169.254/", Method: "GET", Limit: 100}

	_, err := rustpdf.SendHTTP(ctx, request)

	fmt.Println(err == rustpdf.HTTPFailureBlocked) // a certificate must not name it
	// Output: true
}

func ExampleAllowPrivateNetworks() {
	options := rustpdf.SigningOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	signed, err := rustpdf.Sign(ctx, pdf, signer, options, rustpdf.AllowPrivateNetworks()) // the authority is in the intranet

	fmt.Println(signed.Report.Level, err)
	// Output: B-T <nil>
}

func ExampleAllowHosts() {
	options := rustpdf.SigningOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	signed, err := rustpdf.Sign(ctx, pdf, signer, options, rustpdf.AllowHosts("crl.example.internal"))

	fmt.Println(signed.Report.Level, err)
	// Output: B-T <nil>
}

func ExampleWithHTTPTimeouts() {
	options := rustpdf.SigningOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}
	timeouts := rustpdf.HTTPTimeouts{Request: 10 * time.Second, Run: 30 * time.Second}

	signed, err := rustpdf.Sign(ctx, pdf, signer, options, rustpdf.WithHTTPTimeouts(timeouts))

	fmt.Println(signed.Report.Level, err)
	// Output: B-T <nil>
}

func ExampleWithCache() {
	cache := rustpdf.NewHTTPCache() // for all calls of this process
	options := rustpdf.SigningOptions{Level: rustpdf.LevelBT, Timestamp: &rustpdf.TimestampOptions{Services: tsa()}}

	signed, err := rustpdf.Sign(ctx, pdf, signer, options, rustpdf.WithCache(cache))

	fmt.Println(signed.Report.Level, err)
	// Output: B-T <nil>
}

func ExampleNewHTTPCache() {
	cache := rustpdf.NewHTTPCache()
	cache.Set(ctx, "key", rustpdf.HTTPCacheEntry{Body: []byte("response"), Time: time.Now()})

	entry, found := cache.Get(ctx, "key")

	fmt.Println(string(entry.Body), found)
	// Output: response true
}

func ExampleCertificates() {
	validation := &rustpdf.ValidationOptions{Trust: rustpdf.Certificates(issuers...)} // certificates as crypto/x509 has them

	fmt.Println(len(validation.Trust) == len(issuers))
	// Output: true
}

func ExampleCertificateRequest() {
	options := rustpdf.CertificateRequestOptions{Subject: "CN=Example Ltd signing,O=Example Ltd,C=DE", PublicKey: hsm.Public()}

	der, err := rustpdf.CertificateRequest(ctx, options, hsm.Sign)
	check(err)

	check(pem.Encode(must(os.Create(output("signing.csr"))), &pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
	fmt.Println(must(x509.ParseCertificateRequest(der)).Subject)
	// Output: CN=Example Ltd signing,O=Example Ltd,C=DE
}

func ExampleSelfSigned() {
	options := rustpdf.SelfSignedOptions{Subject: "CN=Test", PublicKey: hsm.Public(), Days: 30}

	own, err := rustpdf.SelfSigned(ctx, options, hsm.Sign)
	check(err)

	signed, err := rustpdf.Sign(ctx, pdf, rustpdf.NewSigner(own, hsm.Sign))
	fmt.Println(signed.Report.Level, err)
	// Output: B-B <nil>
}

func ExampleAudited() {
	folder := must(os.MkdirTemp(output(""), "audit"))
	audited := rustpdf.Audited(signer, rustpdf.AuditFolder{Directory: folder, KeyID: "alias/contracts"})

	_, err := rustpdf.Sign(ctx, pdf, audited)

	records := must(os.ReadFile(must(filepath.Glob(filepath.Join(folder, "*.jsonl")))[0]))
	fmt.Println(bytes.Count(records, []byte("\n")), err)
	// Output: 2 <nil>
}

func ExampleNewError() {
	kmsSign := func(_ context.Context, request rustpdf.SigningRequest) ([]byte, error) {
		return nil, rustpdf.NewError(rustpdf.ErrAlgorithmMismatch, "the key signs by Ed25519 only; use its certificate")
	}

	_, err := rustpdf.SignWith(pdf, certDer, kmsSign, chain, nil)

	fmt.Println(errors.Is(err, rustpdf.ErrAlgorithmMismatch))
	// Output: true
}
