// Package vault signs with keys in the transit engine of OpenBao or HashiCorp Vault, over its HTTP API.
//
// It uses net/http alone, so a program chooses the client of OpenBao or of Vault, or none, for logins and the
// renewal of tokens.
package vault

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores"
)

// Options name a key in a transit engine.
type Options struct {
	// Address of the server, such as https://vault.example.org:8200.
	Address string
	// Token returns the token for a request: [Token] returns always the same. Permissions: update of
	// transit/sign/KEY/*, and read of transit/keys/KEY for a certification request.
	Token func(ctx context.Context) (string, error)
	// Key is the name of the key.
	Key string
	// Version of the key. Without it a rotated key signs with its newest version, which does not belong to
	// the certificate.
	Version int
	// Mount is the path of the engine. Default: transit.
	Mount string
	// Namespace of OpenBao or Vault Enterprise.
	Namespace string
	// Client sends the requests, for authorities and timeouts of its own. Default: http.DefaultClient. If it
	// has no CheckRedirect, one redirection is followed, as from a standby server, but not from https to http.
	Client *http.Client
	// Certificate of the key, DER or PEM. It may be missing for a certification request.
	Certificate []byte
	// Chain has the issuers in any order: DER, PEM, PEM bundles or PKCS #7.
	Chain [][]byte
}

// Token returns a token that stays the same, for [Options].
func Token(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

// Error is an answer of the server that does not have what was asked for.
type Error struct {
	// Status of the answer.
	Status int
	// Reasons are the errors that the server lists.
	Reasons []string
}

// Error is the status and the reasons.
func (e *Error) Error() string {
	text := fmt.Sprintf("transit: %d", e.Status)
	if len(e.Reasons) > 0 {
		text += ": " + strings.Join(e.Reasons, "; ")
	}
	return text
}

// longestAnswer is the largest answer of the server in bytes. A signature has some 1,500, a key one for each
// version.
const longestAnswer = 1 << 20

// Key returns a key in a transit engine, ready to sign. It makes no request.
//
// Errors: ERR_ARGUMENT. The key returns ERR_ALGORITHM_MISMATCH for algorithms that the engine does not have,
// [*Error], and errors of the client, unchanged.
func Key(options Options) (rustpdf.Signer, error) {
	switch {
	case options.Address == "":
		return rustpdf.Signer{}, keystores.Missing("Address")
	case options.Token == nil:
		return rustpdf.Signer{}, keystores.Missing("Token")
	case options.Key == "":
		return rustpdf.Signer{}, keystores.Missing("Key")
	}
	if options.Mount == "" {
		options.Mount = "transit"
	}
	if options.Client == nil {
		options.Client = http.DefaultClient
	}
	if options.Client.CheckRedirect == nil {
		client := *options.Client
		client.CheckRedirect = checkRedirect
		options.Client = &client
	}
	return rustpdf.Signer{
		Certificate: options.Certificate, Chain: options.Chain, CompleteChain: true, Sign: options.sign, PublicKey: options.publicKey,
	}, nil
}

// checkRedirect protects the token, which goes along with a redirection.
func checkRedirect(next *http.Request, before []*http.Request) error {
	if len(before) > 1 || before[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	return nil
}

// signRequest is the body of a request.
type signRequest struct {
	Input              []byte `json:"input"`
	Prehashed          bool   `json:"prehashed"`
	KeyVersion         int    `json:"key_version,omitempty"`
	SignatureAlgorithm string `json:"signature_algorithm,omitempty"`
	SaltLength         string `json:"salt_length,omitempty"`
}

func (o Options) sign(ctx context.Context, request rustpdf.SigningRequest) ([]byte, error) {
	call, err := table.Call(request)
	if err != nil {
		return nil, err
	}
	body := signRequest{Input: call.Bytes, Prehashed: call.Input == "digest", KeyVersion: o.Version, SignatureAlgorithm: call.Scheme}
	if request.SaltLength != 0 {
		body.SaltLength = "hash" // the engine takes the largest by default
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var data struct{ Signature string }
	if err := o.call(ctx, http.MethodPost, "sign/"+url.PathEscape(o.Key)+"/"+call.Name, encoded, &data); err != nil {
		return nil, err
	}
	signature, err := base64.StdEncoding.DecodeString(data.Signature[strings.LastIndexByte(data.Signature, ':')+1:]) // vault:v1:BASE64
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table.Title, err)
	}
	return table.Signature(signature)
}

// publicKey reads the public key of the version, or of the newest one.
func (o Options) publicKey(ctx context.Context) (crypto.PublicKey, error) {
	var data struct {
		LatestVersion int `json:"latest_version"`
		Keys          map[int]struct {
			PublicKey string `json:"public_key"`
		}
	}
	if err := o.call(ctx, http.MethodGet, "keys/"+url.PathEscape(o.Key), nil, &data); err != nil {
		return nil, err
	}
	encoded := data.Keys[cmp.Or(o.Version, data.LatestVersion)].PublicKey
	if point, err := base64.StdEncoding.DecodeString(encoded); err == nil && len(point) == ed25519.PublicKeySize {
		return ed25519.PublicKey(point), nil // without the SubjectPublicKeyInfo that the other keys have
	}
	return table.PublicKey([]byte(encoded))
}

// call calls the engine, and reads the data of its answer. Errors: [*Error], errors of the client.
func (o Options) call(ctx context.Context, method, path string, body []byte, data any) error {
	address := fmt.Sprintf("%s/v1/%s/%s", strings.TrimSuffix(o.Address, "/"), o.Mount, path)
	asked, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	token, err := o.Token(ctx)
	if err != nil {
		return err
	}
	asked.Header.Set("X-Vault-Token", token)
	asked.Header.Set("X-Vault-Request", "true")
	if o.Namespace != "" {
		asked.Header.Set("X-Vault-Namespace", o.Namespace)
	}
	answer, err := o.Client.Do(asked)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer))
	if err != nil {
		return err
	}
	read := struct {
		Data   any
		Errors []string
	}{Data: data}
	malformed := json.Unmarshal(content, &read)
	if answer.StatusCode != http.StatusOK || malformed != nil {
		return &Error{answer.StatusCode, read.Errors}
	}
	return nil
}
