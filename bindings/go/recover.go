package rustpdf

import (
	"context"
	"encoding/json"
)

// RecoverOptions say how a file is recovered.
type RecoverOptions struct {
	// Undo restores the original instead of finishing the signature.
	Undo bool
	// JournalOwner is the name or number of a user, from which a journal is accepted although the
	// document belongs to another user.
	JournalOwner string
}

// Recovered is the state of a file after its recovery.
type Recovered string

const (
	// RecoveredNothing: no signing in place was interrupted.
	RecoveredNothing Recovered = "nothing"
	// RecoveredSigned: the signature was finished.
	RecoveredSigned Recovered = "signed"
	// RecoveredOriginal: the file is the original again.
	RecoveredOriginal Recovered = "original"
)

// Recovery is the result of RecoverFile.
type Recovery struct {
	// Outcome is the state of the file.
	Outcome Recovered
	// Removed is the number of temporary files of ended processes that were removed.
	Removed int
}

// RecoverFile finishes a signing in place that was interrupted, and removes temporary files that ended
// processes left beside the file. The next signing in place does the former by itself.
//
// Errors: ERR_JOURNAL_DAMAGED, ERR_JOURNAL_DOCUMENT, ERR_JOURNAL_OWNER, ERR_FILE_BUSY, those of the system.
func RecoverFile(path string, options RecoverOptions) (Recovery, error) {
	host, err := newFileHost(path, nil, &call{context: context.Background()})
	if err != nil {
		return Recovery{}, err
	}
	recovered, err := host.start(operationRecover, &recoverStart{Undo: options.Undo, JournalOwner: options.JournalOwner}, parts{})
	if err != nil {
		return Recovery{}, err
	}
	var result recoveredResult
	if err := json.Unmarshal(recovered.Result, &result); err != nil {
		return Recovery{}, machineBroke(err)
	}
	return Recovery{Recovered(result.Outcome), result.Removed}, nil
}
