package rustpdf

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// auditOf reads the only file of an audit folder, recomputes its chain, and returns its records.
func auditOf(t *testing.T, folder string) []map[string]any {
	t.Helper()
	entries := must(os.ReadDir(folder))
	if len(entries) != 1 {
		t.Fatalf("the folder has %v", entries)
	}
	name := entries[0].Name()
	if named := fmt.Sprintf(`^\d{8}T\d{6}Z-%d-[0-9a-f]{8}\.jsonl$`, os.Getpid()); !regexp.MustCompile(named).MatchString(name) {
		t.Errorf("the name is %s", name)
	}
	if mode := must(entries[0].Info()).Mode(); mode != 0o600 {
		t.Errorf("the mode is %o", mode)
	}
	return chainOf(t, readFile(t, filepath.Join(folder, name)))
}

// chainOf recomputes a chain of records by this test's own reading of the format.
func chainOf(t *testing.T, content []byte) (records []map[string]any) {
	t.Helper()
	previous := strings.Repeat("0", 64)
	for at, line := range bytes.SplitAfter(content, []byte("\n")) {
		if len(line) == 0 {
			continue // after the last line end
		}
		var record map[string]any
		if err := json.Unmarshal(line, &record); err != nil || line[len(line)-1] != '\n' {
			t.Fatalf("line %d: %v\n%s", at, err, line)
		}
		if record["previous"] != previous || record["sequence"] != float64(at) {
			t.Errorf("line %d breaks the chain: %s", at, line)
		}
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", fmt.Sprint(record["time"])); err != nil {
			t.Error(err)
		}
		digest := sha256.Sum256(line)
		previous = hex.EncodeToString(digest[:])
		records = append(records, record)
	}
	return records
}

func TestAuditOfASignature(t *testing.T) {
	key, folder := pki(t, "rsa"), t.TempDir()
	var request SigningRequest
	var signature []byte
	signer := Audited(key.by(func(ctx context.Context, given SigningRequest) ([]byte, error) {
		if asked := auditOf(t, folder); len(asked) != 1 || asked[0]["event"] != "asked" {
			t.Errorf("the key is asked, and the records are %v", asked)
		}
		request = given
		made, err := key.sign(ctx, given)
		signature = made
		return made, err
	}), AuditFolder{Directory: folder, KeyID: "alias/contracts"})
	path := temporary(t, smallPDF())
	must(SignFile(t.Context(), path, path, signer))
	judge(t, readFile(t, path), 1)

	records := auditOf(t, folder)
	if len(records) != 2 {
		t.Fatal(records)
	}
	signed := sha256.Sum256(signature)
	want := map[string]any{
		"keyId": "alias/contracts", "documentName": "in.pdf", "documentDigest": hex.EncodeToString(request.DocumentDigest),
		"fieldName": request.FieldName, "certificateDigest": hex.EncodeToString(request.CertificateDigest),
		"signatureAlgorithm": "rsa-pkcs1", "digestAlgorithm": "sha256", "digest": hex.EncodeToString(request.Digest),
	}
	for at, more := range []map[string]any{
		{"event": "asked"},
		{"event": "signed", "asked": float64(0), "signatureDigest": hex.EncodeToString(signed[:])},
	} {
		got := records[at]
		if duration, isNumber := got["duration"].(float64); isNumber != (at == 1) || duration < 0 || duration > 60e6 {
			t.Errorf("duration: %v", got["duration"])
		}
		for _, name := range []string{"previous", "sequence", "time", "duration"} {
			delete(got, name)
		}
		for name, value := range want {
			more[name] = value
		}
		if fmt.Sprint(got) != fmt.Sprint(more) {
			t.Errorf("line %d is %v\nand should be %v", at, got, more)
		}
	}
	if request.FieldName == "" || len(request.DocumentDigest) != 32 || len(request.CertificateDigest) != 32 {
		t.Errorf("%+v", request)
	}
}

// storeError is an error of a key store. Its text must not be in the records.
type storeError struct{ text string }

func (e *storeError) Error() string { return e.text }

func TestAuditOfFailures(t *testing.T) {
	const secret = "Bearer s.1234567"
	key, errStore := pki(t, "rsa"), &storeError{secret}
	for name, test := range map[string]struct {
		result error
		want   string
	}{
		"a type":           {errStore, "*rustpdf.storeError"},
		"a wrapped type":   {fmt.Errorf("%s: %w", secret, fmt.Errorf("%s: %w", secret, errStore)), "*rustpdf.storeError"},
		"a code":           {fmt.Errorf("%s: %w", secret, NewError(ErrAlgorithmMismatch, secret)), "ERR_ALGORITHM_MISMATCH"},
		"nothing":          {nil, "ERR_CALLBACK_RESULT"},
		"a plain error":    {errors.New(secret), "*errors.errorString"},
		"a cancelled call": {context.Canceled, "*errors.errorString"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			signer := Audited(key.by(refusing(test.result)), AuditFolder{Directory: folder})
			_, err := Sign(t.Context(), smallPDF(), signer)
			if test.result != nil && err != test.result || test.result == nil && !errors.Is(err, ErrCallbackResult) {
				t.Errorf("%#v", err)
			}
			records := auditOf(t, folder)
			if len(records) != 2 || records[1]["event"] != "failed" || records[1]["error"] != test.want || records[1]["asked"] != float64(0) ||
				records[1]["signatureDigest"] != nil || records[1]["duration"] == nil {
				t.Errorf("%v", records)
			}
			if _, has := records[0]["keyId"]; has {
				t.Error("an empty name of the key is written")
			}
			content := readFile(t, must(filepath.Glob(filepath.Join(folder, "*")))[0])
			if bytes.Contains(content, []byte("1234567")) {
				t.Errorf("the text of the error is in the record: %s", content)
			}
		})
	}
}

func TestAuditOfAPanic(t *testing.T) {
	folder := t.TempDir()
	panics := func(context.Context, SigningRequest) ([]byte, error) { panic("token 1234") }
	signer := Audited(pki(t, "rsa").by(panics), AuditFolder{Directory: folder})
	func() {
		defer func() {
			if recovered := recover(); recovered != "token 1234" {
				t.Error(recovered)
			}
		}()
		_, _ = Sign(t.Context(), smallPDF(), signer)
	}()
	if records := auditOf(t, folder); len(records) != 2 || records[1]["event"] != "failed" || records[1]["error"] != "panic" {
		t.Errorf("%v", records)
	}
}

// TestAuditOfMany has signers with two keys and several goroutines write to a folder, which has two paths.
func TestAuditOfMany(t *testing.T) {
	const goroutines, each = 8, 25
	key, folder := pki(t, "p256"), t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	signers := []Signer{
		Audited(key.signer(), AuditFolder{folder, "one"}), Audited(key.by(refusing(&storeError{})), AuditFolder{link, "other"}),
	}
	request := *must(Begin(t.Context(), smallPDF(), key.signer())).Request()
	var group sync.WaitGroup
	for number := range goroutines {
		group.Go(func() {
			for range each {
				_, _ = signers[number%2].Sign(t.Context(), request)
			}
		})
	}
	group.Wait()
	records := auditOf(t, folder)
	if len(records) != 2*goroutines*each {
		t.Fatalf("there are %d records", len(records))
	}
	answered := map[float64]bool{}
	for at, record := range records {
		if record["event"] == "asked" {
			continue
		}
		asked := record["asked"].(float64)
		before := records[int(asked)]
		event := map[any]string{"one": "signed", "other": "failed"}[record["keyId"]]
		if int(asked) >= at || answered[asked] || before["event"] != "asked" || before["keyId"] != record["keyId"] || record["event"] != event {
			t.Errorf("line %d: %v answers %v", at, record, before)
		}
		answered[asked] = true
	}
	if len(answered) != goroutines*each {
		t.Errorf("%d requests have an answer", len(answered))
	}
}

// TestAuditMakesItsFolder makes missing folders, which only this user may enter, and leaves others as they are.
func TestAuditMakesItsFolder(t *testing.T) {
	key, parent := pki(t, "rsa"), t.TempDir()
	if err := os.Chmod(parent, 0o755); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(parent, "var", "audit")
	signer := Audited(key.by(key.sign), AuditFolder{Directory: folder})
	must(Sign(t.Context(), smallPDF(), signer))
	for path, mode := range map[string]fs.FileMode{parent: 0o755, filepath.Dir(folder): 0o700, folder: 0o700} {
		if got := must(os.Stat(path)).Mode().Perm(); got != mode {
			t.Errorf("%s: the mode is %o", path, got)
		}
	}
	if records := auditOf(t, folder); len(records) != 2 {
		t.Error(records)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	must(Sign(t.Context(), smallPDF(), signer))
	if records := auditOf(t, folder); len(records) != 2 {
		t.Errorf("after the folder was removed: %v", records)
	}
}

func TestAuditIntoAFolderThatCannotBeWrittenTo(t *testing.T) {
	signer := pki(t, "rsa").by(unasked(t))
	path := temporary(t, smallPDF())
	for name, test := range map[string]struct {
		folder string
		want   error
	}{
		"no name":   {"", fs.ErrNotExist},
		"a file":    {path, syscall.ENOTDIR},
		"in a file": {filepath.Join(path, "audit"), syscall.ENOTDIR},
	} {
		if _, err := SignFile(t.Context(), path, path, Audited(signer, AuditFolder{Directory: test.folder})); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.Equal(readFile(t, path), smallPDF()) {
		t.Error("the document is changed")
	}
	checkFiles(t, filepath.Dir(path), "in.pdf")
}

// TestAuditWhoseAnswerCannotBeWritten withholds the signature, and keeps the error of the key store.
func TestAuditWhoseAnswerCannotBeWritten(t *testing.T) {
	key := pki(t, "rsa")
	for _, result := range []error{nil, &storeError{}} {
		folder := t.TempDir()
		signer := Audited(key.by(func(ctx context.Context, request SigningRequest) ([]byte, error) {
			_ = must(auditFileOf(folder)).file.Close() // the disk is gone
			if result != nil {
				return nil, result
			}
			return key.sign(ctx, request)
		}), AuditFolder{Directory: folder})
		_, err := Sign(t.Context(), smallPDF(), signer)
		if !errors.Is(err, fs.ErrClosed) || result != nil && !errors.Is(err, result) {
			t.Error(err)
		}
		if records := auditOf(t, folder); len(records) != 1 || records[0]["event"] != "asked" {
			t.Error(records)
		}
	}
}

// TestAuditOfAFileThatIsTakenAway begins another file: records without a name would be lost.
func TestAuditOfAFileThatIsTakenAway(t *testing.T) {
	folder, elsewhere := t.TempDir(), t.TempDir()
	signer := Audited(pki(t, "rsa").signer(), AuditFolder{Directory: folder})
	must(Sign(t.Context(), smallPDF(), signer))
	first := must(filepath.Glob(filepath.Join(folder, "*")))[0]
	if err := os.Rename(first, filepath.Join(elsewhere, filepath.Base(first))); err != nil {
		t.Fatal(err)
	}
	must(Sign(t.Context(), smallPDF(), signer))
	for _, folder := range []string{folder, elsewhere} {
		if records := auditOf(t, folder); len(records) != 2 {
			t.Error(records)
		}
	}
}

func TestAuditWithoutAKey(t *testing.T) {
	folder := t.TempDir()
	signer := Audited(Signer{Certificate: pki(t, "rsa").certificate}, AuditFolder{Directory: folder})
	if _, err := Sign(t.Context(), smallPDF(), signer); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	checkFiles(t, folder)
}

// BenchmarkAudit measures the two records of a request, with a key that takes no time.
func BenchmarkAudit(b *testing.B) {
	key := pki(b, "rsa")
	signature := make([]byte, 256)
	request := *must(Begin(b.Context(), smallPDF(), key.signer())).Request()
	for _, goroutines := range []int{1, 8} {
		b.Run(fmt.Sprint(goroutines), func(b *testing.B) {
			sign := func(context.Context, SigningRequest) ([]byte, error) { return signature, nil }
			signer := Audited(key.by(sign), AuditFolder{Directory: b.TempDir()})
			b.SetParallelism(goroutines)
			b.RunParallel(func(loop *testing.PB) {
				for loop.Next() {
					_ = must(signer.Sign(b.Context(), request))
				}
			})
		})
	}
}
