//go:build unix

package rustpdf

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"syscall"
)

// openSafely follows no link, and opens a pipe at once.
const openSafely = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// absolutePath keeps `..` where it is, for links come first.
func absolutePath(path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	folder, err := os.Getwd()
	return folder + "/" + path, err
}

// addSystem adds the facts that FileInfo does not have on every system.
func (f *fileFacts) addSystem(info fs.FileInfo, _ string, _ *os.File) error {
	stat := info.Sys().(*syscall.Stat_t)
	f.Identity = fmt.Sprintf("%x:%x", stat.Dev, stat.Ino)
	f.Mode, f.Owner, f.Group, f.Links = uint32(info.Mode().Perm()), stat.Uid, stat.Gid, uint64(stat.Nlink)
	// The systems spell the name of this field differently.
	field := reflect.ValueOf(*stat).FieldByNameFunc(func(name string) bool { return name == "Ctim" || name == "Ctimespec" })
	if changed, known := field.Interface().(syscall.Timespec); known {
		f.Changed = strconv.FormatInt(changed.Nano(), 10)
	}
	return nil
}

// process describes this process, or another; /proc is empty where the system has none.
func process(pid *int) processFacts {
	if pid != nil {
		err := syscall.Kill(*pid, 0)
		return processFacts{PID: *pid, Start: processStart(*pid), Lives: err != syscall.ESRCH}
	}
	own := os.Getpid()
	host, _ := os.Hostname()
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return processFacts{own, os.Geteuid(), host, string(bytes.TrimSpace(boot)), namespace, processStart(own), true}
}

// processStart is the 22nd field of /proc/PID/stat. The name of the program, the second, may contain spaces.
func processStart(pid int) string {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:]); len(fields) > 19 {
		return string(fields[19])
	}
	return ""
}
