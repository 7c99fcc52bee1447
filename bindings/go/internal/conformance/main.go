// Command conformance is the agent of tests/conformance: it signs as each line of the input asks.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/rustpdf/rustpdf-go"
)

// request is one line of the input.
type request struct {
	ID          string            `json:"id"`
	Way         string            `json:"way"`
	Document    string            `json:"document"`
	Certificate string            `json:"certificate"`
	Chain       []string          `json:"chain"`
	Options     json.RawMessage   `json:"options"`
	Now         int64             `json:"now"`
	Entropy     rustpdf.HexBytes  `json:"entropy"`
	Session     rustpdf.HexBytes  `json:"session"`
	SessionKey  *rustpdf.HexBytes `json:"sessionKey"`
	Signature   *rustpdf.HexBytes `json:"signature"`
	Container   *rustpdf.HexBytes `json:"container"`
	Issued      []string          `json:"issued"`
	HTTP        []*recorded       `json:"http"`
}

// recorded is a recorded response of a server.
type recorded struct {
	Purpose rustpdf.HTTPPurpose `json:"purpose"`
	Service *int                `json:"service"`
	URL     string              `json:"url"`
	Status  int                 `json:"status"`
	Body    string              `json:"body"`
	used    bool
}

// answer is one line of the output.
type answer struct {
	ID       string                   `json:"id"`
	Requests []rustpdf.SigningRequest `json:"requests"`
	Hash     string                   `json:"hash,omitempty"`
	Sealed   string                   `json:"sealed,omitempty"`
	Unsealed string                   `json:"unsealed,omitempty"`
	Output   *output                  `json:"output,omitempty"`
	Error    string                   `json:"error,omitempty"`
}

type output struct {
	SHA256 string `json:"sha256"`
	Length int    `json:"length"`
}

func main() {
	lines, encoder := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return // the end of the input
		}
		var asked request
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		answer := answer{ID: asked.ID, Requests: []rustpdf.SigningRequest{}}
		var raised *rustpdf.Error
		signed, err := asked.perform(&answer)
		switch {
		case errors.As(err, &raised):
			answer.Error = string(raised.Code)
		case err != nil:
			answer.Error = err.Error()
		case signed != nil:
			answer.Output = &output{fmt.Sprintf("%x", sha256.Sum256(signed)), len(signed)}
		}
		if err := encoder.Encode(answer); err != nil {
			panic(err)
		}
	}
}

// perform returns the signed document, if there is an answer to complete it with.
func (r *request) perform(answer *answer) ([]byte, error) {
	pdf, certificate, chain, options := read(r.Document), read(r.Certificate), [][]byte{}, r.options()
	for _, path := range r.Chain {
		chain = append(chain, read(path))
	}
	now := rustpdf.WithSigningTime(time.Unix(r.Now, 0))
	var session *rustpdf.Session
	var err error
	switch {
	case r.Way == "sign":
		signer := func(_ context.Context, request rustpdf.SigningRequest) ([]byte, error) {
			answer.Requests = append(answer.Requests, request)
			if r.Signature == nil {
				return nil, errors.New("a signature is asked for")
			}
			return *r.Signature, nil
		}
		return rustpdf.SignWith(pdf, certificate, signer, chain, options, append(r.http(), now, rustpdf.WithEntropy(r.Entropy))...)
	case r.Way == "begin":
		session, err = rustpdf.BeginSigning(pdf, certificate, chain, options, now, rustpdf.WithEntropy(r.Entropy))
	case r.SessionKey != nil:
		session, err = rustpdf.ResumeSigning(context.Background(), r.Session, pdf, *r.SessionKey)
	default:
		signer := rustpdf.Signer{Certificate: certificate, Chain: chain}
		session, err = rustpdf.ResumeUnsealed(context.Background(), r.Session, pdf, signer, options, now)
	}
	if err != nil {
		return nil, err
	}
	if request := session.Request(); request != nil {
		answer.Requests = append(answer.Requests, *request)
	}
	answer.Hash = hex.EncodeToString(session.Hash())
	if r.Way == "begin" {
		sealed, err := session.Serialize(*r.SessionKey)
		if err != nil {
			return nil, err
		}
		answer.Sealed = hex.EncodeToString(sealed)
		if session.Level() == rustpdf.LevelBB && session.Report().Rect == nil { // higher and visible ones are saved sealed only
			unsealed, err := session.SerializeUnsealed()
			if err != nil {
				return nil, err
			}
			answer.Unsealed = hex.EncodeToString(unsealed)
		}
	}
	switch {
	case r.Container != nil:
		return session.Complete(*r.Container, r.http()...)
	case r.Signature != nil && len(r.Issued) > 0: // the certificate and its issuers
		var issued [][]byte
		for _, path := range r.Issued {
			issued = append(issued, read(path))
		}
		certified := rustpdf.WithCertificate(issued[0], issued[1:]...)
		return session.CompleteWithSignature(*r.Signature, append(r.http(), certified, now)...)
	case r.Signature != nil:
		return session.CompleteWithSignature(*r.Signature, r.http()...)
	}
	return nil, nil
}

// options are those of the request. An explicit false turns off what is on by default, and an
// explicit empty text is one.
func (r *request) options() *rustpdf.SigningOptions {
	if r.Options == nil {
		return nil
	}
	var options rustpdf.SigningOptions
	var explicit struct {
		Pades      *bool
		Appearance *struct {
			Text   *string
			Labels struct{ Reason, Location *string }
		}
	}
	if err := errors.Join(json.Unmarshal(r.Options, &options), json.Unmarshal(r.Options, &explicit)); err != nil {
		panic(err)
	}
	if given := explicit.Appearance; given != nil {
		setNoText(&options.Appearance.Text, given.Text)
		if options.Appearance.Labels != nil {
			setNoText(&options.Appearance.Labels.Reason, given.Labels.Reason)
			setNoText(&options.Appearance.Labels.Location, given.Labels.Location)
		}
	}
	options.PlainCMS = explicit.Pades != nil && !*explicit.Pades
	return &options
}

// setNoText makes an option say that its text is empty, if one is given.
func setNoText(option, given *string) {
	if given != nil && *given == "" {
		*option = rustpdf.NoText
	}
}

// http returns the callback that answers by the recorded responses, and the services of a session.
func (r *request) http() []rustpdf.Option {
	if r.HTTP == nil {
		return nil
	}
	var guard sync.Mutex
	opts := []rustpdf.Option{rustpdf.WithHTTP(func(_ context.Context, asked rustpdf.HTTPRequest) (rustpdf.HTTPResponse, error) {
		guard.Lock()
		defer guard.Unlock()
		for _, one := range r.HTTP {
			isSame := one.Service != nil && *one.Service == asked.Service || one.Service == nil && asked.Service < 0 && one.URL == asked.URL
			if !one.used && one.Purpose == asked.Purpose && isSame {
				one.used = true
				return rustpdf.HTTPResponse{Status: one.Status, Body: read(one.Body)}, nil
			}
		}
		return rustpdf.HTTPResponse{}, errors.New("a request is not expected")
	})}
	if r.Entropy != nil {
		opts = append(opts, rustpdf.WithEntropy(r.Entropy))
	}
	if r.Way != "resume" {
		return opts
	}
	options := r.options() // a saved session has neither services nor a password
	if options.Timestamp != nil {
		opts = append(opts, rustpdf.WithTimestampServices(options.Timestamp.Services...))
	}
	return append(opts, rustpdf.WithPassword(options.Password))
}

// read returns the bytes of a file, or nil if the path is empty.
func read(path string) []byte {
	if path == "" {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return content
}
