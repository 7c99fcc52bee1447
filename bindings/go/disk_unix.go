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

// addSystemFacts adds the facts that FileInfo does not have on every system.
func addSystemFacts(found facts, info fs.FileInfo, _ string, _ *os.File) error {
	stat := info.Sys().(*syscall.Stat_t)
	found["identity"] = fmt.Sprintf("%x:%x", stat.Dev, stat.Ino)
	found["mode"], found["owner"], found["group"], found["links"] = info.Mode().Perm(), stat.Uid, stat.Gid, stat.Nlink
	// The systems spell the name of this field differently.
	field := reflect.ValueOf(*stat).FieldByNameFunc(func(name string) bool { return name == "Ctim" || name == "Ctimespec" })
	if changed, known := field.Interface().(syscall.Timespec); known {
		found["changed"] = nanoseconds(time.Unix(changed.Unix()))
	}
	return nil
}

// process describes this process, or another. Without /proc it tells less.
func process(pid *int) facts {
	if pid != nil {
		return facts{"lives": syscall.Kill(*pid, 0) != syscall.ESRCH, "start": processStart(*pid)}
	}
	host, _ := os.Hostname()
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return facts{
		"pid": os.Getpid(), "user": os.Geteuid(), "host": host, "boot": string(bytes.TrimSpace(boot)), "namespace": namespace,
		"start": processStart(os.Getpid()), "lives": true,
	}
}

// processStart is the 22nd field of /proc/PID/stat. The name of the program, the second, may contain spaces.
func processStart(pid int) string {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:]); len(fields) > 19 {
		return string(fields[19])
	}
	return ""
}
