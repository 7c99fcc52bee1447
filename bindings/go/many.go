package rustpdf

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"sync"
)

// Job is one of many documents to sign.
type Job struct {
	// Input is the path of the document.
	Input string
	// Output is the path of the signed document, as of [SignFile].
	Output string
	// ID is the name of the job in the ledger, unique within a run. Default: Output.
	ID string
	// Options of this signature; nil for those of the call.
	Options *SigningOptions
}

// Outcome is the result of a job. A failure concerns its document alone.
type Outcome struct {
	// Index is the place of the job, from 0.
	Index int
	// Job is the job.
	Job Job
	// Signed is the signed document; nil if the job failed or was skipped.
	Signed *SignedFile
	// Skipped is set if the document was signed by an earlier run, as the ledger says.
	Skipped bool
	// Err is the failure; nil if there is none.
	Err error
}

// usesOfMany are the options of a call that signs many documents.
const usesOfMany = useTime | useEntropy | useOptions | useWarnings | useReplace | useInFlight | useLedger | useHTTP

// SignMany signs many files by one key, several at a time, and yields the outcome of each when it is
// known.
//
// While one document waits for the signer, others are read and hashed. Sign of the signer therefore runs
// on several goroutines at once. Another goroutine takes the jobs, each when there is room for it.
//
// The second value is an error of the whole run, and ends it: an error of the options or of the ledger,
// or the cause of the context. The failure of a job is in its [Outcome]. If the loop is left, or the
// context is done, no further job begins. A call waits for the jobs that it began.
//
// Options: [SigningOptions], [WithInFlight], [WithLedger], [WithReplace], [WithWarnings],
// [WithSigningTime], [WithEntropy]; for a level above B-B those of [Sign]. The jobs share one cache of
// revocation data.
// Errors: ERR_ARGUMENT, ERR_LEDGER_BUSY, ERR_LEDGER_FORMAT; errors of the system.
func SignMany(ctx context.Context, jobs iter.Seq[Job], signer Signer, opts ...Option) iter.Seq2[Outcome, error] {
	return func(yield func(Outcome, error) bool) {
		call, err := callOf(ctx, opts, usesOfMany)
		if err == nil {
			_, _, err = split([]Signatory{{signer, call.options}})
		}
		if err != nil {
			yield(Outcome{}, err)
			return
		}
		eachJob(call, jobs, yield, func(ledger *ledger, index int, job Job) Outcome {
			outcome := Outcome{Index: index, Job: job}
			outcome.Signed, outcome.Err = ledger.sign(job, signer, call)
			outcome.Skipped = outcome.Signed == nil && outcome.Err == nil
			return outcome
		})
	}
}

// eachJob works on jobs, several at a time, with the ledger of the run, and yields each outcome when it is
// known.
func eachJob[Job, Outcome any](
	call *call, jobs iter.Seq[Job], yield func(Outcome, error) bool, work func(*ledger, int, Job) Outcome,
) {
	var none Outcome
	if jobs == nil {
		yield(none, hostErrArgumentMissing("the jobs"))
		return
	}
	ledger, err := ledgerOf(call)
	if err != nil {
		yield(none, err)
		return
	}
	isClosed := false
	defer func() {
		if !isClosed { // a panic is the more useful error
			_ = ledger.close()
		}
	}()
	one := func(index int, job Job) Outcome { return work(ledger, index, job) }
	goesOn, err := inParallel(call, jobs, one, func(outcome Outcome) bool { return yield(outcome, nil) })
	isClosed = true
	if closing := ledger.close(); err == nil {
		err = closing
	}
	if err != nil && goesOn {
		yield(none, err)
	}
}

// ledgerOf opens the ledger of a run, if it has one.
func ledgerOf(call *call) (*ledger, error) {
	if call.ledger == nil {
		return new(ledger), nil
	}
	opened, err := openLedger(*call.ledger, call)
	return &ledger{opened: opened, begun: map[string]bool{}}, err
}

// ledger is the ledger of a run, which the core keeps; without a file it is empty.
type ledger struct {
	opened *ledgerResult
	naming sync.Mutex
	begun  map[string]bool
}

// entry returns the place of a job in the ledger. Errors: ERR_ARGUMENT for a name that occurred before.
func (l *ledger) entry(id, output string) (*ledgerJob, error) {
	if l.opened == nil {
		return nil, nil
	}
	name := id
	if name == "" {
		name = output
	}
	l.naming.Lock()
	defer l.naming.Unlock()
	if l.begun[name] {
		return nil, hostErrIDTwice(name)
	}
	l.begun[name] = true
	entry := &ledgerJob{Ledger: l.opened.Ledger, ID: name}
	if state, isKnown := l.opened.States[name]; isKnown {
		entry.State = &state
	}
	return entry, nil
}

// sign signs the document of a job. Returns nil if the ledger says that it is signed.
func (l *ledger) sign(job Job, signer Signer, call *call) (*SignedFile, error) {
	entry, err := l.entry(job.ID, job.Output)
	if err != nil {
		return nil, err
	}
	options := job.Options
	if options == nil {
		options = call.options
	}
	signed, err := signFile(job.Input, job.Output, []Signatory{{signer, options}}, call, entry)
	if err != nil {
		return nil, err
	}
	if isSkipped, err := signed.isSkipped(); isSkipped || err != nil {
		return nil, err
	}
	return signedFile(signed), nil
}

// isSkipped reports whether there was nothing to do. Errors: ERR_INTERNAL.
func (d *done) isSkipped() (bool, error) {
	var result skippedResult
	if len(d.Result) == 0 || bytes.Equal(d.Result, []byte("null")) {
		return false, nil
	}
	if err := json.Unmarshal(d.Result, &result); err != nil {
		return false, machineBroke(err)
	}
	return result.Skipped, nil
}

func (l *ledger) close() error {
	if l.opened == nil {
		return nil
	}
	return closeLedger(l.opened)
}
