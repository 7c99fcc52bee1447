package rustpdf

import (
	_ "crypto/sha256" // for cryptoHashes
	_ "crypto/sha512"
	"errors"
	"hash"
	"io"
	"maps"
	"os"
)

// copyEvery is how much the system copies between two looks at whether it is to stop, in bytes.
const copyEvery = 64 << 20

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

// hashStates are the states of hashes at the end of a document.
type hashStates map[DigestAlgorithm]hash.Cloner

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
	whole, ended := [2]int64{0, document.size()}, hashStates{}
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
	maps.Copy(h.ended, ended)
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
