package rustpdf

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"path/filepath"
	"reflect"
	"testing"
)

func TestSessionGivesTheBytesOfSignWith(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := smallPDF()
	session := must(BeginSigning(pdf, signer.certificate, signer.chain, nil, moment...))
	begun := session.Report()
	signature := must(signer.sign(t.Context(), *session.Request()))
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	for range 2 { // it may be completed again
		if signed := must(session.CompleteWithSignature(signature)); !bytes.Equal(signed, want) {
			t.Error("other bytes than by SignWith")
		}
	}
	if begun.ContainerLength != 0 || session.Report().ContainerLength == 0 || session.Report().UpdateLength != int64(len(want)-len(pdf)) {
		t.Errorf("%+v, then %+v", begun, session.Report())
	}
	if session.DocumentLength() != int64(len(pdf)) || session.HashAlgorithm() != "sha256" {
		t.Error(session.DocumentLength(), session.HashAlgorithm())
	}
	covered := session.Report().ByteRange
	digest := sha256.New()
	digest.Write(want[covered[0]:covered[1]])
	digest.Write(want[covered[2] : covered[2]+covered[3]])
	if !bytes.Equal(digest.Sum(nil), session.Hash()) {
		t.Error("the hash is not the digest of what /ByteRange covers")
	}

	sealed := must(ResumeSigning(t.Context(), must(session.Serialize(sessionKey)), pdf, sessionKey))
	unsealed := must(ResumeUnsealed(t.Context(), must(session.SerializeUnsealed()), pdf, signer.signer()))
	for name, resumed := range map[string]*Session{"sealed": sealed, "unsealed": unsealed} {
		asked := session.Request()
		if name == "unsealed" {
			asked = unnamed(asked)
		}
		if !reflect.DeepEqual(resumed.Request(), asked) {
			t.Errorf("%s: the request is another one", name)
		}
		if signed := must(resumed.CompleteWithSignature(signature)); !bytes.Equal(signed, want) {
			t.Errorf("%s: other bytes when resumed", name)
		}
	}
}

func TestSessionRefusesAndGoesOn(t *testing.T) {
	signer, other := pki(t, "rsa"), pki(t, "stranger")
	session := must(BeginSigning(smallPDF(), signer.certificate, signer.chain, nil))
	before := session.Report()
	wrong := must(other.sign(t.Context(), *session.Request()))
	for _, answer := range [][]byte{nil, {}, {1}, wrong} {
		if signed, err := session.CompleteWithSignature(answer); err == nil || signed != nil {
			t.Error("a wrong signature is taken: ", answer)
		}
		if signed, err := session.Complete(answer); !errors.Is(err, ErrContainerFormat) || signed != nil {
			t.Error(err)
		}
	}
	if session.Report() != before {
		t.Error("a refused answer changes the report")
	}
	judge(t, must(session.CompleteWithSignature(must(signer.sign(t.Context(), *session.Request())))), 1)
}

func TestSessionWithoutACertificate(t *testing.T) {
	session := must(BeginSigning(smallPDF(), nil, nil, nil))
	if session.Request() != nil {
		t.Error("there is a request")
	}
	if _, err := session.CompleteWithSignature([]byte{1}); !errors.Is(err, ErrSessionNoCertificate) {
		t.Error(err)
	}
}

func TestWrongSessions(t *testing.T) {
	pdf := smallPDF()
	session := must(BeginSigning(pdf, nil, nil, nil))
	saved := must(session.Serialize(sessionKey))
	otherKey := bytes.Repeat([]byte{1}, 32)
	for name, test := range map[string]struct {
		saved, pdf, key []byte
		code            ErrorCode
	}{
		"none":             {nil, pdf, sessionKey, ErrSessionFormat},
		"text":             {[]byte("session"), pdf, sessionKey, ErrSessionFormat},
		"changed":          {append(bytes.Clone(saved[:len(saved)-1]), saved[len(saved)-1]^1), pdf, sessionKey, ErrSessionSeal},
		"another key":      {saved, pdf, otherKey, ErrSessionSeal},
		"a short key":      {saved, pdf, sessionKey[:31], ErrArgument},
		"no key":           {saved, pdf, nil, ErrArgument},
		"unsealed":         {must(session.SerializeUnsealed()), pdf, sessionKey, ErrSessionSeal},
		"another document": {saved, largePDF(100), sessionKey, ErrSessionDocument},
	} {
		if session, err := ResumeSigning(t.Context(), test.saved, test.pdf, test.key); !errors.Is(err, test.code) || session != nil {
			t.Errorf("%s: %v, and should be %s", name, err, test.code)
		}
	}
	for _, key := range [][]byte{nil, {}, sessionKey[:31]} {
		if saved, err := session.Serialize(key); !errors.Is(err, ErrArgument) || saved != nil {
			t.Errorf("a key of %d bytes: %v", len(key), err)
		}
	}
	other := bytes.Clone(pdf)
	other[len("%PDF-1.7\n%")]++
	if _, err := ResumeSigning(t.Context(), saved, other, sessionKey); !errors.Is(err, ErrSessionDocument) {
		t.Error(err)
	}
	if _, err := ResumeSigning(t.Context(), saved, other, sessionKey, SkipDocumentCheck()); err != nil {
		t.Error("the document is not to be checked, and is read: ", err)
	}
	resumed := must(ResumeSigning(t.Context(), saved, pdf, sessionKey))
	hash := resumed.Hash()
	clear(hash)
	if bytes.Equal(resumed.Hash(), hash) {
		t.Error("what was given away is still the session's")
	}
}

func TestUnsealedSessions(t *testing.T) {
	signer, other := pki(t, "rsa"), pki(t, "p256")
	pdf := smallPDF()
	options := &SigningOptions{SignerRoles: []string{"manager"}}
	session := must(BeginSigning(pdf, signer.certificate, signer.chain, options))
	saved := must(session.SerializeUnsealed())
	for name, resume := range map[string]func() (*Session, error){
		"another certificate": func() (*Session, error) { return ResumeUnsealed(t.Context(), saved, pdf, other.signer(), options) },
		"other options":       func() (*Session, error) { return ResumeUnsealed(t.Context(), saved, pdf, signer.signer()) },
	} {
		if session, err := resume(); !errors.Is(err, ErrSessionArguments) || session != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Without a certificate only a container completes it.
	if session := must(ResumeUnsealed(t.Context(), saved, pdf, Signer{})); session.Request() != nil {
		t.Error("there is a request")
	} else if _, err := session.CompleteWithSignature([]byte{1}); !errors.Is(err, ErrSessionNoCertificate) {
		t.Error(err)
	}
	sealed := must(session.Serialize(sessionKey))
	if _, err := ResumeUnsealed(t.Context(), sealed, pdf, signer.signer(), options); !errors.Is(err, ErrSessionSeal) {
		t.Error(err)
	}
	if _, err := ResumeUnsealed(t.Context(), saved, pdf, signer.signer(), options, SkipDocumentCheck()); !errors.Is(err, ErrArgument) {
		t.Error("the check of the document is skipped: ", err)
	}
	resumed := must(ResumeUnsealed(t.Context(), saved, pdf, signer.signer(), options))
	signature := must(signer.sign(t.Context(), *resumed.Request()))
	judge(t, must(resumed.CompleteWithSignature(signature)), 1)

	container := must(BeginSigning(pdf, nil, nil, nil))
	must(ResumeUnsealed(t.Context(), must(container.SerializeUnsealed()), pdf, Signer{}))
}

func TestUnsealedSessionWithTheTimeOfItsBeginning(t *testing.T) {
	signer, pdf := pki(t, "rsa"), smallPDF()
	options := &SigningOptions{PlainCMS: true, SigningTimeAttribute: true}
	session := must(BeginSigning(pdf, signer.certificate, signer.chain, options, moment...))
	saved := must(session.SerializeUnsealed())
	if _, err := ResumeUnsealed(t.Context(), saved, pdf, signer.signer(), options); !errors.Is(err, ErrSigningTime) {
		t.Error(err)
	}
	resumed := must(ResumeUnsealed(t.Context(), saved, pdf, signer.signer(), options, moment[0]))
	if !reflect.DeepEqual(resumed.Request(), unnamed(session.Request())) {
		t.Error("the request is another one")
	}
}

// unnamed is a request as an unsealed session has it: anybody could have written the name of the field into the file.
func unnamed(request *SigningRequest) *SigningRequest {
	without := *request
	without.FieldName = ""
	return &without
}

func TestACertificateThatComesWithTheSignature(t *testing.T) {
	pdf := largePDF(100000)
	for _, test := range []struct {
		name, other string
		algorithm   SignatureAlgorithm
	}{
		{"rsa", "stranger", SignatureAlgorithmRSAPKCS1}, {"p256", "rsa", SignatureAlgorithmECDSA},
	} {
		signer, other := pki(t, test.name), pki(t, test.other)
		options := &SigningOptions{PlainCMS: true, SignatureAlgorithm: test.algorithm}
		session := must(BeginSigning(pdf, nil, nil, options, moment...))
		signature := must(signer.sign(t.Context(), *session.Request()))
		certificate := WithCertificate(signer.certificate, signer.chain...)
		signed := must(session.CompleteWithSignature(signature, certificate))
		judge(t, signed, 1)
		if report := session.Report(); report.SignatureAlgorithm != test.algorithm || len(report.Warnings) > 0 {
			t.Errorf("%+v", report)
		}
		parsed := WithCertificate(must(x509.ParseCertificate(signer.certificate)))
		must(session.CompleteWithSignature(signature, parsed))

		path := temporary(t, pdf)
		byFile := must(BeginSigningFile(t.Context(), path, Signer{}, with(options)...))
		must(byFile.CompleteWithSignature(t.Context(), signature, path, certificate))
		if !bytes.Equal(readFile(t, path), signed) {
			t.Error("the file holds other bytes")
		}
		byRanges := must(BeginSigningReaderAt(t.Context(), bytes.NewReader(pdf), int64(len(pdf)), Signer{}, with(options)...))
		var written bytes.Buffer
		must(byRanges.CompleteWithSignature(t.Context(), signature, &written, certificate))
		if !bytes.Equal(written.Bytes(), signed) {
			t.Error("the writer got other bytes")
		}
		input, output := temporary(t, pdf), filepath.Join(t.TempDir(), "out.pdf")
		batch := must(BeginSigningMany(t.Context(), []string{input}, Signer{}, with(options)...))
		if outcomes, err := gather(batch.CompleteWithSignatures(t.Context(), [][]byte{signature}, []string{output}, certificate)); err != nil {
			t.Error(err)
		} else if outcomes[0].Err != nil || !bytes.Equal(readFile(t, output), signed) {
			t.Error("the batch gives other bytes, or ", outcomes[0].Err)
		}
		sealed := must(ResumeSigning(t.Context(), must(session.Serialize(sessionKey)), pdf, sessionKey))
		unsealed := must(ResumeUnsealed(t.Context(), must(session.SerializeUnsealed()), pdf, Signer{}, options, moment[0]))
		for name, session := range map[string]*Session{"sealed": sealed, "unsealed": unsealed} {
			if again := must(session.CompleteWithSignature(signature, certificate)); !bytes.Equal(again, signed) {
				t.Errorf("%s: other bytes", name)
			}
		}

		if _, err := session.CompleteWithSignature(signature); err == nil {
			t.Error("a signature without a certificate is taken")
		}
		if _, err := session.CompleteWithSignature(signature, WithCertificate(other.certificate)); err == nil {
			t.Error("the certificate of another key is taken")
		}
		if _, err := session.CompleteWithSignature(signature, WithCertificate([]byte("none"))); !errors.Is(err, ErrCertificateFormat) {
			t.Error(err)
		}
		if _, err := session.CompleteWithSignature(signature, WithReplace()); !errors.Is(err, ErrArgument) {
			t.Error(err)
		}
	}
}
