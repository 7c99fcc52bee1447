// Command bench measures this package, and prints one line of JSON. It is run in this folder's module:
//
//	bench startup [VECTOR]          from the start of the program to the first signature done
//	bench small SECONDS [VECTOR]    signatures on a small document in memory, one after the other
//	bench in-place FILE             a file signed in place, the module compiled before, and how much the process grew by it
//
// VECTOR is one of tests/vectors, such as visible-default. Without it the signature is invisible.
// Of startup RUSTPDF_COMPILATION_CACHE may name a folder with the module compiled.
package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/rustpdf/rustpdf-go"
)

var began = time.Now()

// root is that of the repository.
var root = func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..", "..")
}()

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	var figures map[string]float64
	var err error
	name := func(at int) string {
		if len(arguments) > at {
			return arguments[at]
		}
		return "rsa-pkcs1-sha256"
	}
	switch {
	case len(arguments) >= 1 && arguments[0] == "startup":
		figures, err = startup(name(1))
	case len(arguments) >= 2 && arguments[0] == "small":
		var seconds float64
		if seconds, err = strconv.ParseFloat(arguments[1], 64); err == nil {
			figures, err = small(time.Duration(seconds*float64(time.Second)), name(2))
		}
	case len(arguments) == 2 && arguments[0] == "in-place":
		figures, err = inPlace(arguments[1])
	default:
		err = errors.New("usage: bench startup [VECTOR] | small SECONDS [VECTOR] | in-place FILE")
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(figures)
}

func startup(name string) (map[string]float64, error) {
	sign, err := vector(name)
	if err == nil {
		err = sign()
	}
	return map[string]float64{"startup_ms": float64(time.Since(began).Microseconds()) / 1e3}, err
}

func small(duration time.Duration, name string) (map[string]float64, error) {
	sign, err := vector(name)
	if err != nil {
		return nil, err
	}
	for range 100 {
		if err := sign(); err != nil {
			return nil, err
		}
	}
	start, signatures := time.Now(), 0
	for ; time.Since(start) < duration; signatures++ {
		if err := sign(); err != nil {
			return nil, err
		}
	}
	return map[string]float64{"signatures_per_second": float64(signatures) / time.Since(start).Seconds()}, nil
}

func inPlace(path string) (map[string]float64, error) {
	pki := filepath.Join(root, "tests", "pki", "certificates")
	certificate, err := os.ReadFile(filepath.Join(pki, "rsa.der"))
	if err != nil {
		return nil, err
	}
	chain, err := os.ReadFile(filepath.Join(pki, "chain.pem"))
	if err != nil {
		return nil, err
	}
	key, err := readKey(filepath.Join(pki, "rsa.key"))
	if err != nil {
		return nil, err
	}
	// The module is compiled, and what that needed is given back: what is measured is the signing.
	warm, err := vector("rsa-pkcs1-sha256")
	if err != nil {
		return nil, err
	}
	if err := warm(); err != nil {
		return nil, err
	}
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // the peak is that of now
		return nil, err
	}
	before, err := memoryMB("VmRSS")
	if err != nil {
		return nil, err
	}
	start := time.Now()
	signer := rustpdf.NewSigner(certificate, rustpdf.FromCryptoSigner(key), chain)
	if _, err := rustpdf.SignFile(context.Background(), path, path, signer); err != nil {
		return nil, err
	}
	seconds := time.Since(start).Seconds()
	peak, err := memoryMB("VmHWM")
	return map[string]float64{"seconds": seconds, "peak_mb_over_start": peak - before}, err
}

// vector gives a signing of a conformance vector, whose signer answers with the vector's signature.
func vector(name string) (func() error, error) {
	folder := filepath.Join(root, "tests", "vectors")
	encoded, err := os.ReadFile(filepath.Join(folder, "cases", name+".json"))
	if err != nil {
		return nil, err
	}
	var vector struct {
		Document    string
		Certificate string
		Chain       []string
		Options     rustpdf.SigningOptions
		Now         int64
		Entropy     rustpdf.HexBytes
		Signature   rustpdf.HexBytes
	}
	if err := json.Unmarshal(encoded, &vector); err != nil {
		return nil, err
	}
	pdf, err := os.ReadFile(filepath.Join(folder, "documents", vector.Document))
	if err != nil {
		return nil, err
	}
	certificate, err := os.ReadFile(filepath.Join(folder, "certificates", vector.Certificate))
	if err != nil {
		return nil, err
	}
	var chain [][]byte
	for _, name := range vector.Chain {
		issuer, err := os.ReadFile(filepath.Join(folder, "certificates", name))
		if err != nil {
			return nil, err
		}
		chain = append(chain, issuer)
	}
	signer := func([]byte) ([]byte, error) { return vector.Signature, nil }
	moment := []rustpdf.Option{rustpdf.WithSigningTime(time.Unix(vector.Now, 0)), rustpdf.WithEntropy(vector.Entropy)}
	return func() error {
		_, err := rustpdf.SignWith(pdf, certificate, signer, chain, &vector.Options, moment...)
		return err
	}, nil
}

func readKey(path string) (crypto.Signer, error) {
	encoded, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(encoded)
	if block == nil {
		return nil, errors.New("no key in " + path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, signs := key.(crypto.Signer)
	if !signs {
		return nil, errors.New("no key that signs in " + path)
	}
	return signer, nil
}

// memoryMB is a figure of this process in MB, as Linux tells it.
func memoryMB(name string) (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		var kilobytes float64
		if _, err := fmt.Sscanf(string(line), name+": %f kB", &kilobytes); err == nil {
			return kilobytes * 1024 / 1e6, nil
		}
	}
	return 0, errors.New("/proc/self/status has no " + name)
}
