package rustpdf

import "encoding/json"

// document is what a run asks of a document.
type document interface {
	// size is its length in bytes; it does not change during a run.
	size() int64
	// read gives the bytes of each range of offset and length.
	read(ranges [][2]int64) ([][]byte, error)
	// digest gives the digest of the whole document and a suffix. By the algorithms that come later it is hashed in the same pass.
	digest(algorithm DigestAlgorithm, later []DigestAlgorithm, suffix []byte) ([]byte, error)
}

// step is what the machine asks of its host, or gives in the end.
type step struct {
	Step      string            `json:"step"`
	Ranges    [][2]int64        `json:"ranges"`
	Algorithm DigestAlgorithm   `json:"algorithm"`
	Later     []DigestAlgorithm `json:"later"`
	Signer    int               `json:"signer"`
	Result    json.RawMessage   `json:"result"`
	Reports   []*Report         `json:"reports"`
	Error     *wireError        `json:"error"`
}

// done is what a run ends in: a report for each signature; the payload is the update or the saved session.
type done struct {
	result  json.RawMessage
	reports []*Report
	payload []byte
}

// run is one run of the machine: it answers its questions from the document and the signers. However it ends, by an error or by a
// panic of a callback, its instance is free again.
func run(start frame, document document, signers []Signer, call *call) (*done, error) {
	if err := call.check(); err != nil {
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
	answer := frame{header: struct{}{}}
	for {
		given, err := lent.exchange("rustpdf_machine_next", answer, machine)
		if err != nil {
			return nil, err
		}
		var asked step
		payload, err := parseFrame(given, &asked)
		if err != nil {
			return nil, err
		}
		if asked.Step == "done" {
			return &done{asked.Result, asked.Reports, payload}, nil
		}
		if asked.Step == "error" && asked.Error != nil {
			return nil, asked.Error.raised()
		}
		if err := call.check(); err != nil {
			return nil, err
		}
		switch asked.Step {
		case "read":
			answer, err = readAnswer(document, asked.Ranges)
		case "digest":
			answer, err = digestAnswer(document, asked, payload)
		case "sign":
			answer, err = signAnswer(given, payload, asked.Signer, signers, call)
		default:
			err = internal(nil)
		}
		if err != nil {
			return nil, err
		}
	}
}

func readAnswer(document document, ranges [][2]int64) (frame, error) {
	pieces, err := document.read(ranges)
	if err != nil {
		return frame{}, err
	}
	given := make([][2]int64, len(ranges))
	for at := range ranges {
		given[at] = [2]int64{ranges[at][0], int64(len(pieces[at]))}
	}
	return frame{map[string]any{"answer": "read", "ranges": given}, pieces}, nil
}

func digestAnswer(document document, asked step, suffix []byte) (frame, error) {
	digest, err := document.digest(asked.Algorithm, asked.Later, suffix)
	return frame{map[string]string{"answer": "digest"}, [][]byte{digest}}, err
}

func signAnswer(given, data []byte, signer int, signers []Signer, call *call) (frame, error) {
	request := new(SigningRequest)
	if _, err := parseFrame(given, request); err != nil {
		return frame{}, err
	}
	request.Data = data
	if signer >= len(signers) {
		return frame{}, internal(nil)
	}
	if err := call.tell(PhaseSign, int64(signer), int64(len(signers))); err != nil {
		return frame{}, err
	}
	signature, err := signers[signer](request.Data, request)
	if err != nil {
		return frame{}, err
	}
	if signature == nil {
		return frame{}, newError(ErrCallbackResult, "the signer gave neither a signature nor an error; return the raw signature as bytes")
	}
	return frame{map[string]string{"answer": "sign"}, [][]byte{signature}}, call.tell(PhaseSign, int64(signer)+1, int64(len(signers)))
}
