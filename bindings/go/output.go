package rustpdf

import "io"

// output is where a signed document goes, while it is made.
type output interface {
	// sink begins it, before the document is read whole. Nil where the pieces are not needed.
	sink() (sink, error)
	// commit completes it: it is there, whole and on the disk.
	commit(update []byte) error
	// end lets go of everything; what was not committed leaves no trace.
	end()
}

// openOutput opens an output for a file: itself, a new one, or none where the name is empty.
func openOutput(source *fileSource, name string, call *call) (output, error) {
	switch {
	case name == "":
		return &updateOnly{source, call}, nil
	case source.isFile(name):
		return openInPlace(source, call)
	default:
		return openNewFile(source, name, call)
	}
}

// updateOnly keeps nothing: the caller appends the update.
type updateOnly struct {
	source source
	call   *call
}

func (o *updateOnly) sink() (sink, error) {
	return nil, nil
}

func (o *updateOnly) commit([]byte) error {
	if err := o.call.check(); err != nil {
		return err
	}
	return o.source.refuseChanged()
}

func (o *updateOnly) end() {}

// writerOutput is a writer of the caller's, who is written to on the goroutine of the call.
type writerOutput struct {
	source source
	writer io.Writer
	call   *call
	passed bool
}

func (o *writerOutput) sink() (sink, error) {
	o.passed = true
	return func(piece []byte) <-chan error {
		written := make(chan error, 1)
		written <- o.write(piece)
		return written
	}, nil
}

func (o *writerOutput) commit(update []byte) error {
	total := o.source.size() + int64(len(update))
	if err := o.call.tell(PhaseWrite, 0, total); err != nil {
		return err
	}
	if !o.passed {
		err := pass(o.source, func(piece []byte) error {
			if err := o.call.check(); err != nil {
				return err
			}
			return o.write(piece)
		})
		if err != nil {
			return err
		}
	}
	if err := o.write(update); err != nil {
		return err
	}
	return o.call.tell(PhaseWrite, total, total)
}

func (o *writerOutput) write(bytes []byte) error {
	written, err := o.writer.Write(bytes)
	if err == nil && written < len(bytes) {
		return io.ErrShortWrite
	}
	return err
}

func (o *writerOutput) end() {}
