package rustpdf

import (
	"bytes"
	"context"
	"encoding/json"
	"sync/atomic"
)

const (
	// usesOfRequests are the options for requests of a session to servers.
	usesOfRequests = useHTTP | useServices
	// usesOfResuming are the options for resuming a sealed session.
	usesOfResuming = useProgress | useSkip | usesOfRequests
	// usesOfCompletion are the options of every call that completes a session.
	usesOfCompletion = useTime | useEntropy | useProgress | usesOfRequests
	// usesOfUnsealed are the options for resuming an unsealed session.
	usesOfUnsealed = useTime | useProgress | useOptions | usesOfRequests
)

// Session is a signing in two phases. Its request is known. The answer may come much later, or elsewhere.
//
// It may be completed again, and by several goroutines. There is nothing to close. The document must
// not change while the session is used.
type Session struct {
	*prepared
	pdf []byte
}

// BeginSigning prepares a PDF for a signature that comes later. The session keeps the document.
//
// With a certificate a raw signature or a container completes the session. With a nil certificate only a
// finished CMS container does. Certificate and chain are in DER or PEM.
// Options of the call: [WithContext], [WithWarnings], [WithProgress], [WithSigningTime], [WithEntropy].
// [Begin] is the same call with a [Signer].
func BeginSigning(pdf, certificate []byte, chain [][]byte, options *SigningOptions, opts ...Option) (*Session, error) {
	call, err := callOf(context.Background(), opts, usesOfFixed)
	if err != nil {
		return nil, err
	}
	return newSession(pdf, call, beginning(Signer{Certificate: certificate, Chain: chain}, options))
}

// Begin prepares a PDF for a signature that comes later, by the certificate of a signer.
//
// It does not use the function of the signer: see [RemoteSigner]. A signer without a certificate
// requires a finished CMS container.
func Begin(ctx context.Context, pdf []byte, signer Signer, opts ...Option) (*Session, error) {
	call, err := callOf(ctx, opts, usesOfSigning|useOptions)
	if err != nil {
		return nil, err
	}
	return newSession(pdf, call, beginning(signer, call.options))
}

// ResumeSigning resumes a session that Serialize saved under the key. It reads the document again, which
// must be the same. Options: [SkipDocumentCheck], [WithProgress].
//
// Errors: ERR_SESSION_SEAL for another key or a changed session; ERR_SESSION_DOCUMENT.
func ResumeSigning(ctx context.Context, saved, pdf, key []byte, opts ...Option) (*Session, error) {
	call, err := callOf(ctx, opts, usesOfResuming)
	if err != nil {
		return nil, err
	}
	return newSession(pdf, call, resumption(saved, key))
}

// ResumeUnsealed resumes a session that SerializeUnsealed saved. It reads the document again, which must
// be the same.
//
// Nothing protects such a session. Certificate, chain and [SigningOptions] are therefore arguments, the
// same as at the beginning, and determine the signed attributes. Options that concern only the document
// are not compared. Without a certificate the session accepts only a container. With the option
// SigningTimeAttribute give the time of the beginning as [WithSigningTime].
// Errors: ERR_SESSION_ARGUMENTS if the arguments differ from those of the beginning.
func ResumeUnsealed(ctx context.Context, saved, pdf []byte, signer Signer, opts ...Option) (*Session, error) {
	call, err := callOf(ctx, opts, usesOfUnsealed)
	if err != nil {
		return nil, err
	}
	return newSession(pdf, call, unsealedResumption(saved, signer))
}

// Complete returns the signed document with a finished CMS container, which is checked first. It may be
// called again.
//
// Options, for a level above B-B: [WithContext], [WithProgress], [WithSigningTime], [WithEntropy],
// [WithTimestampServices], [WithHTTP], [WithCache], [AllowPrivateNetworks], [AllowHosts],
// [WithHTTPTimeouts]. Without them those of the beginning hold, except the time.
// Errors: *Error; [*UnfinishedError] if a service failed.
func (s *Session) Complete(container []byte, opts ...Option) ([]byte, error) {
	return s.complete(context.Background(), completion{kind: byContainer, bytes: container}, opts, useContext)
}

// CompleteWithSignature returns the signed document with a raw signature over the Data of the request.
// The signature is checked first. It may be called again.
//
// Options: those of Complete; [WithCertificate]. That certificate must be valid at the time of
// [WithSigningTime]. Errors are as of Complete.
func (s *Session) CompleteWithSignature(signature []byte, opts ...Option) ([]byte, error) {
	return s.complete(context.Background(), completion{kind: bySignature, bytes: signature}, opts, useContext|useCertificate)
}

// CompleteSigned returns the signed document of a session that is signed already, such as that of an
// [UnfinishedError]. [Session.Advance] is the same call with a context.
func (s *Session) CompleteSigned(opts ...Option) ([]byte, error) {
	return s.complete(context.Background(), completion{kind: byNothing}, opts, useContext)
}

// Advance goes on with a session that is signed already, such as that of an [UnfinishedError]: it asks
// again for what failed, such as a timestamp or revocation data. The key is not asked.
//
// A saved session has no timestamp services: give them as [WithTimestampServices]. Options and errors are
// as of Complete.
func (s *Session) Advance(ctx context.Context, opts ...Option) ([]byte, error) {
	return s.complete(ctx, completion{kind: byNothing}, opts, 0)
}

func (s *Session) complete(ctx context.Context, answer completion, opts []Option, uses use) ([]byte, error) {
	call, err := s.callOf(ctx, opts, usesOfCompletion|uses)
	if err != nil {
		return nil, err
	}
	answer.signer = call.signer
	host := newHost(memorySource(s.pdf), nil, call)
	completed, err := host.complete(s.live, answer, nil)
	if err != nil {
		return nil, withSession(err, host, func(unfinished *UnfinishedError, session *prepared) {
			unfinished.Session = &Session{session, s.pdf}
		})
	}
	s.report.Store(completed.lastReport())
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
func beginning(signer Signer, options *SigningOptions) firstHalf {
	return func(host *host) (*prepared, error) {
		signatory, err := credentialsOf(signer, options)
		if err != nil {
			return nil, err
		}
		run, err := host.prepare(signatory)
		return host.preparedBy(run, err)
	}
}

// resumption resumes a sealed session.
func resumption(saved, key []byte) firstHalf {
	return func(host *host) (*prepared, error) {
		opened, err := openSealed(saved, false, key)
		return host.resumed(opened, err)
	}
}

// unsealedResumption resumes an unsealed session.
func unsealedResumption(saved []byte, signer Signer) firstHalf {
	return func(host *host) (*prepared, error) {
		signatory, err := credentialsOf(signer, host.call.options)
		if err != nil {
			return nil, err
		}
		opened, err := openUnsealed(saved, false, signatory, host.call)
		return host.resumed(opened, err)
	}
}

// resumed resumes the one session that was opened.
func (h *host) resumed(opened [][]byte, err error) (*prepared, error) {
	if err != nil {
		return nil, err
	}
	if len(opened) != 1 {
		return nil, machineBroke(nil)
	}
	run, err := h.resume(opened[0])
	return h.preparedBy(run, err)
}

// prepared is a begun session without its document.
type prepared struct {
	known  *sessionResult
	live   []byte
	report atomic.Pointer[Report]
	// http and entropy are those of the call that began the session. They are not saved.
	http    httpOptions
	entropy []byte
}

func newPrepared(known *sessionResult, live []byte, host *host) *prepared {
	session := &prepared{known: known, live: live, http: host.remembered(), entropy: host.call.entropy}
	session.report.Store(known.Report)
	return session
}

// preparedBy returns the session that a run ended with.
func (h *host) preparedBy(run *done, err error) (*prepared, error) {
	if err != nil {
		return nil, err
	}
	known := new(sessionResult)
	if err := json.Unmarshal(run.Result, known); err != nil || known.Report == nil {
		return nil, machineBroke(err)
	}
	return newPrepared(known, run.payload, h), nil
}

// callOf reads the options of a call that completes the session.
func (p *prepared) callOf(ctx context.Context, opts []Option, uses use) (*call, error) {
	call, err := callOf(ctx, opts, uses)
	if err != nil {
		return nil, err
	}
	return call.with(p), nil
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

// Request is the request to a key store; nil if only a container completes the session. Do not change
// it.
func (p *prepared) Request() *SigningRequest {
	return p.known.Request
}

// Report is the report of the last completion, or of the beginning. Do not change it.
func (p *prepared) Report() *Report {
	return p.report.Load()
}

// IsSigned reports whether the session has its signature, such as that of an [UnfinishedError]. Then
// continue it by Advance.
func (p *prepared) IsSigned() bool {
	return p.known.Signed
}

// State is the step that the session waits for.
func (p *prepared) State() SessionState {
	return p.known.State
}

// Level is the level that the signature is to have.
func (p *prepared) Level() Level {
	return p.known.Level
}

// Serialize returns the session as a few kilobytes, without the document, sealed by a key
// (HMAC-SHA-256). [ResumeSigning] rejects a changed session.
//
// The key is secret and random, and has 32 bytes or more. The version that saved a session resumes it; a
// later version may reject it (ERR_SESSION_VERSION).
// Errors: ERR_ARGUMENT for a shorter key.
func (p *prepared) Serialize(key []byte) ([]byte, error) {
	return serialize([][]byte{p.live}, false, &key)
}

// SerializeUnsealed returns the session without a seal. Keep it as safe as the documents: a change of
// it changes the signed document. [ResumeUnsealed] resumes it.
func (p *prepared) SerializeUnsealed() ([]byte, error) {
	return serialize([][]byte{p.live}, false, nil)
}
