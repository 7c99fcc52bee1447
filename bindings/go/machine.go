package rustpdf

import (
	"encoding/json"
)

// host answers the questions of one run of the machine.
type host struct {
	call *call
	// source is the document; nil where it is the file at path, which the core opens.
	source  source
	path    string
	signers []Signer
	// writer receives the document from the first pass over it; nil where nothing does.
	writer *writerOutput
	disk   disk
	// opened is the document in a file that the core opened.
	opened *readerSource
	// ended are the states of hashes at the end of the document.
	ended     hashStates
	bytesRead int64
	// failures are the errors of steps, in the order in which the core was told of them.
	failures []error
	// asked is the open step.
	asked step
	// abandoned is set when a callback panicked: the core is only to clean up.
	abandoned bool
}

func newHost(source source, signers []Signer, call *call) *host {
	return &host{call: call, source: source, signers: signers, disk: disk{}, ended: hashStates{}}
}

func newFileHost(path string, signers []Signer, call *call) (*host, error) {
	absolute, err := absolutePath(path)
	return &host{call: call, path: absolute, signers: signers, disk: disk{}, ended: hashStates{}}, err
}

// done is the end of a run: a report for each signature; the payload is the update or a live session.
type done struct {
	Result  json.RawMessage
	Reports []*Report
	payload []byte
}

// ending is the last step.
type ending struct {
	done
	Error   *wireError
	Session json.RawMessage
}

// step is a frame of the machine: a question, or the end.
type step struct {
	Step string
	// Final is set where a store step must not be stopped.
	Final          bool
	frame, payload []byte
}

// readStep asks for ranges of the document.
type readStep struct {
	Document *int
	Ranges   [][2]int64
}

// signStep asks for a signature.
type signStep struct {
	Signer int
	SigningRequest
}

// storeStep asks for operations on files.
type storeStep struct {
	Operations []operation
	Progress   *struct{ Done, Total int64 }
}

// run runs the machine to its end: after a failure the core cleans up. So it does after a panic of a callback, which passes through.
// Errors: *UnfinishedError, without a session for the caller as yet; those of the core; those of steps, as themselves.
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
	returned := false
	defer func() {
		if !returned {
			h.abandoned, h.call = true, unwatched
			_, _ = h.loop(lent, machine, h.answer()) // the panic tells more
		}
	}()
	result, err = h.loop(lent, machine, frame{header: struct{}{}})
	returned = true
	return result, err
}

// loop gives the machine an answer, and goes on until it ends.
func (h *host) loop(lent *instance, machine uint32, answer frame) (*done, error) {
	for {
		given, err := lent.exchange("rustpdf_machine_next", answer, machine)
		if err != nil {
			return nil, err
		}
		asked := step{frame: given}
		if asked.payload, err = parseFrame(given, &asked); err != nil {
			return nil, err
		}
		if asked.Step == "done" || asked.Step == "error" {
			return end(given, h.failures)
		}
		h.asked = asked
		answer = h.answer()
	}
}

// answer performs the open step, or says that it failed.
func (h *host) answer() frame {
	if h.abandoned && !h.asked.Final {
		return failedAnswer("other")
	}
	answer, err := h.perform()
	if err == nil {
		return answer
	}
	if h.asked.Step == "sign" || h.asked.Step != "store" && h.source != nil {
		return failedAnswer(h.failed(err, "other")) // whatever the caller's function met
	}
	return failedAnswer(h.failed(err, failureKind(err)))
}

func (h *host) perform() (frame, error) {
	if !h.asked.Final {
		if err := h.call.check(); err != nil {
			return frame{}, err
		}
	}
	switch h.asked.Step {
	case "read":
		return perform(h, h.answerRead)
	case "digest":
		return perform(h, h.answerDigest)
	case "sign":
		return perform(h, h.answerSign)
	case "store":
		return perform(h, h.answerStore)
	default:
		return frame{}, internal(nil)
	}
}

// perform decodes a step of one kind, and answers it.
func perform[Asked any](h *host, answer func(asked *Asked, payload []byte) (frame, error)) (frame, error) {
	asked := new(Asked)
	if _, err := parseFrame(h.asked.frame, asked); err != nil {
		return frame{}, err
	}
	return answer(asked, h.asked.payload)
}

// failed keeps an error for the caller, and returns its kind for the core.
func (h *host) failed(err error, kind string) string {
	h.failures = append(h.failures, err)
	if h.call.stopped(err) {
		return "cancelled"
	}
	return kind
}

func failedAnswer(kind string) frame {
	return frame{header: map[string]string{"answer": "failed", "kind": kind}}
}

// document is the host's own, or the file with this handle.
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

func (h *host) answerRead(asked *readStep, _ []byte) (frame, error) {
	document, err := h.document(asked.Document)
	if err != nil {
		return frame{}, err
	}
	pieces := make([][]byte, len(asked.Ranges))
	for at, part := range asked.Ranges {
		if pieces[at], err = document.slice(part[0], part[1]); err != nil {
			return frame{}, err
		}
		h.bytesRead += part[1]
	}
	if _, inMemory := document.(memorySource); !inMemory {
		err = h.call.tell(PhaseRead, min(h.bytesRead, document.size()), document.size())
	}
	return frame{map[string]any{"answer": "read", "ranges": asked.Ranges}, pieces}, err
}

func (h *host) answerSign(asked *signStep, data []byte) (frame, error) {
	request := &asked.SigningRequest
	request.Data = data
	if asked.Signer >= len(h.signers) {
		return frame{}, internal(nil)
	}
	signer, signers := int64(asked.Signer), int64(len(h.signers))
	if err := h.call.tell(PhaseSign, signer, signers); err != nil {
		return frame{}, err
	}
	signature, err := h.signers[signer](request.Data, request)
	switch {
	case err != nil:
		return frame{}, err
	case signature == nil:
		return frame{}, newError(ErrCallbackResult, "the signer gave neither a signature nor an error; return the raw signature as bytes")
	case len(signature) > mostFrame:
		return frame{}, argumentError("the signature has more than 256 MiB", "return the raw signature as bytes")
	}
	_ = h.call.tell(PhaseSign, signer+1, signers) // where the call is to stop, it does so at the next step, and the signature is not lost
	return frame{map[string]string{"answer": "sign"}, [][]byte{signature}}, nil
}

// answerStore performs operations on files, up to the first that fails. In a final step nothing stops them.
func (h *host) answerStore(asked *storeStep, payload []byte) (frame, error) {
	ctx := h.call.context
	if h.asked.Final {
		ctx = unwatched.context
	}
	if asked.Progress != nil {
		if err := h.call.tell(PhaseWrite, asked.Progress.Done, asked.Progress.Total); err != nil && !h.asked.Final {
			return frame{}, err
		}
	}
	results, reads := []any{}, [][]byte{}
	for at := range asked.Operations {
		operation, given := &asked.Operations[at], []byte(nil)
		if operation.Op == "write" || operation.Op == "append" {
			given, payload = payload[:operation.Length], payload[operation.Length:]
		}
		result, read, err := h.disk.perform(ctx, operation, given)
		if err != nil {
			results = append(results, map[string]string{"failed": h.failed(err, failureKind(err))})
			break
		}
		results, reads = append(results, result), append(reads, read)
	}
	return frame{map[string]any{"answer": "store", "results": results}, reads}, nil
}

// end returns the result of a run or of a call. failures are the errors of its steps.
func end(given []byte, failures []error) (*done, error) {
	var last ending
	payload, err := parseFrame(given, &last)
	if err != nil {
		return nil, err
	}
	last.payload = payload
	if last.Error == nil {
		return &last.done, nil
	}
	err = last.Error.raised()
	if failure := last.Error.Failure; failure != nil && *failure < len(failures) {
		err = failures[*failure]
	}
	if last.Session != nil {
		return nil, &UnfinishedError{Err: err, live: &done{Result: last.Session, payload: payload}}
	}
	return nil, err
}
