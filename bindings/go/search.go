package rustpdf

import (
	"bytes"
	"slices"
)

const (
	// mostFound is the number of offsets of a pattern that are reported.
	mostFound = 1000
	// mostPattern is the length of the longest pattern, in bytes.
	mostPattern = 64
)

// search finds patterns in a document that comes in pieces.
type search struct {
	patterns []HexBytes
	// ranges are offsets and lengths of the document: matches elsewhere are not wanted.
	ranges []byteRange
	found  []matchesFrame
	// last are the bytes before end, of the earlier pieces: a match may begin in them.
	last []byte
	end  int64
}

func newSearch(patterns []HexBytes, ranges []byteRange) *search {
	found := make([]matchesFrame, len(patterns))
	for at := range found {
		found[at].Offsets = []int64{}
	}
	return &search{patterns: patterns, ranges: ranges, found: found}
}

// feed searches the next piece.
func (s *search) feed(piece []byte, at int64) {
	if !s.wants(at, at+int64(len(piece))) {
		return
	}
	if at != s.end { // pieces were passed over
		s.last = nil
	}
	s.end = at + int64(len(piece))
	for which, pattern := range s.patterns {
		// As little of both sides as only matches across the border have room in.
		before, after := s.last[max(0, len(s.last)-len(pattern)+1):], piece[:min(len(piece), len(pattern)-1)]
		s.found[which].add(append(bytes.Clone(before), after...), pattern, at-int64(len(before)))
		s.found[which].add(piece, pattern, at)
	}
	s.last = append(s.last, piece[max(0, len(piece)-mostPattern):]...)
	s.last = bytes.Clone(s.last[max(0, len(s.last)-mostPattern):])
}

// wants reports whether matches are wanted between the two offsets.
func (s *search) wants(from, to int64) bool {
	return len(s.patterns) > 0 && slices.ContainsFunc(s.ranges, func(one byteRange) bool {
		return one[0] < to && from < one[0]+one[1]
	})
}

// add notes the offsets of the pattern in bytes that begin at an offset of the document.
func (m *matchesFrame) add(within, pattern []byte, at int64) {
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
