package rustpdf

import "bytes"

const (
	// mostFound is the number of offsets of a pattern that are reported.
	mostFound = 1000
	// mostPattern is the length of the longest pattern, in bytes.
	mostPattern = 64
)

// search finds patterns in a document that comes in pieces.
type search struct {
	patterns []HexBytes
	found    []matchesFrame
	// last are the last bytes of the earlier pieces: a match may begin in them.
	last []byte
}

func newSearch(patterns []HexBytes) *search {
	found := make([]matchesFrame, len(patterns))
	for at := range found {
		found[at].Offsets = []int64{}
	}
	return &search{patterns: patterns, found: found}
}

// feed searches the next piece.
func (s *search) feed(piece []byte, at int64) {
	if len(s.patterns) == 0 {
		return
	}
	for which, pattern := range s.patterns {
		// As little of both sides as only matches across the border have room in.
		before, after := s.last[max(0, len(s.last)-len(pattern)+1):], piece[:min(len(piece), len(pattern)-1)]
		s.found[which].add(append(bytes.Clone(before), after...), pattern, at-int64(len(before)))
		s.found[which].add(piece, pattern, at)
	}
	s.last = append(s.last, piece[max(0, len(piece)-mostPattern):]...)
	s.last = bytes.Clone(s.last[max(0, len(s.last)-mostPattern):])
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
