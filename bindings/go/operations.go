package rustpdf

import (
	"crypto/rand"
	"encoding/json"
	"time"
)

// What the core does, as runs: what goes into the start frame, and what comes out.

// wireSignatory is one who signs: lengths in bytes of what stands in the payload.
type wireSignatory struct {
	Certificate *int            `json:"certificate"`
	Chain       []int           `json:"chain"`
	Options     json.RawMessage `json:"options"`
}

// wireStart is the header of the start of a signing or a preparation.
type wireStart struct {
	Operation   string          `json:"operation"`
	Length      int64           `json:"length"`
	Now         int64           `json:"now"`
	Entropy     HexBytes        `json:"entropy"`
	Signatories []wireSignatory `json:"signatories,omitzero"`
	*wireSignatory
}

// wireSession is what is known of a session.
type wireSession struct {
	Hash           HexBytes        `json:"hash"`
	HashAlgorithm  DigestAlgorithm `json:"hashAlgorithm"`
	DocumentLength int64           `json:"documentLength"`
	Request        *SigningRequest `json:"request"`
}

// wireRecovery is what has to be done to a file whose signing in place was interrupted; the payload belongs at the offset, if there is one.
type wireRecovery struct {
	Outcome Recovered `json:"outcome"`
	Offset  *int64    `json:"offset"`
	// Length is that of the file afterwards.
	Length int64 `json:"length"`
}

// credentials are who signs, and how: options as JSON, for the core to judge. Without a certificate they are nobody's.
type credentials struct {
	certificate []byte
	chain       [][]byte
	options     json.RawMessage
}

// wire puts the certificates behind the payload, and tells their lengths.
func (c credentials) wire(payload *[][]byte) wireSignatory {
	lengths := wireSignatory{Chain: []int{}, Options: c.options}
	if c.certificate == nil {
		return lengths
	}
	length := len(c.certificate)
	lengths.Certificate = &length
	*payload = append(append(*payload, c.certificate), c.chain...)
	for _, issuer := range c.chain {
		lengths.Chain = append(lengths.Chain, len(issuer))
	}
	return lengths
}

// signDocument has a document signed by each in turn: the payload are the updates, one behind the other.
func signDocument(document document, signatories []credentials, signers []Signer, call *call) (*done, error) {
	start, err := startOf("sign", document, call)
	if err != nil {
		return nil, err
	}
	var payload [][]byte
	start.Signatories = []wireSignatory{}
	for _, signatory := range signatories {
		start.Signatories = append(start.Signatories, signatory.wire(&payload))
	}
	return run(frame{start, payload}, document, signers, call)
}

// prepare does the first half: the payload is the saved session.
func prepare(document document, who credentials, call *call) (*done, error) {
	start, err := startOf("prepare", document, call)
	if err != nil {
		return nil, err
	}
	var payload [][]byte
	lengths := who.wire(&payload)
	start.wireSignatory = &lengths
	return run(frame{start, payload}, document, nil, call)
}

// resume takes up a saved session, and compares the document with the one it was begun with, unless that is vouched for.
func resume(document document, saved []byte, call *call) (*done, error) {
	header := map[string]any{"operation": "resume", "length": document.size(), "documentVouched": call.vouched}
	return run(frame{header, [][]byte{saved}}, document, nil, call)
}

// recovery compares a file with its journal, to finish the signature or to take it back; the payload is what is to be written.
func recovery(document document, journal []byte, undo bool) (payload []byte, recovery wireRecovery, err error) {
	header := map[string]any{"operation": "recover", "length": document.size(), "undo": undo}
	compared, err := run(frame{header, [][]byte{journal}}, document, nil, unwatched)
	if err != nil {
		return nil, recovery, err
	}
	if err := json.Unmarshal(compared.result, &recovery); err != nil {
		return nil, recovery, internal(err)
	}
	return compared.payload, recovery, nil
}

// makeJournal gives the journal of a document of so many bytes, which ends with tail, and gets the update.
func makeJournal(length int64, tail, update []byte) ([]byte, error) {
	made, err := callOnce("rustpdf_journal", frame{map[string]any{"length": length, "tail": len(tail)}, [][]byte{tail, update}})
	if err != nil {
		return nil, err
	}
	return made.payload, nil
}

// complete completes a saved session by a "signature" or a "container": the payload is the update.
func complete(saved []byte, kind string, answer []byte) (*done, error) {
	completed, err := callOnce("rustpdf_complete", frame{map[string]any{"answer": kind, "session": len(saved)}, [][]byte{saved, answer}})
	if err == nil && len(completed.reports) != 1 {
		return nil, internal(nil)
	}
	return completed, err
}

func callOnce(name string, given frame) (*done, error) {
	lent, err := core.take()
	if err != nil {
		return nil, err
	}
	defer core.give(lent)
	answered, err := lent.exchange(name, given)
	if err != nil {
		return nil, err
	}
	var last step
	payload, err := parseFrame(answered, &last)
	if err != nil {
		return nil, err
	}
	if last.Error != nil {
		return nil, last.Error.raised()
	}
	return &done{last.Result, last.Reports, payload}, nil
}

func startOf(operation string, document document, call *call) (*wireStart, error) {
	start := &wireStart{Operation: operation, Length: document.size(), Entropy: call.entropy}
	if call.entropy == nil {
		start.Entropy = make([]byte, 32)
		if _, err := rand.Read(start.Entropy); err != nil {
			return nil, err
		}
	}
	now := time.Now()
	if call.signingTime != nil {
		now = *call.signingTime
	}
	start.Now = now.Unix()
	return start, nil
}
