package test

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoSecretIsTold runs after all others: it looks for PINs and tokens in all errors that they provoked, and in
// the records of all their signatures.
func TestNoSecretIsTold(t *testing.T) {
	if len(texts) < 30 {
		t.Fatalf("%d errors were provoked; run all tests", len(texts))
	}
	files := must(filepath.Glob(filepath.Join(auditFolder, "*.jsonl")))
	if len(files) != 1 {
		t.Fatal(files)
	}
	records := readFile(t, files[0])
	// The verifier of the npm package, which has a reader of its own.
	verifying := exec.Command("node", filepath.Join("..", "..", "..", "node", "dist", "cli.js"), "audit", "verify", auditFolder)
	if said, err := verifying.CombinedOutput(); err != nil || !bytes.Contains(said, fmt.Append(nil, bytes.Count(records, []byte("\n")))) {
		t.Errorf("rustpdf audit verify: %v\n%s", err, said)
	}
	for _, event := range []string{"asked", "signed", "failed"} {
		if count := bytes.Count(records, []byte(`"event":"`+event+`"`)); count < 20 {
			t.Errorf("%d records of the event %s", count, event)
		}
	}
	for _, secret := range []string{pin, wrongPIN, running.Vault.Token, wrongToken, azureToken, awsSecret} {
		if secret == "" || bytes.Contains(records, []byte(secret)) {
			t.Errorf("%q is in the records", secret)
		}
		for _, text := range texts {
			if strings.Contains(text, secret) {
				t.Errorf("%q is in an error: %s", secret, text)
			}
		}
	}
}
