package rustpdf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

const (
	// mostJournal bounds a journal, in bytes: an update is a few kilobytes, and with the objects of a large form some megabytes.
	mostJournal = 64 << 20
	// A journal is wrong for milliseconds, unless it stays so.
	recoveryAttempts = 20
	recoveryPause    = 25 * time.Millisecond
)

// Recovered is what became of a file.
type Recovered string

const (
	// RecoveredNothing: nothing was to be done.
	RecoveredNothing Recovered = "nothing"
	// RecoveredSigned: the file is signed.
	RecoveredSigned Recovered = "signed"
	// RecoveredOriginal: the file is what it was.
	RecoveredOriginal Recovered = "original"
)

// RecoverFile finishes a signing in place that was interrupted, or with undo gives the original back. The next signing does so by itself.
//
// Errors: ERR_JOURNAL_DAMAGED, ERR_JOURNAL_DOCUMENT, ERR_JOURNAL_OWNER, those of the system.
func RecoverFile(path string, undo bool) (Recovered, error) {
	document, err := realPath(path)
	if err != nil {
		return "", err
	}
	for attempt := 1; ; attempt++ {
		found, err := readJournal(journalPath(document))
		if err != nil {
			return "", named(err, journalPath(document))
		}
		if found == nil {
			return RecoveredNothing, nil
		}
		recovered, err := recoverBy(found, document, undo)
		// Of two that sign at once the later one notices it with its journal written, and removes it at once.
		if attempt == recoveryAttempts || !errors.Is(err, ErrJournalDocument) {
			return recovered, named(err, journalPath(document))
		}
		time.Sleep(recoveryPause)
	}
}

// named puts the name of the journal, which most do not see in a folder, into an error about it.
func named(err error, path string) error {
	var raised *Error
	if !errors.As(err, &raised) || raised.Group != groups[ErrJournalDamaged] {
		return err
	}
	found := newError(raised.Code, fmt.Sprintf("%s (%s)", raised.Message, path))
	found.cause = raised
	return found
}

// foundJournal is a journal as it is on the disk.
type foundJournal struct {
	bytes []byte
	info  fs.FileInfo
}

func recoverBy(journal *foundJournal, document string, undo bool) (Recovered, error) {
	file, err := os.OpenFile(document, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer file.Close()
	there, err := file.Stat()
	if err != nil {
		return "", err
	}
	// Whoever may write to the folder, but not to the document, could have something appended to it by a journal: it counts from whoever
	// owns the document, and from whoever asks.
	if !sameOwner(journal.info, there) && !ownedByUs(journal.info) {
		found := "the journal beside the document is another user's, and that user does not own the document"
		remedy := "see who may write to the folder, then let that user recover the document, or remove the journal"
		return "", newError(ErrJournalOwner, found+"; "+remedy)
	}
	outcome, err := applyJournal(file, journal.bytes, undo)
	if err != nil {
		return "", err
	}
	_, err = removeOwn(journalPath(document), journal.info)
	return outcome, err
}

// readJournal reads a journal; nil where there is none: its process may remove it at any time. Neither a link is followed nor a pipe
// waited for: where everybody may write, it may be anybody's. Errors: those of the system, ERR_JOURNAL_DAMAGED.
func readJournal(path string) (*foundJournal, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|openWithoutWaiting|openNoLink, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENAMETOOLONG):
		return nil, nil
	case errors.Is(err, syscall.ELOOP):
		return nil, damaged()
	case err != nil:
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > mostJournal {
		return nil, damaged()
	}
	bytes, err := io.ReadAll(io.LimitReader(file, mostJournal))
	return &foundJournal{bytes, info}, err
}

func damaged() error {
	found := fmt.Sprintf("the journal is no regular file, or has more than %d bytes", mostJournal)
	return newError(ErrJournalDamaged, found+"; see whether the document opens, then remove the journal")
}
