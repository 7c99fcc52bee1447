package rustpdf

import (
	"sync"
	"time"
)

// host answers the steps of one run of the machine.
type host struct {
	call *call
	// source is the document; nil if it is the file at path, which the core opens.
	source  source
	path    string
	signers []Signer
	// writer receives the document from the first pass over it; nil for none.
	writer *writerOutput
	disk   disk
	// opened is the document in a file that the core opened.
	opened *readerSource
	// ended are the states of hashes at the end of the document.
	ended     hashStates
	bytesRead int64
	// options are those of each signatory; current is the one that was asked last.
	options []*SigningOptions
	current int
	// extension are the options of a call that extends; nil for another.
	extension *ExtensionOptions
	// httpTime is the time that requests took so far.
	httpTime time.Duration
	sending  sync.Once
	sends    *sender
	// failures are the errors of steps, in the order of the answers that reported them.
	failures []error
	// asked is the open step.
	asked step
	// abandoned is set after a callback panicked: the core only cleans up.
	abandoned bool
}

func newHost(source source, signers []Signer, call *call) *host {
	return &host{call: call, source: source, signers: signers, disk: disk{}, ended: hashStates{}}
}

func newFileHost(path string, signers []Signer, call *call) (*host, error) {
	absolute, err := absolutePath(path)
	host := newHost(nil, signers, call)
	host.path = absolute
	return host, err
}

// done is the end of a run or of a call. The payload is an update, a live session or a saved one.
type done struct {
	*doneStep
	payload []byte
}

// lastReport returns the report of the last signature; nil if there is none.
func (d *done) lastReport() *Report {
	if len(d.Reports) == 0 {
		return nil
	}
	return d.Reports[len(d.Reports)-1]
}

// run runs the machine to its end. After a failure the core cleans up, also after a panic of a
// callback, which passes through.
// Errors: *UnfinishedError, without the caller's Session; errors of the core; errors of steps, as
// themselves.
func (h *host) run(start frame) (result *done, err error) {
	if err := h.call.check(); err != nil {
		return nil, err
	}
	lent, err := core.take()
	if err != nil {
		return nil, err
	}
	defer core.give(lent)
	machine, err := lent.start(start)
	if err != nil {
		return nil, err
	}
	defer lent.end(machine)
	defer h.disk.closeAll()
	defer func() {
		if h.sends != nil {
			h.sends.client.leave()
		}
	}()
	returned := false
	defer func() {
		if !returned {
			h.abandoned, h.call = true, unwatched
			_, _ = h.loop(lent, machine, h.answer()) // the panic is the more useful error
		}
	}()
	result, err = h.loop(lent, machine, frame{header: answerFrame{}})
	returned = true
	return result, err
}

// loop answers the machine, and goes on until it ends.
func (h *host) loop(lent *instance, machine uint32, answer frame) (*done, error) {
	for {
		given, err := lent.exchange("rustpdf_machine_next", answer, machine)
		if err != nil {
			return nil, err
		}
		asked, err := parseStep(given)
		if err != nil {
			return nil, err
		}
		if ended, result, err := end(asked, h.failures); ended {
			return result, err
		}
		h.asked = asked
		answer = h.answer()
	}
}

// end returns the result of a run or of a call if the step is the last. failures are the errors of
// its steps.
func end(last step, failures []error) (ended bool, result *done, err error) {
	switch frame := last.frame.(type) {
	case *doneStep:
		return true, &done{frame, last.payload}, nil
	case *errorStep:
		err := frame.Error.raised()
		if failure := frame.Error.Failure; failure != nil && *failure < len(failures) {
			err = failures[*failure]
		}
		if frame.Session != nil {
			err = &UnfinishedError{Err: err, session: frame.Session, live: last.payload}
		}
		return true, nil, err
	default:
		return false, nil, nil
	}
}

// isFinal reports whether the open step must not be cancelled.
func (h *host) isFinal() bool {
	asked, isStore := h.asked.frame.(*storeRequest)
	return isStore && asked.Final
}

// answer performs the open step, or reports its failure.
func (h *host) answer() frame {
	if h.abandoned && !h.isFinal() {
		return failedAnswer(failureKindOther)
	}
	answer, err := h.perform()
	if err == nil {
		return answer
	}
	switch h.asked.frame.(type) {
	case *storeRequest:
		return failedAnswer(h.failed(err, kindOf(err)))
	case *signStep, *httpStep:
		return failedAnswer(h.failed(err, failureKindOther)) // an error of a callback is not the system's
	default:
		if h.source != nil {
			return failedAnswer(h.failed(err, failureKindOther))
		}
		return failedAnswer(h.failed(err, kindOf(err)))
	}
}

func (h *host) perform() (frame, error) {
	if asked, isVerify := h.asked.frame.(*verifyRequest); isVerify { // it never fails
		return answerVerify(asked, h.asked.payload), nil
	}
	if !h.isFinal() {
		if err := h.call.check(); err != nil {
			return frame{}, err
		}
	}
	switch asked := h.asked.frame.(type) {
	case *readStep:
		return h.answerRead(asked)
	case *digestRequest:
		return h.answerDigest(asked, h.asked.payload)
	case *signStep:
		return h.answerSign(asked, h.asked.payload)
	case *storeRequest:
		return h.answerStore(asked, h.asked.payload)
	case *httpStep:
		return h.answerHTTP(asked, h.asked.payload)
	case *drawStep:
		return answerDraw(h.asked.whole)
	default:
		return frame{}, machineBroke(nil)
	}
}

// failed keeps an error for the caller, and returns its kind for the core.
func (h *host) failed(err error, kind failureKind) failureKind {
	h.failures = append(h.failures, err)
	if h.call.stopped(err) {
		return failureKindCancelled
	}
	return kind
}

func failedAnswer(kind failureKind) frame {
	return frame{header: answerFrame{Answer: "failed", Kind: kind}}
}

// document returns the host's own document, or the file with this handle.
func (h *host) document(handle *int) (source, error) {
	if handle == nil {
		return h.source, nil
	}
	if h.opened == nil || h.opened.reader != h.disk[*handle] {
		opened, err := newFileSource(h.disk[*handle])
		if err != nil {
			return nil, err
		}
		h.opened = opened
	}
	return h.opened, nil
}

func (h *host) answerRead(asked *readStep) (frame, error) {
	document, err := h.document(asked.Document)
	if err != nil {
		return frame{}, err
	}
	pieces := make([][]byte, len(asked.Ranges))
	for at, part := range asked.Ranges {
		if pieces[at], err = document.slice(part.offset(), part.length()); err != nil {
			return frame{}, err
		}
		h.bytesRead += part.length()
	}
	if _, inMemory := document.(memorySource); !inMemory {
		err = h.call.tell(PhaseRead, min(h.bytesRead, document.size()), document.size())
	}
	return frame{answerFrame{Answer: "read", Ranges: asked.Ranges}, pieces}, err
}

func (h *host) answerSign(asked *signStep, data []byte) (frame, error) {
	signer, signers := asked.Signer, int64(len(h.signers))
	if signer >= signers || asked.Request == nil {
		return frame{}, machineBroke(nil)
	}
	h.current = int(signer)
	request := *asked.Request
	request.Data = data
	if err := h.call.tell(PhaseSign, signer, signers); err != nil {
		return frame{}, err
	}
	if h.call.warned != nil && len(asked.Warnings) > 0 {
		if err := h.call.warned(asked.Warnings); err != nil {
			return frame{}, err
		}
	}
	signature, err := h.signers[signer].Sign(h.call.context, request)
	switch {
	case err != nil:
		return frame{}, err
	case signature == nil:
		return frame{}, hostErrSignerResult("neither a signature nor an error")
	case len(signature) > mostFrame:
		return frame{}, hostErrArgumentSize("the signature")
	}
	_ = h.call.tell(PhaseSign, signer+1, signers) // a cancelled call stops at the next step, and keeps the signature
	return frame{answerFrame{Answer: "sign"}, [][]byte{signature}}, nil
}

// answerStore performs operations on files, up to the first failure. Nothing stops a final step.
func (h *host) answerStore(asked *storeRequest, payload []byte) (frame, error) {
	ctx := h.call.context
	if asked.Final {
		ctx = unwatched.context
	}
	if asked.Progress != nil {
		if err := h.call.tell(PhaseWrite, asked.Progress.Done, asked.Progress.Total); err != nil && !asked.Final {
			return frame{}, err
		}
	}
	results, reads := []resultFrame{}, [][]byte{}
	for at := range asked.Operations {
		operation, given := &asked.Operations[at], []byte(nil)
		if operation.Op == "write" || operation.Op == "append" {
			given, payload = payload[:operation.Length], payload[operation.Length:]
		}
		result, read, err := h.disk.perform(ctx, operation, given)
		if err != nil {
			results = append(results, resultFrame{Failed: h.failed(err, kindOf(err))})
			break
		}
		results, reads = append(results, result), append(reads, read)
	}
	return frame{answerFrame{Answer: "store", Results: results}, reads}, nil
}
