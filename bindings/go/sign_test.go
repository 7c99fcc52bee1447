package rustpdf

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
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestTheCallOfTheProject(t *testing.T) {
	signer := pki(t, "rsa")
	pdf, certDer, chain := smallPDF(), signer.certificate, signer.chain
	opts := &SigningOptions{Pades: true}
	hsmSign := func(data []byte) ([]byte, error) {
		digest := sha256.Sum256(data)
		return signer.key.Sign(nil, digest[:], crypto.SHA256)
	}

	signed, err := SignWith(pdf, certDer, hsmSign, chain, opts)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(signed, pdf) || !bytes.Contains(signed[len(pdf):], []byte("ETSI.CAdES.detached")) {
		t.Error("the document does not come first, or the signature is not PAdES")
	}
	judge(t, signed, 1)
}

// named is a function with a type of its own.
type named func(context.Context, SigningRequest) ([]byte, error)

// hashing is a key store that hashes.
type hashing struct{ key crypto.Signer }

func (h hashing) Sign(data []byte) ([]byte, error) {
	digest := sha256.Sum256(data)
	return h.key.Sign(nil, digest[:], crypto.SHA256)
}

func TestFormsOfSignerAndCertificate(t *testing.T) {
	signer, pdf := pki(t, "rsa"), smallPDF()
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	parsed := must(x509.ParseCertificate(signer.certificate))
	var issuers []*x509.Certificate
	for block, rest := pem.Decode(signer.chain[0]); block != nil; block, rest = pem.Decode(rest) {
		issuers = append(issuers, must(x509.ParseCertificate(block.Bytes)))
	}
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signer.certificate})
	type name []byte
	sign := func(signer Signer) ([]byte, error) {
		signed, err := Sign(t.Context(), pdf, signer, moment[0], moment[1])
		if err != nil {
			return nil, err
		}
		return signed.PDF, nil
	}
	for form, call := range map[string]func() ([]byte, error){
		"parsed": func() ([]byte, error) { return SignWith(pdf, parsed, signer.sign, issuers, nil, moment...) },
		"method": func() ([]byte, error) {
			return SignWith(pdf, signer.certificate, hashing{signer.key}.Sign, signer.chain, nil, moment...)
		},
		"named function": func() ([]byte, error) {
			return SignWith(pdf, signer.certificate, named(signer.sign), signer.chain, nil, moment...)
		},
		"PEM":           func() ([]byte, error) { return sign(NewSigner(inPEM, signer.sign, signer.chain...)) },
		"named bytes":   func() ([]byte, error) { return sign(NewSigner(name(inPEM), signer.sign, signer.chain[0])) },
		"signer parsed": func() ([]byte, error) { return sign(NewSigner(parsed, hashing{signer.key}.Sign, issuers...)) },
		"value":         func() ([]byte, error) { return sign(signer.signer()) },
		"options by value": func() ([]byte, error) {
			signed, err := Sign(t.Context(), pdf, signer.signer(), with(SigningOptions{Pades: true})...)
			return signed.PDF, err
		},
		"no options": func() ([]byte, error) {
			signed, err := Sign(t.Context(), pdf, signer.signer(), with((*SigningOptions)(nil))...)
			return signed.PDF, err
		},
	} {
		if signed, err := call(); err != nil || !bytes.Equal(signed, want) {
			t.Errorf("%s: other bytes, or %v", form, err)
		}
	}
	var none *x509.Certificate
	if _, err := SignWith(pdf, none, unasked(t), nil, nil); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := SignWith(pdf, parsed, unasked(t), []*x509.Certificate{nil}, nil); !errors.Is(err, ErrChainFormat) {
		t.Error(err)
	}
}

func TestWarningsComeBeforeTheKeyIsAsked(t *testing.T) {
	var codes []WarningCode
	refused := errors.New("not without its chain")
	_, err := SignWith(smallPDF(), pki(t, "rsa").certificate, unasked(t), nil, nil, WithWarnings(func(warnings []Warning) error {
		for _, warning := range warnings {
			codes = append(codes, warning.Code)
		}
		return refused
	}))
	if !errors.Is(err, refused) || len(codes) != 1 || codes[0] != "WARN_CHAIN_INCOMPLETE" {
		t.Errorf("%v, %v", err, codes)
	}
}

func TestAMessageNamesOptionsAsGoSpellsThem(t *testing.T) {
	identity := pki(t, "rsa")
	_, err := SignWith(smallPDF(), identity.certificate, unasked(t), identity.chain, &SigningOptions{ContainerSize: 2000})
	var refused *Error
	if !errors.As(err, &refused) || refused.Code != ErrContainerSize || !strings.HasPrefix(refused.Message, "`ContainerSize` ") {
		t.Fatal(err)
	}
}

func TestKeysByCryptoSigner(t *testing.T) {
	for _, test := range []struct {
		name      string
		algorithm SignatureAlgorithm
		digests   []DigestAlgorithm
		judged    bool
	}{
		{"rsa", "rsa-pkcs1", []DigestAlgorithm{"sha256", "sha384", "sha512"}, true},
		{"rsa", "rsa-pss", []DigestAlgorithm{"sha256", "sha384", "sha512"}, true},
		{"p256", "ecdsa", []DigestAlgorithm{"sha256"}, true},
		{"p384", "ecdsa", []DigestAlgorithm{"sha384"}, true},
		{"p521", "ecdsa", []DigestAlgorithm{"sha512"}, true},
		{"ed25519", "ed25519", []DigestAlgorithm{"sha512"}, false}, // pdfsig knows no Ed25519; that it verifies the core has seen
	} {
		signer := pki(t, test.name)
		for _, digest := range test.digests {
			options := &SigningOptions{SignatureAlgorithm: test.algorithm, DigestAlgorithm: digest}
			var report *Report
			signed, err := SignWith(smallPDF(), signer.certificate, signer.sign, signer.chain, options,
				WithReport(func(told *Report) { report = told }))
			if err != nil {
				t.Fatalf("%s %s: %v", test.algorithm, digest, err)
			}
			if report.SignatureAlgorithm != test.algorithm || report.DigestAlgorithm != digest {
				t.Errorf("%s %s: the report says %s %s", test.algorithm, digest, report.SignatureAlgorithm, report.DigestAlgorithm)
			}
			if test.judged {
				judge(t, signed, 1)
			}
		}
	}
}

func TestNilOptionsAreTheDefaults(t *testing.T) {
	signer := pki(t, "rsa")
	byDefault := must(SignWith(smallPDF(), signer.certificate, signer.sign, signer.chain, nil, moment...))
	empty := must(SignWith(smallPDF(), signer.certificate, signer.sign, signer.chain, &SigningOptions{}, moment...))
	pades := must(SignWith(smallPDF(), signer.certificate, signer.sign, signer.chain, &SigningOptions{Pades: true}, moment...))
	plain := must(SignWith(smallPDF(), signer.certificate, signer.sign, signer.chain, &SigningOptions{PlainCMS: true}, moment...))
	if !bytes.Equal(byDefault, pades) || !bytes.Equal(empty, pades) {
		t.Error("the defaults are not PAdES")
	}
	if bytes.Contains(plain, []byte("ETSI")) || !bytes.Contains(plain, []byte("adbe.pkcs7.detached")) {
		t.Error("PlainCMS is not plain CMS")
	}
}

func TestOptionsCrossTheBorder(t *testing.T) {
	options := &SigningOptions{
		PlainCMS: true, SkipSignatureCheck: true, FieldName: "Field", Certify: 2, SignerRoles: []string{"a"},
		Lock:   &FieldLock{Action: "include", Fields: []string{"x"}},
		Policy: &SignaturePolicy{OID: "1.2.3", DigestAlgorithm: "sha256", Digest: []byte{0xab, 0xcd}},
	}
	want := `{"certify":2,"checkSignature":false,"fieldName":"Field","lock":{"action":"include","fields":["x"]},"pades":false,` +
		`"policy":{"digest":{"part":"digest 0"},"digestAlgorithm":"sha256","oid":"1.2.3"},"signerRoles":["a"]}`
	parts := new(parts)
	if got := string(options.wire(parts)); got != want || !bytes.Equal(parts.payload[0], options.Policy.Digest) {
		t.Errorf("%s\nand should be\n%s", got, want)
	}
}

func TestSignatureUnchecked(t *testing.T) {
	signer := pki(t, "rsa")
	wrong := func(context.Context, SigningRequest) ([]byte, error) { return make([]byte, 256), nil }
	if _, err := SignWith(smallPDF(), signer.certificate, wrong, nil, nil); !errors.Is(err, ErrSignatureMismatch) {
		t.Error(err)
	}
	if _, err := SignWith(smallPDF(), signer.certificate, wrong, nil, &SigningOptions{SkipSignatureCheck: true}); err != nil {
		t.Error(err)
	}
}

func TestWrongAnswers(t *testing.T) {
	signer, other := pki(t, "rsa"), pki(t, "stranger")
	for name, test := range map[string]struct {
		answer signFunc
		code   ErrorCode
	}{
		"nothing":     {refusing(nil), ErrCallbackResult},
		"no bytes":    {func(context.Context, SigningRequest) ([]byte, error) { return []byte{}, nil }, ErrSignatureEmpty},
		"too short":   {func(context.Context, SigningRequest) ([]byte, error) { return []byte{1, 2, 3}, nil }, ErrSignatureLength},
		"too long":    {func(context.Context, SigningRequest) ([]byte, error) { return make([]byte, 10<<20), nil }, ErrSignatureLength},
		"beyond":      {func(context.Context, SigningRequest) ([]byte, error) { return make([]byte, mostFrame+1), nil }, ErrArgument},
		"another key": {other.sign, ErrSignatureMismatch},
		"hexadecimal": {func(ctx context.Context, request SigningRequest) ([]byte, error) {
			signature, err := signer.sign(ctx, request)
			return []byte(hex.EncodeToString(signature)), err
		}, ErrSignatureText},
		"digested twice": {func(ctx context.Context, request SigningRequest) ([]byte, error) {
			digest := sha256.Sum256(request.Digest)
			return signer.sign(ctx, SigningRequest{Digest: digest[:], DigestAlgorithm: "sha256", SignatureAlgorithm: "rsa-pkcs1"})
		}, ErrSignatureDoubleDigest},
		"other data": {func(ctx context.Context, request SigningRequest) ([]byte, error) {
			request.Data[0]++ // what the signer gets is its own
			request.Digest[0]++
			return signer.sign(ctx, request)
		}, ErrSignatureOtherData},
	} {
		signed, err := SignWith(smallPDF(), signer.certificate, test.answer, signer.chain, nil)
		var raised *Error
		if !errors.Is(err, test.code) || !errors.As(err, &raised) || signed != nil {
			t.Errorf("%s: %v, and should be %s", name, err, test.code)
		}
	}
}

func TestWrongArguments(t *testing.T) {
	signer := pki(t, "rsa")
	pdf, certificate, chain := smallPDF(), signer.certificate, signer.chain
	for name, test := range map[string]struct {
		call func() ([]byte, error)
		code ErrorCode
	}{
		"no document": {func() ([]byte, error) { return SignWith(nil, certificate, unasked(t), chain, nil) }, ErrFileEmpty},
		"no PDF":      {func() ([]byte, error) { return SignWith([]byte("text"), certificate, unasked(t), chain, nil) }, ErrNotAPDF},
		"no signer":   {func() ([]byte, error) { return SignWith(pdf, certificate, signFunc(nil), chain, nil) }, ErrArgument},
		"no key":      {func() ([]byte, error) { return SignWith(pdf, certificate, FromCryptoSigner(nil), chain, nil) }, ErrArgument},
		"no function": {func() ([]byte, error) {
			return SignWith(pdf, certificate, (func([]byte) ([]byte, error))(nil), chain, nil)
		}, ErrArgument},
		"no certificate":    {func() ([]byte, error) { return SignWith(pdf, []byte(nil), unasked(t), chain, nil) }, ErrArgument},
		"empty certificate": {func() ([]byte, error) { return SignWith(pdf, []byte{}, unasked(t), chain, nil) }, ErrCertificateFormat},
		"chain of nothing":  {func() ([]byte, error) { return SignWith(pdf, certificate, unasked(t), [][]byte{nil}, nil) }, ErrChainFormat},
		"both kinds": {func() ([]byte, error) {
			return SignWith(pdf, certificate, unasked(t), chain, &SigningOptions{Pades: true, PlainCMS: true})
		}, ErrArgument},
		"text that is not UTF-8": {func() ([]byte, error) {
			return SignWith(pdf, certificate, unasked(t), chain, &SigningOptions{Lock: &FieldLock{Action: "include", Fields: []string{"caf\xe9"}}})
		}, ErrArgument},
		"page before the first": {func() ([]byte, error) {
			return SignWith(pdf, certificate, unasked(t), chain, &SigningOptions{Page: -2})
		}, ErrPageNumber},
		"no entropy":       {func() ([]byte, error) { return SignWith(pdf, certificate, unasked(t), chain, nil, WithEntropy(nil)) }, ErrEntropy},
		"an unused option": {func() ([]byte, error) { return SignWith(pdf, certificate, unasked(t), chain, nil, WithReplace()) }, ErrArgument},
		"no option":        {func() ([]byte, error) { return SignWith(pdf, certificate, unasked(t), chain, nil, nil) }, ErrArgument},
		"a broken one in turn": {func() ([]byte, error) {
			broken := Signer{Certificate: []byte("x"), Sign: unasked(t)}
			signed, err := SignInTurn(t.Context(), pdf, []Signatory{{Signer: signer.by(unasked(t))}, {Signer: broken}})
			if signed != nil {
				t.Error("a document is returned")
			}
			return nil, err
		}, ErrCertificateFormat},
	} {
		if signed, err := test.call(); !errors.Is(err, test.code) || signed != nil {
			t.Errorf("%s: %v, and should be %s", name, err, test.code)
		}
	}
}

func TestErrorTellsWhere(t *testing.T) {
	_, err := SignWith(smallPDF(), []byte("no certificate"), unasked(t), nil, nil)
	var raised *Error
	if !errors.As(err, &raised) || raised.Code != ErrCertificateFormat || raised.Group != "certificate" || raised.Message == "" {
		t.Fatalf("%#v", err)
	}
	if errors.Is(err, ErrArgument) || !errors.Is(err, err) || errors.Unwrap(err) != nil {
		t.Error("it is another error than it is")
	}
	wire := errorFrame{Code: "ERR_FORM", Group: "file", Message: "m", Offset: new(int64), Object: &[2]int64{7, 1}}
	if raised := wire.raised().(*Error); *raised.Offset != 0 || *raised.Object != (ObjectID{7, 1}) {
		t.Errorf("%+v", raised)
	}
	broken := bytes.Replace(smallPDF(), []byte("/Pages 2 0 R>>"), []byte("/Pages 2 0 R)>"), 1)
	_, err = SignWith(broken, pki(t, "rsa").certificate, unasked(t), nil, &SigningOptions{Strict: true})
	if !errors.As(err, &raised) || raised.Group != "file" || raised.Offset == nil && raised.Object == nil {
		t.Errorf("%#v", err)
	}
}

func TestSignersOwnErrorIsNotTouched(t *testing.T) {
	signer, own := pki(t, "rsa"), errors.New("no token")
	path := temporary(t, smallPDF())
	for name, call := range map[string]func() error{
		"memory": func() error { _, err := SignWith(smallPDF(), signer.certificate, refusing(own), nil, nil); return err },
		"in place": func() error {
			_, err := SignFile(t.Context(), path, path, signer.by(refusing(own)))
			return err
		},
		"reader": func() error {
			_, err := SignReaderAt(t.Context(), bytes.NewReader(smallPDF()), int64(len(smallPDF())), nil, signer.by(refusing(own)))
			return err
		},
	} {
		if err := call(); err != own { // not one that wraps it
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPanicOfACallbackIsItself(t *testing.T) {
	signer := pki(t, "rsa")
	path := temporary(t, largePDF(2<<20))
	panicking := func(context.Context, SigningRequest) ([]byte, error) { panic("the signer's own") }
	at := func(phase Phase) []Option {
		return with(WithProgress(func(told Progress) {
			if told.Phase == phase && told.Done > 0 {
				panic("the signer's own")
			}
		}))
	}
	for name, call := range map[string]func() error{
		"signer": func() error { _, err := SignWith(smallPDF(), signer.certificate, panicking, nil, nil); return err },
		"signer, file": func() error {
			_, err := SignFile(t.Context(), path, path+".new", signer.by(panicking))
			return err
		},
		"progress": func() error {
			_, err := SignWith(smallPDF(), signer.certificate, signer.sign, nil, nil, at(PhaseDigest)...)
			return err
		},
		"progress, file": func() error {
			_, err := SignFile(t.Context(), path, path+".new", signer.signer(), at(PhaseDigest)...)
			return err
		},
		"progress, write": func() error {
			_, err := SignFile(t.Context(), path, path+".new", signer.signer(), at(PhaseWrite)...)
			return err
		},
		"in place": func() error {
			_, err := SignFile(t.Context(), path, path, signer.signer(), at(PhaseWrite)...)
			return err
		},
		"reader": func() error {
			_, err := SignReaderAt(t.Context(), panickingReader{}, 4<<20, nil, signer.signer())
			return err
		},
		"reader, pass": func() error {
			pdf := largePDF(4 << 20)
			reader := &lateReader{bytes.NewReader(pdf), 2 << 20}
			_, err := SignReaderAt(t.Context(), reader, int64(len(pdf)), nil, signer.signer())
			return err
		},
	} {
		idle := len(core.idle)
		func() {
			defer func() {
				if got := recover(); got != "the signer's own" {
					t.Errorf("%s: panicked with %v", name, got)
				}
			}()
			t.Errorf("%s: returned %v", name, call())
		}()
		if len(core.idle) < idle {
			t.Errorf("%s: an instance was lost", name)
		}
		checkFiles(t, filepath.Dir(path), "in.pdf")
	}
}

type panickingReader struct{}

func (panickingReader) ReadAt([]byte, int64) (int, error) { panic("the signer's own") }

// lateReader panics when the piece at an offset is read.
type lateReader struct {
	*bytes.Reader
	at int64
}

func (r *lateReader) ReadAt(buffer []byte, offset int64) (int, error) {
	if offset == r.at && len(buffer) == piece {
		panic("the signer's own")
	}
	return r.Reader.ReadAt(buffer, offset)
}

func TestInTurn(t *testing.T) {
	first, second := pki(t, "rsa"), pki(t, "p384")
	pdf := largePDF(3 << 20)
	signed := must(SignInTurn(t.Context(), pdf, []Signatory{first.signatory(), second.signatory()}))
	reports := signed.Reports
	if len(reports) != 2 || reports[0].DigestAlgorithm != "sha256" || reports[1].DigestAlgorithm != "sha384" || reports[1].Revision != 3 {
		t.Errorf("%+v", reports)
	}
	if signed.Report != reports[1] {
		t.Error("the report is not that of the last signature")
	}
	judge(t, signed.PDF, 2)

	deterministic := []Signatory{first.signatory(), first.signatory()}
	inTurn := must(SignInTurn(t.Context(), pdf, deterministic, moment...)).PDF
	once := must(SignWith(pdf, first.certificate, first.sign, first.chain, nil, moment...))
	if twice := must(SignWith(once, first.certificate, first.sign, first.chain, nil, moment...)); len(twice) != len(inTurn) {
		t.Errorf("in turn %d bytes, one after the other %d", len(inTurn), len(twice))
	}
}

func TestContextStops(t *testing.T) {
	signer, cause := pki(t, "rsa"), errors.New("enough")
	pdf := largePDF(2 << 20)
	for name, call := range map[string]func(context.Context) error{
		"fixed": func(ctx context.Context) error {
			_, err := SignWith(pdf, signer.certificate, unasked(t), nil, nil, WithContext(ctx))
			return err
		},
		"fixed session": func(ctx context.Context) error {
			_, err := BeginSigning(pdf, nil, nil, nil, WithContext(ctx))
			return err
		},
		"named":   func(ctx context.Context) error { _, err := Sign(ctx, pdf, signer.by(unasked(t))); return err },
		"session": func(ctx context.Context) error { _, err := Begin(ctx, pdf, signer.signer()); return err },
		"inspect": func(ctx context.Context) error { _, err := Inspect(ctx, pdf); return err },
	} {
		if err := call(cancelled(cause)); err != cause {
			t.Errorf("%s: %v", name, err)
		}
		if err := call(cancelled(nil)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	saved := must(must(BeginSigning(pdf, nil, nil, nil)).Serialize(sessionKey))
	if _, err := ResumeSigning(cancelled(cause), saved, pdf, sessionKey); err != cause {
		t.Error(err)
	}
	for _, phase := range []Phase{PhaseDigest, PhaseSign} {
		ctx, cancel := context.WithCancelCause(context.Background())
		stop := WithProgress(func(told Progress) {
			if told.Phase == phase {
				cancel(cause)
			}
		})
		if _, err := Sign(ctx, pdf, signer.signer(), stop); err != cause {
			t.Errorf("%s: %v", phase, err)
		}
	}
	// A signature that was made is not thrown away: the document is signed, or a session goes on from it.
	meanwhile := func() (context.Context, Signatory) {
		ctx, cancel := context.WithCancelCause(t.Context())
		return ctx, Signatory{Signer: signer.by(func(given context.Context, request SigningRequest) ([]byte, error) {
			if given != ctx {
				t.Error("the signer has another context than the call")
			}
			cancel(cause)
			return signer.sign(given, request)
		})}
	}
	ctx, last := meanwhile()
	judge(t, must(SignInTurn(ctx, pdf, []Signatory{last})).PDF, 1)
	ctx, first := meanwhile()
	_, err := SignInTurn(ctx, pdf, []Signatory{first, {Signer: signer.by(unasked(t))}})
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || unfinished.Err != cause || !errors.Is(err, cause) {
		t.Fatal(err)
	}
	if !unfinished.Session.IsSigned() || unfinished.FileSession != nil || unfinished.ReaderSession != nil {
		t.Errorf("%+v", unfinished)
	}
	judge(t, must(unfinished.Session.CompleteSigned()), 1)
	saved = must(unfinished.Session.Serialize(sessionKey))
	judge(t, must(must(ResumeSigning(t.Context(), saved, pdf, sessionKey)).CompleteSigned()), 1)
}

func TestProgress(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := largePDF(3 << 20)
	path := temporary(t, pdf)
	for name, call := range map[string]struct {
		sign   func(option Option) error
		phases []Phase
	}{
		"memory": {func(option Option) error {
			_, err := SignWith(pdf, signer.certificate, signer.sign, nil, nil, option)
			return err
		}, []Phase{PhaseDigest, PhaseSign}},
		"file": {func(option Option) error {
			_, err := SignFile(t.Context(), path, path+".new", signer.signer(), option)
			return err
		}, []Phase{PhaseRead, PhaseDigest, PhaseSign, PhaseWrite}},
	} {
		last := map[Phase]Progress{}
		var order []Phase
		err := call.sign(WithProgress(func(told Progress) {
			before, seen := last[told.Phase]
			if told.Done < before.Done || told.Done > told.Total || seen && told.Total != before.Total {
				t.Errorf("%s: %+v after %+v", name, told, before)
			}
			if !slices.Contains(order, told.Phase) {
				order = append(order, told.Phase)
			}
			last[told.Phase] = told
		}))
		if err != nil || !reflect.DeepEqual(order, call.phases) {
			t.Errorf("%s: %v, %v", name, err, order)
		}
		for phase, told := range last {
			if phase != PhaseRead && told.Done != told.Total {
				t.Errorf("%s: ended at %+v", name, told)
			}
		}
	}
}

func TestManyGoroutines(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := smallPDF()
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	session := must(BeginSigning(pdf, signer.certificate, signer.chain, nil, moment...))
	signature := must(signer.sign(t.Context(), *session.Request()))
	failures := make(chan error, 64)
	var working sync.WaitGroup
	for range 16 {
		working.Go(func() {
			for range 5 {
				signed, err := SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...)
				again, sessionErr := session.CompleteWithSignature(signature)
				if err != nil || sessionErr != nil || !bytes.Equal(signed, want) || !bytes.Equal(again, want) || session.Report() == nil {
					failures <- fmt.Errorf("%w, %w, or other bytes", err, sessionErr)
				}
			}
		})
	}
	working.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
}
