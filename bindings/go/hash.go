package rustpdf

import (
	"crypto"
	_ "crypto/sha256" // for cryptoHashes
	_ "crypto/sha512"
	"hash"
	"maps"
)

// cryptoHashes are the digest algorithms by the names of the standard library.
var cryptoHashes = map[DigestAlgorithm]crypto.Hash{
	DigestAlgorithmSHA256: crypto.SHA256, DigestAlgorithmSHA384: crypto.SHA384, DigestAlgorithmSHA512: crypto.SHA512,
}

// hashStates are the states of hashes at the end of a document.
type hashStates map[DigestAlgorithm]hash.Cloner

// rangesHash is a hash of ranges of a document.
type rangesHash struct {
	hash.Cloner
	ranges []byteRange
}

// feed hashes the next piece of the document.
func (h rangesHash) feed(piece []byte, at int64) {
	for _, part := range h.ranges {
		if from, to := max(part.offset(), at), min(part.end(), at+int64(len(piece))); from < to {
			h.Write(piece[from-at : to-at])
		}
	}
}

// answerDigest answers a digest step. It keeps the states of hashes at the end of the document for
// the next one.
func (h *host) answerDigest(asked *digestRequest, suffixes []byte) (frame, error) {
	document, err := h.document(asked.Document)
	if err != nil {
		return frame{}, err
	}
	var begun []rangesHash
	begin := func(algorithm DigestAlgorithm, ranges []byteRange) hash.Cloner {
		state := cryptoHashes[algorithm].New().(hash.Cloner) // all of the standard library are one
		begun = append(begun, rangesHash{state, ranges})
		return state
	}
	whole, ended := byteRange{0, document.size()}, hashStates{}
	keep := func(algorithm DigestAlgorithm) hash.Cloner {
		if ended[algorithm] = h.ended[algorithm]; ended[algorithm] == nil {
			ended[algorithm] = begin(algorithm, []byteRange{whole})
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
	search := newSearch(asked.Find, asked.FindIn)
	copied, err := h.pass(asked, document, begun, search)
	if err != nil {
		return frame{}, err
	}
	maps.Copy(h.ended, ended)
	digests, lengths := [][]byte{}, []int64{}
	for at, part := range asked.Parts {
		state, err := states[at].Clone()
		if err != nil {
			return frame{}, machineBroke(err)
		}
		state.Write(suffixes[:part.Suffix])
		suffixes = suffixes[part.Suffix:]
		digests, lengths = append(digests, state.Sum(nil)), append(lengths, int64(state.Size()))
	}
	return frame{answerFrame{Answer: "digest", Digests: lengths, Found: search.found, Copied: copied}, digests}, nil
}
