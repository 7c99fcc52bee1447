//go:build unix

package rustpdf

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"time"
)

// openSafely follows no link, and does not wait for the other end of a pipe.
const openSafely = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// absolutePath keeps `..`, which the system resolves after the links.
func absolutePath(path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	folder, err := os.Getwd()
	return folder + "/" + path, err
}

// addSystemFacts adds the facts that FileInfo does not have on every system.
func addSystemFacts(found *statFrame, info fs.FileInfo, _ string, _ *os.File) error {
	stat := info.Sys().(*syscall.Stat_t)
	found.Identity = fmt.Sprintf("%x:%x", stat.Dev, stat.Ino)
	found.Mode, found.Owner, found.Group, found.Links = uint32(info.Mode().Perm()), stat.Uid, stat.Gid, int64(stat.Nlink)
	// The systems spell the name of this field differently.
	field := reflect.ValueOf(*stat).FieldByNameFunc(func(name string) bool { return name == "Ctim" || name == "Ctimespec" })
	if changed, known := field.Interface().(syscall.Timespec); known {
		found.Changed = nanoseconds(time.Unix(changed.Unix()))
	}
	return nil
}

// process describes this process, or another. Without /proc it knows less.
func process(pid *int64) *processFrame {
	if pid != nil {
		return &processFrame{Lives: syscall.Kill(int(*pid), 0) != syscall.ESRCH, Start: processStart(*pid)}
	}
	host, _ := os.Hostname()
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	own := int64(os.Getpid())
	return &processFrame{
		PID: own, User: uint32(os.Geteuid()), Host: host, Boot: string(bytes.TrimSpace(boot)), Namespace: namespace,
		Start: processStart(own), Lives: true,
	}
}

// processStart is the 22nd field of /proc/PID/stat. The name of the program, the second, may contain spaces.
func processStart(pid int64) string {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:]); len(fields) > 19 {
		return string(fields[19])
	}
	return ""
}
