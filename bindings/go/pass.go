package rustpdf

import (
	"bytes"
	_ "crypto/sha256" // for cryptoHashes
	_ "crypto/sha512"
	"errors"
	"hash"
	"io"
	"os"
)

const (
	// mostFound is how many offsets of a pattern are told.
	mostFound = 1000
	// copyEvery is how much the system copies between two looks at whether it is to stop, in bytes.
	copyEvery = 64 << 20
)

// digestStep asks for digests of a document, by one pass over it.
type digestStep struct {
	Document *int
	Parts    []digestPart
	Keep     []DigestAlgorithm
	Copy     *int
	Find     []HexBytes
	Progress struct {
		Phase Phase
		Total int64
	}
}

// digestPart asks for a digest of ranges of the document, and of a suffix with so many bytes.
type digestPart struct {
	Algorithm DigestAlgorithm
	Ranges    [][2]int64
	Suffix    int
}

// matches are the offsets at which a pattern is found.
type matches struct {
	Offsets []int64 `json:"offsets"`
	More    bool    `json:"more"`
}

// rangesHash is a hash of ranges of a document.
type rangesHash struct {
	hash.Cloner
	ranges [][2]int64
}

// feed takes the next piece of the document.
func (h rangesHash) feed(piece []byte, at int64) {
	for _, part := range h.ranges {
		if from, to := max(part[0], at), min(part[0]+part[1], at+int64(len(piece))); from < to {
			h.Write(piece[from-at : to-at])
		}
	}
}

// answerDigest answers a digest step. The states of the hashes at the end of the document are kept for the next one.
func (h *host) answerDigest(asked *digestStep, suffixes []byte) (frame, error) {
	document, err := h.document(asked.Document)
	if err != nil {
		return frame{}, err
	}
	var begun []rangesHash
	begin := func(algorithm DigestAlgorithm, ranges [][2]int64) hash.Cloner {
		state := cryptoHashes[algorithm].New().(hash.Cloner) // all of the standard library are one
		begun = append(begun, rangesHash{state, ranges})
		return state
	}
	whole, ended := [2]int64{0, document.size()}, map[DigestAlgorithm]hash.Cloner{}
	keep := func(algorithm DigestAlgorithm) hash.Cloner {
		if ended[algorithm] = h.ended[algorithm]; ended[algorithm] == nil {
			ended[algorithm] = begin(algorithm, [][2]int64{whole})
		}
		return ended[algorithm]
	}
	states := make([]hash.Cloner, len(asked.Parts))
	for at, part := range asked.Parts {
		if len(part.Ranges) == 1 && part.Ranges[0] == whole {
			states[at] = keep(part.Algorithm)
		} else {
			states[at] = begin(part.Algorithm, part.Ranges)
		}
	}
	for _, algorithm := range asked.Keep {
		keep(algorithm)
	}
	search := newSearch(asked.Find)
	copied, err := h.pass(asked, document, begun, search)
	if err != nil {
		return frame{}, err
	}
	h.ended = ended
	digests, lengths := [][]byte{}, []int{}
	for at, part := range asked.Parts {
		state, err := states[at].Clone()
		if err != nil {
			return frame{}, internal(err)
		}
		state.Write(suffixes[:part.Suffix])
		digests, lengths, suffixes = append(digests, state.Sum(nil)), append(lengths, state.Size()), suffixes[part.Suffix:]
	}
	return frame{map[string]any{"answer": "digest", "digests": lengths, "found": search.found, "copied": copied}, digests}, nil
}

// pass reads the document from front to back, if need be. While a piece is hashed, it is searched and written beside, and the next is read.
func (h *host) pass(asked *digestStep, document source, hashes []rangesHash, search *search) (copied string, err error) {
	var output *os.File
	copied = "none"
	if asked.Copy != nil {
		output, copied = h.disk[*asked.Copy], "read"
		if input, isFile := document.(*readerSource); isFile && input.isFile && len(hashes) == 0 && len(asked.Find) == 0 {
			return "kernel", h.copy(asked, input, output)
		}
	} else if len(hashes) == 0 && len(asked.Find) == 0 {
		return copied, nil
	}
	var at int64
	err = document.pieces(func(piece []byte) error {
		if err := h.call.tell(asked.Progress.Phase, at, asked.Progress.Total); err != nil { // before anything is being written
			return err
		}
		if h.writer != nil {
			if err := h.writer.write(piece); err != nil {
				return err
			}
		}
		beside := make(chan error, 1)
		go func() {
			search.feed(piece, at)
			var err error
			if output != nil {
				_, err = output.WriteAt(piece, at)
			}
			beside <- err
		}()
		for _, hash := range hashes {
			hash.feed(piece, at)
		}
		err := <-beside
		at += int64(len(piece))
		return err
	})
	if err == nil {
		h.writer = nil // it has the document
		err = h.call.tell(asked.Progress.Phase, at, asked.Progress.Total)
	}
	return copied, err
}

// copy has the system copy a document, by sharing its blocks where it can.
func (h *host) copy(asked *digestStep, input *readerSource, output *os.File) error {
	file := input.reader.(*os.File)
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	for at := int64(0); at < input.length; {
		if err := h.call.tell(asked.Progress.Phase, at, asked.Progress.Total); err != nil {
			return err
		}
		copied, err := io.CopyN(output, file, min(input.length-at, copyEvery))
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		} else if err != nil {
			return err
		}
		at += copied
	}
	return h.call.tell(asked.Progress.Phase, input.length, asked.Progress.Total)
}

// search finds patterns in a document that comes in pieces.
type search struct {
	patterns []HexBytes
	found    []matches
	// last are the last bytes of the pieces before: a match may begin in them.
	last []byte
}

// mostPattern is how long a pattern may be, in bytes.
const mostPattern = 64

func newSearch(patterns []HexBytes) *search {
	found := make([]matches, len(patterns))
	for at := range found {
		found[at].Offsets = []int64{}
	}
	return &search{patterns: patterns, found: found}
}

// feed takes the next piece.
func (s *search) feed(piece []byte, at int64) {
	if len(s.patterns) == 0 {
		return
	}
	for which, pattern := range s.patterns {
		// So little of both sides that only matches across the border are found in it.
		before, after := s.last[max(0, len(s.last)-len(pattern)+1):], piece[:min(len(piece), len(pattern)-1)]
		s.found[which].add(append(bytes.Clone(before), after...), pattern, at-int64(len(before)))
		s.found[which].add(piece, pattern, at)
	}
	s.last = append(s.last, piece[max(0, len(piece)-mostPattern):]...)
	s.last = bytes.Clone(s.last[max(0, len(s.last)-mostPattern):])
}

// add notes where the pattern is in bytes that stand at an offset of the document.
func (m *matches) add(within, pattern []byte, at int64) {
	for from := 0; !m.More; from++ {
		next := bytes.Index(within[from:], pattern)
		if next < 0 {
			return
		}
		from += next
		if m.More = len(m.Offsets) == mostFound; !m.More {
			m.Offsets = append(m.Offsets, at+int64(from))
		}
	}
}
