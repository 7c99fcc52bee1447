package rustpdf

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// The environment variables by which a test runs this program again, to sign a file in place over and over.
const (
	signOver     = "RUSTPDF_TEST_SIGN_OVER"
	signOverRoot = "RUSTPDF_TEST_FOLDER"
)

// TestMain is the other process where it is asked for.
func TestMain(m *testing.M) {
	if path := os.Getenv(signOver); path != "" {
		fmt.Fprintln(os.Stderr, signForever(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// signForever signs a file in place until the process is killed. The signature is not checked: the sooner the next one is written.
func signForever(path string) error {
	certificate, err := os.ReadFile(os.Getenv(signOverRoot))
	if err != nil {
		return err
	}
	signer := func([]byte, *SigningRequest) ([]byte, error) { return make([]byte, 256), nil }
	for {
		if _, err := SignFileWith(path, path, certificate, signer, nil, &SigningOptions{SkipSignatureCheck: true}); err != nil {
			return err
		}
	}
}

func TestKilledWheneverItMayBe(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts many processes")
	}
	signer, pdf := pki(t, "rsa"), largePDF(200000)
	cache := filepath.Join(t.TempDir(), "cache")
	useModule(t, module)
	if err := UseCompilationCache(cache); err != nil {
		t.Fatal(err)
	}
	interrupted := 0
	for range 40 {
		path := temporary(t, pdf)
		killed := exec.Command(must(os.Executable()))
		said := must(os.Create(filepath.Join(t.TempDir(), "said")))
		killed.Stderr = said
		killed.Env = append(os.Environ(), signOver+"="+path, cacheVariable+"="+cache, signOverRoot+"="+filepath.Join(pkiFolder, "rsa.der"))
		if err := killed.Start(); err != nil {
			t.Fatal(err)
		}
		for must(os.Stat(path)).Size() == int64(len(pdf)) && must(said.Stat()).Size() == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(20000)) * time.Microsecond)
		if err := errors.Join(killed.Process.Kill(), ignoreExit(killed.Wait())); err != nil {
			t.Fatal(err)
		}
		if must(said.Stat()).Size() > 0 {
			t.Fatal(string(readFile(t, said.Name())))
		}
		_ = said.Close()
		if must(RecoverFile(path, false)) != RecoveredNothing {
			interrupted++
		}
		after := readFile(t, path)
		if !bytes.HasPrefix(after, pdf) || !bytes.HasSuffix(after, []byte("%%EOF\n")) {
			t.Fatal("the file is not whole")
		}
		for _, entry := range must(os.ReadDir(filepath.Dir(path))) {
			if name := entry.Name(); name != "in.pdf" && !strings.Contains(name, fmt.Sprint(".rustpdf-", killed.Process.Pid)) {
				t.Error("left behind, and nobody's: ", name)
			}
		}
		must(SignFileWith(path, path, signer.certificate, signer.sign, nil, nil)) // and it can be signed on
	}
	t.Logf("%d of 40 were interrupted behind their journal", interrupted)
	if interrupted == 0 {
		t.Error("nothing was recovered")
	}
}

// ignoreExit is the end of a process that was killed.
func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	signer := pki(t, "rsa")
	const size = 512 << 20
	path := temporary(t, nil)
	sparsePDF(t, path, size)
	must(SignFileWith(temporary(t, smallPDF()), "", signer.certificate, signer.sign, nil, nil))
	for _, output := range []string{"", path + ".new", path} {
		debug.FreeOSMemory()
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			t.Skip("this system does not measure peaks: ", err)
		}
		before := memoryMB(t, "VmRSS")
		signed := must(SignFileWith(path, output, signer.certificate, signer.sign, signer.chain, nil))
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
