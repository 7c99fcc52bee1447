package rustpdf

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strconv"
)

// frame is a message to or from the core: the length of its header, the header in JSON, and a
// payload (docs/protocol.md).
type frame struct {
	header  any
	payload [][]byte
}

// pieces returns the bytes of a frame, in pieces.
func (f frame) pieces() [][]byte {
	header, err := json.Marshal(f.header)
	if err != nil {
		panic(err) // headers consist of strings, numbers and bytes
	}
	return append([][]byte{binary.BigEndian.AppendUint32(nil, uint32(len(header))), header}, f.payload...)
}

// splitFrame returns header and payload of a frame. Errors: ERR_INTERNAL.
func splitFrame(frame []byte) (header, payload []byte, err error) {
	if len(frame) < 4 {
		return nil, nil, machineBroke(nil)
	}
	length, rest := binary.BigEndian.Uint32(frame), frame[4:]
	if uint64(length) > uint64(len(rest)) {
		return nil, nil, machineBroke(nil)
	}
	return rest[:length], rest[length:], nil
}

// step is a frame of the machine: a question, or the end.
type step struct {
	// frame points to the generated struct of the step.
	frame   any
	payload []byte
	// whole is the frame with header and payload.
	whole []byte
}

// parseStep decodes a frame of the machine. Errors: ERR_INTERNAL.
func parseStep(whole []byte) (step, error) {
	header, payload, err := splitFrame(whole)
	if err != nil {
		return step{}, err
	}
	name, err := stepName(header)
	if err != nil {
		return step{}, machineBroke(err)
	}
	asked := newStep(name)
	if asked == nil {
		return step{}, hostErrUnknownStep(name)
	}
	if err := json.Unmarshal(header, asked); err != nil {
		return step{}, machineBroke(err)
	}
	return step{asked, payload, whole}, nil
}

// stepName returns the name of a step. The core writes it first, so it rarely has to be decoded.
func stepName(header []byte) (string, error) {
	if rest, isFirst := bytes.CutPrefix(header, []byte(`{"step":"`)); isFirst {
		if name, _, ended := bytes.Cut(rest, []byte{'"'}); ended {
			return string(name), nil
		}
	}
	var tag struct{ Step string }
	err := json.Unmarshal(header, &tag)
	return tag.Step, err
}

// parts are the named parts of a payload.
type parts struct {
	lengths []partLength
	payload [][]byte
}

// add appends a part, and returns its name, to which it adds a number.
func (p *parts) add(name string, part []byte) string {
	name += " " + strconv.Itoa(len(p.lengths))
	p.lengths = append(p.lengths, partLength{name, int64(len(part))})
	p.payload = append(p.payload, part)
	return name
}

// byteRange is a range of the document: offset and length in bytes.
type byteRange [2]int64

func (r byteRange) offset() int64 { return r[0] }

func (r byteRange) length() int64 { return r[1] }

func (r byteRange) end() int64 { return r[0] + r[1] }

// HexBytes are bytes that are hexadecimal in JSON. They are assignable from and to []byte.
type HexBytes []byte

// MarshalText returns lower-case hexadecimal.
func (b HexBytes) MarshalText() ([]byte, error) {
	return hex.AppendEncode(nil, b), nil
}

// UnmarshalText reads hexadecimal.
func (b *HexBytes) UnmarshalText(text []byte) error {
	decoded, err := hex.AppendDecode([]byte{}, text) // not nil for an empty text
	*b = decoded
	return err
}
