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

// disk performs the operations of store steps (docs/protocol.md), and decides nothing. It holds the open files by their handles.
type disk map[int]*os.File

// operation is one operation of a store step.
type operation struct {
	Op, Access             string
	Path, From, To, Prefix HexBytes
	Handle                 int
	Offset, Length         int64
	Mode                   *fs.FileMode
	Owner, Group, PID      *int
	Identity               *string
	Milliseconds           int64
}

// facts is the result of an operation.
type facts = map[string]any

// mostNames bounds the result of list.
const mostNames = 10000

var accesses = map[string]int{"read": os.O_RDONLY, "write": os.O_RDWR, "append": os.O_RDWR | os.O_APPEND}

// perform performs one operation. given are the bytes that it writes, read those that it read.
func (d disk) perform(ctx context.Context, asked *operation, given []byte) (result facts, read []byte, err error) {
	path, file, result := string(asked.Path), d[asked.Handle], facts{}
	switch asked.Op {
	case "resolve":
		path, err = resolve(path)
		result["path"] = HexBytes(path)
	case "open":
		result, err = d.open(asked.Handle, path, accesses[asked.Access]|openSafely, 0)
	case "create":
		result, err = d.open(asked.Handle, path, os.O_RDWR|os.O_CREATE|os.O_EXCL, *asked.Mode)
	case "stat":
		result, err = stat(path, file)
	case "absent":
		if _, err = os.Lstat(path); err == nil {
			err = &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
		} else if failureKind(err) == "missing" {
			err = nil
		}
	case "read":
		var length int
		read = make([]byte, asked.Length)
		if length, err = file.ReadAt(read, asked.Offset); err == io.EOF {
			err = nil
		}
		result["length"], read = length, read[:length]
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
		result["removed"], err = remove(path, asked.Identity)
	case "list":
		result["names"], err = list(path, string(asked.Prefix))
	case "syncFolder":
		err = syncFolder(path)
	case "process":
		result = process(asked.PID)
	case "wait":
		select {
		case <-time.After(time.Duration(asked.Milliseconds) * time.Millisecond):
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	default:
		err = internal(nil)
	}
	return result, read, err
}

func (d disk) open(handle int, path string, flags int, mode fs.FileMode) (facts, error) {
	file, err := os.OpenFile(path, flags, mode)
	if err != nil {
		return nil, err
	}
	d[handle] = file
	return stat("", file)
}

// closeAll closes the files that the core left open. It synced those that have to be on the disk.
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

// stat describes an open file, or whatever has the path.
func stat(path string, file *os.File) (facts, error) {
	info, err := file.Stat()
	if path != "" {
		info, err = os.Lstat(path)
	}
	if path != "" && (failureKind(err) == "missing" || errors.Is(err, syscall.ENAMETOOLONG)) {
		return facts{"type": "missing"}, nil
	} else if err != nil {
		return nil, err
	}
	kind := "other"
	switch {
	case info.Mode().IsRegular():
		kind = "file"
	case info.IsDir():
		kind = "folder"
	case info.Mode()&fs.ModeSymlink != 0:
		kind = "link"
	}
	found := facts{"type": kind, "size": info.Size(), "modified": nanoseconds(info.ModTime()), "changed": nanoseconds(info.ModTime())}
	return found, addSystemFacts(found, info, path, file)
}

func nanoseconds(moment time.Time) string {
	return strconv.FormatInt(moment.UnixNano(), 10)
}

func permit(file *os.File, asked *operation) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	asItIs := -1
	if asked.Owner == nil {
		asked.Owner = &asItIs
	}
	if asked.Group == nil {
		asked.Group = &asItIs
	}
	err := file.Chown(*asked.Owner, *asked.Group)
	if err == nil && asked.Mode != nil {
		err = file.Chmod(*asked.Mode)
	}
	return err
}

func remove(path string, identity *string) (removed bool, err error) {
	if identity != nil {
		if found, err := stat(path, nil); err != nil || found["identity"] != *identity {
			return false, err
		}
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
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
	if err := folder.Sync(); failureKind(err) != "unsupported" {
		return err
	}
	return nil // this file system cannot
}

var failureKinds = []struct {
	name   string
	errors []error
}{
	{"exists", []error{fs.ErrExist}},
	{"missing", []error{fs.ErrNotExist, syscall.ENOTDIR}},
	{"denied", []error{fs.ErrPermission, syscall.EROFS}},
	{"unsupported", []error{errors.ErrUnsupported, syscall.EXDEV, syscall.EMLINK, syscall.EINVAL}},
	{"noSpace", []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}},
	{"busy", []error{syscall.EBUSY, syscall.ETXTBSY, syscall.EAGAIN}},
}

// failureKind is the kind of an error of the system, by which the core judges it.
func failureKind(err error) string {
	for _, kind := range failureKinds {
		for _, one := range kind.errors {
			if errors.Is(err, one) {
				return kind.name
			}
		}
	}
	return "other"
}
