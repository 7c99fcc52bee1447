package rustpdf

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// mostTail is how much of a document's end its journal knows it by, in bytes.
const mostTail = 1024

// inPlace is the file itself. Its bytes are never touched: the update goes behind them by one write.
//
// Before it, the update is on the disk in a journal, by which an interrupted write is finished or taken back.
type inPlace struct {
	source *fileSource
	file   *os.File
	call   *call
}

// openInPlace fails with the errors of the system where the file cannot be written, or its folder, which takes the journal.
func openInPlace(source *fileSource, call *call) (*inPlace, error) {
	if err := checkFolder(filepath.Dir(source.path)); err != nil {
		return nil, err
	}
	// The longest names have no room for that of a journal.
	if _, err := os.Stat(journalPath(source.path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file, err := os.OpenFile(source.path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &inPlace{source, file, call}, nil
}

func (o *inPlace) sink() (sink, error) {
	return nil, nil
}

func (o *inPlace) commit(update []byte) error {
	total := int64(len(update))
	if err := o.call.tell(PhaseWrite, 0, total); err != nil {
		return err
	}
	length := o.source.size()
	tail := make([]byte, min(length, mostTail))
	if err := o.source.fill(tail, length-int64(len(tail))); err != nil {
		return err
	}
	bytes, err := makeJournal(length, tail, update)
	if err != nil {
		return err
	}
	if err := o.call.tell(PhaseWrite, total, total); err != nil { // the last chance to stop it
		return err
	}
	written, err := writeJournal(o.source.path, o.source.mode(), bytes, o.source.refuseChanged)
	if err != nil {
		return err
	}
	// From here on the signature is as good as there: whatever comes, the journal finishes it.
	if _, err := applyJournal(o.file, bytes, false); err != nil {
		return o.takeBack(written, bytes, err)
	}
	// Where it cannot be removed, it finds the signature whole. Where it is gone, somebody has finished that, or taken it back.
	own, err := written.remove()
	if err == nil && !own && !isWhole(o.file, bytes) {
		return fileChanged()
	}
	return nil
}

// takeBack gives the original back after a write that failed, and the error that tells of it.
func (o *inPlace) takeBack(written *journal, bytes []byte, failed error) error {
	// What stands behind the document now was not written here: then nothing was.
	changed := errors.Is(failed, ErrJournalDocument)
	if !changed {
		if _, err := applyJournal(o.file, bytes, true); err != nil {
			return failed // and the journal stays
		}
	}
	if _, err := written.remove(); err != nil {
		return err
	}
	if changed {
		return fileChanged()
	}
	return failed
}

func (o *inPlace) end() {
	_ = o.file.Close() // what was written was synced
}
