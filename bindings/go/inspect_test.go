package rustpdf

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"testing"
)

func TestInspect(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := largePDF(2 << 20)
	options := SigningOptions{Reason: "approved", FieldName: "Signature", Certify: CertificationFormFilling}
	signed := must(Sign(t.Context(), pdf, signer.signer(), with(options)...)).PDF

	info := must(Inspect(t.Context(), signed))
	if info.Length != int64(len(signed)) || info.Version != "1.7" || info.Pages != 1 || info.Revisions != 2 {
		t.Errorf("%+v", info)
	}
	if info.Xref != XrefKindTable || info.Certified != CertificationFormFilling {
		t.Errorf("%+v", info)
	}
	if want := []FieldInfo{{Name: "Signature", Type: "Sig", Signed: true}}; !reflect.DeepEqual(info.Fields, want) {
		t.Errorf("%+v", info.Fields)
	}
	if len(info.Signatures) != 1 {
		t.Fatalf("%+v", info.Signatures)
	}
	found := info.Signatures[0]
	if found.Field != "Signature" || found.Reason != "approved" || !found.CoversWholeFile || found.Revision != 2 ||
		found.DocMDP != CertificationFormFilling || found.Lock != nil || len(found.ByteRange) != 4 || found.Signer == nil ||
		len(found.Certificates) < 2 || found.Signer.SHA256 == "" {
		t.Errorf("%+v", found)
	}

	path := temporary(t, signed)
	if byFile := must(InspectFile(t.Context(), path)); !reflect.DeepEqual(byFile, info) {
		t.Errorf("%+v", byFile)
	}
	if byRanges := must(InspectReaderAt(t.Context(), bytes.NewReader(signed), int64(len(signed)))); !reflect.DeepEqual(byRanges, info) {
		t.Errorf("%+v", byRanges)
	}
	checkFiles(t, filepath.Dir(path), "in.pdf")

	unsigned := must(Inspect(t.Context(), pdf))
	if len(unsigned.Signatures) != 0 || unsigned.Certified != 0 || unsigned.Revisions != 1 {
		t.Errorf("%+v", unsigned)
	}
}

func TestInspectAnEncryptedDocument(t *testing.T) {
	pdf := readFile(t, filepath.Join("..", "..", "tests", "vectors", "documents", "encrypted-user-aes-128.pdf"))
	if _, err := Inspect(t.Context(), pdf); !errors.Is(err, ErrPasswordMissing) {
		t.Error(err)
	}
	if _, err := Inspect(t.Context(), pdf, InspectOptions{Password: "User"}); !errors.Is(err, ErrPasswordWrong) {
		t.Error(err)
	}
	if info := must(Inspect(t.Context(), pdf, InspectOptions{Password: "user"})); info.Pages == 0 {
		t.Errorf("%+v", info)
	}
}

func TestInspectRefuses(t *testing.T) {
	if _, err := Inspect(t.Context(), []byte("text")); !errors.Is(err, ErrNotAPDF) {
		t.Error(err)
	}
	if _, err := InspectFile(t.Context(), filepath.Join(t.TempDir(), "none.pdf")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := InspectReaderAt(t.Context(), nil, 1); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := Inspect(t.Context(), smallPDF(), WithReplace()); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
}
