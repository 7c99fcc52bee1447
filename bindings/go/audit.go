package rustpdf

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// AuditFolder is a folder that receives a record of each request to a key: see [Audited].
type AuditFolder struct {
	// Directory is the path of the folder. It is made with mode 0700 if it is missing.
	Directory string
	// KeyID identifies the key in the records, as its key store names it. It may be empty.
	KeyID string
}

// Audited returns the signer with a record of each request in a folder: which document, which digest, when,
// and the result.
//
// Each process writes one file in the folder, of mode 0600. Its lines are JSON, and each has the SHA-256 of
// the line before it. A record `asked` is on the disk before the key is asked, and a record `signed` or
// `failed` before the signature or the error is returned. The records contain no signature and no text of
// an error: of a failure they have the code or the type.
//
// If a record cannot be written, its error reaches the caller: before `asked` the key is not asked, and
// after that the signature is withheld. Several signers, on any goroutines, may use the same folder.
func Audited(signer Signer, folder AuditFolder) Signer {
	sign := signer.Sign
	if sign == nil {
		return signer
	}
	signer.Sign = func(ctx context.Context, request SigningRequest) ([]byte, error) {
		file, err := auditFileOf(folder.Directory)
		if err != nil {
			return nil, err
		}
		record := auditRecord{
			KeyID: folder.KeyID, DocumentName: request.DocumentName, DocumentDigest: hex.EncodeToString(request.DocumentDigest),
			FieldName: request.FieldName, CertificateDigest: hex.EncodeToString(request.CertificateDigest),
			SignatureAlgorithm: string(request.SignatureAlgorithm), DigestAlgorithm: string(request.DigestAlgorithm),
			Digest: hex.EncodeToString(request.Digest), Event: auditEventAsked,
		}
		asked, err := file.append(record)
		if err != nil {
			return nil, err
		}
		return file.ask(ctx, sign, request, record, asked)
	}
	return signer
}

// ask asks the key, and writes the record of its answer, also after a panic, which passes through.
func (f *auditFile) ask(
	ctx context.Context, sign func(context.Context, SigningRequest) ([]byte, error), request SigningRequest, record auditRecord, asked int64,
) (signature []byte, err error) {
	record.Asked, record.Event, record.Error = &asked, auditEventFailed, "panic"
	start, returned := time.Now(), false
	end := func() error {
		duration := time.Since(start).Microseconds()
		record.Duration = &duration
		_, err := f.append(record)
		return err
	}
	defer func() {
		if !returned {
			_ = end() // the panic is the more useful error
		}
	}()
	signature, err = sign(ctx, request)
	returned = true
	if err == nil && signature == nil {
		err = hostErrSignerResult("neither a signature nor an error")
	}
	if err != nil {
		record.Error = errorName(err)
		if unwritten := end(); unwritten != nil {
			return nil, errors.Join(err, unwritten)
		}
		return nil, err
	}
	digest := sha256.Sum256(signature)
	record.Event, record.Error, record.SignatureDigest = auditEventSigned, "", hex.EncodeToString(digest[:])
	if err := end(); err != nil {
		return nil, err
	}
	return signature, nil
}

// errorName returns the code of an error, or its type. fmt.Errorf only adds text to the error that it wraps.
func errorName(err error) string {
	var raised *Error
	if errors.As(err, &raised) {
		return string(raised.Code)
	}
	for {
		name := fmt.Sprintf("%T", err)
		wrapped := errors.Unwrap(err)
		if name != "*fmt.wrapError" || wrapped == nil {
			return name
		}
		err = wrapped
	}
}

// auditFile is the file of this process in an audit folder.
type auditFile struct {
	writing  sync.Mutex
	file     *os.File
	length   int64
	sequence int64
	previous [sha256.Size]byte
	broken   error

	syncing sync.Mutex
	// synced is the number of records that are on the disk.
	synced int64
}

// auditFiles are the files of this process by their folders. They stay open until it ends.
var auditFiles = struct {
	sync.Mutex
	byFolder map[string]*auditFile
}{byFolder: map[string]*auditFile{}}

// auditFileOf returns the file of this process in a folder, and creates both for the first record.
func auditFileOf(folder string) (*auditFile, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	folder, err := resolve(folder)
	if err != nil {
		return nil, err
	}
	auditFiles.Lock()
	defer auditFiles.Unlock()
	if file := auditFiles.byFolder[folder]; file != nil {
		if file.isUsable() {
			return file, nil
		}
	}
	random := make([]byte, 4)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s-%d-%x.jsonl", time.Now().UTC().Format("20060102T150405Z"), os.Getpid(), random)
	created, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syncFolder(folder); err != nil {
		return nil, errors.Join(err, created.Close())
	}
	file := &auditFile{file: created}
	auditFiles.byFolder[folder] = file
	return file, nil
}

// isUsable reports whether the file takes records, and is still in its folder: records in a file without a
// name are lost. Requests that are under way keep their file.
func (f *auditFile) isUsable() bool {
	f.writing.Lock()
	broken := f.broken
	f.writing.Unlock()
	if broken != nil {
		return false
	}
	opened, err := f.file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(f.file.Name())
	return err == nil && os.SameFile(named, opened)
}

// append writes a record to the disk, and returns its number.
func (f *auditFile) append(record auditRecord) (int64, error) {
	sequence, err := f.write(record)
	if err != nil {
		return 0, err
	}
	return sequence, f.sync(sequence)
}

// write writes a record after the others, and returns its number. A record that does not fit on the disk is taken back, so
// that the next one can be written when there is room.
func (f *auditFile) write(record auditRecord) (int64, error) {
	f.writing.Lock()
	defer f.writing.Unlock()
	if f.broken != nil {
		return 0, f.broken
	}
	record.Previous = hex.EncodeToString(f.previous[:])
	record.Sequence = f.sequence
	record.Time = time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	line := append(encode(record), '\n')
	if _, err := f.file.WriteAt(line, f.length); err != nil {
		f.broken = f.file.Truncate(f.length)
		return 0, errors.Join(err, f.broken)
	}
	f.length += int64(len(line))
	f.previous = sha256.Sum256(line)
	f.sequence++
	return record.Sequence, nil
}

// sync returns when a record is on the disk. One call of the system serves all records that wait for it.
func (f *auditFile) sync(sequence int64) error {
	f.syncing.Lock()
	defer f.syncing.Unlock()
	if f.synced > sequence {
		return nil
	}
	f.writing.Lock()
	written, broken := f.sequence, f.broken
	f.writing.Unlock()
	if broken != nil {
		return broken
	}
	if err := f.file.Sync(); err != nil {
		// The system may have dropped the records, and report success the next time.
		f.writing.Lock()
		defer f.writing.Unlock()
		f.broken = err
		return err
	}
	f.synced = written
	return nil
}
