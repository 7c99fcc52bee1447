package rustpdf

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
)

// frame is a message to or from the core: the length of the header, the header (JSON), and a payload (docs/protocol.md).
type frame struct {
	header  any
	payload [][]byte
}

// parts are the bytes of a frame, in pieces, and how many they are.
func (f frame) parts() (parts [][]byte, total int) {
	header, err := json.Marshal(f.header)
	if err != nil {
		panic(err) // headers are made here, of strings, numbers and bytes
	}
	parts = append([][]byte{binary.BigEndian.AppendUint32(nil, uint32(len(header))), header}, f.payload...)
	for _, part := range parts {
		total += len(part)
	}
	return parts, total
}

// parseFrame decodes the header of a frame, and returns its payload. Errors: ERR_INTERNAL.
func parseFrame(frame []byte, header any) (payload []byte, err error) {
	if len(frame) < 4 {
		return nil, internal(nil)
	}
	length, rest := binary.BigEndian.Uint32(frame), frame[4:]
	if uint64(length) > uint64(len(rest)) {
		return nil, internal(nil)
	}
	if err := json.Unmarshal(rest[:length], header); err != nil {
		return nil, internal(err)
	}
	return rest[length:], nil
}

// HexBytes are bytes that are hexadecimal in JSON. They are assignable from and to []byte.
type HexBytes []byte

// MarshalText gives lower-case hexadecimal.
func (b HexBytes) MarshalText() ([]byte, error) {
	return hex.AppendEncode(nil, b), nil
}

// UnmarshalText takes hexadecimal.
func (b *HexBytes) UnmarshalText(text []byte) error {
	decoded, err := hex.AppendDecode([]byte{}, text) // empty, where nil would be none
	*b = decoded
	return err
}
