package rustpdf

import "encoding/json"

// The operations of the core: their start and call frames, and their results (docs/protocol.md).

// hostVerifies makes starts say that the host answers verify steps. Tests turn it off.
var hostVerifies = true

// credentials are a certificate, its chain, and the options, which the core checks. The certificate is
// nil if it is not known.
type credentials struct {
	certificate []byte
	chain       [][]byte
	options     *SigningOptions
}

// start adds the certificates to the parts of a frame.
func (c credentials) start(parts *parts) signatoryStart {
	start := signatoryStart{Options: c.options.wire(parts)}
	if c.certificate == nil {
		return start
	}
	start.Certificate = parts.add("certificate", c.certificate)
	for _, issuer := range c.chain {
		start.Chain = append(start.Chain, parts.add("chain", issuer))
	}
	return start
}

// operationStart is a start frame.
type operationStart interface{ common() *startFrame }

// common returns the fields that all start frames have.
func (s *startFrame) common() *startFrame { return s }

// start completes the start frame of an operation, and runs it.
func (h *host) start(operation string, start operationStart, parts parts) (*done, error) {
	header := start.common()
	header.Operation, header.Parts, header.Verifies = operation, parts.lengths, hostVerifies
	if h.source != nil {
		size := h.source.size()
		header.Length = &size
	} else if h.path != "" {
		header.File = &fileLocation{Path: HexBytes(h.path)}
	}
	entropy, err := h.call.randomBytes()
	if err != nil {
		return nil, err
	}
	header.Entropy = entropy
	now := h.call.now()
	header.Now = &now
	return h.run(frame{start, parts.payload})
}

// outputPlaceOf returns the place of an output: a file, the document itself if the path leads to it,
// or none for an empty path.
func outputPlaceOf(path string, call *call) (*outputPlace, error) {
	if path == "" {
		return nil, nil
	}
	absolute, err := absolutePath(path)
	return &outputPlace{Path: HexBytes(absolute), Replace: call.replace, OrInPlace: true}, err
}

// sign has the document signed by each signatory in turn. The payload is the updates, in order. The job
// is that of a ledger, or nil.
func (h *host) sign(signatories []credentials, output *outputPlace, job *ledgerJob) (*done, error) {
	var parts parts
	start := &signStart{Output: output, Ledger: job}
	for _, signatory := range signatories {
		start.Signatories = append(start.Signatories, signatory.start(&parts))
		h.options = append(h.options, signatory.options)
	}
	return h.start(operationSign, start, parts)
}

// prepare begins a session. The payload is the live session.
func (h *host) prepare(signatory credentials) (*done, error) {
	var parts parts
	by := signatory.start(&parts)
	h.options = []*SigningOptions{signatory.options}
	return h.start(operationPrepare, &prepareStart{Certificate: by.Certificate, Chain: by.Chain, Options: by.Options}, parts)
}

// resume resumes a live session, and compares the document with that of its beginning.
func (h *host) resume(live []byte) (*done, error) {
	var parts parts
	start := &resumeStart{Session: parts.add("session", live), SkipDocumentCheck: h.call.skipDocumentCheck}
	return h.start(operationResume, start, parts)
}

// completion completes a session: by a raw signature, by a container, or by neither if it is signed or waits
// for a service.
type completion struct {
	kind  completionKind
	bytes []byte
	// signer has the certificate that came with a raw signature; empty if the session knows it.
	signer Signer
}

type completionKind int

const (
	bySignature completionKind = iota
	byContainer
	byNothing
)

// add adds the completion to the parts of a frame, and returns the names of its parts.
func (c completion) add(parts *parts) (signature, container string, by signatoryStart) {
	by = credentials{certificate: c.signer.Certificate, chain: c.signer.Chain}.start(parts)
	switch c.kind {
	case bySignature:
		signature = parts.add("signature", c.bytes)
	case byContainer:
		container = parts.add("container", c.bytes)
	}
	return signature, container, by
}

// complete completes a live session into an output. Without one the payload is the update. A session that
// waits for a service goes on.
func (h *host) complete(live []byte, answer completion, output *outputPlace) (*done, error) {
	var parts parts
	start := &completeStart{Session: parts.add("session", live), Password: h.call.http.password, Output: output}
	var by signatoryStart
	start.Signature, start.Container, by = answer.add(&parts)
	start.Certificate, start.Chain = by.Certificate, by.Chain
	return h.start(operationComplete, start, parts)
}

// serialize saves live sessions, one or those of a batch. A session of a batch may be nil. The key is
// nil for an unsealed one.
func serialize(sessions [][]byte, batch bool, key *[]byte) ([]byte, error) {
	var parts parts
	call := serializeCall{Operation: operationSerialize, Sessions: make([]*string, len(sessions)), Batch: batch}
	for at, live := range sessions {
		if live != nil {
			name := parts.add("session", live)
			call.Sessions[at] = &name
		}
	}
	if key != nil {
		call.Key = parts.add("key", *key)
	}
	call.Parts = parts.lengths
	saved, err := callCore(frame{call, parts.payload})
	if err != nil {
		return nil, err
	}
	return saved.payload, nil
}

// openSealed opens a session, or a batch of them, that was saved under a key. Returns live sessions.
func openSealed(saved []byte, batch bool, key []byte) ([][]byte, error) {
	var parts parts
	call := openCall{Operation: operationOpen, Saved: parts.add("saved", saved), Batch: batch, Key: parts.add("key", key)}
	call.Parts = parts.lengths
	return liveOf(callCore(frame{call, parts.payload}))
}

// openUnsealed opens a session, or a batch of them, that was saved without a key. Returns live sessions.
// Their signer is that of the arguments.
func openUnsealed(saved []byte, batch bool, signatory credentials, options *call) ([][]byte, error) {
	var parts parts
	call := openCall{Operation: operationOpen, Saved: parts.add("saved", saved), Batch: batch}
	by := signatory.start(&parts)
	call.Certificate, call.Chain, call.Options, call.Parts = by.Certificate, by.Chain, by.Options, parts.lengths
	if options.signingTime != nil {
		now := options.signingTime.Unix()
		call.Now = &now
	}
	return liveOf(callCore(frame{call, parts.payload}))
}

// liveOf returns the live sessions of an opened batch, those that are missing as nil.
func liveOf(opened *done, err error) ([][]byte, error) {
	if err != nil {
		return nil, err
	}
	var result sessionsResult
	if err := json.Unmarshal(opened.Result, &result); err != nil {
		return nil, machineBroke(err)
	}
	live, rest := make([][]byte, len(result.Sessions)), opened.payload
	for at, length := range result.Sessions {
		if length < 0 || length > int64(len(rest)) {
			return nil, machineBroke(nil)
		}
		if length > 0 {
			live[at], rest = rest[:length], rest[length:]
		}
	}
	return live, nil
}

// openLedger opens a ledger, or creates it.
func openLedger(path string, call *call) (*ledgerResult, error) {
	absolute, err := absolutePath(path)
	if err != nil {
		return nil, err
	}
	opened, err := newHost(nil, nil, call).start(operationOpenLedger, &openLedgerStart{Path: HexBytes(absolute)}, parts{})
	if err != nil {
		return nil, err
	}
	ledger := new(ledgerResult)
	if err := json.Unmarshal(opened.Result, ledger); err != nil {
		return nil, machineBroke(err)
	}
	return ledger, nil
}

// closeLedger releases the lock of a ledger.
func closeLedger(ledger *ledgerResult) error {
	_, err := newHost(nil, nil, unwatched).start(operationCloseLedger, &closeLedgerStart{Ledger: ledger.Ledger}, parts{})
	return err
}

// certify makes a certification request or a self-signed certificate. Without a signature the result is the
// request to the key store, with it the payload is the DER. The fields of the bytes are filled in here.
func certify(call certifyCall, publicKey, signature []byte) (*done, error) {
	var parts parts
	call.Operation, call.PublicKey = operationCertify, parts.add("publicKey", publicKey)
	if signature != nil {
		call.Signature = parts.add("signature", signature)
	}
	call.Parts = parts.lengths
	return callCore(frame{call, parts.payload})
}

// callCore calls an operation that requires no machine.
func callCore(call frame) (*done, error) {
	lent, err := core.take()
	if err != nil {
		return nil, err
	}
	defer core.give(lent)
	answered, err := lent.exchange("rustpdf_call", call)
	if err != nil {
		return nil, err
	}
	last, err := parseStep(answered)
	if err != nil {
		return nil, err
	}
	ended, result, err := end(last, nil)
	if !ended {
		return nil, machineBroke(nil)
	}
	return result, err
}
