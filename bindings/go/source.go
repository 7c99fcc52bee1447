package rustpdf

import (
	"io"
	"os"
)

// piece is the length of the pieces in which a document is read, in bytes.
const piece = 512 << 10

// source is a document during a run.
type source interface {
	// size is its length in bytes. It does not change.
	size() int64
	// slice returns the bytes of a range.
	slice(offset, length int64) ([]byte, error)
	// pieces passes the document to use, from front to back. A piece is valid until use returns.
	pieces(use func(piece []byte) error) error
}

// memorySource is a document in memory.
type memorySource []byte

func (s memorySource) size() int64 {
	return int64(len(s))
}

func (s memorySource) slice(offset, length int64) ([]byte, error) {
	return s[offset : offset+length], nil
}

func (s memorySource) pieces(use func([]byte) error) error {
	for at := 0; at < len(s); at += piece {
		if err := use(s[at:min(at+piece, len(s))]); err != nil {
			return err
		}
	}
	return nil
}

// readerSource is a document that is read by ranges.
type readerSource struct {
	reader io.ReaderAt
	length int64
	// isFile is set if the core opened the document: it finds out itself why a file is shorter.
	isFile bool
}

func newReaderSource(reader io.ReaderAt, size int64) (*readerSource, error) {
	if reader == nil {
		return nil, hostErrArgumentMissing("the reader of the document")
	}
	if size < 0 {
		return nil, hostErrArgumentType("the size of the document", "a length in bytes", size)
	}
	return &readerSource{reader: reader, length: size}, nil
}

func newFileSource(file *os.File) (*readerSource, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return &readerSource{file, info.Size(), true}, nil
}

func (s *readerSource) size() int64 {
	return s.length
}

func (s *readerSource) slice(offset, length int64) ([]byte, error) {
	bytes := make([]byte, length)
	return bytes, s.fill(bytes, offset)
}

// fill reads until the buffer is full.
func (s *readerSource) fill(buffer []byte, offset int64) error {
	read, err := s.reader.ReadAt(buffer, offset)
	switch {
	case read == len(buffer):
		return nil
	case err != nil && err != io.EOF:
		return err
	case s.isFile:
		return io.ErrUnexpectedEOF
	}
	return hostErrSourceShort(read, len(buffer))
}

// filled is a piece that was read, or the reason why it was not.
type filled struct {
	piece []byte
	err   error
	// panicked is the value with which the caller's reader panicked.
	panicked any
}

func (s *readerSource) pieces(use func([]byte) error) error {
	stop, read := make(chan struct{}), make(chan filled)
	go s.readAhead(read, stop)
	defer func() {
		close(stop)
		for range read { // the reader is the caller's again after the goroutine ends
		}
	}()
	left := s.length
	for next := range read {
		if next.panicked != nil {
			panic(next.panicked)
		}
		if next.err != nil {
			return next.err
		}
		if err := use(next.piece); err != nil {
			return err
		}
		left -= int64(len(next.piece))
	}
	if left != 0 { // the caller's reader ended its goroutine
		return hostErrSourceShort(s.length-left, s.length)
	}
	return nil
}

// readAhead reads into two buffers in turn. A receiver that takes a piece is done with the previous one.
func (s *readerSource) readAhead(read chan<- filled, stop <-chan struct{}) {
	defer close(read)
	give := func(next filled) (taken bool) {
		select {
		case read <- next:
			return true
		case <-stop:
			return false
		}
	}
	defer func() {
		if panicked := recover(); panicked != nil {
			give(filled{panicked: panicked})
		}
	}()
	most := min(s.length, piece)
	current, spare := make([]byte, most), make([]byte, min(most, s.length-most))
	for at := int64(0); at < s.length; {
		next := current[:min(int64(len(current)), s.length-at)]
		err := s.fill(next, at)
		if !give(filled{piece: next, err: err}) || err != nil {
			return
		}
		at += int64(len(next))
		current, spare = spare, current
	}
}
