package rustpdf

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cloneProgram signs with the module of a clone.
const cloneProgram = `package main

import (
	"os"

	"github.com/rustpdf/rustpdf-go"
)

func main() {
	pdf, err := os.ReadFile(os.Args[1])
	if err == nil {
		_, err = rustpdf.BeginSigning(pdf, nil, nil, &rustpdf.SigningOptions{Pades: true})
	}
	if err != nil {
		panic(err)
	}
}
`

// TestAClone builds a program by the files that the repository contains, and nothing that is built from them.
func TestAClone(t *testing.T) {
	listed, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("this is not a clone: ", err)
	}
	clone, program := t.TempDir(), t.TempDir()
	for path := range strings.SplitSeq(strings.TrimRight(string(listed), "\x00"), "\x00") {
		if err := os.MkdirAll(filepath.Join(clone, filepath.Dir(path)), 0o777); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(clone, path), readFile(t, path))
	}
	writeFile(t, filepath.Join(program, "main.go"), []byte(cloneProgram))
	writeFile(t, filepath.Join(program, "in.pdf"), smallPDF())
	for _, command := range []string{
		"go mod init example.com/program",
		"go mod edit -require github.com/rustpdf/rustpdf-go@v0.0.0 -replace github.com/rustpdf/rustpdf-go=" + clone,
		"go mod tidy",
		"go run . in.pdf",
	} {
		words := strings.Fields(command)
		running := exec.Command(words[0], words[1:]...)
		running.Dir = program
		if said, err := running.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, said)
		}
	}
}
