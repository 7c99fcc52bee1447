package rustpdf

import (
	"crypto/rand"
	"encoding/json"
	"time"
)

// The operations of the core: their start frames and their results (docs/protocol.md).

// credentials are a certificate, its chain, and the options as JSON, for the core to judge. Without a certificate they are nobody's.
type credentials struct {
	certificate []byte
	chain       [][]byte
	options     json.RawMessage
}

// wire appends the certificates to the payload, and returns their lengths.
func (c credentials) wire(payload *[][]byte) map[string]any {
	lengths := []int{}
	header := map[string]any{"options": c.options, "certificate": nil, "chain": lengths}
	if c.certificate == nil {
		return header
	}
	*payload = append(append(*payload, c.certificate), c.chain...)
	for _, issuer := range c.chain {
		lengths = append(lengths, len(issuer))
	}
	header["certificate"], header["chain"] = len(c.certificate), lengths
	return header
}

// start runs an operation. Its header is completed by the document, the time and the entropy.
func (h *host) start(operation string, header map[string]any, payload ...[]byte) (*done, error) {
	header["operation"] = operation
	if h.source != nil {
		header["length"] = h.source.size()
	} else {
		header["file"] = map[string]HexBytes{"path": HexBytes(h.path)}
	}
	entropy := HexBytes(h.call.entropy)
	if entropy == nil {
		entropy = make([]byte, 32)
		if _, err := rand.Read(entropy); err != nil {
			return nil, err
		}
	}
	now := time.Now()
	if h.call.signingTime != nil {
		now = *h.call.signingTime
	}
	header["entropy"], header["now"] = entropy, now.Unix()
	return h.run(frame{header, payload})
}

// outputHeader is an output: a file, or the document itself where the path leads to it, or nothing where it is empty.
func outputHeader(path string, call *call) (map[string]any, error) {
	if path == "" {
		return nil, nil
	}
	absolute, err := absolutePath(path)
	return map[string]any{"path": HexBytes(absolute), "replace": call.replace, "orInPlace": true}, err
}

// sign has the document signed by each in turn. The payload are the updates, one after the other.
func (h *host) sign(signatories []credentials, output map[string]any) (*done, error) {
	var payload [][]byte
	list := []map[string]any{}
	for _, signatory := range signatories {
		list = append(list, signatory.wire(&payload))
	}
	return h.start("sign", map[string]any{"signatories": list, "output": output}, payload...)
}

// prepare does the first half. The payload is a live session.
func (h *host) prepare(signatory credentials) (*done, error) {
	var payload [][]byte
	header := signatory.wire(&payload)
	return h.start("prepare", header, payload...)
}

// resume takes up a live session, and compares the document with the one that it was begun with.
func (h *host) resume(live []byte) (*done, error) {
	return h.start("resume", map[string]any{"session": len(live), "skipDocumentCheck": h.call.skipDocumentCheck}, live)
}

// completion is the answer that completes a session: a "signature", a "container", or "none" where the session is signed.
type completion struct {
	kind  string
	bytes []byte
}

func (c completion) header(live []byte) map[string]any {
	return map[string]any{"session": len(live), "answer": c.kind, "answerLength": len(c.bytes)}
}

// complete completes a live session into an output.
func (h *host) complete(live []byte, answer completion, output map[string]any) (*done, error) {
	header := answer.header(live)
	header["output"] = output
	return h.start("complete", header, live, answer.bytes)
}

// complete completes a live session. The payload is the update.
func complete(live []byte, answer completion) (*done, error) {
	completed, err := callCore("complete", answer.header(live), live, answer.bytes)
	if err == nil && len(completed.Reports) == 0 {
		return nil, internal(nil)
	}
	return completed, err
}

// seal saves a live session under a key.
func seal(live, key []byte) ([]byte, error) {
	return payloadOf(callCore("serialize", map[string]any{"sessions": []int{len(live)}, "key": len(key)}, live, key))
}

// serializeUnsealed saves a live session without a key.
func serializeUnsealed(live []byte) ([]byte, error) {
	return payloadOf(callCore("serialize", map[string]any{"sessions": []int{len(live)}, "key": nil}, live))
}

// openSealed opens a session that was saved under a key. Returns a live one.
func openSealed(saved, key []byte) ([]byte, error) {
	return payloadOf(callCore("open", map[string]any{"saved": len(saved), "key": len(key)}, saved, key))
}

// openUnsealed opens a session that was saved without a key. Returns a live one, whose signer is that of the arguments.
func openUnsealed(saved []byte, signatory credentials, call *call) ([]byte, error) {
	payload := [][]byte{saved}
	header := signatory.wire(&payload)
	header["saved"], header["key"] = len(saved), nil
	if call.signingTime != nil {
		header["now"] = call.signingTime.Unix()
	}
	return payloadOf(callCore("open", header, payload...))
}

func payloadOf(called *done, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return called.payload, nil
}

// callCore calls an operation that needs no machine.
func callCore(operation string, header map[string]any, payload ...[]byte) (*done, error) {
	header["operation"] = operation
	lent, err := core.take()
	if err != nil {
		return nil, err
	}
	defer core.give(lent)
	answered, err := lent.exchange("rustpdf_call", frame{header, payload})
	if err != nil {
		return nil, err
	}
	return end(answered, nil)
}
