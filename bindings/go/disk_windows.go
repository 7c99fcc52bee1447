package rustpdf

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// openSafely has no flag here: the core looks at what has a path before it opens it.
const openSafely = 0

func absolutePath(path string) (string, error) {
	return filepath.Abs(path)
}

// addSystem adds the facts that FileInfo does not have on every system.
func (f *fileFacts) addSystem(info fs.FileInfo, path string, file *os.File) error {
	f.Mode, f.Links = 0o600, 1
	if !info.Mode().IsRegular() {
		return nil
	}
	if file == nil {
		opened, err := os.Open(path)
		if err != nil {
			return err
		}
		defer opened.Close()
		file = opened
	}
	var found syscall.ByHandleFileInformation
	if err := syscall.GetFileInformationByHandle(syscall.Handle(file.Fd()), &found); err != nil {
		return err
	}
	f.Identity = fmt.Sprintf("%x:%x:%x", found.VolumeSerialNumber, found.FileIndexHigh, found.FileIndexLow)
	f.Links = uint64(found.NumberOfLinks)
	return nil
}

// process describes this process, or another.
func process(pid *int) processFacts {
	if pid != nil {
		_, err := os.FindProcess(*pid) // opens it, so it fails where there is none
		return processFacts{PID: *pid, Lives: err == nil}
	}
	host, _ := os.Hostname()
	return processFacts{PID: os.Getpid(), Host: host, Lives: true}
}
