package rustpdf

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// openSafely has no flag here: the core describes a path before it opens it.
const openSafely = 0

func absolutePath(path string) (string, error) {
	return filepath.Abs(path)
}

// addSystemFacts adds the facts that FileInfo does not have on every system.
func addSystemFacts(found *statFrame, info fs.FileInfo, path string, file *os.File) (err error) {
	found.Mode, found.Links = 0o600, 1
	if !info.Mode().IsRegular() {
		return nil
	}
	if path != "" {
		if file, err = os.Open(path); err != nil {
			return err
		}
		defer file.Close()
	}
	var of syscall.ByHandleFileInformation
	err = syscall.GetFileInformationByHandle(syscall.Handle(file.Fd()), &of)
	found.Links = int64(of.NumberOfLinks)
	found.Identity = fmt.Sprintf("%x:%x:%x", of.VolumeSerialNumber, of.FileIndexHigh, of.FileIndexLow)
	return err
}

// process describes this process, or another.
func process(pid *int64) *processFrame {
	if pid != nil {
		_, err := os.FindProcess(int(*pid)) // opens the process, so it fails if there is none
		return &processFrame{Lives: err == nil}
	}
	host, _ := os.Hostname()
	return &processFrame{PID: int64(os.Getpid()), Host: host, Lives: true}
}
