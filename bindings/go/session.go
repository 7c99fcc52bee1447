package rustpdf

import (
	"bytes"
	"context"
	"encoding/json"
	"sync/atomic"
)

// usesOfResuming are the call options that the resuming of a session takes.
const usesOfResuming = useProgress | useReport | useVouched

// Session is a signing in two halves: what is to be signed is known, and the answer may come much later, or elsewhere.
//
// It may be completed again, and by several goroutines. There is nothing to close. The document must not change while it lives.
type Session struct {
	*prepared
	pdf []byte
}

// BeginSigning prepares a PDF for a signature that comes later: with a certificate a raw signature or a container, with nil as the
// certificate a finished container. The document is kept.
func BeginSigning(pdf, certificate []byte, chain [][]byte, options *SigningOptions, call ...CallOption) (*Session, error) {
	return BeginSigningContext(context.Background(), pdf, certificate, chain, options, call...)
}

// BeginSigningContext is BeginSigning that stops, with the cause of the context, when that is done.
func BeginSigningContext(
	ctx context.Context, pdf, certificate []byte, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*Session, error) {
	made, err := callOf(ctx, call, usesOfSigning)
	if err != nil {
		return nil, err
	}
	who, err := credentialsOf(certificate, chain, options)
	if err != nil {
		return nil, err
	}
	begun, err := prepare(newMemoryDocument(pdf, made), who, made)
	return newSession(pdf, begun, err, made)
}

// ResumeSigning takes up a serialised session with its document, which is read again and must be the same.
func ResumeSigning(saved, pdf []byte, call ...CallOption) (*Session, error) {
	return ResumeSigningContext(context.Background(), saved, pdf, call...)
}

// ResumeSigningContext is ResumeSigning that stops, with the cause of the context, when that is done.
func ResumeSigningContext(ctx context.Context, saved, pdf []byte, call ...CallOption) (*Session, error) {
	made, err := callOf(ctx, call, usesOfResuming)
	if err != nil {
		return nil, err
	}
	resumed, err := resume(newMemoryDocument(pdf, made), saved, made)
	return newSession(pdf, resumed, err, made)
}

// Complete gives the signed document with a finished CMS container, which is checked first. It may be called again.
func (s *Session) Complete(container []byte) ([]byte, error) {
	return s.completeBy("container", container)
}

// CompleteWithSignature gives the signed document with a raw signature over the Data of the request, which is checked first. It may be
// called again.
func (s *Session) CompleteWithSignature(signature []byte) ([]byte, error) {
	return s.completeBy("signature", signature)
}

func (s *Session) completeBy(kind string, answer []byte) ([]byte, error) {
	completed, err := complete(s.saved, kind, answer)
	if err != nil {
		return nil, err
	}
	s.completed(completed)
	return joined(s.pdf, completed.payload), nil
}

// newSession makes a session of what a run gave.
func newSession(pdf []byte, run *done, err error, call *call) (*Session, error) {
	made, err := newPrepared(run, err, call)
	if err != nil {
		return nil, err
	}
	return &Session{made, pdf}, nil
}

// prepared is the first half, done.
type prepared struct {
	known  wireSession
	saved  []byte
	told   func(*Report)
	report atomic.Pointer[Report]
}

func newPrepared(run *done, err error, call *call) (*prepared, error) {
	if err != nil {
		return nil, err
	}
	made := &prepared{saved: run.payload, told: call.report}
	if err := json.Unmarshal(run.result, &made.known); err != nil || len(run.reports) != 1 {
		return nil, internal(err)
	}
	made.completed(run)
	return made, nil
}

// completed keeps the report of the last run, and tells it.
func (p *prepared) completed(run *done) {
	p.report.Store(run.reports[0])
	if p.told != nil {
		p.told(run.reports[0])
	}
}

// Hash is the digest of the signed part of the document (/ByteRange): what a service that returns containers is given.
func (p *prepared) Hash() []byte {
	return bytes.Clone(p.known.Hash)
}

// HashAlgorithm is the hash that Hash was made with.
func (p *prepared) HashAlgorithm() DigestAlgorithm {
	return p.known.HashAlgorithm
}

// DocumentLength is the length of the document before the signature, in bytes.
func (p *prepared) DocumentLength() int64 {
	return p.known.DocumentLength
}

// Request is what a key store is asked to sign; nil where the session has no certificate. It must not be changed.
func (p *prepared) Request() *SigningRequest {
	return p.known.Request
}

// Report tells what was done, with warnings; as of the last completion, once there was one. It must not be changed.
func (p *prepared) Report() *Report {
	return p.report.Load()
}

// Serialize gives the session as a few kilobytes, without the document, to be resumed: by this version or a later one that says so.
func (p *prepared) Serialize() []byte {
	return bytes.Clone(p.saved)
}
