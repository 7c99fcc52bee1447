package rustpdf

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"
)

// Option is an option of a call: [SigningOptions], or the result of a function such as [WithReplace].
//
// Options come in any order. A call rejects options that do not apply to it (ERR_ARGUMENT).
type Option interface {
	option() callOption
}

// callOption is a named option, and the calls to which it applies.
type callOption struct {
	name string
	use  use
	set  func(*call)
}

func (o callOption) option() callOption { return o }

func (o SigningOptions) option() callOption {
	return callOption{"SigningOptions", useOptions, func(c *call) { c.options = &o }}
}

// WithContext gives a context to [SignWith] and [BeginSigning]. All other calls take it as an argument.
//
// The call stops when the context is done. It then returns the cause of the context.
func WithContext(ctx context.Context) Option {
	return callOption{"WithContext", useContext, func(c *call) { c.context = ctx }}
}

// WithSigningTime sets the time of signing. Default: now.
func WithSigningTime(moment time.Time) Option {
	return callOption{"WithSigningTime", useTime, func(c *call) { c.signingTime = &moment }}
}

// WithEntropy sets 32 random bytes for identifiers, for reproducible output. Default: crypto/rand.
func WithEntropy(entropy []byte) Option {
	entropy = append([]byte{}, entropy...)
	return callOption{"WithEntropy", useEntropy, func(c *call) { c.entropy = entropy }}
}

// WithProgress reports the progress to a function. It runs on the goroutine of the call.
func WithProgress(progress func(Progress)) Option {
	return callOption{"WithProgress", useProgress, func(c *call) { c.progress = progress }}
}

// WithReport passes the report of a signature to a function, for [SignWith], which returns the bytes alone.
func WithReport(report func(*Report)) Option {
	return callOption{"WithReport", useReport, func(c *call) { c.report = report }}
}

// WithWarnings passes the warnings of a signature to a function before the key is asked.
//
// An error of the function ends the call, and the key is not asked. [SignMany] calls the function from
// several goroutines at once.
func WithWarnings(warned func([]Warning) error) Option {
	return callOption{"WithWarnings", useWarnings, func(c *call) { c.warned = warned }}
}

// WithReplace replaces an existing output file. Default: the call rejects it (fs.ErrExist).
func WithReplace() Option {
	return callOption{"WithReplace", useReplace, func(c *call) { c.replace = true }}
}

// SkipDocumentCheck resumes a sealed session without reading the document again. Another document is
// then not detected.
func SkipDocumentCheck() Option {
	return callOption{"SkipDocumentCheck", useSkip, func(c *call) { c.skipDocumentCheck = true }}
}

// WithCertificate gives the certificate that came with a raw signature, and its issuers, to a session
// that was begun without one.
//
// Such a session has a request if it was begun with a SignatureAlgorithm and PlainCMS.
func WithCertificate[C Certificate](certificate C, chain ...C) Option {
	signer := RemoteSigner(certificate, chain...)
	return callOption{"WithCertificate", useCertificate, func(c *call) { c.signer = signer }}
}

// WithInFlight sets the number of documents that a call works on at a time. Default: 8.
func WithInFlight(documents int) Option {
	return callOption{"WithInFlight", useInFlight, func(c *call) { c.inFlight = documents }}
}

// WithLedger records the finished jobs of [SignMany] or [ExtendMany] in a file, which is created if it is
// missing.
//
// A second run with the same ledger skips them, so an interrupted run signs each document once. One run
// at a time uses a ledger. Each job needs an output.
func WithLedger(path string) Option {
	return callOption{"WithLedger", useLedger, func(c *call) { c.ledger = &path }}
}

// WithRenewBefore skips documents of [ExtendMany] that have the level, and evidence until after this time.
// Default: none is skipped.
//
// With [WithLedger] a document of an earlier run is skipped until its evidence ends before this time.
func WithRenewBefore(moment time.Time) Option {
	seconds := moment.Unix()
	return callOption{"WithRenewBefore", useRenewBefore, func(c *call) { c.renewBefore = &seconds }}
}

// Progress is the progress of a signing.
type Progress struct {
	// Phase is the part of the work that is under way.
	Phase Phase
	// Done is the finished part of the phase.
	Done int64
	// Total is all of the phase; for PhaseRead an upper bound.
	Total int64
}

// Phase is a part of the work.
type Phase string

const (
	// PhaseRead is the structure of the document, in bytes.
	PhaseRead Phase = "read"
	// PhaseDigest is all of the document, in bytes.
	PhaseDigest Phase = "digest"
	// PhaseSign are the signatures.
	PhaseSign Phase = "sign"
	// PhaseRequest are the requests to servers. It occurs again for each group of them that is sent at once.
	PhaseRequest Phase = "request"
	// PhaseWrite is the output, in bytes.
	PhaseWrite Phase = "write"
)

// use is a set of kinds of call options.
type use int

const (
	useContext use = 1 << iota
	useTime
	useEntropy
	useOptions
	useProgress
	useReport
	useWarnings
	useReplace
	useSkip
	useInFlight
	useLedger
	useRecover
	useInspect
	useCertificate
	useExtension
	useHTTP
	useServices
	useRenewBefore
)

// call holds the context and the options of a call.
type call struct {
	context           context.Context
	signingTime       *time.Time
	entropy           []byte
	options           *SigningOptions
	progress          func(Progress)
	report            func(*Report)
	warned            func([]Warning) error
	replace           bool
	skipDocumentCheck bool
	inFlight          int
	ledger            *string
	recover           RecoverOptions
	inspect           InspectOptions
	signer            Signer
	extension         *ExtensionOptions
	renewBefore       *int64
	http              httpOptions

	sending sync.Once
	sends   *sender
}

// unwatched is a call without progress and cancellation.
var unwatched = &call{context: context.Background()}

// inFlightByDefault is the number of documents that a call works on at a time.
const inFlightByDefault = 8

// callOf reads the options of a call that accepts some kinds of them. Errors: ERR_ARGUMENT.
func callOf(ctx context.Context, options []Option, uses use) (*call, error) {
	read := &call{context: ctx, inFlight: inFlightByDefault}
	for _, given := range options {
		if given == nil {
			return nil, hostErrArgumentMissing("an option")
		}
		if pointer, isPointer := given.(*SigningOptions); isPointer && pointer == nil {
			given = SigningOptions{}
		}
		option := given.option()
		if option.use&uses == 0 {
			return nil, hostErrOptionUseless(option.name)
		}
		option.set(read)
	}
	if read.inFlight < 1 {
		return nil, hostErrArgumentType("WithInFlight", "a positive number", read.inFlight)
	}
	return read, nil
}

// with returns the call with the options of the call that began a session, where it has none of its own.
func (c *call) with(session *prepared) *call {
	entropy := c.entropy
	if entropy == nil {
		entropy = session.entropy
	}
	return &call{
		context: c.context, signingTime: c.signingTime, entropy: entropy, options: c.options, progress: c.progress,
		report: c.report, warned: c.warned, replace: c.replace, skipDocumentCheck: c.skipDocumentCheck,
		inFlight: c.inFlight, signer: c.signer, http: c.http.over(session.http),
	}
}

// now returns the time of signing, in seconds since 1970.
func (c *call) now() int64 {
	if c.signingTime != nil {
		return c.signingTime.Unix()
	}
	return time.Now().Unix()
}

// randomBytes returns the entropy of the call: 32 bytes.
func (c *call) randomBytes() ([]byte, error) {
	if c.entropy != nil {
		return c.entropy, nil
	}
	entropy := make([]byte, 32)
	_, err := rand.Read(entropy)
	return entropy, err
}

// check returns the cause if the context is done.
func (c *call) check() error {
	if c.context.Err() != nil {
		return context.Cause(c.context)
	}
	return nil
}

// stopped reports whether the call ends with this error because its context is done.
func (c *call) stopped(err error) bool {
	return c.context.Err() != nil && errors.Is(err, context.Cause(c.context))
}

// tell reports progress. Returns the cause if the context is done, before or after.
func (c *call) tell(phase Phase, done, total int64) error {
	if err := c.check(); err != nil || c.progress == nil {
		return err
	}
	c.progress(Progress{phase, done, total})
	return c.check()
}

// joined is a document with its update.
func joined(document, update []byte) []byte {
	return bytes.Join([][]byte{document, update}, nil)
}
