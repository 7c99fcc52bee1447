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
func addSystemFacts(found facts, info fs.FileInfo, path string, file *os.File) (err error) {
	found["mode"], found["owner"], found["group"], found["links"], found["identity"] = 0o600, 0, 0, 1, ""
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
	found["links"], found["identity"] = of.NumberOfLinks, fmt.Sprintf("%x:%x:%x", of.VolumeSerialNumber, of.FileIndexHigh, of.FileIndexLow)
	return err
}

// process describes this process, or another.
func process(pid *int) facts {
	if pid != nil {
		_, err := os.FindProcess(*pid) // opens it, so it fails where there is none
		return facts{"lives": err == nil}
	}
	host, _ := os.Hostname()
	return facts{"pid": os.Getpid(), "user": 0, "host": host, "lives": true}
}
