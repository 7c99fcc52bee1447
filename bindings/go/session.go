package rustpdf

import (
	"bytes"
	"context"
	"encoding/json"
	"sync/atomic"
)

const (
	// usesOfResuming are the call options for resuming a sealed session.
	usesOfResuming = useProgress | useReport | useSkip
	// usesOfUnsealed are the call options for resuming an unsealed session.
	usesOfUnsealed = useTime | useProgress | useReport
)

// Session is a signing in two phases: the request is known, and the answer may come much later, or
// elsewhere.
//
// It may be completed again, and by several goroutines. There is nothing to close. The document must
// not change while the session is used.
type Session struct {
	*prepared
	pdf []byte
}

// BeginSigning prepares a PDF for a signature that comes later: with a certificate a raw signature or a
// container, with a nil certificate a finished container. The session keeps the document.
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

// ResumeSigning resumes a session that Serialize saved under the key. The document is read again and
// must be the same.
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

// ResumeUnsealed resumes a session that SerializeUnsealed saved. The document is read again and must be
// the same.
//
// Nothing protects such a session: certificate, chain and options are arguments, those of the
// beginning, and determine the signed attributes. With a nil certificate the session accepts a
// container only. Options of the document are not compared, only those of the signature.
// SigningTimeAttribute requires the time of the beginning as well: WithSigningTime.
// Errors: ERR_SESSION_ARGUMENTS if they are not those of the beginning.
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

// Complete returns the signed document with a finished CMS container, which is checked first. It may be
// called again.
func (s *Session) Complete(container []byte) ([]byte, error) {
	return s.complete(completion{byContainer, container})
}

// CompleteWithSignature returns the signed document with a raw signature over the Data of the request,
// which is checked first. It may be called again.
func (s *Session) CompleteWithSignature(signature []byte) ([]byte, error) {
	return s.complete(completion{bySignature, signature})
}

// CompleteSigned returns the signed document of a session that is signed already, like that of an
// UnfinishedError.
func (s *Session) CompleteSigned() ([]byte, error) {
	return s.complete(completion{byNothing, nil})
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

// firstHalf begins or resumes a session of the host's document.
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
		return preparedBy(begun, host.call)
	}
}

// resumption resumes a sealed session.
func resumption(saved, key []byte) firstHalf {
	return func(host *host) (*prepared, error) {
		live, err := openSealed(saved, key)
		return host.resumed(live, err)
	}
}

// unsealedResumption resumes an unsealed session.
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
	return preparedBy(resumed, h.call)
}

// prepared is a begun session without its document.
type prepared struct {
	known  *sessionResult
	live   []byte
	call   *call
	report atomic.Pointer[Report]
}

func newPrepared(known *sessionResult, live []byte, call *call) *prepared {
	session := &prepared{known: known, live: live, call: call}
	session.report.Store(known.Report)
	return session
}

// preparedBy returns the session that a run ended with.
func preparedBy(run *done, call *call) (*prepared, error) {
	known := new(sessionResult)
	if err := json.Unmarshal(run.Result, known); err != nil || known.Report == nil {
		return nil, machineBroke(err)
	}
	call.tellReports(run.Reports)
	return newPrepared(known, run.payload, call), nil
}

// completed keeps the report of a completion, and passes it to the caller.
func (p *prepared) completed(run *done) {
	p.report.Store(run.Reports[len(run.Reports)-1])
	p.call.tellReports(run.Reports)
}

// Hash is the digest of the signed part of the document (/ByteRange), for a service that returns
// containers.
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

// Request is the request to a key store; nil if the session has no certificate. Do not change it.
func (p *prepared) Request() *SigningRequest {
	return p.known.Request
}

// Report is the report of the last completion, or of the beginning. Do not change it.
func (p *prepared) Report() *Report {
	return p.report.Load()
}

// IsSigned reports whether the session has its signature, like that of an UnfinishedError. Complete it
// by CompleteSigned.
func (p *prepared) IsSigned() bool {
	return p.known.Signed
}

// Serialize returns the session as a few kilobytes, without the document, sealed by a key
// (HMAC-SHA-256): ResumeSigning rejects a session that was changed. The key is secret and random, and
// has 32 bytes or more.
//
// The version that saved a session resumes it; a later version may reject it (ERR_SESSION_VERSION).
// Errors: ERR_ARGUMENT for a shorter key.
func (p *prepared) Serialize(key []byte) ([]byte, error) {
	return serialize(p.live, key, true)
}

// SerializeUnsealed returns the session without a seal. Keep it as safe as the documents: a change of
// it changes the signed document. ResumeUnsealed resumes it.
func (p *prepared) SerializeUnsealed() ([]byte, error) {
	return serialize(p.live, nil, false)
}
