package rustpdf

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	// syncEvery is how much is written before the disk is told to, so that there is little to wait for in the end, in bytes.
	syncEvery = 64 << 20
	// copyEvery is how much the system copies between two looks at whether it is to stop, in bytes.
	copyEvery = 64 << 20
)

// newFile is a file that appears under its path when it is complete.
type newFile struct {
	source    *fileSource
	path      string
	temporary string
	replace   bool
	call      *call
	file      *os.File
	// syncing gives what came of the syncing beside, unless that is known: then unsynced is its error.
	syncing  chan error
	unsynced error
}

// openNewFile fails with the errors of the system, fs.ErrExist among them, with ERR_ARGUMENT where what is to be replaced is no file, and
// with ERR_FILE_BUSY where a signing in place was interrupted there.
func openNewFile(source *fileSource, name string, call *call) (*newFile, error) {
	path, err := filepath.Abs(name) // wherever the working directory goes
	if err != nil {
		return nil, err
	}
	if err := refuseJournal(path); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); err == nil {
		if !call.replace {
			return nil, exists(path)
		}
		if path, err = realPath(path); err != nil { // replaces what a link leads to, not the link
			return nil, err
		}
		if err := refuseJournal(path); err != nil {
			return nil, err
		}
		if there, err := os.Stat(path); err != nil {
			return nil, err
		} else if !there.Mode().IsRegular() {
			return nil, argumentError("what the output is to replace is not a regular file", "give another name")
		}
	}
	return &newFile{source: source, path: path, temporary: temporaryPath(path), replace: call.replace, call: call}, nil
}

// refuseJournal: what was interrupted there would be taken for one of the new file. Errors: ERR_FILE_BUSY.
func refuseJournal(path string) error {
	if _, err := os.Lstat(journalPath(path)); err == nil {
		return busy()
	}
	return nil
}

func (o *newFile) sink() (sink, error) {
	if err := o.create(); err != nil {
		return nil, err
	}
	var at, since int64
	return func(piece []byte) <-chan error {
		written := make(chan error, 1)
		go func() {
			_, err := o.file.WriteAt(piece, at)
			at += int64(len(piece))
			if since += int64(len(piece)); since >= syncEvery && o.syncBeside() {
				since = 0
			}
			written <- err
		}()
		return written
	}, nil
}

// create makes the file with the permissions of the document from its first byte on. Its group is the own one.
func (o *newFile) create() error {
	file, err := os.OpenFile(o.temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, o.source.mode())
	o.file = file
	return err
}

// syncBeside lets the disk write while the rest is read, unless it is at it.
func (o *newFile) syncBeside() bool {
	if o.syncing != nil {
		select {
		case err := <-o.syncing:
			o.unsynced = errors.Join(o.unsynced, err)
		default:
			return false
		}
	}
	done := make(chan error, 1)
	o.syncing = done
	go func() { done <- o.file.Sync() }()
	return true
}

// synced waits for what is synced beside, and gives its error: the system tells it once, and not where all is synced.
func (o *newFile) synced() error {
	if o.syncing != nil {
		o.unsynced = errors.Join(o.unsynced, <-o.syncing)
		o.syncing = nil
	}
	return o.unsynced
}

func (o *newFile) commit(update []byte) error {
	length := o.source.size()
	total := length + int64(len(update))
	if err := o.call.tell(PhaseWrite, 0, total); err != nil {
		return err
	}
	if o.file == nil {
		if err := o.copy(); err != nil {
			return err
		}
	}
	if err := o.call.tell(PhaseWrite, length, total); err != nil {
		return err
	}
	if err := o.source.refuseChanged(); err != nil { // after the copy, which may not be made by the read that hashed the document
		return err
	}
	if _, err := o.file.WriteAt(update, length); err != nil {
		return err
	}
	if err := o.file.Chmod(o.source.mode()); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err := o.synced(); err != nil {
		return err
	}
	if err := o.file.Sync(); err != nil {
		return err
	}
	if err := o.call.tell(PhaseWrite, total, total); err != nil { // the last chance to stop it
		return err
	}
	if err := o.close(); err != nil {
		return err
	}
	if err := o.name(); err != nil {
		return err
	}
	_ = syncFolder(filepath.Dir(o.path)) // it is there: nobody is told otherwise
	return nil
}

// copy has the system copy a document that was hashed in another call: by sharing its blocks, where it can.
func (o *newFile) copy() error {
	if err := o.create(); err != nil {
		return err
	}
	if _, err := o.source.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	for left := o.source.size(); left > 0; {
		if err := o.call.check(); err != nil {
			return err
		}
		copied, err := io.CopyN(o.file, o.source.file, min(left, copyEvery))
		if errors.Is(err, io.EOF) {
			return fileChanged()
		} else if err != nil {
			return err
		}
		left -= copied
	}
	return nil
}

// name gives the file its name.
func (o *newFile) name() error {
	if o.replace {
		return os.Rename(o.temporary, o.path)
	}
	err := os.Link(o.temporary, o.path) // unlike a renaming, it never replaces what has come to be there meanwhile
	if err == nil {
		return nil
	}
	if _, there := os.Lstat(o.path); there == nil || errors.Is(err, fs.ErrExist) {
		return exists(o.path)
	}
	return os.Rename(o.temporary, o.path) // where a file has one name only
}

func (o *newFile) close() error {
	if o.file == nil {
		return nil
	}
	_ = o.synced() // asked for before, where the file is completed
	closing := o.file
	o.file = nil
	return closing.Close()
}

func (o *newFile) end() {
	_ = o.close() // what failed before tells more
	_ = os.Remove(o.temporary)
}

func exists(path string) error {
	return &fs.PathError{Op: "sign into", Path: path, Err: fs.ErrExist}
}
