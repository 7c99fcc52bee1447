package rustpdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"reflect"
	"testing"
)

func TestSessionGivesTheBytesOfSignWith(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := smallPDF()
	var reports []*Report
	tell := WithReport(func(told *Report) { reports = append(reports, told) })
	session := must(BeginSigning(pdf, signer.certificate, signer.chain, nil, with(tell)...))
	signature := must(signer.sign(session.Request().Data, session.Request()))
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	for range 2 { // it may be completed again
		if signed := must(session.CompleteWithSignature(signature)); !bytes.Equal(signed, want) {
			t.Error("other bytes than by SignWith")
		}
	}
	if len(reports) != 3 || reports[0].ContainerLength != 0 || session.Report() != reports[2] || session.Report().ContainerLength == 0 {
		t.Errorf("%+v", reports)
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

	resumed := must(ResumeSigning(session.Serialize(), pdf))
	if !reflect.DeepEqual(resumed.Request(), session.Request()) {
		t.Error("the request is another one")
	}
	if signed := must(resumed.CompleteWithSignature(signature)); !bytes.Equal(signed, want) {
		t.Error("other bytes when resumed")
	}
}

func TestSessionRefusesAndGoesOn(t *testing.T) {
	signer, other := pki(t, "rsa"), pki(t, "stranger")
	session := must(BeginSigning(smallPDF(), signer.certificate, signer.chain, nil))
	before := session.Report()
	wrong := must(other.sign(session.Request().Data, session.Request()))
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
	judge(t, must(session.CompleteWithSignature(must(signer.sign(session.Request().Data, session.Request())))), 1)
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
	saved := must(BeginSigning(pdf, nil, nil, nil)).Serialize()
	for name, test := range map[string]struct {
		saved, pdf []byte
		code       ErrorCode
	}{
		"none":             {nil, pdf, ErrSessionFormat},
		"text":             {[]byte("session"), pdf, ErrSessionFormat},
		"damaged":          {append(bytes.Clone(saved[:len(saved)-1]), saved[len(saved)-1]^1), pdf, ErrSessionDamaged},
		"another document": {saved, largePDF(100), ErrSessionDocument},
	} {
		if session, err := ResumeSigning(test.saved, test.pdf); !errors.Is(err, test.code) || session != nil {
			t.Errorf("%s: %v, and should be %s", name, err, test.code)
		}
	}
	other := bytes.Clone(pdf)
	other[len("%PDF-1.7\n%")]++
	if _, err := ResumeSigning(saved, other); !errors.Is(err, ErrSessionDocument) {
		t.Error(err)
	}
	if _, err := ResumeSigning(saved, other, WithDocumentVouched()); err != nil {
		t.Error("vouched for, and still read: ", err)
	}
	session := must(ResumeSigning(saved, pdf))
	serialized, hash := session.Serialize(), session.Hash()
	clear(serialized)
	clear(hash)
	if !bytes.Equal(session.Serialize(), saved) || bytes.Equal(session.Hash(), hash) {
		t.Error("what was given away is still the session's")
	}
}
