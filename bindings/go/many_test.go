package rustpdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// manyJobs are jobs of a folder with so many documents.
func manyJobs(t *testing.T, count int) (folder string, jobs []Job) {
	t.Helper()
	folder = t.TempDir()
	for number := range count {
		job := Job{
			Input:  filepath.Join(folder, fmt.Sprintf("%d.pdf", number)),
			Output: filepath.Join(folder, fmt.Sprintf("%d.signed.pdf", number)),
		}
		writeFile(t, job.Input, makePDF(fmt.Sprint("% ", number)))
		jobs = append(jobs, job)
	}
	return folder, jobs
}

// gather runs a batch to its end. Outcomes are in the order of their jobs.
func gather(outcomes iter.Seq2[Outcome, error]) (all []Outcome, err error) {
	for outcome, failed := range outcomes {
		if failed != nil {
			err = failed
			continue
		}
		all = append(all, outcome)
	}
	slices.SortFunc(all, func(one, other Outcome) int { return one.Index - other.Index })
	return all, err
}

func TestMany(t *testing.T) {
	signer := pki(t, "rsa")
	folder, jobs := manyJobs(t, 20)
	jobs[3].Options = &SigningOptions{Reason: "only this one"}
	jobs[7].Input = filepath.Join(folder, "none.pdf")
	writeFile(t, jobs[9].Input, []byte("no PDF"))

	outcomes, err := gather(SignMany(t.Context(), slices.Values(jobs), signer.signer(), SigningOptions{Location: "here"}, WithInFlight(3)))
	if err != nil || len(outcomes) != len(jobs) {
		t.Fatal(err, len(outcomes))
	}
	for number, outcome := range outcomes {
		if outcome.Index != number || outcome.Job != jobs[number] || outcome.Skipped {
			t.Errorf("%+v", outcome)
		}
		switch number {
		case 7:
			if !errors.Is(outcome.Err, fs.ErrNotExist) || outcome.Signed != nil {
				t.Error(outcome.Err)
			}
		case 9:
			if !errors.Is(outcome.Err, ErrNotAPDF) || outcome.Signed != nil {
				t.Error(outcome.Err)
			}
		default:
			if outcome.Err != nil {
				t.Fatal(outcome.Err)
			}
			signed := readFile(t, outcome.Job.Output)
			judge(t, signed, 1)
			if bytes.Contains(signed, []byte("/Location")) == (number == 3) || bytes.Contains(signed, []byte("/Reason")) != (number == 3) {
				t.Errorf("%d has the options of another job", number)
			}
		}
	}
}

func TestManyWithALedger(t *testing.T) {
	signer := pki(t, "rsa")
	folder, jobs := manyJobs(t, 6)
	ledger := WithLedger(filepath.Join(folder, "ledger"))
	run := func(signer Signer, jobs []Job) (states string) {
		t.Helper()
		outcomes, err := gather(SignMany(t.Context(), slices.Values(jobs), signer, ledger))
		if err != nil {
			t.Fatal(err)
		}
		for _, outcome := range outcomes {
			switch {
			case outcome.Skipped:
				states += "-"
			case outcome.Err != nil:
				states += "x"
			default:
				states += "s"
			}
		}
		return states
	}
	failing := signer.by(func(ctx context.Context, request SigningRequest) ([]byte, error) { return nil, errUnasked })
	if states := run(signer.signer(), jobs[:3]); states != "sss" {
		t.Error(states)
	}
	if states := run(failing, jobs[:4]); states != "---x" {
		t.Error(states)
	}
	if states := run(signer.signer(), jobs); states != "---sss" {
		t.Error(states)
	}
	// A name may be given, and occurs once.
	again := []Job{{Input: jobs[0].Input, Output: jobs[0].Output + "2", ID: jobs[0].Output}, {Input: jobs[1].Input, Output: jobs[0].Output}}
	if states := run(signer.signer(), again); states != "-x" && states != "x-" {
		t.Error(states)
	}
	if _, err := os.Stat(jobs[0].Output + "2"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a document was signed twice: ", err)
	}
}

func TestALedgerThatCannotBeUsed(t *testing.T) {
	signer := pki(t, "rsa")
	folder, jobs := manyJobs(t, 2)
	path := filepath.Join(folder, "ledger")
	var inner error
	for _, err := range SignMany(t.Context(), slices.Values(jobs), signer.signer(), WithLedger(path)) {
		if err != nil {
			t.Fatal(err)
		}
		if inner == nil {
			_, inner = gather(SignMany(t.Context(), slices.Values(jobs), signer.by(unasked(t)), WithLedger(path)))
		}
	}
	if !errors.Is(inner, ErrLedgerBusy) {
		t.Error(inner)
	}
	for _, err := range SignMany(t.Context(), slices.Values(jobs), signer.by(unasked(t)), WithLedger(path)) {
		if err != nil {
			t.Error("the ledger is still locked: ", err)
		}
		break // its lock is released here as well
	}
	if _, err := gather(SignMany(t.Context(), slices.Values(jobs), signer.by(unasked(t)), WithLedger(path))); err != nil {
		t.Error("the ledger is still locked: ", err)
	}
	writeFile(t, path+"2", []byte("no ledger"))
	_, err := gather(SignMany(t.Context(), slices.Values(jobs), signer.by(unasked(t)), WithLedger(path+"2")))
	if !errors.Is(err, ErrLedgerFormat) {
		t.Error(err)
	}
}

func TestManyWithWrongArguments(t *testing.T) {
	signer := pki(t, "rsa")
	_, jobs := manyJobs(t, 1)
	for name, outcomes := range map[string]iter.Seq2[Outcome, error]{
		"no jobs":        SignMany(t.Context(), nil, signer.signer()),
		"no signer":      SignMany(t.Context(), slices.Values(jobs), Signer{Certificate: signer.certificate}),
		"no certificate": SignMany(t.Context(), slices.Values(jobs), Signer{Sign: signer.sign}),
		"none in flight": SignMany(t.Context(), slices.Values(jobs), signer.signer(), WithInFlight(0)),
		"no use":         SignMany(t.Context(), slices.Values(jobs), signer.signer(), WithReport(func(*Report) {})),
	} {
		if all, err := gather(outcomes); !errors.Is(err, ErrArgument) || len(all) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyInFlight(t *testing.T) {
	signer := pki(t, "rsa")
	_, jobs := manyJobs(t, 12)
	var now, most, taken atomic.Int64
	slow := signer.by(func(ctx context.Context, request SigningRequest) ([]byte, error) {
		working := now.Add(1)
		for before := most.Load(); working > before && !most.CompareAndSwap(before, working); before = most.Load() {
		}
		runtime.Gosched()
		defer now.Add(-1)
		return signer.sign(ctx, request)
	})
	counted := func(yield func(Job) bool) {
		for _, job := range jobs {
			taken.Add(1)
			if !yield(job) {
				return
			}
		}
	}
	done := int64(0)
	for _, err := range SignMany(t.Context(), counted, slow, WithInFlight(4)) {
		if err != nil {
			t.Fatal(err)
		}
		if done++; taken.Load() > done+4 {
			t.Errorf("%d were taken while %d were done", taken.Load(), done)
		}
	}
	if done != 12 || most.Load() > 4 {
		t.Errorf("%d were done, %d at a time", done, most.Load())
	}
}

func TestManyIsStopped(t *testing.T) {
	signer, cause := pki(t, "rsa"), errors.New("enough")
	_, jobs := manyJobs(t, 20)
	// By its loop: those in the works come to their end.
	yielded := 0
	for _, err := range SignMany(t.Context(), slices.Values(jobs), signer.signer(), WithInFlight(2)) {
		if err != nil {
			t.Fatal(err)
		}
		if yielded++; yielded == 3 {
			break
		}
	}
	signed := 0
	for _, job := range jobs {
		if file, err := os.ReadFile(job.Output); err == nil {
			judge(t, file, 1)
			signed++
		}
	}
	if signed < 3 || signed > 5 {
		t.Errorf("%d are signed", signed)
	}
	// By its context, also while the next job is awaited.
	ctx, cancel := context.WithCancelCause(t.Context())
	release := make(chan struct{})
	waiting := func(yield func(Job) bool) {
		if yield(jobs[19]) {
			<-release
		}
	}
	outcomes, err := gather(func(yield func(Outcome, error) bool) {
		for outcome, err := range SignMany(ctx, waiting, signer.signer()) {
			cancel(cause)
			if !yield(outcome, err) {
				return
			}
		}
	})
	close(release)
	if err != cause || len(outcomes) != 1 || outcomes[0].Err != nil {
		t.Errorf("%v, %+v", err, outcomes)
	}
	if outcomes, err := gather(SignMany(cancelled(cause), slices.Values(jobs), signer.by(unasked(t)))); err != cause || outcomes != nil {
		t.Error(err, outcomes)
	}
}

func TestManyPanics(t *testing.T) {
	signer := pki(t, "rsa")
	_, jobs := manyJobs(t, 6)
	panics := func(string) Signer {
		return signer.by(func(context.Context, SigningRequest) ([]byte, error) { panic("the signer's own") })
	}
	broken := func(yield func(Job) bool) {
		yield(jobs[0])
		panic("the signer's own")
	}
	for name, call := range map[string]func(){
		"signer": func() { _, _ = gather(SignMany(t.Context(), slices.Values(jobs), panics(""), WithReplace())) },
		"jobs":   func() { _, _ = gather(SignMany(t.Context(), broken, signer.signer(), WithReplace())) },
		"loop": func() {
			for range SignMany(t.Context(), slices.Values(jobs), signer.signer(), WithReplace()) {
				panic("the signer's own")
			}
		},
	} {
		func() {
			defer func() {
				if got := recover(); got != "the signer's own" {
					t.Errorf("%s: panicked with %v", name, got)
				}
			}()
			call()
		}()
	}
	// A signer that ends its goroutine ends that of the caller, as without parallel work.
	var working sync.WaitGroup
	working.Go(func() {
		ending := signer.by(func(context.Context, SigningRequest) ([]byte, error) { runtime.Goexit(); return nil, nil })
		_, _ = gather(SignMany(t.Context(), slices.Values(jobs), ending, WithReplace()))
		t.Error("the goroutine was not ended")
	})
	working.Wait()
}

func TestBatches(t *testing.T) {
	signer := pki(t, "rsa")
	_, jobs := manyJobs(t, 4)
	var inputs, outputs []string
	for _, job := range jobs {
		inputs, outputs = append(inputs, job.Input), append(outputs, job.Output)
	}
	writeFile(t, inputs[1], []byte("no PDF"))
	batch := must(BeginSigningMany(t.Context(), inputs, signer.signer(), with(SigningOptions{Reason: "all"}, WithInFlight(2))...))
	if len(batch.Sessions) != 4 || batch.Sessions[1] != nil || !errors.Is(batch.Errs[1], ErrNotAPDF) || len(batch.Errs) != 4 {
		t.Fatalf("%+v", batch)
	}
	answer := func(batch *SessionBatch) (signatures [][]byte) {
		for _, request := range batch.Requests() {
			signatures = append(signatures, must(signer.sign(t.Context(), request)))
		}
		return signatures
	}
	saved, unsealed := must(batch.Serialize(sessionKey)), must(batch.SerializeUnsealed())
	sealed := must(ResumeSigningMany(t.Context(), saved, inputs, sessionKey))
	quick := must(ResumeSigningMany(t.Context(), saved, inputs, sessionKey, SkipDocumentCheck()))
	bare := must(ResumeUnsealedMany(t.Context(), unsealed, inputs, signer.signer(), SigningOptions{Reason: "all"}, moment[0]))
	for name, batch := range map[string]*SessionBatch{"begun": batch, "sealed": sealed, "unchecked": quick, "unsealed": bare} {
		if hashes := batch.Hashes(); len(hashes) != 3 || !bytes.Equal(hashes[1], batch.Sessions[2].Hash()) {
			t.Errorf("%s: the hashes are others", name)
		}
		signatures := answer(batch)
		signatures[2] = signatures[2][1:]
		outcomes, err := gather(batch.CompleteWithSignatures(t.Context(), signatures, outputs, WithReplace(), WithInFlight(1)))
		if err != nil || len(outcomes) != 3 {
			t.Fatal(name, err, outcomes)
		}
		for _, outcome := range outcomes {
			switch outcome.Index {
			case 3:
				if !errors.Is(outcome.Err, ErrSignatureLength) {
					t.Errorf("%s: %v", name, outcome.Err)
				}
			default:
				if outcome.Err != nil || outcome.Job != (Job{Input: inputs[outcome.Index], Output: outputs[outcome.Index]}) {
					t.Errorf("%s: %+v", name, outcome)
				}
				pdf := readFile(t, inputs[outcome.Index])
				want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, &SigningOptions{Reason: "all"}, moment...))
				if !bytes.Equal(readFile(t, outputs[outcome.Index]), want) {
					t.Errorf("%s: other bytes than by SignWith", name)
				}
			}
		}
	}
	if !errors.Is(sealed.Errs[1], ErrSessionFormat) || sealed.Sessions[1] != nil {
		t.Error(sealed.Errs[1])
	}
	if outcomes, err := gather(batch.Complete(t.Context(), [][]byte{{1}, {2}, {3}}, outputs)); err != nil || len(outcomes) != 3 {
		t.Error(err)
	} else if !errors.Is(outcomes[0].Err, ErrContainerFormat) {
		t.Error(outcomes[0].Err)
	}
}

func TestBatchesWithWrongArguments(t *testing.T) {
	signer, cause := pki(t, "rsa"), errors.New("enough")
	_, jobs := manyJobs(t, 2)
	inputs := []string{jobs[0].Input, jobs[1].Input}
	batch := must(BeginSigningMany(t.Context(), inputs, signer.signer()))
	saved := must(batch.Serialize(sessionKey))
	for name, call := range map[string]func() error{
		"signatures": func() error {
			_, err := gather(batch.CompleteWithSignatures(t.Context(), nil, inputs))
			return err
		},
		"outputs": func() error {
			_, err := gather(batch.Complete(t.Context(), [][]byte{{1}, {2}}, inputs[:1]))
			return err
		},
		"an option": func() error {
			_, err := gather(batch.Complete(t.Context(), [][]byte{{1}, {2}}, inputs, WithCertificate(signer.certificate)))
			return err
		},
		"documents": func() error { _, err := ResumeSigningMany(t.Context(), saved, inputs[:1], sessionKey); return err },
		"key":       func() error { _, err := batch.Serialize(sessionKey[:31]); return err },
	} {
		if err := call(); !errors.Is(err, ErrArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ResumeSigningMany(t.Context(), saved, inputs, bytes.Repeat([]byte{1}, 32)); !errors.Is(err, ErrSessionSeal) {
		t.Error(err)
	}
	if _, err := ResumeUnsealedMany(t.Context(), saved, inputs, signer.signer()); !errors.Is(err, ErrSessionSeal) {
		t.Error(err)
	}
	if _, err := BeginSigningMany(cancelled(cause), inputs, signer.signer()); err != cause {
		t.Error(err)
	}
	single := must(must(BeginSigning(smallPDF(), nil, nil, nil)).Serialize(sessionKey))
	if _, err := ResumeSigningMany(t.Context(), single, inputs[:1], sessionKey); err == nil {
		t.Error("a single session is taken for a batch")
	}
}
