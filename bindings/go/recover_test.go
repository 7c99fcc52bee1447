//go:build unix

package rustpdf

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const journalName = ".in.pdf.rustpdf"

// interrupted is a signing in place. Its process was killed when journal and update were written.
type interrupted struct {
	pdf, signed, journal []byte
	signer               testSigner
}

func newInterrupted(t *testing.T) *interrupted {
	t.Helper()
	pdf := largePDF(5000)
	path := temporary(t, pdf)
	runChild(t, "killed writing", path, true)
	signed, journal := readFile(t, path), readFile(t, filepath.Join(filepath.Dir(path), journalName))
	checkFiles(t, filepath.Dir(path), journalName, "in.pdf")
	if !bytes.HasPrefix(signed, pdf) || !bytes.HasSuffix(signed, []byte("%%EOF\n")) || len(journal) < len(signed)-len(pdf) {
		t.Fatal("it was not killed where it should have been")
	}
	return &interrupted{pdf, signed, journal, pki(t, "rsa")}
}

// leave writes the file and its journal as they were left.
func (i *interrupted) leave(t *testing.T, file []byte) (path string) {
	t.Helper()
	path = temporary(t, file)
	i.writeJournal(t, path)
	return path
}

func (i *interrupted) writeJournal(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), journalName), i.journal, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (i *interrupted) half() []byte {
	return i.signed[:(len(i.pdf)+len(i.signed))/2]
}

func (i *interrupted) sign(path, output string, call ...Option) error {
	_, err := SignFile(context.Background(), path, output, i.signer.signer(), call...)
	return err
}

func (i *interrupted) check(t *testing.T, path string, want []byte) {
	t.Helper()
	if !bytes.Equal(readFile(t, path), want) {
		t.Error("the file holds other bytes")
	}
	checkFiles(t, filepath.Dir(path), "in.pdf")
}

func TestRecovery(t *testing.T) {
	left := newInterrupted(t)
	for name, file := range map[string][]byte{"nothing written": left.pdf, "half": left.half(), "all": left.signed} {
		path := left.leave(t, file)
		if recovery := must(RecoverFile(t.Context(), path)); recovery != (Recovery{RecoveredSigned, 0}) {
			t.Errorf("%s: %+v", name, recovery)
		}
		left.check(t, path, left.signed)
		path = left.leave(t, file)
		if recovery := must(RecoverFile(t.Context(), path, RecoverOptions{Undo: true})); recovery != (Recovery{RecoveredOriginal, 0}) {
			t.Errorf("%s: %+v", name, recovery)
		}
		left.check(t, path, left.pdf)
		path = left.leave(t, file)
		if err := left.sign(path, path); err != nil || !bytes.HasPrefix(readFile(t, path), left.signed) {
			t.Errorf("%s: the next signing does not finish it: %v", name, err)
		}
		checkFiles(t, filepath.Dir(path), "in.pdf")
	}
}

func TestRecoveryIsLeftToASigningInPlace(t *testing.T) {
	left := newInterrupted(t)
	path, other := left.leave(t, left.half()), temporary(t, left.pdf)
	link := filepath.Join(t.TempDir(), "link.pdf")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for name, use := range map[string]func() error{
		"nowhere":            func() error { return left.sign(path, "") },
		"into another":       func() error { return left.sign(path, filepath.Join(t.TempDir(), "out.pdf")) },
		"later":              func() error { _, err := BeginSigningFile(t.Context(), path, Signer{}); return err },
		"in its place":       func() error { return left.sign(other, path, WithReplace()) },
		"in its place, link": func() error { return left.sign(other, link, WithReplace()) },
	} {
		if err := use(); !errors.Is(err, ErrFileBusy) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.Equal(readFile(t, path), left.half()) {
		t.Error("the file was written to")
	}
}

func TestRecoveryOfNothing(t *testing.T) {
	path := temporary(t, smallPDF())
	for _, undo := range []bool{false, true} {
		if recovery := must(RecoverFile(t.Context(), path, RecoverOptions{Undo: undo})); recovery != (Recovery{RecoveredNothing, 0}) {
			t.Error(recovery)
		}
	}
	if _, err := RecoverFile(t.Context(), path+".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestRecoveryRemovesLeftovers(t *testing.T) {
	path := temporary(t, smallPDF())
	runChild(t, "killed signing", path, true)
	if names := must(os.ReadDir(filepath.Dir(path))); len(names) != 2 {
		t.Fatal("nothing was left: ", names)
	}
	if recovery := must(RecoverFile(t.Context(), path)); recovery != (Recovery{RecoveredNothing, 1}) {
		t.Error(recovery)
	}
	checkFiles(t, filepath.Dir(path), "in.pdf")
}

func TestJournalsThatAreRefused(t *testing.T) {
	left := newInterrupted(t)
	for name, test := range map[string]struct {
		make func(journal string) error
		code ErrorCode
	}{
		"damaged": {func(path string) error { return os.WriteFile(path, left.journal[:50], 0o644) }, ErrJournalDamaged},
		"a link":  {func(path string) error { return os.Symlink("in.pdf", path) }, ErrJournalDamaged},
		"a pipe":  {func(path string) error { return syscall.Mkfifo(path, 0o644) }, ErrJournalDamaged},
	} {
		path := temporary(t, left.half())
		journal := filepath.Join(filepath.Dir(path), journalName)
		if err := test.make(journal); err != nil {
			t.Fatal(err)
		}
		_, err := RecoverFile(t.Context(), path)
		if !errors.Is(err, test.code) || !strings.Contains(err.Error(), journal) {
			t.Errorf("%s: %v, and should be %s with the name of the journal", name, err, test.code)
		}
		if err := left.sign(path, path); !errors.Is(err, test.code) {
			t.Errorf("%s: %v, and should be %s", name, err, test.code)
		}
		if !bytes.Equal(readFile(t, path), left.half()) {
			t.Errorf("%s: the file was written to", name)
		}
	}
}

func TestAJournalOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	left := newInterrupted(t)
	path := left.leave(t, left.half())
	if err := os.Chown(filepath.Join(filepath.Dir(path), journalName), 4321, -1); err != nil {
		t.Fatal(err)
	}
	for _, owner := range []string{"", "4322"} {
		if _, err := RecoverFile(t.Context(), path, RecoverOptions{JournalOwner: owner}); !errors.Is(err, ErrJournalOwner) {
			t.Error(err)
		}
	}
	if recovery := must(RecoverFile(t.Context(), path, RecoverOptions{JournalOwner: "4321"})); recovery.Outcome != RecoveredSigned {
		t.Error(recovery)
	}
	left.check(t, path, left.signed)
}

func TestSeveralInPlaceAtOnce(t *testing.T) {
	signer := pki(t, "rsa")
	path := temporary(t, largePDF(100000))
	errs := make([]error, 8)
	var working sync.WaitGroup
	for at := range errs {
		working.Go(func() { _, errs[at] = SignFile(t.Context(), path, path, signer.signer()) })
	}
	working.Wait()
	signatures := 0
	for _, err := range errs {
		if err == nil {
			signatures++
		} else if !errors.Is(err, ErrFileBusy) && !errors.Is(err, ErrFileChanged) {
			t.Error(err)
		}
	}
	if signatures == 0 {
		t.Error("nobody signed")
	}
	judge(t, readFile(t, path), signatures)
	checkFiles(t, filepath.Dir(path), "in.pdf")
}
