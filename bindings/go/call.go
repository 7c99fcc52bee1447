package rustpdf

import (
	"bytes"
	"context"
	"errors"
	"time"
)

// CallOption is what concerns a call as a whole, and not the signature. One that a call has no use for is refused (ERR_ARGUMENT).
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

// WithProgress has the function told how far the call is, on the goroutine of the call.
func WithProgress(told func(Progress)) CallOption {
	return CallOption{"WithProgress", useProgress, func(c *call) { c.progress = told }}
}

// WithReport has the function told what was done, with warnings: of each signature, when it is there, and of a session, when it is begun.
func WithReport(told func(*Report)) CallOption {
	return CallOption{"WithReport", useReport, func(c *call) { c.report = told }}
}

// WithReplace has an existing output file replaced. Default: it is refused (fs.ErrExist).
func WithReplace() CallOption {
	return CallOption{"WithReplace", useReplace, func(c *call) { c.replace = true }}
}

// SkipDocumentCheck resumes a sealed session without reading the document again: another document is then not noticed.
func SkipDocumentCheck() CallOption {
	return CallOption{"SkipDocumentCheck", useSkip, func(c *call) { c.skipDocumentCheck = true }}
}

// Progress tells how far a signing is.
type Progress struct {
	// Phase is what is being done.
	Phase Phase
	// Done is how much of the phase is done.
	Done int64
	// Total is how much there is; of PhaseRead the most that there can be.
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
	useReplace
	useSkip
)

// call is what a caller said of a call as a whole.
type call struct {
	context           context.Context
	signingTime       *time.Time
	entropy           []byte
	progress          func(Progress)
	report            func(*Report)
	replace           bool
	skipDocumentCheck bool
}

// unwatched is a call that nobody watches or stops.
var unwatched = &call{context: context.Background()}

// callOf reads the options of a call that has uses for some. Errors: ERR_ARGUMENT.
func callOf(ctx context.Context, options []CallOption, uses use) (*call, error) {
	made := &call{context: ctx}
	for _, option := range options {
		if option.set == nil || option.use&uses == 0 {
			return nil, argumentError("this call has no use for the option "+option.name, "leave it out")
		}
		option.set(made)
	}
	return made, nil
}

// check gives the cause where the context is done.
func (c *call) check() error {
	if c.context.Err() != nil {
		return context.Cause(c.context)
	}
	return nil
}

// stopped tells whether the call ends with this error because its context is done.
func (c *call) stopped(err error) bool {
	return c.context.Err() != nil && errors.Is(err, context.Cause(c.context))
}

// tell tells how far it is, unless it is to stop; who is told may stop it.
func (c *call) tell(phase Phase, done, total int64) error {
	if err := c.check(); err != nil || c.progress == nil {
		return err
	}
	c.progress(Progress{phase, done, total})
	return c.check()
}

// tellReports tells what was done.
func (c *call) tellReports(reports []*Report) {
	if c.report == nil {
		return
	}
	for _, report := range reports {
		c.report(report)
	}
}

// joined is a document with what is appended to it.
func joined(document, update []byte) []byte {
	return bytes.Join([][]byte{document, update}, nil)
}
