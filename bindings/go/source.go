package rustpdf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// source is a document while it is signed: never whole in memory.
type source interface {
	// size is its length in bytes; it does not change.
	size() int64
	// fill reads the bytes from an offset on, as many as the buffer takes.
	fill(buffer []byte, offset int64) error
	// refuseChanged fails with ERR_FILE_CHANGED where it is not what it was when it was opened, as far as that can be told.
	refuseChanged() error
}

// readerSource is whatever can be read by ranges.
type readerSource struct {
	reader io.ReaderAt
	length int64
}

func newReaderSource(reader io.ReaderAt, size int64) (*readerSource, error) {
	if reader == nil || size < 0 {
		return nil, argumentError("the document needs a reader and a size that is not negative", "give what the documentation names")
	}
	return &readerSource{reader, size}, nil
}

func (s *readerSource) size() int64 {
	return s.length
}

func (s *readerSource) fill(buffer []byte, offset int64) error {
	read, err := s.reader.ReadAt(buffer, offset)
	if read == len(buffer) {
		return nil
	}
	if err == nil || err == io.EOF {
		found := fmt.Sprintf("the reader gave %d bytes where %d were asked for", read, len(buffer))
		return newError(ErrAnswerLength, found+"; answer with exactly the bytes asked for, and give the right size")
	}
	return err
}

func (s *readerSource) refuseChanged() error {
	return nil
}

// fileSource is a document in a file.
type fileSource struct {
	file   *os.File
	opened fs.FileInfo
	// path is the real one.
	path string
}

// openFile opens a file to be signed. An interrupted signing in place is finished first.
func openFile(name string) (*fileSource, error) {
	if _, err := RecoverFile(name, false); err != nil {
		return nil, err
	}
	path, err := realPath(name)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDONLY|openWithoutWaiting, 0) // a pipe would be waited for
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && !opened.Mode().IsRegular() {
		err = argumentError("the document is not a regular file", "give what the documentation names")
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &fileSource{file, opened, path}, nil
}

func (s *fileSource) size() int64 {
	return s.opened.Size()
}

// mode are the permissions of the file, but that what becomes of it can be signed again.
func (s *fileSource) mode() fs.FileMode {
	return s.opened.Mode().Perm() | 0o200
}

// isFile tells whether a path leads to this very file.
func (s *fileSource) isFile(path string) bool {
	other, err := os.Stat(path)
	return err == nil && os.SameFile(other, s.opened)
}

func (s *fileSource) fill(buffer []byte, offset int64) error {
	_, err := s.file.ReadAt(buffer, offset)
	if errors.Is(err, io.EOF) {
		return fileChanged()
	}
	return err
}

func (s *fileSource) refuseChanged() error {
	now, err := s.file.Stat()
	if err != nil {
		return err
	}
	if now.Size() != s.opened.Size() || !now.ModTime().Equal(s.opened.ModTime()) || !s.isFile(s.path) {
		return fileChanged()
	}
	return nil
}

// isAsBefore tells whether it is the file that was opened in another call, and as it was: by its change time as well, where the system
// tells it, for what was written to may have been given its old time again.
func (s *fileSource) isAsBefore(opened fs.FileInfo) bool {
	return os.SameFile(s.opened, opened) && s.opened.Size() == opened.Size() && s.opened.ModTime().Equal(opened.ModTime()) &&
		changeTime(s.opened) == changeTime(opened)
}

func (s *fileSource) close() {
	_ = s.file.Close() // nothing was written through it
}

// realPath is absolute, and holds no links.
func realPath(path string) (string, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(resolved)
}
