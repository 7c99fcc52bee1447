package rustpdf

import (
	"context"
	"io"
)

// usesOfFiles are the call options for signing into a file.
const usesOfFiles = usesOfSigning | useReplace

// SignedFile is a document that was signed.
type SignedFile struct {
	// Update follows the document: a few kilobytes. Without an output the caller appends it.
	Update []byte
	// Report is the report of the last signature.
	Report *Report
	// Reports are the reports of all signatures.
	Reports []*Report
}

// SignFileWith signs a document of any size: it is read once, in pieces, and never in memory as a
// whole.
//
// The output is the input itself, which is then signed in place, a new file, or "" for the bytes of the
// update alone. A new file appears when it is complete; an existing one is rejected (fs.ErrExist)
// without WithReplace. It has the permissions of the input less the umask, or those of the file that it
// replaces. In place the bytes of the document are never changed, and an interruption at any moment
// loses nothing: see RecoverFile.
// Errors: *Error, such as ERR_FILE_CHANGED and ERR_FILE_BUSY; those of the system and of the signer, as
// themselves; *UnfinishedError around one that came after the signature.
func SignFileWith(
	input, output string, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*SignedFile, error) {
	return SignFileWithContext(context.Background(), input, output, certificate, signer, chain, options, call...)
}

// SignFileWithContext is SignFileWith that stops, with the cause of the context, when that is done.
// Nothing is left behind.
func SignFileWithContext(
	ctx context.Context, input, output string, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*SignedFile, error) {
	return SignFileInTurnContext(ctx, input, output, []Signatory{{certificate, signer, chain, options}}, call...)
}

// SignFileInTurn signs a document of any size by several signers, each over the earlier signatures. It
// is read once.
func SignFileInTurn(input, output string, signatories []Signatory, call ...CallOption) (*SignedFile, error) {
	return SignFileInTurnContext(context.Background(), input, output, signatories, call...)
}

// SignFileInTurnContext is SignFileInTurn that stops, with the cause of the context, when that is done.
// Nothing is left behind.
func SignFileInTurnContext(
	ctx context.Context, input, output string, signatories []Signatory, options ...CallOption,
) (*SignedFile, error) {
	call, err := callOf(ctx, options, usesOfFiles)
	if err != nil {
		return nil, err
	}
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
	signed, err := host.sign(credentials, target)
	if err != nil {
		return nil, withSession(err, call, func(unfinished *UnfinishedError, session *prepared) {
			unfinished.FileSession = &FileSession{session, host.path}
		})
	}
	call.tellReports(signed.Reports)
	return signedFile(signed), nil
}

// SignReaderWith signs a document of a size in bytes that is read by ranges, such as one in an object
// store. It is read whole once, in pieces.
//
// The output receives the signed document; with a nil output append the Update yourself. An output that
// was begun and then failed contains no signed document: discard it. If the update, the last bytes,
// cannot be written, the signed file is returned beside the error. Another goroutine calls the reader
// while a piece is used.
// Errors: *Error, such as ERR_ANSWER_LENGTH if the reader returns too little; those of reader, writer
// and signer, as themselves.
func SignReaderWith(
	pdf io.ReaderAt, size int64, output io.Writer, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions,
	call ...CallOption,
) (*SignedFile, error) {
	return SignReaderWithContext(context.Background(), pdf, size, output, certificate, signer, chain, options, call...)
}

// SignReaderWithContext is SignReaderWith that stops, with the cause of the context, when that is done.
func SignReaderWithContext(
	ctx context.Context, pdf io.ReaderAt, size int64, output io.Writer, certificate []byte, signer Signer, chain [][]byte,
	options *SigningOptions, callOptions ...CallOption,
) (*SignedFile, error) {
	call, err := callOf(ctx, callOptions, usesOfSigning)
	if err != nil {
		return nil, err
	}
	source, err := newReaderSource(pdf, size)
	if err != nil {
		return nil, err
	}
	signers, credentials, err := split([]Signatory{{certificate, signer, chain, options}})
	if err != nil {
		return nil, err
	}
	host := newHost(source, signers, call)
	host.writer = newWriterOutput(output)
	signed, err := host.sign(credentials, nil)
	if err != nil {
		return nil, withSession(err, call, func(unfinished *UnfinishedError, session *prepared) {
			unfinished.ReaderSession = &ReaderSession{session, source}
		})
	}
	call.tellReports(signed.Reports)
	return signedFile(signed), newWriterOutput(output).commit(source, signed.payload, call)
}

func signedFile(signed *done) *SignedFile {
	file := &SignedFile{Update: signed.payload, Reports: signed.Reports}
	if last := len(signed.Reports) - 1; last >= 0 {
		file.Report = signed.Reports[last]
	}
	return file
}
