package rustpdf

import (
	"errors"
	"io"
	"os"
)

// copyEvery is the number of bytes that the system copies between two checks for a cancellation.
const copyEvery = 64 << 20

// pass reads the document from front to back, if need be. While it hashes a piece, another goroutine
// searches the piece and writes it, and a third reads the next.
func (h *host) pass(
	asked *digestRequest, document source, hashes []rangesHash, search *search,
) (copied copiedKind, err error) {
	var output *os.File
	copied = copiedKindNone
	unread := len(hashes) == 0 && len(asked.Find) == 0
	if asked.Copy != nil {
		output, copied = h.disk[*asked.Copy], copiedKindRead
		if input, isFile := document.(*readerSource); isFile && input.isFile && unread {
			return copiedKindKernel, h.copy(asked, input, output)
		}
	} else if unread {
		return copied, nil
	}
	phase, total, at := Phase(asked.Progress.Phase), asked.Progress.Total, int64(0)
	err = document.pieces(func(piece []byte) error {
		if err := h.call.tell(phase, at, total); err != nil { // before anything is written
			return err
		}
		if h.writer != nil {
			if err := h.writer.write(piece); err != nil {
				return err
			}
		}
		if output == nil && len(asked.Find) == 0 {
			feed(hashes, piece, at)
		} else {
			beside := make(chan error, 1)
			go func() {
				search.feed(piece, at)
				var err error
				if output != nil {
					_, err = output.WriteAt(piece, at)
				}
				beside <- err
			}()
			feed(hashes, piece, at)
			if err := <-beside; err != nil {
				return err
			}
		}
		at += int64(len(piece))
		return nil
	})
	if err == nil {
		h.writer = nil // it has the document
		err = h.call.tell(phase, at, total)
	}
	return copied, err
}

func feed(hashes []rangesHash, piece []byte, at int64) {
	for _, hash := range hashes {
		hash.feed(piece, at)
	}
}

// copy has the system copy a document, which shares its blocks if it can.
func (h *host) copy(asked *digestRequest, input *readerSource, output *os.File) error {
	phase, total := Phase(asked.Progress.Phase), asked.Progress.Total
	file := input.reader.(*os.File)
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	for at := int64(0); at < input.length; {
		if err := h.call.tell(phase, at, total); err != nil {
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
	return h.call.tell(phase, input.length, total)
}
