//go:build unix

package rustpdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"testing"
	"time"
)

// The environment variables by which a test runs this program again, to do something with a file that must not be done here.
const (
	childName = "RUSTPDF_TEST_CHILD"
	childPath = "RUSTPDF_TEST_PATH"
	childPKI  = "RUSTPDF_TEST_PKI"
)

// children are the other processes, each of which gets a document and a certificate.
var children = map[string]func(path string, certificate []byte) error{
	"sign over":        signForever,
	"killed signing":   func(path string, certificate []byte) error { return signKilled(path, certificate, PhaseSign) },
	"killed writing":   func(path string, certificate []byte) error { return signKilled(path, certificate, PhaseWrite) },
	"full disk":        signOnAFullDisk,
	"read-only folder": signInAReadOnlyFolder,

	"killed while the key is asked": auditKilled,
	"audit on a full disk":          auditOnAFullDisk,
}

// TestMain is the other process where it is asked for.
func TestMain(m *testing.M) {
	if child := children[os.Getenv(childName)]; child != nil {
		certificate, err := os.ReadFile(os.Getenv(childPKI))
		if err == nil {
			err = UseCompilationCache(os.Getenv(cacheVariable)) // while nothing is limited
		}
		if err == nil {
			err = child(os.Getenv(childPath), certificate)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	var err error
	if childCache, err = os.MkdirTemp("", "rustpdf-"); err == nil {
		err = os.Setenv("RUSTPDF_TEST_FOLDER", childCache) // for files of examples
	}
	if err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(childCache)
	os.Exit(status)
}

// childCache is the compilation cache of the other processes.
var childCache string

// startChild starts another process. Its error output goes into the file that is returned.
func startChild(t *testing.T, name, path string) (child *exec.Cmd, said *os.File) {
	t.Helper()
	child = exec.Command(must(os.Executable()))
	said = must(os.Create(filepath.Join(t.TempDir(), "said")))
	t.Cleanup(func() { _ = said.Close() })
	child.Stderr = said
	child.Env = append(os.Environ(), childName+"="+name, childPath+"="+path, childPKI+"="+filepath.Join(pkiFolder, "rsa.der"),
		cacheVariable+"="+childCache)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	return child, said
}

// runChild runs another process to its end. It must succeed, or be killed.
func runChild(t *testing.T, name, path string, killed bool) {
	t.Helper()
	child, said := startChild(t, name, path)
	err := child.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && killed && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return
	}
	if err != nil || killed {
		t.Fatalf("%s: %v\n%s", name, err, readFile(t, said.Name()))
	}
}

// anySignature signs at once. Its answer is not a signature, and is not checked.
func anySignature(context.Context, SigningRequest) ([]byte, error) {
	return make([]byte, 256), nil
}

var unchecked = &SigningOptions{SkipSignatureCheck: true}

// signForever signs a file in place until the process is killed.
func signForever(path string, certificate []byte) error {
	for {
		if _, err := SignFile(context.Background(), path, path, Signer{Certificate: certificate, Sign: anySignature}, unchecked); err != nil {
			return err
		}
	}
}

// signKilled signs a file in place, and is killed when it reaches the end of a phase.
func signKilled(path string, certificate []byte, phase Phase) error {
	signer := Signer{Certificate: certificate, Sign: anySignature}
	_, err := SignFile(context.Background(), path, path, signer, unchecked, WithProgress(func(told Progress) {
		if told.Phase == phase && told.Done == told.Total {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}))
	return fmt.Errorf("not killed: %w", err)
}

// signOnAFullDisk signs with room for the journal, but not for the update after the document, and then with room.
func signOnAFullDisk(path string, certificate []byte) error {
	signal.Ignore(syscall.SIGXFSZ)
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	room := limit.Cur
	limit.Cur = uint64(len(before)) + 100
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	_, err = SignFile(context.Background(), path, path, Signer{Certificate: certificate, Sign: anySignature}, unchecked)
	var unfinished *UnfinishedError
	if !errors.Is(err, syscall.EFBIG) || !errors.As(err, &unfinished) {
		return fmt.Errorf("in place: %w", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		return fmt.Errorf("the original is not there again: %w", err)
	}
	output := filepath.Join(filepath.Dir(path), "out.pdf")
	_, err = SignFile(context.Background(), path, output, Signer{Certificate: certificate, Sign: anySignature}, unchecked)
	if !errors.Is(err, syscall.EFBIG) || !errors.As(err, new(*UnfinishedError)) {
		return fmt.Errorf("into a new file: %w", err)
	}
	limit.Cur = room
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	_, err = unfinished.FileSession.CompleteSigned(unwatched.context, path)
	return err
}

// signInAReadOnlyFolder signs as a user that may not write to the folder of the document.
func signInAReadOnlyFolder(path string, certificate []byte) error {
	if os.Geteuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			return err
		}
	}
	asked := false
	signer := func(context.Context, SigningRequest) ([]byte, error) {
		asked = true
		return nil, errUnasked
	}
	for _, output := range []string{path, filepath.Join(filepath.Dir(path), "out.pdf")} {
		_, err := SignFile(context.Background(), path, output, Signer{Certificate: certificate, Sign: signer})
		if !errors.Is(err, fs.ErrPermission) || asked {
			return fmt.Errorf("%s: the signer was asked: %t: %w", output, asked, err)
		}
	}
	return nil
}

func TestFullDisk(t *testing.T) {
	path := temporary(t, largePDF(100000))
	runChild(t, "full disk", path, false)
	if signed := readFile(t, path); len(signed) <= 100000 {
		t.Error("it is not signed in the end")
	}
	checkFiles(t, filepath.Dir(path), "in.pdf")
}

func TestReadOnlyFolder(t *testing.T) {
	path := temporary(t, smallPDF())
	folder := filepath.Dir(path)
	for at := folder; len(at) > len(os.TempDir()); at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil { // for the other user
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Chmod(path, 0o666), os.Chmod(folder, 0o555)); err != nil {
		t.Fatal(err)
	}
	runChild(t, "read-only folder", path, false)
	checkFiles(t, folder, "in.pdf")
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestKilledWheneverItMayBe(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts many processes")
	}
	signer, pdf := pki(t, "rsa"), largePDF(200000)
	interrupted := 0
	for range 40 {
		path := temporary(t, pdf)
		killed, said := startChild(t, "sign over", path)
		for must(os.Stat(path)).Size() == int64(len(pdf)) && must(said.Stat()).Size() == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(20000)) * time.Microsecond)
		if err := killed.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = killed.Wait() // it was killed
		if must(said.Stat()).Size() > 0 {
			t.Fatal(string(readFile(t, said.Name())))
		}
		if must(RecoverFile(t.Context(), path)).Outcome != RecoveredNothing {
			interrupted++
		}
		checkFiles(t, filepath.Dir(path), "in.pdf")
		after := readFile(t, path)
		if !bytes.HasPrefix(after, pdf) || !bytes.HasSuffix(after, []byte("%%EOF\n")) {
			t.Fatal("the file is not whole")
		}
		must(SignFile(t.Context(), path, path, signer.signer())) // and it can be signed on
	}
	t.Logf("%d of 40 were interrupted behind their journal", interrupted)
	if interrupted == 0 {
		t.Error("nothing was recovered")
	}
}

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	signer := pki(t, "rsa")
	const size = 512 << 20
	path := temporary(t, nil)
	sparsePDF(t, path, size)
	must(SignFile(t.Context(), temporary(t, smallPDF()), "", signer.signer()))
	for _, output := range []string{"", path + ".new", path} {
		debug.FreeOSMemory()
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			t.Skip("this system does not measure peaks: ", err)
		}
		before := memoryMB(t, "VmRSS")
		signed := must(SignFile(t.Context(), path, output, signer.signer()))
		if len(signed.Report.Warnings) > 0 {
			t.Error("it was no ordinary document: ", signed.Report.Warnings)
		}
		grown := memoryMB(t, "VmHWM") - before
		t.Logf("%.1f MB", grown)
		if grown > 12 {
			t.Errorf("%q: it grew by %.1f MB", output, grown)
		}
	}
}

// sparsePDF writes a document of about this size, most of which takes no room on the disk.
func sparsePDF(t *testing.T, path string, size int64) {
	t.Helper()
	made := makePDF("~")
	head, rest, _ := bytes.Cut(made, []byte("<</Length 1>>\nstream\n~"))
	length := fmt.Appendf(nil, "<</Length %d>>\nstream\n", size)
	rest = bytes.Replace(rest, fmt.Append(nil, bytes.Index(made, []byte("xref\n0"))),
		fmt.Append(nil, int64(len(head)+len(length)+bytes.Index(rest, []byte("xref\n0")))+size), 1)
	file := must(os.Create(path))
	defer file.Close()
	must(file.Write(append(head, length...)))
	must(file.WriteAt(rest, int64(len(head)+len(length))+size))
}
