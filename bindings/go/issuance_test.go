package rustpdf

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const holder = "CN=Zoë Example,O=Example Ltd,C=DE"

// openssl runs the real openssl in a folder, and returns its output.
func openssl(t *testing.T, folder string, arguments ...string) string {
	t.Helper()
	running := exec.Command("openssl", arguments...)
	running.Dir = folder
	said, err := running.CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", arguments, err, said)
	}
	return string(said)
}

// issuedAlgorithms are algorithms of keys, and their names in openssl.
var issuedAlgorithms = map[string]struct {
	key       string
	algorithm SignatureAlgorithm
	digest    DigestAlgorithm
	named     string
}{
	"rsa":            {"rsa", "", "", "sha256WithRSAEncryption"},
	"rsa sha512":     {"rsa", SignatureAlgorithmRSAPKCS1, DigestAlgorithmSHA512, "sha512WithRSAEncryption"},
	"rsa pss sha384": {"rsa", SignatureAlgorithmRSAPSS, DigestAlgorithmSHA384, "rsassaPss"},
	"p256":           {"p256", "", "", "ecdsa-with-SHA256"},
	"p384":           {"p384", "", "", "ecdsa-with-SHA384"},
	"p521":           {"p521", "", "", "ecdsa-with-SHA512"},
	"ed25519":        {"ed25519", "", "", "ED25519"},
}

func TestCertificateRequests(t *testing.T) {
	for name, test := range issuedAlgorithms {
		t.Run(name, func(t *testing.T) {
			key, folder := pki(t, test.key), t.TempDir()
			der, err := CertificateRequest(t.Context(), CertificateRequestOptions{
				Subject: holder, PublicKey: key.key.Public(), SignatureAlgorithm: test.algorithm, DigestAlgorithm: test.digest,
			}, key.sign)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(folder, "request.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
			if said := openssl(t, folder, "req", "-in", "request.pem", "-noout", "-verify"); !strings.Contains(said, "verify OK") {
				t.Error(said)
			}
			text := openssl(t, folder, "req", "-in", "request.pem", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")
			if !strings.Contains(text, "C=DE,O=Example Ltd,CN=Zoë Example") || !strings.Contains(text, "Signature Algorithm: "+test.named) {
				t.Error(text)
			}
			parsed := must(x509.ParseCertificateRequest(der))
			if err := parsed.CheckSignature(); err != nil {
				t.Error(err)
			}
			if !parsed.PublicKey.(interface{ Equal(crypto.PublicKey) bool }).Equal(key.key.Public()) {
				t.Error("the request is for another key")
			}
		})
	}
}

// TestAnAuthorityIssues has openssl make the certificate of a request, by the issuing authority of the tests.
func TestAnAuthorityIssues(t *testing.T) {
	key, folder := pki(t, "other"), t.TempDir()
	der := must(CertificateRequest(t.Context(), CertificateRequestOptions{Subject: holder, PublicKey: key.key.Public()}, key.signer()))
	writeFile(t, filepath.Join(folder, "request.der"), der)
	authority := func(name string) string { return must(filepath.Abs(filepath.Join(pkiFolder, name))) }
	openssl(t, folder, "x509", "-req", "-inform", "DER", "-in", "request.der", "-CA", authority("issuing.pem"),
		"-CAkey", authority("issuing.key"), "-set_serial", "77", "-days", "3000", "-outform", "DER", "-out", "issued.der")
	key.certificate = readFile(t, filepath.Join(folder, "issued.der"))
	signed := must(Sign(t.Context(), smallPDF(), key.signer()))
	judge(t, signed.PDF, 1)
}

func TestSelfSignedCertificates(t *testing.T) {
	for name, test := range issuedAlgorithms {
		t.Run(name, func(t *testing.T) {
			key, folder := pki(t, test.key), t.TempDir()
			signer := key.signer()
			signer.SignatureAlgorithm, signer.DigestAlgorithm = test.algorithm, test.digest // as an adapter fixes them
			der, err := SelfSigned(t.Context(), SelfSignedOptions{Subject: "/C=DE/CN=Test", PublicKey: key.key.Public(), Days: 30}, signer)
			if err != nil {
				t.Fatal(err)
			}
			certificate := must(x509.ParseCertificate(der))
			if err := certificate.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature); err != nil {
				t.Error(err)
			}
			if valid := certificate.NotAfter.Sub(certificate.NotBefore); valid != 30*24*time.Hour {
				t.Error("it is valid for ", valid)
			}
			writeFile(t, filepath.Join(folder, "own.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
			openssl(t, folder, "verify", "-check_ss_sig", "-CAfile", "own.pem", "own.pem")
			if text := openssl(t, folder, "x509", "-in", "own.pem", "-noout", "-text"); !strings.Contains(text, "Signature Algorithm: "+test.named) {
				t.Error(text)
			}
			signer.Certificate, signer.Chain = der, nil
			signed, err := Sign(t.Context(), smallPDF(), signer)
			if err != nil {
				t.Fatal(err)
			}
			if test.algorithm != "" && signed.Report.SignatureAlgorithm != test.algorithm {
				t.Errorf("signed by %s", signed.Report.SignatureAlgorithm)
			}
			if test.key != "ed25519" { // which pdfsig does not know
				judge(t, signed.PDF, 1)
			}
		})
	}
}

func TestSelfSignedIsReproducible(t *testing.T) {
	key := pki(t, "rsa")
	options := SelfSignedOptions{Subject: holder, PublicKey: key.key.Public()}
	one, other := must(SelfSigned(t.Context(), options, key.sign, moment...)), must(SelfSigned(t.Context(), options, key.sign, moment...))
	if !bytes.Equal(one, other) {
		t.Error("the same arguments make another certificate")
	}
	certificate := must(x509.ParseCertificate(one))
	if start := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC); !certificate.NotBefore.Equal(start) ||
		!certificate.NotAfter.Equal(start.AddDate(0, 0, 365)) {
		t.Error(certificate.NotBefore, certificate.NotAfter)
	}
	random := must(x509.ParseCertificate(must(SelfSigned(t.Context(), options, key.sign, moment[0]))))
	if random.SerialNumber.Cmp(certificate.SerialNumber) == 0 {
		t.Error("the serial number is not random")
	}
}

func TestFormsOfPublicKeys(t *testing.T) {
	key := pki(t, "rsa")
	spki := must(x509.MarshalPKIXPublicKey(key.key.Public()))
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
	short := func(data []byte) ([]byte, error) { return hashing{key.key}.Sign(data) }
	want := must(CertificateRequest(t.Context(), CertificateRequestOptions{Subject: holder, PublicKey: key.key.Public()}, short))
	for form, publicKey := range map[string]crypto.PublicKey{
		"DER": spki, "PEM": inPEM, "text": string(inPEM), "certificate": must(x509.ParseCertificate(key.certificate)),
	} {
		given, err := CertificateRequest(t.Context(), CertificateRequestOptions{Subject: holder, PublicKey: publicKey}, named(key.sign))
		if err != nil || !bytes.Equal(given, want) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

func TestRefusedCertificates(t *testing.T) {
	key := pki(t, "p256")
	good := SelfSignedOptions{Subject: holder, PublicKey: key.key.Public()}
	private := readFile(t, filepath.Join(pkiFolder, "p256.key"))
	for name, test := range map[string]struct {
		change func(*SelfSignedOptions)
		want   ErrorCode
	}{
		"a private key":                  {func(o *SelfSignedOptions) { o.PublicKey = private }, ErrArgument},
		"a private key, parsed":          {func(o *SelfSignedOptions) { o.PublicKey = key.key.(*ecdsa.PrivateKey) }, ErrArgument},
		"other bytes":                    {func(o *SelfSignedOptions) { o.PublicKey = []byte("key") }, ErrArgument},
		"a number":                       {func(o *SelfSignedOptions) { o.PublicKey = 5 }, ErrArgument},
		"no key":                         {func(o *SelfSignedOptions) { o.PublicKey = nil }, ErrArgument},
		"no certificate":                 {func(o *SelfSignedOptions) { o.PublicKey = (*x509.Certificate)(nil) }, ErrArgument},
		"a subject that is not a name":   {func(o *SelfSignedOptions) { o.Subject = "Zoë" }, ErrArgument},
		"a subject that is not UTF-8":    {func(o *SelfSignedOptions) { o.Subject = "CN=\xff" }, ErrArgument},
		"no subject":                     {func(o *SelfSignedOptions) { o.Subject = "" }, ErrArgument},
		"an algorithm of another key":    {func(o *SelfSignedOptions) { o.SignatureAlgorithm = SignatureAlgorithmRSAPSS }, ErrAlgorithmMismatch},
		"days before today":              {func(o *SelfSignedOptions) { o.Days = -1 }, ErrArgument},
		"an unknown digest":              {func(o *SelfSignedOptions) { o.DigestAlgorithm = "md5" }, ErrAlgorithmUnknown},
		"an unknown signature algorithm": {func(o *SelfSignedOptions) { o.SignatureAlgorithm = "dsa" }, ErrAlgorithmUnknown},
	} {
		options := good
		test.change(&options)
		if _, err := SelfSigned(t.Context(), options, unasked(t)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), string(private[40:80])) {
			t.Errorf("%s: the error shows the key", name)
		}
	}
	named := CertificateRequestOptions{Subject: holder, PublicKey: key.key.Public()}
	if _, err := CertificateRequest(t.Context(), named, Signer{}); !errors.Is(err, ErrArgument) {
		t.Error("no signer: ", err)
	}
	if _, err := SelfSigned(t.Context(), good, key.sign, WithReplace()); !errors.Is(err, ErrArgument) {
		t.Error("an option of another call: ", err)
	}
	if _, err := SelfSigned(t.Context(), good, key.sign, WithEntropy([]byte{7})); !errors.Is(err, ErrEntropy) {
		t.Error("one random byte: ", err)
	}
}

func TestSignersOfCertificates(t *testing.T) {
	key := pki(t, "p256")
	options := CertificateRequestOptions{Subject: holder, PublicKey: key.key.Public()}
	errStore := errors.New("the key store is closed")
	if _, err := CertificateRequest(t.Context(), options, refusing(errStore)); err != errStore {
		t.Error(err)
	}
	nothing := func(context.Context, SigningRequest) ([]byte, error) { return nil, nil }
	if _, err := CertificateRequest(t.Context(), options, nothing); !errors.Is(err, ErrCallbackResult) {
		t.Error(err)
	}
	for _, other := range []string{"p384", "rsa"} {
		var raised *Error
		if _, err := CertificateRequest(t.Context(), options, pki(t, other).sign); !errors.As(err, &raised) ||
			!strings.HasPrefix(string(raised.Code), "ERR_SIGNATURE_") {
			t.Error(other, err)
		}
	}
	errCause := errors.New("the caller left")
	if _, err := CertificateRequest(cancelled(errCause), options, unasked(t)); err != errCause {
		t.Error(err)
	}
	stored := key.signer()
	stored.PublicKey = func(context.Context) (crypto.PublicKey, error) { return key.key.Public(), nil }
	if _, err := CertificateRequest(t.Context(), CertificateRequestOptions{Subject: holder}, stored); err != nil {
		t.Error("the key of the signer: ", err)
	}
	stored.PublicKey = func(context.Context) (crypto.PublicKey, error) { return nil, errStore }
	if _, err := CertificateRequest(t.Context(), CertificateRequestOptions{Subject: holder}, stored); err != errStore {
		t.Error(err)
	}
	type value struct{}
	ctx := context.WithValue(t.Context(), value{}, "given")
	asked := func(ctx context.Context, request SigningRequest) ([]byte, error) {
		if ctx.Value(value{}) != "given" || request.SignatureAlgorithm != SignatureAlgorithmECDSA || len(request.Digest) != 32 ||
			request.DocumentDigest != nil || request.FieldName != "" || request.DocumentName != "" {
			t.Errorf("%+v", request)
		}
		return key.sign(ctx, request)
	}
	if _, err := CertificateRequest(ctx, options, asked); err != nil {
		t.Error(err)
	}
}

// TestTheAlgorithmsOfASigner signs by those of the signer, which options change.
func TestTheAlgorithmsOfASigner(t *testing.T) {
	signer := pki(t, "rsa").signer()
	signer.SignatureAlgorithm, signer.DigestAlgorithm = SignatureAlgorithmRSAPSS, DigestAlgorithmSHA512
	for _, test := range []struct {
		options   []Option
		algorithm SignatureAlgorithm
		digest    DigestAlgorithm
	}{
		{nil, SignatureAlgorithmRSAPSS, DigestAlgorithmSHA512},
		{[]Option{SigningOptions{Reason: "approved"}}, SignatureAlgorithmRSAPSS, DigestAlgorithmSHA512},
		{[]Option{SigningOptions{SignatureAlgorithm: SignatureAlgorithmRSAPKCS1}}, SignatureAlgorithmRSAPKCS1, DigestAlgorithmSHA512},
		{[]Option{SigningOptions{DigestAlgorithm: DigestAlgorithmSHA384}}, SignatureAlgorithmRSAPSS, DigestAlgorithmSHA384},
	} {
		report := must(Sign(t.Context(), smallPDF(), signer, test.options...)).Report
		if report.SignatureAlgorithm != test.algorithm || report.DigestAlgorithm != test.digest {
			t.Errorf("%v: %s with %s", test.options, report.SignatureAlgorithm, report.DigestAlgorithm)
		}
		session := must(Begin(t.Context(), smallPDF(), signer, test.options...))
		if request := session.Request(); request.SignatureAlgorithm != test.algorithm || request.DigestAlgorithm != test.digest {
			t.Errorf("%v: a session by %s with %s", test.options, request.SignatureAlgorithm, request.DigestAlgorithm)
		}
	}
}

// TestTheRequestNamesTheDocument reads the fields that say for which document and which key a request is.
func TestTheRequestNamesTheDocument(t *testing.T) {
	key := pki(t, "p384")
	var request SigningRequest
	sign := func(ctx context.Context, given SigningRequest) ([]byte, error) {
		request = given
		return key.sign(ctx, given)
	}
	path := temporary(t, smallPDF())
	output := filepath.Join(filepath.Dir(path), "out.pdf")
	must(SignFile(t.Context(), path, output, key.by(sign), SigningOptions{FieldName: "Approval"}))
	signed := readFile(t, output)
	info := must(Inspect(t.Context(), signed)).Signatures[0]
	covered := append([]byte{}, signed[info.ByteRange[0]:info.ByteRange[0]+info.ByteRange[1]]...)
	covered = append(covered, signed[info.ByteRange[2]:info.ByteRange[2]+info.ByteRange[3]]...)
	state := crypto.SHA384.New()
	state.Write(covered)
	certificate := crypto.SHA256.New()
	certificate.Write(key.certificate)
	if !bytes.Equal(request.DocumentDigest, state.Sum(nil)) || !bytes.Equal(request.CertificateDigest, certificate.Sum(nil)) ||
		request.DocumentName != "in.pdf" || request.FieldName != "Approval" {
		t.Errorf("%+v", request)
	}
	must(Sign(t.Context(), smallPDF(), key.by(sign)))
	if request.DocumentName != "" || len(request.DocumentDigest) != 48 || request.FieldName == "" {
		t.Errorf("%+v", request)
	}
	session := must(BeginSigningFile(t.Context(), path, key.signer()))
	if asked := session.Request(); len(asked.CertificateDigest) != 32 || asked.DocumentName != "in.pdf" ||
		!bytes.Equal(asked.DocumentDigest, session.Hash()) {
		t.Errorf("%+v", asked)
	}
}
