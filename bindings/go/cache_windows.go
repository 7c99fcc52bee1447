package rustpdf

import (
	"errors"
	"io/fs"
)

// isOwn cannot tell here: a folder has no mode, and its list of permissions is not read.
func isOwn(fs.FileInfo) (bool, error) {
	return false, errors.ErrUnsupported
}
