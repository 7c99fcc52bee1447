//go:build unix

package rustpdf

import (
	"io/fs"
	"os"
	"syscall"
)

// isOwn reports whether a file belongs to the effective user.
func isOwn(info fs.FileInfo) (bool, error) {
	return info.Sys().(*syscall.Stat_t).Uid == uint32(os.Geteuid()), nil
}
