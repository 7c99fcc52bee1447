package rustpdf

import (
	"io/fs"
	"syscall"
)

// changeTime is when the file, or what is known of it, was changed last, in nanoseconds. Unlike the modification time nobody sets it.
func changeTime(info fs.FileInfo) int64 {
	if stat, known := info.Sys().(*syscall.Stat_t); known {
		return stat.Ctim.Nano()
	}
	return 0
}
