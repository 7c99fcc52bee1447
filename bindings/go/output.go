package rustpdf

import "io"

// writerOutput is the caller's writer. It is used on the goroutine of the call.
type writerOutput struct {
	io.Writer
}

// newWriterOutput returns nil if the caller wants only the update.
func newWriterOutput(writer io.Writer) *writerOutput {
	if writer == nil {
		return nil
	}
	return &writerOutput{writer}
}

func (o *writerOutput) write(bytes []byte) error {
	written, err := o.Write(bytes)
	if err == nil && written < len(bytes) {
		return io.ErrShortWrite
	}
	return err
}

// commit writes the update after the document.
func (o *writerOutput) commit(document source, update []byte, call *call) error {
	if o == nil {
		return nil
	}
	total := document.size() + int64(len(update))
	if err := call.tell(PhaseWrite, document.size(), total); err != nil {
		return err
	}
	if err := o.write(update); err != nil {
		return err
	}
	return call.tell(PhaseWrite, total, total)
}

// copy writes a document that another call hashed.
func (o *writerOutput) copy(document source, total int64, call *call) error {
	var at int64
	return document.pieces(func(piece []byte) error {
		if err := call.tell(PhaseWrite, at, total); err != nil {
			return err
		}
		at += int64(len(piece))
		return o.write(piece)
	})
}
