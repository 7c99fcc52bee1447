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
	Op                     string
	Handle                 int
	Path, From, To, Prefix HexBytes
	Access                 string
	Offset, Length         int64
	Mode, Owner, Group     *int
	Identity               *string
	PID                    *int
	Milliseconds           int64
}

// fileFacts is the result of stat.
type fileFacts struct {
	Type     string `json:"type"`
	Identity string `json:"identity"`
	Size     int64  `json:"size"`
	Mode     uint32 `json:"mode"`
	Owner    uint32 `json:"owner"`
	Group    uint32 `json:"group"`
	Links    uint64 `json:"links"`
	Modified string `json:"modified"`
	Changed  string `json:"changed"`
}

// processFacts is the result of process.
type processFacts struct {
	PID       int    `json:"pid"`
	User      int    `json:"user"`
	Host      string `json:"host"`
	Boot      string `json:"boot"`
	Namespace string `json:"namespace"`
	Start     string `json:"start"`
	Lives     bool   `json:"lives"`
}

// mostNames bounds the result of list.
const mostNames = 10000

var accesses = map[string]int{"read": os.O_RDONLY, "write": os.O_RDWR, "append": os.O_RDWR | os.O_APPEND}

// perform performs one operation. given are the bytes that it writes, read those that it read.
func (d disk) perform(ctx context.Context, asked *operation, given []byte) (result any, read []byte, err error) {
	path, file, result := string(asked.Path), d[asked.Handle], struct{}{}
	switch asked.Op {
	case "resolve":
		path, err = resolve(path)
		return map[string]HexBytes{"path": HexBytes(path)}, nil, err
	case "open", "create":
		flags, mode := accesses[asked.Access]|openSafely, fs.FileMode(0)
		if asked.Op == "create" {
			flags, mode = os.O_RDWR|os.O_CREATE|os.O_EXCL, fs.FileMode(*asked.Mode)
		}
		if file, err = os.OpenFile(path, flags, mode); err != nil {
			return nil, nil, err
		}
		d[asked.Handle] = file
		facts, err := stat("", file)
		return facts, nil, err
	case "stat":
		facts, err := stat(path, file)
		return facts, nil, err
	case "absent":
		if _, err = os.Lstat(path); err == nil {
			return nil, nil, &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
		} else if failureKind(err) == "missing" {
			err = nil
		}
	case "read":
		read = make([]byte, asked.Length)
		length, err := file.ReadAt(read, asked.Offset)
		if err == io.EOF {
			err = nil
		}
		return map[string]int{"length": length}, read[:length], err
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
		removed, err := remove(path, asked.Identity)
		return map[string]bool{"removed": removed}, nil, err
	case "list":
		names, err := list(path, string(asked.Prefix))
		return map[string][]HexBytes{"names": names}, nil, err
	case "syncFolder":
		err = syncFolder(path)
	case "process":
		return process(asked.PID), nil, nil
	case "wait":
		select {
		case <-time.After(time.Duration(asked.Milliseconds) * time.Millisecond):
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	default:
		err = internal(nil)
	}
	return result, nil, err
}

// closeAll closes the files that the core left open.
func (d disk) closeAll() {
	for _, file := range d {
		_ = file.Close() // the core synced what has to be on the disk
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

// stat describes an open file, or what has the path.
func stat(path string, file *os.File) (facts fileFacts, err error) {
	var info fs.FileInfo
	if path == "" {
		info, err = file.Stat()
	} else if info, err = os.Lstat(path); failureKind(err) == "missing" || errors.Is(err, syscall.ENAMETOOLONG) {
		return fileFacts{Type: "missing", Modified: "0", Changed: "0"}, nil
	}
	if err != nil {
		return facts, err
	}
	modified := strconv.FormatInt(info.ModTime().UnixNano(), 10)
	facts = fileFacts{Type: "other", Size: info.Size(), Modified: modified, Changed: modified}
	switch {
	case info.Mode().IsRegular():
		facts.Type = "file"
	case info.IsDir():
		facts.Type = "folder"
	case info.Mode()&fs.ModeSymlink != 0:
		facts.Type = "link"
	}
	return facts, facts.addSystem(info, path, file)
}

func permit(file *os.File, asked *operation) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	number := func(given *int) int {
		if given == nil {
			return -1 // as it is
		}
		return *given
	}
	if asked.Owner != nil || asked.Group != nil {
		if err := file.Chown(number(asked.Owner), number(asked.Group)); err != nil {
			return err
		}
	}
	if asked.Mode != nil {
		return file.Chmod(fs.FileMode(*asked.Mode))
	}
	return nil
}

func remove(path string, identity *string) (removed bool, err error) {
	if identity != nil {
		if facts, err := stat(path, nil); err != nil || facts.Identity != *identity {
			return false, err
		}
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func list(path, prefix string) ([]HexBytes, error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	found := []HexBytes{}
	for {
		names, err := folder.Readdirnames(1000)
		for _, name := range names {
			if strings.HasPrefix(name, prefix) && len(found) < mostNames {
				found = append(found, HexBytes(name))
			}
		}
		if err == io.EOF || err == nil && len(found) == mostNames {
			return found, nil
		} else if err != nil {
			return nil, err
		}
	}
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
	return nil
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
