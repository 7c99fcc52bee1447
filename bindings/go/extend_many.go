package rustpdf

import (
	"context"
	"iter"
)

// ExtendJob is one of many documents to extend.
type ExtendJob struct {
	// Input is the path of the document.
	Input string
	// Output is the path of the extended document, as of [SignFile].
	Output string
	// ID is the name of the job in the ledger, unique within a run. Default: Output.
	ID string
	// Options of this document; nil for those of the call.
	Options *ExtensionOptions
}

// ExtendOutcome is the result of an [ExtendJob]. A failure concerns its document alone.
type ExtendOutcome struct {
	// Index is the place of the job, from 0.
	Index int
	// Job is the job.
	Job ExtendJob
	// Extended is the extended document; nil if the job failed or was skipped.
	Extended *ExtendedFile
	// Skipped is set if an earlier run extended the document, as the ledger says, or if its evidence lasts
	// until after the time of [WithRenewBefore].
	Skipped bool
	// Err is the failure; nil if there is none.
	Err error
}

// ExtendMany raises the signatures of many files, several at a time, as [ExtendFile] does, and yields the
// outcome of each when it is known.
//
// With [WithRenewBefore] it renews an archive: documents with evidence that lasts longer are skipped. The
// files share one cache of revocation data. The jobs, the second value and a loop that is left are as of
// [SignMany].
//
// Options: [ExtensionOptions], [WithRenewBefore], [WithInFlight], [WithLedger], [WithReplace],
// [WithSigningTime], [WithEntropy]; those of [Extend] for requests.
// Errors: ERR_ARGUMENT, ERR_LEDGER_BUSY, ERR_LEDGER_FORMAT; errors of the system.
func ExtendMany(ctx context.Context, jobs iter.Seq[ExtendJob], opts ...Option) iter.Seq2[ExtendOutcome, error] {
	return func(yield func(ExtendOutcome, error) bool) {
		uses := useTime | useEntropy | useReplace | useInFlight | useLedger | useHTTP | useExtension | useRenewBefore
		call, err := extensionCall(ctx, opts, uses)
		if err != nil {
			yield(ExtendOutcome{}, err)
			return
		}
		eachJob(call, jobs, yield, func(ledger *ledger, index int, job ExtendJob) ExtendOutcome {
			outcome := ExtendOutcome{Index: index, Job: job}
			outcome.Extended, outcome.Err = ledger.extend(job, call)
			outcome.Skipped = outcome.Extended == nil && outcome.Err == nil
			return outcome
		})
	}
}

// extend extends the document of a job. Returns nil if the document was skipped.
func (l *ledger) extend(job ExtendJob, call *call) (*ExtendedFile, error) {
	entry, err := l.entry(job.ID, job.Output)
	if err != nil {
		return nil, err
	}
	options := job.Options
	if options == nil {
		options = call.extension
	}
	if err := options.check(); err != nil {
		return nil, err
	}
	work := extension{options: options, job: entry, renewBefore: call.renewBefore}
	return extendInto(call, operationExtend, job.Input, job.Output, work)
}
