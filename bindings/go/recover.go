package rustpdf

import (
	"context"
	"encoding/json"
)

// RecoverOptions are options of [RecoverFile].
type RecoverOptions struct {
	// Undo restores the original. Default: the signature is finished.
	Undo bool
	// JournalOwner is the name or number of a user. Recovery accepts a journal of that user, of the
	// caller and of the owner of the document.
	JournalOwner string
}

func (o RecoverOptions) option() callOption {
	return callOption{"RecoverOptions", useRecover, func(c *call) { c.recover = o }}
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

// Recovery is the result of [RecoverFile].
type Recovery struct {
	// Outcome is the state of the file.
	Outcome Recovered
	// Removed is the number of temporary files of ended processes that were removed.
	Removed int
}

// RecoverFile finishes an interrupted signing in place. It also removes temporary files that ended
// processes left beside the file.
//
// The next signing in place finishes it too. Option: [RecoverOptions].
// Errors: ERR_JOURNAL_DAMAGED, ERR_JOURNAL_DOCUMENT, ERR_JOURNAL_OWNER, ERR_FILE_BUSY; errors of the
// system.
func RecoverFile(ctx context.Context, path string, opts ...Option) (Recovery, error) {
	call, err := callOf(ctx, opts, useRecover)
	if err != nil {
		return Recovery{}, err
	}
	host, err := newFileHost(path, nil, call)
	if err != nil {
		return Recovery{}, err
	}
	start := &recoverStart{Undo: call.recover.Undo, JournalOwner: call.recover.JournalOwner}
	recovered, err := host.start(operationRecover, start, parts{})
	if err != nil {
		return Recovery{}, err
	}
	var result recoveredResult
	if err := json.Unmarshal(recovered.Result, &result); err != nil {
		return Recovery{}, machineBroke(err)
	}
	return Recovery{Recovered(result.Outcome), result.Removed}, nil
}
