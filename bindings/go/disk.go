package rustpdf

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// disk performs the operations of store steps (docs/protocol.md), and decides nothing. It contains the
// open files by their handles.
type disk map[int]*os.File

// mostNames is the largest number of names that list returns.
const mostNames = 10000

var accessFlags = map[accessKind]int{
	accessKindRead: os.O_RDONLY, accessKindWrite: os.O_RDWR, accessKindAppend: os.O_RDWR | os.O_APPEND,
}

// perform performs one operation. given are the bytes to write, read the bytes that were read.
func (d disk) perform(ctx context.Context, asked *operationFrame, given []byte) (result resultFrame, read []byte, err error) {
	path, file := string(asked.Path), d[asked.Handle]
	switch asked.Op {
	case "resolve":
		path, err = resolve(path)
		result.Path = HexBytes(path)
	case "open":
		result.Stat, err = d.open(asked.Handle, path, accessFlags[asked.Access]|openSafely, 0)
	case "create":
		result.Stat, err = d.open(asked.Handle, path, os.O_RDWR|os.O_CREATE|os.O_EXCL, fs.FileMode(*asked.Mode))
	case "stat":
		result.Stat, err = stat(path, file)
	case "absent":
		if _, err = os.Lstat(path); err == nil {
			err = &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
		} else if kindOf(err) == failureKindMissing {
			err = nil
		}
	case "read":
		var length int
		read = make([]byte, asked.Length)
		if length, err = file.ReadAt(read, asked.Offset); err == io.EOF {
			err = nil
		}
		read, asked.Length = read[:length], int64(length)
		result.Length = &asked.Length
	case "write":
		_, err = file.WriteAt(given, asked.Offset)
	case "append":
		if _, err = file.Seek(0, io.SeekEnd); err == nil {
			_, err = file.Write(given)
		}
	case "truncate":
		err = file.Truncate(asked.Length)
	case "sync":
		err = file.Sync()
	case "permit":
		err = permit(file, asked)
	case "close":
		delete(d, asked.Handle)
		err = file.Close()
	case "link":
		err = os.Link(string(asked.From), string(asked.To))
	case "rename":
		err = os.Rename(string(asked.From), string(asked.To))
	case "remove":
		result.Removed, err = remove(path, asked.Identity)
	case "list":
		result.Names, err = list(path, string(asked.Prefix))
	case "syncFolder":
		err = syncFolder(path)
	case "process":
		result.Process = process(asked.PID)
	case "wait":
		select {
		case <-time.After(time.Duration(asked.Milliseconds) * time.Millisecond):
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	default:
		err = machineBroke(nil)
	}
	return result, read, err
}

func (d disk) open(handle int, path string, flags int, mode fs.FileMode) (*statFrame, error) {
	file, err := os.OpenFile(path, flags, mode)
	if err != nil {
		return nil, err
	}
	d[handle] = file
	return stat("", file)
}

// closeAll closes the files that the core left open. It synced those that must be on the disk.
func (d disk) closeAll() {
	for _, file := range d {
		_ = file.Close()
	}
}

// resolve follows every link. Only the last component may be missing.
func resolve(path string) (string, error) {
	absolute, err := absolutePath(path)
	if err != nil {
		return "", err
	}
	resolved, err := filepath.EvalSymlinks(absolute)
	if !errors.Is(err, fs.ErrNotExist) {
		return resolved, err
	}
	folder, name := filepath.Split(absolute)
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return "", err
	}
	return filepath.Join(folder, name), nil
}

// stat describes an open file, or the file of a path.
func stat(path string, file *os.File) (*statFrame, error) {
	info, err := file.Stat()
	if path != "" {
		info, err = os.Lstat(path)
	}
	if path != "" && (kindOf(err) == failureKindMissing || errors.Is(err, syscall.ENAMETOOLONG)) {
		return &statFrame{Type: fileKindMissing}, nil
	} else if err != nil {
		return nil, err
	}
	kind := fileKindOther
	switch {
	case info.Mode().IsRegular():
		kind = fileKindFile
	case info.IsDir():
		kind = fileKindFolder
	case info.Mode()&fs.ModeSymlink != 0:
		kind = fileKindLink
	}
	found := &statFrame{
		Type: kind, Size: info.Size(), Modified: nanoseconds(info.ModTime()), Changed: nanoseconds(info.ModTime()),
	}
	return found, addSystemFacts(found, info, path, file)
}

func nanoseconds(moment time.Time) string {
	return strconv.FormatInt(moment.UnixNano(), 10)
}

func permit(file *os.File, asked *operationFrame) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	unchanged := -1
	if asked.Owner == nil {
		asked.Owner = &unchanged
	}
	if asked.Group == nil {
		asked.Group = &unchanged
	}
	err := file.Chown(*asked.Owner, *asked.Group)
	if err == nil && asked.Mode != nil {
		err = file.Chmod(fs.FileMode(*asked.Mode))
	}
	return err
}

func remove(path, identity string) (*bool, error) {
	removed := false
	if identity != "" {
		if found, err := stat(path, nil); err != nil || found.Identity != identity {
			return &removed, err
		}
	}
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &removed, nil
	}
	removed = err == nil
	return &removed, err
}

func list(path, prefix string) (found []HexBytes, err error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	found = []HexBytes{}
	for err == nil && len(found) < mostNames {
		var name []string
		if name, err = folder.Readdirnames(1); err == nil && strings.HasPrefix(name[0], prefix) {
			found = append(found, HexBytes(name[0]))
		}
	}
	if err == io.EOF {
		err = nil
	}
	return found, err
}

func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); kindOf(err) != failureKindUnsupported {
		return err
	}
	return nil // this file system cannot
}

var errorsByKind = []struct {
	kind   failureKind
	errors []error
}{
	{failureKindExists, []error{fs.ErrExist}},
	{failureKindMissing, []error{fs.ErrNotExist, syscall.ENOTDIR}},
	{failureKindDenied, []error{fs.ErrPermission, syscall.EROFS}},
	{failureKindUnsupported, []error{errors.ErrUnsupported, syscall.EXDEV, syscall.EMLINK, syscall.EINVAL}},
	{failureKindNoSpace, []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}},
	{failureKindBusy, []error{syscall.EBUSY, syscall.ETXTBSY, syscall.EAGAIN}},
}

// kindOf returns the kind of an error of the system.
func kindOf(err error) failureKind {
	for _, of := range errorsByKind {
		for _, one := range of.errors {
			if errors.Is(err, one) {
				return of.kind
			}
		}
	}
	return failureKindOther
}
