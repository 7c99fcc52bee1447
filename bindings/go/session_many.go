package rustpdf

import (
	"context"
	"fmt"
	"iter"
	"slices"
)

// SessionBatch is the first half of many signings, for a service that signs many hashes in one call.
type SessionBatch struct {
	// Sessions has the session of each document, in their order; nil where it failed.
	Sessions []*FileSession
	// Errs has the failure of each document, in their order; nil where there is none.
	Errs []error

	inputs []string
}

// BeginSigningMany prepares many documents for signatures that come later, several at a time.
//
// A failure concerns its document alone: see Errs. Options: those of [BeginSigningFile] except
// [WithProgress], and [WithInFlight]. [WithWarnings] is called from several goroutines.
// Errors: ERR_ARGUMENT; the cause of the context.
func BeginSigningMany(ctx context.Context, inputs []string, signer Signer, opts ...Option) (*SessionBatch, error) {
	call, err := callOf(ctx, opts, useTime|useEntropy|useOptions|useWarnings|useInFlight|useHTTP)
	if err != nil {
		return nil, err
	}
	return newBatch(inputs, call, func(int) firstHalf { return beginning(signer, call.options) })
}

// ResumeSigningMany resumes sessions that Serialize of a [SessionBatch] saved under the key. The
// documents are given in the same order. Each is read again and must be the same.
//
// Options: [SkipDocumentCheck], [WithInFlight].
// Errors: ERR_SESSION_SEAL for another key or changed sessions; ERR_ARGUMENT for another number of
// documents; the cause of the context.
func ResumeSigningMany(ctx context.Context, saved []byte, inputs []string, key []byte, opts ...Option) (*SessionBatch, error) {
	call, err := callOf(ctx, opts, useSkip|useInFlight|usesOfRequests)
	if err != nil {
		return nil, err
	}
	sessions, err := openSealed(saved, true, key)
	return resumedBatch(sessions, err, inputs, call)
}

// ResumeUnsealedMany resumes sessions that SerializeUnsealed of a [SessionBatch] saved, as
// [ResumeUnsealed] does. The documents are given in the same order.
//
// Options: [SigningOptions], [WithSigningTime], [WithInFlight].
func ResumeUnsealedMany(ctx context.Context, saved []byte, inputs []string, signer Signer, opts ...Option) (*SessionBatch, error) {
	call, err := callOf(ctx, opts, useTime|useOptions|useInFlight|usesOfRequests)
	if err != nil {
		return nil, err
	}
	signatory, err := credentialsOf(signer, call.options)
	if err != nil {
		return nil, err
	}
	sessions, err := openUnsealed(saved, true, signatory, call)
	return resumedBatch(sessions, err, inputs, call)
}

func resumedBatch(sessions [][]byte, err error, inputs []string, call *call) (*SessionBatch, error) {
	if err != nil {
		return nil, err
	}
	if len(sessions) != len(inputs) {
		return nil, hostErrCountMismatch(len(inputs), "documents", fmt.Sprint(len(sessions), " saved sessions"))
	}
	return newBatch(inputs, call, func(index int) firstHalf {
		return func(host *host) (*prepared, error) {
			if sessions[index] == nil {
				return nil, hostErrNoSession()
			}
			run, err := host.resume(sessions[index])
			return host.preparedBy(run, err)
		}
	})
}

func newBatch(inputs []string, call *call, firstHalf func(index int) firstHalf) (*SessionBatch, error) {
	batch := &SessionBatch{make([]*FileSession, len(inputs)), make([]error, len(inputs)), slices.Clone(inputs)}
	begin := func(index int, input string) int {
		batch.Sessions[index], batch.Errs[index] = newFileSession(input, call, firstHalf(index))
		return index
	}
	if _, err := inParallel(call, slices.Values(inputs), begin, func(int) bool { return true }); err != nil {
		return nil, err
	}
	return batch, nil
}

// Requests are the requests of all sessions, in their order. Documents that failed have none. Without a
// certificate there are none.
func (b *SessionBatch) Requests() (requests []SigningRequest) {
	for _, session := range b.begun() {
		if request := session.Request(); request != nil {
			requests = append(requests, *request)
		}
	}
	return requests
}

// Hashes are the digests of all sessions, in their order, for a service that returns containers.
// Documents that failed have none.
func (b *SessionBatch) Hashes() (hashes [][]byte) {
	for _, session := range b.begun() {
		hashes = append(hashes, session.Hash())
	}
	return hashes
}

// CompleteWithSignatures completes with a raw signature for each of Requests, in their order. The
// outputs are one for each document, as of [SignFile].
//
// It yields the outcome of each document when it is known. A rejected answer concerns its document
// alone. Options: [WithReplace], [WithInFlight], [WithCertificate]; those of [Session.Complete] except
// [WithContext] and [WithProgress].
// Errors of the iteration: ERR_ARGUMENT for another number of answers or outputs; the cause of the
// context.
func (b *SessionBatch) CompleteWithSignatures(
	ctx context.Context, signatures [][]byte, outputs []string, opts ...Option,
) iter.Seq2[Outcome, error] {
	return b.complete(ctx, bySignature, signatures, outputs, opts)
}

// Complete completes with a finished CMS container for each of Hashes, in their order. Outputs, outcomes
// and errors are as of CompleteWithSignatures, and the options except [WithCertificate].
func (b *SessionBatch) Complete(
	ctx context.Context, containers [][]byte, outputs []string, opts ...Option,
) iter.Seq2[Outcome, error] {
	return b.complete(ctx, byContainer, containers, outputs, opts)
}

// Serialize returns all sessions without the documents, sealed by a key of 32 bytes or more, for
// [ResumeSigningMany].
func (b *SessionBatch) Serialize(key []byte) ([]byte, error) {
	return serialize(b.live(), true, &key)
}

// SerializeUnsealed returns all sessions without a seal, for [ResumeUnsealedMany]. Keep them as safe as
// the documents.
func (b *SessionBatch) SerializeUnsealed() ([]byte, error) {
	return serialize(b.live(), true, nil)
}

func (b *SessionBatch) complete(
	ctx context.Context, kind completionKind, answers [][]byte, outputs []string, opts []Option,
) iter.Seq2[Outcome, error] {
	return func(yield func(Outcome, error) bool) {
		uses := useReplace | useInFlight | usesOfCompletion&^useProgress
		if kind == bySignature {
			uses |= useCertificate
		}
		call, err := callOf(ctx, opts, uses)
		var begun []int
		for index := range b.begun() {
			begun = append(begun, index)
		}
		switch {
		case err != nil:
		case len(answers) != len(begun):
			err = hostErrCountMismatch(len(answers), "answers", fmt.Sprint(len(begun), " sessions"))
		case len(outputs) != len(b.Sessions):
			err = hostErrCountMismatch(len(outputs), "outputs", fmt.Sprint(len(b.Sessions), " documents"))
		}
		if err != nil {
			yield(Outcome{}, err)
			return
		}
		for _, session := range b.begun() { // all share a cache
			call.http = call.http.over(httpOptions{cache: session.http.cache})
		}
		call.http = call.http.withCache()
		complete := func(place, index int) Outcome {
			outcome := Outcome{Index: index, Job: Job{Input: b.inputs[index], Output: outputs[index]}}
			session, one := b.Sessions[index], call.with(b.Sessions[index].prepared)
			outcome.Signed, outcome.Err = session.complete(one, completion{kind, answers[place], call.signer}, outputs[index])
			return outcome
		}
		goesOn, err := inParallel(call, slices.Values(begun), complete, func(outcome Outcome) bool { return yield(outcome, nil) })
		if err != nil && goesOn {
			yield(Outcome{}, err)
		}
	}
}

// begun yields the sessions that did not fail, with their places.
func (b *SessionBatch) begun() iter.Seq2[int, *FileSession] {
	return func(yield func(int, *FileSession) bool) {
		for index, session := range b.Sessions {
			if session != nil && !yield(index, session) {
				return
			}
		}
	}
}

func (b *SessionBatch) live() [][]byte {
	live := make([][]byte, len(b.Sessions))
	for index, session := range b.begun() {
		live[index] = session.live
	}
	return live
}
