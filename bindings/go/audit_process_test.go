//go:build unix

package rustpdf

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// auditKilled is killed while the key is asked.
func auditKilled(path string, certificate []byte) error {
	signer := Signer{Certificate: certificate, Sign: func(context.Context, SigningRequest) ([]byte, error) {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}}
	_, err := SignFile(context.Background(), path, path, Audited(signer, AuditFolder{Directory: filepath.Join(filepath.Dir(path), "audit")}))
	return fmt.Errorf("not killed: %w", err)
}

// auditOnAFullDisk signs with room for a record and a half, and then with more.
func auditOnAFullDisk(path string, certificate []byte) error {
	signal.Ignore(syscall.SIGXFSZ)
	asked := 0
	signer := Audited(Signer{Certificate: certificate, Sign: func(context.Context, SigningRequest) ([]byte, error) {
		asked++
		return make([]byte, 256), nil
	}}, AuditFolder{Directory: filepath.Join(filepath.Dir(path), "audit")})
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	room := limit.Cur
	for at, test := range []struct {
		room  uint64
		asked int
		want  error
	}{{100, 0, syscall.EFBIG}, {1000, 1, syscall.EFBIG}, {room, 2, nil}} {
		limit.Cur = test.room
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
		_, err := signer.Sign(context.Background(), SigningRequest{Digest: make([]byte, 200), DocumentDigest: make([]byte, 32)})
		if !errors.Is(err, test.want) || asked != test.asked {
			return fmt.Errorf("try %d: the key was asked %d times: %w", at, asked, err)
		}
	}
	return nil
}

func TestAuditOfAKilledProcess(t *testing.T) {
	path := temporary(t, smallPDF())
	folder := filepath.Join(filepath.Dir(path), "audit")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		runChild(t, "killed while the key is asked", path, true)
	}
	files := must(filepath.Glob(filepath.Join(folder, "*.jsonl")))
	if len(files) != 2 {
		t.Errorf("each process has a file: %v", files)
	}
	for _, file := range files {
		if records := chainOf(t, readFile(t, file)); len(records) != 1 || records[0]["event"] != "asked" {
			t.Errorf("%v", records)
		}
	}
}

func TestAuditOnAFullDisk(t *testing.T) {
	path := temporary(t, smallPDF())
	folder := filepath.Join(filepath.Dir(path), "audit")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	runChild(t, "audit on a full disk", path, false)
	var events []any
	for _, record := range chainOf(t, readFile(t, must(filepath.Glob(filepath.Join(folder, "*")))[0])) {
		events = append(events, record["event"])
	}
	if want := "[asked asked signed]"; fmt.Sprint(events) != want { // the first answer had no room
		t.Errorf("the records are %v", events)
	}
}
