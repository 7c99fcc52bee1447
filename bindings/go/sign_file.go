package rustpdf

import (
	"context"
	"io"
)

// SignedFile is a document that was signed into a file or a writer.
type SignedFile struct {
	// Update follows the document: a few kilobytes. Without an output the caller appends it.
	Update []byte
	// Report is the report of the last signature.
	Report *Report
	// Reports are the reports of all signatures.
	Reports []*Report
}

// SignFile signs a document of any size. It reads the document once, in pieces.
//
// The output is one of three. The path of the input: the document is signed in place. Another path: a
// new file, which appears when it is complete. An empty path: no file, only the bytes of the update.
// An existing output is rejected (fs.ErrExist) without [WithReplace]. A new file has the permissions of
// the input less the umask, or those of the file that it replaces. In place the bytes of the document
// never change, and an interruption at any moment loses nothing: see [RecoverFile].
// Errors: *Error, such as ERR_FILE_CHANGED and ERR_FILE_BUSY; errors of the system and of the signer,
// unchanged; [*UnfinishedError] around an error that came after the signature.
func SignFile(ctx context.Context, input, output string, signer Signer, opts ...Option) (*SignedFile, error) {
	call, err := callOf(ctx, opts, usesOfSigning|useReplace|useOptions)
	if err != nil {
		return nil, err
	}
	return asSignedFile(signFile(input, output, []Signatory{{signer, call.options}}, call, nil))
}

// SignFileInTurn signs a document of any size by several signers, each over the earlier signatures. It
// reads the document once.
//
// The output and the errors are as of [SignFile].
func SignFileInTurn(ctx context.Context, input, output string, signatories []Signatory, opts ...Option) (*SignedFile, error) {
	call, err := callOf(ctx, opts, usesOfSigning|useReplace)
	if err != nil {
		return nil, err
	}
	return asSignedFile(signFile(input, output, signatories, call, nil))
}

// signFile signs a file. The job is that of a ledger, or nil.
func signFile(input, output string, signatories []Signatory, call *call, job *ledgerJob) (*done, error) {
	signers, credentials, err := split(signatories)
	if err != nil {
		return nil, err
	}
	host, err := newFileHost(input, signers, call)
	if err != nil {
		return nil, err
	}
	target, err := outputPlaceOf(output, call)
	if err != nil {
		return nil, err
	}
	signed, err := host.sign(credentials, target, job)
	return signed, withSession(err, host, func(unfinished *UnfinishedError, session *prepared) {
		unfinished.FileSession = &FileSession{session, host.path}
	})
}

// SignReaderAt signs a document that is read by ranges, such as an object of an object store. The size
// is its length in bytes. It is read whole once, in pieces.
//
// The output receives the signed document. With a nil output append the Update yourself. If a call fails
// after it began to write, discard the output. One exception: if only the update, the last bytes, could
// not be written, the call returns the signed file beside the error. Another goroutine calls the reader
// while a piece is used.
// Errors: *Error, such as ERR_ANSWER_LENGTH if the reader returns too little; errors of reader, writer
// and signer, unchanged.
func SignReaderAt(
	ctx context.Context, pdf io.ReaderAt, size int64, output io.Writer, signer Signer, opts ...Option,
) (*SignedFile, error) {
	call, err := callOf(ctx, opts, usesOfSigning|useOptions)
	if err != nil {
		return nil, err
	}
	source, err := newReaderSource(pdf, size)
	if err != nil {
		return nil, err
	}
	signers, credentials, err := split([]Signatory{{signer, call.options}})
	if err != nil {
		return nil, err
	}
	host := newHost(source, signers, call)
	host.writer = newWriterOutput(output)
	signed, err := host.sign(credentials, nil, nil)
	if err != nil {
		return nil, withSession(err, host, func(unfinished *UnfinishedError, session *prepared) {
			unfinished.ReaderSession = &ReaderSession{session, source}
		})
	}
	return signedFile(signed), newWriterOutput(output).commit(source, signed.payload, call)
}

// SignReader signs a document from a stream, such as the body of a request. It reads the stream to its
// end and keeps the document in memory: for large documents use [SignReaderAt] or [SignFile].
//
// The output receives the signed document after the signature is made.
// Errors: as of [Sign]; errors of reader and writer, unchanged.
func SignReader(ctx context.Context, pdf io.Reader, output io.Writer, signer Signer, opts ...Option) (*Signed, error) {
	if pdf == nil || output == nil {
		return nil, hostErrArgumentMissing("the reader or the writer")
	}
	document, err := io.ReadAll(pdf)
	if err != nil {
		return nil, err
	}
	signed, err := Sign(ctx, document, signer, opts...)
	if err != nil {
		return nil, err
	}
	return signed, newWriterOutput(output).write(signed.PDF)
}

func asSignedFile(signed *done, err error) (*SignedFile, error) {
	if err != nil {
		return nil, err
	}
	return signedFile(signed), nil
}

func signedFile(signed *done) *SignedFile {
	return &SignedFile{signed.payload, signed.lastReport(), signed.Reports}
}
