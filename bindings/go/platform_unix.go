//go:build unix

package rustpdf

import (
	"io/fs"
	"os"
	"syscall"
)

const (
	// openWithoutWaiting opens a pipe at once.
	openWithoutWaiting = syscall.O_NONBLOCK
	// openNoLink follows no link.
	openNoLink = syscall.O_NOFOLLOW
)

// checkFolder fails where a folder cannot be written to and synced.
func checkFolder(path string) error {
	const readAndWrite = 4 | 2
	if err := syscall.Access(path, readAndWrite); err != nil {
		return &fs.PathError{Op: "access", Path: path, Err: err}
	}
	return nil
}

// syncFolder sees to it that the names in a folder are on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// sameOwner tells whether the same user owns two files.
func sameOwner(one, other fs.FileInfo) bool {
	a, known := one.Sys().(*syscall.Stat_t)
	b, otherKnown := other.Sys().(*syscall.Stat_t)
	return known && otherKnown && a.Uid == b.Uid
}

// ownedByUs tells whether the user of this process owns a file.
func ownedByUs(info fs.FileInfo) bool {
	stat, known := info.Sys().(*syscall.Stat_t)
	return known && int64(stat.Uid) == int64(os.Geteuid())
}
