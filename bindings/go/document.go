package rustpdf

import (
	_ "crypto/sha256" // for cryptoHashes
	_ "crypto/sha512"
	"hash"
)

// piece is how much of a document is in hand at a time, in bytes.
const piece = 512 << 10

// hashStates are the states of hashes behind the document, by algorithm: it is read once, however often its digest is asked for.
type hashStates map[DigestAlgorithm]hash.Cloner

// begin gives those of the algorithms that are not there yet, to be fed with the document. Errors: ERR_INTERNAL.
func (s hashStates) begin(algorithm DigestAlgorithm, later []DigestAlgorithm) ([]hash.Hash, error) {
	var begun []hash.Hash
	for _, name := range append([]DigestAlgorithm{algorithm}, later...) {
		if s[name] != nil {
			continue
		}
		algorithm, known := cryptoHashes[name]
		if !known {
			return nil, internal(nil)
		}
		state, clones := algorithm.New().(hash.Cloner)
		if !clones {
			return nil, internal(nil)
		}
		s[name] = state
		begun = append(begun, state)
	}
	return begun, nil
}

// digest is that of the document and a suffix.
func (s hashStates) digest(algorithm DigestAlgorithm, suffix []byte) ([]byte, error) {
	state, err := s[algorithm].Clone()
	if err != nil {
		return nil, err
	}
	state.Write(suffix)
	return state.Sum(nil), nil
}

// memoryDocument is a document in memory.
type memoryDocument struct {
	bytes  []byte
	call   *call
	states hashStates
}

func newMemoryDocument(pdf []byte, call *call) *memoryDocument {
	return &memoryDocument{pdf, call, hashStates{}}
}

func (d *memoryDocument) size() int64 {
	return int64(len(d.bytes))
}

func (d *memoryDocument) read(ranges [][2]int64) ([][]byte, error) {
	pieces := make([][]byte, len(ranges))
	for at, part := range ranges {
		pieces[at] = d.bytes[part[0] : part[0]+part[1]]
	}
	return pieces, nil
}

func (d *memoryDocument) digest(algorithm DigestAlgorithm, later []DigestAlgorithm, suffix []byte) ([]byte, error) {
	begun, err := d.states.begin(algorithm, later)
	if err != nil {
		return nil, err
	}
	for at := 0; at < len(d.bytes) && len(begun) > 0; at += piece {
		if err := d.call.tell(PhaseDigest, int64(at), d.size()); err != nil {
			return nil, err
		}
		for _, hash := range begun {
			hash.Write(d.bytes[at:min(at+piece, len(d.bytes))])
		}
	}
	if err := d.call.tell(PhaseDigest, d.size(), d.size()); err != nil {
		return nil, err
	}
	return d.states.digest(algorithm, suffix)
}

// sink takes the next piece of a document while that is hashed, and tells when it is done with it.
type sink func(piece []byte) (written <-chan error)

// streamedDocument is a document that is read in pieces: for what is asked of it, and once whole, for its digests.
type streamedDocument struct {
	source source
	call   *call
	// openSink is asked before the document is read whole, when all that can be refused has been. Nil where the pieces go nowhere.
	openSink  func() (sink, error)
	states    hashStates
	bytesRead int64
}

func newStreamedDocument(source source, call *call, openSink func() (sink, error)) *streamedDocument {
	return &streamedDocument{source: source, call: call, openSink: openSink, states: hashStates{}}
}

func (d *streamedDocument) size() int64 {
	return d.source.size()
}

func (d *streamedDocument) read(ranges [][2]int64) ([][]byte, error) {
	pieces := make([][]byte, len(ranges))
	for at, part := range ranges {
		pieces[at] = make([]byte, part[1])
		if err := d.source.fill(pieces[at], part[0]); err != nil {
			return nil, err
		}
		d.bytesRead += part[1]
	}
	return pieces, d.call.tell(PhaseRead, min(d.bytesRead, d.size()), d.size())
}

func (d *streamedDocument) digest(algorithm DigestAlgorithm, later []DigestAlgorithm, suffix []byte) ([]byte, error) {
	begun, err := d.states.begin(algorithm, later)
	if err != nil {
		return nil, err
	}
	if len(begun) > 0 {
		if err := d.pass(begun); err != nil {
			return nil, err
		}
	}
	return d.states.digest(algorithm, suffix)
}

// pass reads the document from front to back. While a piece is hashed here, it is written and the next is read elsewhere.
func (d *streamedDocument) pass(hashes []hash.Hash) error {
	write := sink(nothing)
	if d.openSink != nil {
		opened, err := d.openSink()
		if err != nil {
			return err
		}
		if opened != nil {
			write = opened
		}
		d.openSink = nil // what is read again is not written again
	}
	var hashed int64
	err := pass(d.source, func(piece []byte) error {
		if err := d.call.tell(PhaseDigest, hashed, d.size()); err != nil { // before anything is being written
			return err
		}
		written := write(piece)
		for _, hash := range hashes {
			hash.Write(piece)
		}
		hashed += int64(len(piece))
		return <-written
	})
	if err == nil {
		err = d.call.tell(PhaseDigest, d.size(), d.size())
	}
	if err == nil {
		err = d.source.refuseChanged()
	}
	return err
}

// nothing is a sink that is done at once.
func nothing([]byte) <-chan error {
	return written
}

var written = func() <-chan error {
	done := make(chan error)
	close(done)
	return done
}()
