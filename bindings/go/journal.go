package rustpdf

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// journal is that of a signing in place, beside the document. It is there whole and on the disk, or not at all.
type journal struct {
	path    string
	written fs.FileInfo
}

// writeJournal writes the journal of the file at a real path, for whoever may read the file; check comes at the last moment.
// Errors: those of check and of the system, ERR_FILE_BUSY where there is a journal.
func writeJournal(path string, mode fs.FileMode, bytes []byte, check func() error) (*journal, error) {
	temporary := temporaryPath(path)
	written, err := writeNew(temporary, mode, bytes)
	defer os.Remove(temporary) // what has another name by now must not fail for this one
	if err != nil {
		return nil, err
	}
	made := &journal{journalPath(path), written}
	if err := check(); err != nil {
		return nil, err
	}
	if err := nameOnce(temporary, made.path); err != nil {
		return nil, err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		_, _ = made.remove() // what failed before tells more
		return nil, err
	}
	return made, nil
}

// writeNew writes a file that is new, and sees that it is on the disk.
func writeNew(path string, mode fs.FileMode, bytes []byte) (fs.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if _, err := file.Write(bytes); err != nil {
		return nil, err
	}
	if err := file.Sync(); err != nil {
		return nil, err
	}
	return file.Stat()
}

// remove removes it, when the file is whole. Tells whether it was there: somebody else may have finished the signature, or taken it back.
func (j *journal) remove() (bool, error) {
	return removeOwn(j.path, j.written)
}

// nameOnce gives a file a second name that nothing has yet; where files have one name only, renames it.
func nameOnce(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		return nil
	}
	if _, there := os.Lstat(to); there == nil || errors.Is(err, fs.ErrExist) {
		return busy()
	}
	if !errors.Is(err, syscall.EPERM) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return os.Rename(from, to)
}

// busy is raised where a document has a journal that is not of this signing.
func busy() error {
	return newError(ErrFileBusy, "another process is signing the document in place, or was interrupted; wait for it, or recover the document")
}

// applyJournal does to an open file what the core says of its journal, and sees that it is on the disk.
func applyJournal(file *os.File, journal []byte, undo bool) (Recovered, error) {
	document, err := newBareDocument(file)
	if err != nil {
		return "", err
	}
	payload, found, err := recovery(document, journal, undo)
	if err != nil {
		return "", err
	}
	if found.Offset != nil {
		if _, err := file.WriteAt(payload, *found.Offset); err != nil {
			return "", err
		}
	}
	if found.Length < document.length {
		if err := file.Truncate(found.Length); err != nil {
			return "", err
		}
	}
	return found.Outcome, file.Sync()
}

// isWhole tells whether the update is whole behind the document.
func isWhole(file *os.File, journal []byte) bool {
	document, err := newBareDocument(file)
	if err != nil {
		return false
	}
	_, found, err := recovery(document, journal, false)
	return err == nil && found.Offset == nil
}

// bareDocument is a file that is compared with its journal: it is read as far as it goes, and the core says what is missing.
type bareDocument struct {
	file   *os.File
	length int64
}

func newBareDocument(file *os.File) (*bareDocument, error) {
	now, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return &bareDocument{file, now.Size()}, nil
}

func (d *bareDocument) size() int64 {
	return d.length
}

func (d *bareDocument) read(ranges [][2]int64) ([][]byte, error) {
	pieces := make([][]byte, len(ranges))
	for at, part := range ranges {
		piece := make([]byte, part[1])
		read, err := d.file.ReadAt(piece, part[0])
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		pieces[at] = piece[:read]
	}
	return pieces, nil
}

func (d *bareDocument) digest(DigestAlgorithm, []DigestAlgorithm, []byte) ([]byte, error) {
	return nil, internal(nil) // the core has no question of this kind here
}
