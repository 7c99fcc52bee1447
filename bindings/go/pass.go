package rustpdf

// filled is a piece that was read, or why it was not.
type filled struct {
	piece []byte
	err   error
	// panicked is what the caller's reader panicked with.
	panicked any
}

// pass hands over all of a source from front to back. While a piece is used, the next one is read. A piece holds until its use is over.
func pass(source source, use func(piece []byte) error) error {
	stop, read := make(chan struct{}), make(chan filled)
	go readAhead(source, read, stop)
	defer func() {
		close(stop)
		for range read { // until the reader is at its end: the source is nobody's after this
		}
	}()
	left := source.size()
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
		return newError(ErrAnswerLength, "the reader ended before the document did; answer with exactly the bytes asked for")
	}
	return nil
}

// readAhead reads into two buffers in turn: when a piece is taken, the use of the one before is over.
func readAhead(source source, read chan<- filled, stop <-chan struct{}) {
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
	size := source.size()
	most := min(size, piece)
	current, spare := make([]byte, most), make([]byte, min(most, size-most))
	for at := int64(0); at < size; {
		next := current[:min(int64(len(current)), size-at)]
		err := source.fill(next, at)
		if !give(filled{piece: next, err: err}) || err != nil {
			return
		}
		at += int64(len(next))
		current, spare = spare, current
	}
}
