package rustpdf

import (
	"bytes"
	"context"
	"errors"
	"time"
)

// CallOption is an option of the call as a whole, not of the signature. A call rejects options that
// do not apply to it (ERR_ARGUMENT).
type CallOption struct {
	name string
	use  use
	set  func(*call)
}

// WithSigningTime sets the time of signing. Default: now.
func WithSigningTime(moment time.Time) CallOption {
	return CallOption{"WithSigningTime", useTime, func(c *call) { c.signingTime = &moment }}
}

// WithEntropy gives 32 random bytes for identifiers, for reproducible output. Default: from crypto/rand.
func WithEntropy(entropy []byte) CallOption {
	entropy = append([]byte{}, entropy...)
	return CallOption{"WithEntropy", useEntropy, func(c *call) { c.entropy = entropy }}
}

// WithProgress reports progress to the function, on the goroutine of the call.
func WithProgress(told func(Progress)) CallOption {
	return CallOption{"WithProgress", useProgress, func(c *call) { c.progress = told }}
}

// WithReport passes reports, with their warnings, to the function: of each signature once it is made,
// and of a session once it is begun.
func WithReport(told func(*Report)) CallOption {
	return CallOption{"WithReport", useReport, func(c *call) { c.report = told }}
}

// WithWarnings passes the warnings of a signature, if there are any, to the function before its key is
// asked. An error of the function ends the call, with the key not asked.
func WithWarnings(warned func([]Warning) error) CallOption {
	return CallOption{"WithWarnings", useWarnings, func(c *call) { c.warned = warned }}
}

// WithReplace replaces an existing output file. Default: it is rejected (fs.ErrExist).
func WithReplace() CallOption {
	return CallOption{"WithReplace", useReplace, func(c *call) { c.replace = true }}
}

// SkipDocumentCheck resumes a sealed session without reading the document again: another document is
// then not noticed.
func SkipDocumentCheck() CallOption {
	return CallOption{"SkipDocumentCheck", useSkip, func(c *call) { c.skipDocumentCheck = true }}
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
	// PhaseWrite is the output, in bytes.
	PhaseWrite Phase = "write"
)

// use is a set of kinds of call options.
type use int

const (
	useTime use = 1 << iota
	useEntropy
	useProgress
	useReport
	useWarnings
	useReplace
	useSkip
)

// call holds the context and the options of a call.
type call struct {
	context           context.Context
	signingTime       *time.Time
	entropy           []byte
	progress          func(Progress)
	report            func(*Report)
	warned            func([]Warning) error
	replace           bool
	skipDocumentCheck bool
}

// unwatched is a call without progress and cancellation.
var unwatched = &call{context: context.Background()}

// callOf reads the options of a call that accepts some kinds of them. Errors: ERR_ARGUMENT.
func callOf(ctx context.Context, options []CallOption, uses use) (*call, error) {
	read := &call{context: ctx}
	for _, option := range options {
		if option.set == nil || option.use&uses == 0 {
			return nil, hostErrOptionUseless(option.name)
		}
		option.set(read)
	}
	return read, nil
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

// tellReports passes reports to the caller.
func (c *call) tellReports(reports []*Report) {
	if c.report == nil {
		return
	}
	for _, report := range reports {
		c.report(report)
	}
}

// joined is a document with its update.
func joined(document, update []byte) []byte {
	return bytes.Join([][]byte{document, update}, nil)
}
