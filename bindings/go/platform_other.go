//go:build !unix

package rustpdf

import "io/fs"

const (
	// openWithoutWaiting and openNoLink are for what files are elsewhere.
	openWithoutWaiting = 0
	openNoLink         = 0
)

// checkFolder leaves it to the first write: permissions are not told by a simple question.
func checkFolder(string) error {
	return nil
}

// syncFolder does nothing: Windows opens no folders, and its file system keeps a journal of names.
func syncFolder(string) error {
	return nil
}

// sameOwner is true: who may write to a folder is not told by an owner.
func sameOwner(_, _ fs.FileInfo) bool {
	return true
}

// ownedByUs is true for the same reason.
func ownedByUs(fs.FileInfo) bool {
	return true
}
