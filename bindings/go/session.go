package rustpdf

import (
	"bytes"
	"context"
	"encoding/json"
	"sync/atomic"
)

const (
	// usesOfResuming are the call options that the resuming of a sealed session takes.
	usesOfResuming = useProgress | useReport | useSkip
	// usesOfUnsealed are those of the resuming of an unsealed session.
	usesOfUnsealed = useTime | useProgress | useReport
)

// Session is a signing in two halves: the request is known, and the answer may come much later, or elsewhere.
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
	ctx context.Context, pdf, certificate []byte, chain [][]byte, options *SigningOptions, callOptions ...CallOption,
) (*Session, error) {
	call, err := callOf(ctx, callOptions, usesOfSigning)
	if err != nil {
		return nil, err
	}
	return newSession(pdf, call, beginning(certificate, chain, options))
}

// ResumeSigning takes up a session that Serialize saved under the key. The document is read again and must be the same.
//
// Errors: ERR_SESSION_SEAL for another key or a session that was changed, ERR_SESSION_DOCUMENT.
func ResumeSigning(saved, pdf, key []byte, call ...CallOption) (*Session, error) {
	return ResumeSigningContext(context.Background(), saved, pdf, key, call...)
}

// ResumeSigningContext is ResumeSigning that stops, with the cause of the context, when that is done.
func ResumeSigningContext(ctx context.Context, saved, pdf, key []byte, callOptions ...CallOption) (*Session, error) {
	call, err := callOf(ctx, callOptions, usesOfResuming)
	if err != nil {
		return nil, err
	}
	return newSession(pdf, call, resumption(saved, key))
}

// ResumeUnsealed takes up a session that SerializeUnsealed saved. The document is read again and must be the same.
//
// Nothing protects such a session: certificate, chain and options are arguments, those of the beginning, and the signed attributes are made
// of them. With nil as the certificate the session takes a container only. Those options count that concern the signature and not the
// document. SigningTimeAttribute requires the time of the beginning as well: WithSigningTime.
// Errors: ERR_SESSION_ARGUMENTS where they are not those of the beginning.
func ResumeUnsealed(
	saved, pdf, certificate []byte, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*Session, error) {
	return ResumeUnsealedContext(context.Background(), saved, pdf, certificate, chain, options, call...)
}

// ResumeUnsealedContext is ResumeUnsealed that stops, with the cause of the context, when that is done.
func ResumeUnsealedContext(
	ctx context.Context, saved, pdf, certificate []byte, chain [][]byte, options *SigningOptions, callOptions ...CallOption,
) (*Session, error) {
	call, err := callOf(ctx, callOptions, usesOfUnsealed)
	if err != nil {
		return nil, err
	}
	return newSession(pdf, call, unsealedResumption(saved, certificate, chain, options))
}

// Complete returns the signed document with a finished CMS container, which is checked first. It may be called again.
func (s *Session) Complete(container []byte) ([]byte, error) {
	return s.complete(completion{"container", container})
}

// CompleteWithSignature returns the signed document with a raw signature over the Data of the request, which is checked first. It may be
// called again.
func (s *Session) CompleteWithSignature(signature []byte) ([]byte, error) {
	return s.complete(completion{"signature", signature})
}

// CompleteSigned returns the signed document of a session that is signed already: that of an UnfinishedError.
func (s *Session) CompleteSigned() ([]byte, error) {
	return s.complete(completion{"none", nil})
}

func (s *Session) complete(answer completion) ([]byte, error) {
	completed, err := complete(s.live, answer)
	if err != nil {
		return nil, err
	}
	s.completed(completed)
	return joined(s.pdf, completed.payload), nil
}

func newSession(pdf []byte, call *call, firstHalf firstHalf) (*Session, error) {
	session, err := firstHalf(newHost(memorySource(pdf), nil, call))
	if err != nil {
		return nil, err
	}
	return &Session{session, pdf}, nil
}

// firstHalf makes a session of the host's document.
type firstHalf func(*host) (*prepared, error)

// beginning prepares a document.
func beginning(certificate []byte, chain [][]byte, options *SigningOptions) firstHalf {
	return func(host *host) (*prepared, error) {
		signatory, err := credentialsOf(certificate, chain, options)
		if err != nil {
			return nil, err
		}
		begun, err := host.prepare(signatory)
		if err != nil {
			return nil, err
		}
		return newPrepared(begun, host.call)
	}
}

// resumption takes up a sealed session.
func resumption(saved, key []byte) firstHalf {
	return func(host *host) (*prepared, error) {
		live, err := openSealed(saved, key)
		return host.resumed(live, err)
	}
}

// unsealedResumption takes up an unsealed session.
func unsealedResumption(saved, certificate []byte, chain [][]byte, options *SigningOptions) firstHalf {
	return func(host *host) (*prepared, error) {
		signatory, err := credentialsOf(certificate, chain, options)
		if err != nil {
			return nil, err
		}
		live, err := openUnsealed(saved, signatory, host.call)
		return host.resumed(live, err)
	}
}

func (h *host) resumed(live []byte, err error) (*prepared, error) {
	if err != nil {
		return nil, err
	}
	resumed, err := h.resume(live)
	if err != nil {
		return nil, err
	}
	return newPrepared(resumed, h.call)
}

// prepared is the first half, done.
type prepared struct {
	known  knownSession
	live   []byte
	told   func(*Report)
	report atomic.Pointer[Report]
}

// knownSession is the description of a session.
type knownSession struct {
	Hash           HexBytes
	HashAlgorithm  DigestAlgorithm
	DocumentLength int64
	Request        *SigningRequest
	Report         *Report
	Signed         bool
}

// newPrepared takes the session that a run ended with.
func newPrepared(run *done, call *call) (*prepared, error) {
	session := &prepared{live: run.payload, told: call.report}
	if err := json.Unmarshal(run.Result, &session.known); err != nil || session.known.Report == nil {
		return nil, internal(err)
	}
	session.report.Store(session.known.Report)
	call.tellReports(run.Reports)
	return session, nil
}

// completed keeps the report of a completion, and tells it.
func (p *prepared) completed(run *done) {
	p.report.Store(run.Reports[len(run.Reports)-1])
	if p.told != nil {
		for _, report := range run.Reports {
			p.told(report)
		}
	}
}

// Hash is the digest of the signed part of the document (/ByteRange), for a service that returns containers.
func (p *prepared) Hash() []byte {
	return bytes.Clone(p.known.Hash)
}

// HashAlgorithm is the algorithm of Hash.
func (p *prepared) HashAlgorithm() DigestAlgorithm {
	return p.known.HashAlgorithm
}

// DocumentLength is the length of the document before the signature, in bytes.
func (p *prepared) DocumentLength() int64 {
	return p.known.DocumentLength
}

// Request is the request to a key store; nil where the session has no certificate. It must not be changed.
func (p *prepared) Request() *SigningRequest {
	return p.known.Request
}

// Report is the report of the last completion, or else of the beginning. It must not be changed.
func (p *prepared) Report() *Report {
	return p.report.Load()
}

// IsSigned reports whether the session has its signature: that of an UnfinishedError, which CompleteSigned completes.
func (p *prepared) IsSigned() bool {
	return p.known.Signed
}

// Serialize returns the session as a few kilobytes, without the document, sealed by a key (HMAC-SHA-256): ResumeSigning refuses a session
// that was changed. The key is secret and random, and has 32 bytes or more.
//
// The version that saves a session resumes it; a later one says so where it does not.
// Errors: ERR_ARGUMENT for a shorter key.
func (p *prepared) Serialize(key []byte) ([]byte, error) {
	return seal(p.live, key)
}

// SerializeUnsealed returns the session without a seal. Keep it as safely as the documents: a change of it changes the signed document.
// ResumeUnsealed takes it up.
func (p *prepared) SerializeUnsealed() ([]byte, error) {
	return serializeUnsealed(p.live)
}
