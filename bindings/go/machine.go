package rustpdf

import (
	"encoding/json"
	"hash"
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
	ended     map[DigestAlgorithm]hash.Cloner
	bytesRead int64
	// failures are the errors of steps, in the order in which the core was told of them.
	failures []error
	// abandoned is set when a callback panicked: the core is only to clean up.
	abandoned bool
}

func newHost(source source, signers []Signer, call *call) *host {
	return &host{call: call, source: source, signers: signers, disk: disk{}}
}

func newFileHost(path string, signers []Signer, call *call) (*host, error) {
	absolute, err := absolutePath(path)
	return &host{call: call, path: absolute, signers: signers, disk: disk{}}, err
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

// readStep asks for ranges of the document.
type readStep struct {
	Document *int
	Ranges   [][2]int64
}

// storeStep asks for operations on files.
type storeStep struct {
	Operations []operation
	Final      bool
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
			_, _ = h.loop(lent, machine, failedAnswer("other")) // the panic tells more
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
		var asked struct{ Step string }
		payload, err := parseFrame(given, &asked)
		if err != nil {
			return nil, err
		}
		if asked.Step == "done" || asked.Step == "error" {
			return h.end(given)
		}
		if answer, err = h.answer(asked.Step, given, payload); err != nil {
			answer = failedAnswer(h.failed(err))
		}
	}
}

// answer performs a step. Its error is an answer as well.
func (h *host) answer(step string, given, payload []byte) (frame, error) {
	if step == "store" {
		var asked storeStep
		if _, err := parseFrame(given, &asked); err != nil {
			return frame{}, err
		}
		return h.answerStore(&asked, payload)
	}
	if h.abandoned {
		return failedAnswer("other"), nil
	}
	if err := h.call.check(); err != nil {
		return frame{}, err
	}
	switch step {
	case "read":
		var asked readStep
		if _, err := parseFrame(given, &asked); err != nil {
			return frame{}, err
		}
		return h.answerRead(&asked)
	case "digest":
		var asked digestStep
		if _, err := parseFrame(given, &asked); err != nil {
			return frame{}, err
		}
		return h.answerDigest(&asked, payload)
	case "sign":
		return h.answerSign(given, payload)
	default:
		return frame{}, internal(nil)
	}
}

// failed keeps an error for the caller, and returns its kind for the core.
func (h *host) failed(err error) string {
	h.failures = append(h.failures, err)
	if h.call.stopped(err) {
		return "cancelled"
	}
	return failureKind(err)
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

func (h *host) answerRead(asked *readStep) (frame, error) {
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

func (h *host) answerSign(given, data []byte) (frame, error) {
	var asked struct{ Signer int }
	request := new(SigningRequest)
	if _, err := parseFrame(given, &asked); err != nil {
		return frame{}, err
	}
	if _, err := parseFrame(given, request); err != nil {
		return frame{}, err
	}
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
	err := h.call.check()
	if err == nil && asked.Progress != nil {
		err = h.call.tell(PhaseWrite, asked.Progress.Done, asked.Progress.Total)
	}
	ctx := h.call.context
	if asked.Final {
		ctx = unwatched.context
	} else if err != nil {
		return frame{}, err
	}
	results, reads := []any{}, [][]byte{}
	for at := range asked.Operations {
		operation, given := &asked.Operations[at], []byte(nil)
		if operation.Op == "write" || operation.Op == "append" {
			given, payload = payload[:operation.Length], payload[operation.Length:]
		}
		result, read, err := h.disk.perform(ctx, operation, given)
		if err != nil {
			results = append(results, map[string]string{"failed": h.failed(err)})
			break
		}
		results, reads = append(results, result), append(reads, read)
	}
	return frame{map[string]any{"answer": "store", "results": results}, reads}, nil
}

// end returns what the run ends with.
func (h *host) end(given []byte) (*done, error) {
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
	if failure := last.Error.Failure; failure != nil && *failure < len(h.failures) {
		err = h.failures[*failure]
	}
	if last.Session != nil {
		return nil, &UnfinishedError{Err: err, live: &done{Result: last.Session, payload: payload}}
	}
	return nil, err
}
