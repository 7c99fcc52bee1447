package rustpdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

func TestFilesAreSignedAsBytesAre(t *testing.T) {
	signer := pki(t, "rsa")
	for _, pdf := range [][]byte{smallPDF(), largePDF(piece - 700), largePDF(3*piece + 12345)} {
		want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
		path := temporary(t, pdf)
		output := filepath.Join(filepath.Dir(path), "out.pdf")

		only := must(SignFile(t.Context(), path, "", signer.signer(), moment...))
		if !bytes.Equal(joined(pdf, only.Update), want) || only.Report == nil || len(only.Reports) != 1 {
			t.Error("the update alone is another one")
		}
		checkFiles(t, filepath.Dir(path), "in.pdf")
		must(SignFile(t.Context(), path, output, signer.signer(), moment...))
		if !bytes.Equal(readFile(t, output), want) || !bytes.Equal(readFile(t, path), pdf) {
			t.Error("the new file holds other bytes")
		}
		must(SignFile(t.Context(), path, path, signer.signer(), moment...))
		if !bytes.Equal(readFile(t, path), want) {
			t.Error("in place there are other bytes")
		}
		checkFiles(t, filepath.Dir(path), "in.pdf", "out.pdf")

		var written bytes.Buffer
		reader := bytes.NewReader(pdf)
		signed := must(SignReaderAt(t.Context(), reader, reader.Size(), &written, signer.signer(), moment...))
		if !bytes.Equal(written.Bytes(), want) || !bytes.Equal(signed.Update, want[len(pdf):]) {
			t.Error("the writer got other bytes")
		}
		written.Reset()
		streamed := must(SignReader(t.Context(), io.MultiReader(bytes.NewReader(pdf)), &written, signer.signer(), moment...))
		if !bytes.Equal(written.Bytes(), want) || !bytes.Equal(streamed.PDF, want) {
			t.Error("the stream has other bytes")
		}
	}
}

func TestFileInTurn(t *testing.T) {
	first, second := pki(t, "rsa"), pki(t, "p384")
	path := temporary(t, largePDF(2<<20))
	signed := must(SignFileInTurn(t.Context(), path, path, []Signatory{first.signatory(), second.signatory()}))
	if len(signed.Reports) != 2 || signed.Report != signed.Reports[1] {
		t.Errorf("%+v", signed.Reports)
	}
	judge(t, readFile(t, path), 2)
}

func TestInPlaceByLinks(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := smallPDF()
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	path := temporary(t, pdf)
	folder := filepath.Dir(path)
	link := filepath.Join(folder, "link.pdf")
	if err := os.Symlink("in.pdf", link); err != nil {
		t.Fatal(err)
	}
	before := must(os.Stat(path))
	must(SignFile(t.Context(), link, path, signer.signer(), moment...))
	after := must(os.Stat(path))
	if !bytes.Equal(readFile(t, path), want) || !os.SameFile(before, after) || before.Mode() != after.Mode() {
		t.Error("it is another file, or holds other bytes")
	}
	if must(os.Lstat(link)).Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is none any more")
	}
	checkFiles(t, folder, "in.pdf", "link.pdf")
}

func TestNewFile(t *testing.T) {
	signer := pki(t, "rsa")
	sign := func(input, output string, call ...Option) error {
		_, err := SignFile(t.Context(), input, output, signer.signer(), call...)
		return err
	}
	path := temporary(t, smallPDF())
	folder := filepath.Dir(path)
	in := func(name string) string { return filepath.Join(folder, name) }
	if err := os.Chmod(path, 0o440); err != nil {
		t.Fatal(err)
	}

	if err := sign(path, in("out.pdf")); err != nil || must(os.Stat(in("out.pdf"))).Mode() != 0o440 {
		t.Error(err, must(os.Stat(in("out.pdf"))).Mode())
	}
	if err := sign(path, in("out.pdf")); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	writeFile(t, in("other.pdf"), []byte("old"))
	if err := os.Symlink("other.pdf", in("link.pdf")); err != nil {
		t.Fatal(err)
	}
	if err := sign(path, in("link.pdf"), WithReplace()); err != nil || must(os.Lstat(in("link.pdf"))).Mode()&fs.ModeSymlink == 0 {
		t.Error(err, "or the link was replaced")
	}
	judge(t, readFile(t, in("other.pdf")), 1)
	if err := sign(path, folder, WithReplace()); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if err := sign(path, in("no/out.pdf")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	longest := strings.Repeat("ü", 125) + ".pdf"
	if err := sign(path, in(longest)); err != nil {
		t.Error(err)
	}
	if err := sign(in(longest), in(longest)); runtime.GOOS == "linux" && err == nil {
		t.Error("there is no room for the name of its journal")
	}
	checkFiles(t, folder, "in.pdf", "link.pdf", "other.pdf", "out.pdf", longest)
}

func TestOneOfTwoMakesTheFile(t *testing.T) {
	signer := pki(t, "rsa")
	path := temporary(t, smallPDF())
	output := path + ".new"
	errs := make([]error, 8)
	var working sync.WaitGroup
	for at := range errs {
		working.Go(func() { _, errs[at] = SignFile(t.Context(), path, output, signer.signer()) })
	}
	working.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if !errors.Is(err, fs.ErrExist) {
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d made it", made)
	}
	judge(t, readFile(t, output), 1)
	checkFiles(t, filepath.Dir(path), "in.pdf", "in.pdf.new")
}

func TestWhatIsNoDocument(t *testing.T) {
	signer := pki(t, "rsa")
	sign := func(path string) error {
		_, err := SignFile(t.Context(), path, "", signer.by(unasked(t)))
		return err
	}
	folder := t.TempDir()
	if err := sign(filepath.Join(folder, "none.pdf")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := sign(folder); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	empty := temporary(t, nil)
	if err := sign(empty); !errors.Is(err, ErrFileEmpty) {
		t.Error(err)
	}
	if _, err := SignReaderAt(t.Context(), nil, 1, nil, signer.by(unasked(t))); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := SignReaderAt(t.Context(), bytes.NewReader(nil), -1, nil, signer.by(unasked(t))); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	signer, cause := pki(t, "rsa"), errors.New("enough")
	pdf := largePDF(3 << 20)
	path := temporary(t, pdf)
	for _, output := range []string{"", path, path + ".new"} {
		for _, phase := range []Phase{PhaseRead, PhaseDigest, PhaseSign, PhaseWrite} {
			if output == "" && phase == PhaseWrite {
				continue // nothing is written
			}
			ctx, cancel := context.WithCancelCause(context.Background())
			stop := WithProgress(func(told Progress) {
				if told.Phase == phase {
					cancel(cause)
				}
			})
			_, err := SignFile(ctx, path, output, signer.signer(), stop)
			var unfinished *UnfinishedError
			if errors.As(err, &unfinished) != (phase == PhaseWrite) || !errors.Is(err, cause) {
				t.Errorf("%q, %s: %v", output, phase, err)
			}
			checkFiles(t, filepath.Dir(path), "in.pdf")
		}
		_, err := SignFile(t.Context(), path, output, signer.by(refusing(cause)))
		if err != cause {
			t.Error(err)
		}
		checkFiles(t, filepath.Dir(path), "in.pdf")
	}
	if !bytes.Equal(readFile(t, path), pdf) {
		t.Error("the document was changed")
	}
	if runtime.GOOS == "linux" {
		for _, entry := range must(os.ReadDir("/proc/self/fd")) {
			if open, err := os.Readlink("/proc/self/fd/" + entry.Name()); err == nil && strings.HasPrefix(open, filepath.Dir(path)) {
				t.Error("still open: ", open)
			}
		}
	}
}

func TestADocumentThatChangesMeanwhile(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := largePDF(2 << 20)
	for name, change := range map[string]func(path string) error{
		"grows":   func(path string) error { return os.WriteFile(path, append(bytes.Clone(pdf), '\n'), 0o666) },
		"shrinks": func(path string) error { return os.Truncate(path, 100) },
		"touched": func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) },
		"removed": os.Remove,
		"replaced": func(path string) error {
			_ = os.Remove(path)
			return os.WriteFile(path, pdf, 0o666)
		},
	} {
		for _, output := range []string{"", "in.pdf", "out.pdf"} {
			path := temporary(t, pdf)
			folder := filepath.Dir(path)
			if output != "" {
				output = filepath.Join(folder, output)
			}
			meanwhile := func(ctx context.Context, request SigningRequest) ([]byte, error) {
				if err := change(path); err != nil {
					t.Fatal(err)
				}
				return signer.sign(ctx, request)
			}
			if _, err := SignFile(t.Context(), path, output, signer.by(meanwhile)); !errors.Is(err, ErrFileChanged) {
				t.Errorf("%s, %q: %v", name, output, err)
			}
			if name != "removed" {
				checkFiles(t, folder, "in.pdf")
			}
		}
	}
}

func TestReadersThatFail(t *testing.T) {
	signer, own := pki(t, "rsa"), fmt.Errorf("no network: %w", io.EOF) // what wraps an end is no end
	pdf := largePDF(3 << 20)
	sign := func(reader io.ReaderAt, size int, output io.Writer) error {
		_, err := SignReaderAt(t.Context(), reader, int64(size), output, signer.signer())
		return err
	}
	// Where it is read whole, by pieces, and where it is looked into.
	for _, from := range []int{0, piece} {
		failing := readerFunc(func(buffer []byte, offset int64) (int, error) {
			if len(buffer) >= from {
				return 0, own
			}
			return bytes.NewReader(pdf).ReadAt(buffer, offset)
		})
		if err := sign(failing, len(pdf), nil); err != own {
			t.Error(err)
		}
		short := readerFunc(func(buffer []byte, offset int64) (int, error) {
			read, err := bytes.NewReader(pdf).ReadAt(buffer, offset)
			if len(buffer) >= from {
				read--
			}
			return read, err
		})
		if err := sign(short, len(pdf), nil); !errors.Is(err, ErrAnswerLength) {
			t.Error(err)
		}
	}
	if err := sign(bytes.NewReader(pdf), len(pdf)+1, nil); !errors.Is(err, ErrAnswerLength) {
		t.Error(err)
	}
	ending := readerFunc(func(buffer []byte, offset int64) (int, error) {
		if len(buffer) == piece && offset > 0 {
			runtime.Goexit()
		}
		return bytes.NewReader(pdf).ReadAt(buffer, offset)
	})
	if err := sign(ending, len(pdf), nil); !errors.Is(err, ErrAnswerLength) {
		t.Error(err)
	}
	failing := writerFunc(func([]byte) (int, error) { return 0, own })
	if err := sign(bytes.NewReader(pdf), len(pdf), failing); err != own {
		t.Error(err)
	}
	short := writerFunc(func(bytes []byte) (int, error) { return len(bytes) - 1, nil })
	if err := sign(bytes.NewReader(pdf), len(pdf), short); err != io.ErrShortWrite {
		t.Error(err)
	}
}

func TestStreamsThatFail(t *testing.T) {
	signer, own := pki(t, "rsa"), errors.New("no network")
	pdf := smallPDF()
	if _, err := SignReader(t.Context(), iotest.ErrReader(own), io.Discard, signer.by(unasked(t))); err != own {
		t.Error(err)
	}
	failing := writerFunc(func([]byte) (int, error) { return 0, own })
	if signed, err := SignReader(t.Context(), bytes.NewReader(pdf), failing, signer.signer()); err != own || signed == nil {
		t.Error(err)
	}
	for name, streams := range map[string]struct {
		io.Reader
		io.Writer
	}{"no reader": {nil, io.Discard}, "no writer": {bytes.NewReader(pdf), nil}} {
		if _, err := SignReader(t.Context(), streams.Reader, streams.Writer, signer.by(unasked(t))); !errors.Is(err, ErrArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type readerFunc func([]byte, int64) (int, error)

func (f readerFunc) ReadAt(buffer []byte, offset int64) (int, error) { return f(buffer, offset) }

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(bytes []byte) (int, error) { return f(bytes) }

func TestFileSession(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := largePDF(3 << 20)
	path := temporary(t, pdf)
	folder := filepath.Dir(path)
	out := func(name string) string { return filepath.Join(folder, name) }
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	inMemory := must(BeginSigning(pdf, signer.certificate, signer.chain, nil, moment...))
	session := must(BeginSigningFile(t.Context(), path, signer.signer(), moment...))
	request := *session.Request()
	if request.DocumentName != filepath.Base(path) {
		t.Error("the document is called ", request.DocumentName)
	}
	request.DocumentName = ""
	if !reflect.DeepEqual(&request, inMemory.Request()) || !bytes.Equal(session.Hash(), inMemory.Hash()) {
		t.Error("the session is another one than in memory")
	}
	signature := must(signer.sign(t.Context(), *session.Request()))
	ctx, cause := context.Background(), errors.New("enough")

	if _, err := session.CompleteWithSignature(ctx, []byte{1}, out("1.pdf")); !errors.Is(err, ErrSignatureLength) {
		t.Error(err)
	}
	if _, err := session.Complete(ctx, []byte{1}, out("1.pdf")); !errors.Is(err, ErrContainerFormat) {
		t.Error(err)
	}
	for _, output := range []string{"", out("1.pdf"), path} {
		if _, err := session.CompleteWithSignature(cancelled(cause), signature, output); !errors.Is(err, cause) {
			t.Error(err)
		}
	}
	if _, err := session.CompleteWithSignature(ctx, signature, out("1.pdf"), WithContext(ctx)); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	checkFiles(t, folder, "in.pdf")

	saved := must(session.Serialize(sessionKey))
	for name, session := range map[string]*FileSession{
		"1.pdf": session, "2.pdf": session,
		"3.pdf": must(ResumeSigningFile(t.Context(), saved, path, sessionKey)),
		"4.pdf": must(ResumeSigningFile(t.Context(), saved, path, sessionKey, SkipDocumentCheck())),
		"5.pdf": must(ResumeUnsealedFile(t.Context(), must(session.SerializeUnsealed()), path, signer.signer())),
	} {
		must(session.CompleteWithSignature(ctx, signature, out(name)))
		if !bytes.Equal(readFile(t, out(name)), want) {
			t.Error(name, "holds other bytes")
		}
	}
	if _, err := session.CompleteWithSignature(ctx, signature, out("1.pdf")); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	must(session.CompleteWithSignature(ctx, signature, out("1.pdf"), WithReplace()))
	if only := must(session.CompleteWithSignature(ctx, signature, "")); !bytes.Equal(joined(pdf, only.Update), want) {
		t.Error("the update alone is another one")
	}
	must(session.CompleteWithSignature(ctx, signature, path))
	if !bytes.Equal(readFile(t, path), want) {
		t.Error("in place there are other bytes")
	}
	for _, output := range []string{"", out("6.pdf"), path} { // it is another document now
		if _, err := session.CompleteWithSignature(ctx, signature, output); !errors.Is(err, ErrFileChanged) {
			t.Error(err)
		}
	}
	if _, err := ResumeSigningFile(t.Context(), saved, path, sessionKey); !errors.Is(err, ErrSessionDocument) {
		t.Error(err)
	}
	checkFiles(t, folder, "1.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf", "in.pdf")
}

func TestAFailureAfterTheSignature(t *testing.T) {
	signer := pki(t, "rsa")
	path := temporary(t, largePDF(2<<20))
	folder := filepath.Join(filepath.Dir(path), "out")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	removing := func(ctx context.Context, request SigningRequest) ([]byte, error) {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		return signer.sign(ctx, request)
	}
	_, err := SignFile(t.Context(), path, filepath.Join(folder, "out.pdf"), signer.by(removing))
	var unfinished *UnfinishedError
	var ofTheSystem *os.LinkError
	if !errors.As(err, &unfinished) || !errors.As(err, &ofTheSystem) || !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%T: %v", err, err)
	}
	if unfinished.Err != error(ofTheSystem) || unfinished.Session != nil || unfinished.ReaderSession != nil {
		t.Errorf("%+v", unfinished)
	}
	session, output := unfinished.FileSession, filepath.Join(filepath.Dir(path), "out.pdf")
	if !session.IsSigned() {
		t.Error("the session is not signed")
	}
	if _, err := session.CompleteWithSignature(t.Context(), nil, output); err == nil {
		t.Error("a signature is taken that has no bytes")
	}
	saved := must(session.Serialize(sessionKey))
	must(session.CompleteSigned(t.Context(), output))
	judge(t, readFile(t, output), 1)
	must(must(ResumeSigningFile(t.Context(), saved, path, sessionKey)).CompleteSigned(t.Context(), path))
	judge(t, readFile(t, path), 1)
	checkFiles(t, filepath.Dir(path), "in.pdf", "out.pdf")
}

func TestAWriterThatFailsWithTheUpdate(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := smallPDF()
	var output bytes.Buffer
	failing := writerFunc(func(written []byte) (int, error) {
		if output.Len() == len(pdf) {
			return 0, io.ErrClosedPipe
		}
		return output.Write(written)
	})
	signed, err := SignReaderAt(t.Context(), bytes.NewReader(pdf), int64(len(pdf)), failing, signer.signer())
	if err != io.ErrClosedPipe || signed == nil {
		t.Fatal(err)
	}
	judge(t, joined(output.Bytes(), signed.Update), 1)
}

func TestAPathThroughALinkAndUp(t *testing.T) {
	signer := pki(t, "rsa")
	folder := t.TempDir()
	made := os.MkdirAll(filepath.Join(folder, "a", "b"), 0o777)
	if err := errors.Join(made, os.Symlink(filepath.Join("a", "b"), filepath.Join(folder, "link"))); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "a", "in.pdf"), smallPDF())
	t.Chdir(folder)
	// The system follows the link first: this is a/in.pdf, and not in.pdf.
	up := filepath.FromSlash("link/../in.pdf")
	must(SignFile(t.Context(), up, up, signer.signer()))
	judge(t, readFile(t, filepath.Join(folder, "a", "in.pdf")), 1)
	must(SignFile(t.Context(), up, filepath.FromSlash("link/../out.pdf"), signer.signer()))
	judge(t, readFile(t, filepath.Join(folder, "a", "out.pdf")), 2)
	checkFiles(t, folder, "a", "link")
	// A working directory that was reached through a link is where the link leads.
	t.Chdir(filepath.Join(folder, "link"))
	t.Setenv("PWD", filepath.Join(folder, "link"))
	must(SignFile(t.Context(), filepath.FromSlash("../in.pdf"), "", signer.signer()))
}

func TestReaderSession(t *testing.T) {
	signer := pki(t, "rsa")
	pdf := largePDF(2 << 20)
	size := int64(len(pdf))
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	ctx := context.Background()
	session := must(BeginSigningReaderAt(ctx, bytes.NewReader(pdf), size, signer.signer(), moment...))
	signature := must(signer.sign(t.Context(), *session.Request()))
	reader := bytes.NewReader(pdf)
	sealed := must(ResumeSigningReaderAt(ctx, must(session.Serialize(sessionKey)), reader, size, sessionKey))
	unsealed := must(ResumeUnsealedReaderAt(ctx, must(session.SerializeUnsealed()), reader, size, signer.signer()))
	for _, session := range []*ReaderSession{session, sealed, unsealed} {
		var written bytes.Buffer
		signed := must(session.CompleteWithSignature(ctx, signature, &written))
		if !bytes.Equal(written.Bytes(), want) || !bytes.Equal(signed.Update, want[len(pdf):]) {
			t.Error("other bytes")
		}
	}
	if _, err := session.Complete(ctx, signature, nil); !errors.Is(err, ErrContainerFormat) {
		t.Error(err)
	}
	failing := writerFunc(func([]byte) (int, error) { return 0, io.ErrClosedPipe })
	if _, err := session.CompleteWithSignature(ctx, signature, failing); err != io.ErrClosedPipe {
		t.Error(err)
	}
}
