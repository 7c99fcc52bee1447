//go:build unix

package rustpdf

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

const journalName = ".in.pdf.rustpdf"

// interrupted is a signing in place that did not come to its end.
type interrupted struct {
	pdf, signed, journal []byte
	signer               testSigner
}

func newInterrupted(t *testing.T) *interrupted {
	t.Helper()
	signer, pdf := pki(t, "rsa"), largePDF(5000)
	signed := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	journal := must(makeJournal(int64(len(pdf)), pdf[len(pdf)-mostTail:], signed[len(pdf):]))
	return &interrupted{pdf, signed, journal, signer}
}

// leave puts the file and its journal as they were left behind.
func (i *interrupted) leave(t *testing.T, file []byte) (path string) {
	t.Helper()
	path = temporary(t, file)
	writeFile(t, filepath.Join(filepath.Dir(path), journalName), i.journal)
	return path
}

func (i *interrupted) half() []byte {
	return i.signed[:(len(i.pdf)+len(i.signed))/2]
}

func (i *interrupted) sign(path, output string) error {
	_, err := SignFileWith(path, output, i.signer.certificate, i.signer.sign, i.signer.chain, nil, moment...)
	return err
}

func (i *interrupted) check(t *testing.T, path string, want []byte) {
	t.Helper()
	if !bytes.Equal(readFile(t, path), want) {
		t.Error("the file holds other bytes")
	}
	checkFiles(t, filepath.Dir(path), "in.pdf")
}

func TestRecoveryWhereverItStopped(t *testing.T) {
	left := newInterrupted(t)
	twice := must(SignWith(left.signed, left.signer.certificate, left.signer.sign, left.signer.chain, nil, moment...))
	stops := [][]byte{left.signed}
	for cut := len(left.pdf); cut < len(left.signed); cut += 512 {
		lost := bytes.Clone(left.signed)
		clear(lost[cut:])
		stops = append(stops, left.signed[:cut], lost)
	}
	for _, file := range stops {
		path := left.leave(t, file)
		if recovered := must(RecoverFile(path, false)); recovered != RecoveredSigned {
			t.Error(recovered)
		}
		left.check(t, path, left.signed)
		path = left.leave(t, file)
		if recovered := must(RecoverFile(path, true)); recovered != RecoveredOriginal {
			t.Error(recovered)
		}
		left.check(t, path, left.pdf)
		path = left.leave(t, file)
		if err := left.sign(path, path); err != nil {
			t.Error(err)
		}
		left.check(t, path, twice)
	}
}

func TestRecoveryComesFirst(t *testing.T) {
	left := newInterrupted(t)
	for name, use := range map[string]func(path string) error{
		"nowhere":           func(path string) error { return left.sign(path, "") },
		"to be done later":  func(path string) error { _, err := BeginSigningFile(path, nil, nil, nil); return err },
		"recovered by name": func(path string) error { _, err := RecoverFile(path, false); return err },
	} {
		path := left.leave(t, left.half())
		if err := use(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		left.check(t, path, left.signed)
	}
	path := left.leave(t, left.half())
	other := temporary(t, left.pdf)
	link := filepath.Join(t.TempDir(), "link.pdf")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	_, err := SignFileWith(other, link, left.signer.certificate, left.signer.sign, left.signer.chain, nil, WithReplace())
	if !errors.Is(err, ErrFileBusy) {
		t.Error("an output behind a link with a journal: ", err)
	}
	if err := left.sign(other, filepath.Join(filepath.Dir(path), "in.pdf")); !errors.Is(err, ErrFileBusy) {
		t.Error("an output with a journal: ", err)
	}
}

func TestRecoveryOfNothing(t *testing.T) {
	left := newInterrupted(t)
	path := temporary(t, left.pdf)
	for _, undo := range []bool{false, true} {
		if recovered := must(RecoverFile(path, undo)); recovered != RecoveredNothing {
			t.Error(recovered)
		}
	}
	left.check(t, path, left.pdf)
	if _, err := RecoverFile(path+".none", false); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestRecoveryBySeveralAtOnce(t *testing.T) {
	left := newInterrupted(t)
	path := left.leave(t, left.half())
	outcomes := make([]Recovered, 8)
	var working sync.WaitGroup
	for at := range outcomes {
		working.Go(func() { outcomes[at] = must(RecoverFile(path, false)) })
	}
	working.Wait()
	signed := 0
	for _, outcome := range outcomes {
		if outcome == RecoveredSigned {
			signed++
		} else if outcome != RecoveredNothing {
			t.Error(outcome)
		}
	}
	if signed == 0 {
		t.Error("nobody did it")
	}
	left.check(t, path, left.signed)
}

func TestJournalsThatAreRefused(t *testing.T) {
	left := newInterrupted(t)
	appended := append(bytes.Clone(left.half()), "not of the update"...)
	for name, test := range map[string]struct {
		file []byte
		make func(journal string) error
		code ErrorCode
	}{
		"damaged":          {left.half(), func(path string) error { return os.WriteFile(path, left.journal[:50], 0o666) }, ErrJournalDamaged},
		"empty":            {left.half(), func(path string) error { return os.WriteFile(path, nil, 0o666) }, ErrJournalDamaged},
		"of another":       {largePDF(9000), func(path string) error { return os.WriteFile(path, left.journal, 0o666) }, ErrJournalDocument},
		"written to since": {appended, func(path string) error { return os.WriteFile(path, left.journal, 0o666) }, ErrJournalDocument},
		"a folder":         {left.half(), func(path string) error { return os.Mkdir(path, 0o777) }, ErrJournalDamaged},
		"a link":           {left.half(), func(path string) error { return os.Symlink("in.pdf", path) }, ErrJournalDamaged},
		"a pipe":           {left.half(), func(path string) error { return syscall.Mkfifo(path, 0o666) }, ErrJournalDamaged},
		"huge": {left.half(), func(path string) error {
			if err := os.WriteFile(path, nil, 0o666); err != nil {
				return err
			}
			return os.Truncate(path, mostJournal+1)
		}, ErrJournalDamaged},
	} {
		path := temporary(t, test.file)
		journal := filepath.Join(filepath.Dir(path), journalName)
		if err := test.make(journal); err != nil {
			t.Fatal(err)
		}
		_, err := RecoverFile(path, false)
		if !errors.Is(err, test.code) || !bytes.Contains([]byte(err.Error()), []byte(journal)) {
			t.Errorf("%s: %v, and should be %s with the name of the journal", name, err, test.code)
		}
		if err := left.sign(path, path); !errors.Is(err, test.code) {
			t.Errorf("%s: %v, and should be %s", name, err, test.code)
		}
		if !bytes.Equal(readFile(t, path), test.file) {
			t.Errorf("%s: the file was written to", name)
		}
	}
}

func TestAJournalOfSomebodyElse(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	left := newInterrupted(t)
	path := left.leave(t, left.half())
	journal := filepath.Join(filepath.Dir(path), journalName)
	if err := os.Chown(journal, 4321, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := RecoverFile(path, false); !errors.Is(err, ErrJournalOwner) {
		t.Error(err)
	}
	if err := os.Chown(path, 4321, -1); err != nil {
		t.Fatal(err)
	}
	if recovered := must(RecoverFile(path, false)); recovered != RecoveredSigned {
		t.Error(recovered)
	}
}

func TestSeveralInPlaceAtOnce(t *testing.T) {
	signer := pki(t, "rsa")
	path := temporary(t, largePDF(100000))
	errs := make([]error, 8)
	var working sync.WaitGroup
	for at := range errs {
		working.Go(func() { _, errs[at] = SignFileWith(path, path, signer.certificate, signer.sign, signer.chain, nil) })
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
