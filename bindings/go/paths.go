package rustpdf

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// journalPath is where the journal of a file lies; the path is its real one.
func journalPath(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".rustpdf")
}

// temporaryPath is a free name beside a file, for what becomes it or its journal; it tells whose it is. Of the name of the file it has
// fifty characters, for the longest name there is has no room for more.
func temporaryPath(path string) string {
	name := []rune(filepath.Base(path))
	random := make([]byte, 6)
	_, _ = rand.Read(random) // it never fails
	temporary := fmt.Sprintf(".%s.rustpdf-%d-%x", string(name[:min(50, len(name))]), os.Getpid(), random)
	return filepath.Join(filepath.Dir(path), temporary)
}

// removeOwn removes a journal if it is still the one that is meant: by its time as well, since numbers of files are given anew. Tells
// whether it was.
func removeOwn(path string, written fs.FileInfo) (bool, error) {
	found, err := os.Stat(path)
	if err != nil || !os.SameFile(found, written) || !found.ModTime().Equal(written.ModTime()) {
		return false, nil
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return false, err
	}
	_ = syncFolder(filepath.Dir(path)) // a journal that comes back does no harm
	return true, nil
}
