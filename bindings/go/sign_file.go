package rustpdf

import (
	"context"
	"io"
)

// usesOfFiles are the call options that a signing into a file takes.
const usesOfFiles = usesOfSigning | useReplace

// SignedFile is a document that was signed.
type SignedFile struct {
	// Update is what was appended, or is to be appended, to the document: a few kilobytes.
	Update []byte
	// Report tells what was done; of several signatures the last.
	Report *Report
	// Reports tell what was done by each who signed in turn.
	Reports []*Report
}

// SignFileWith signs a document of any size: it is read once, in pieces, and never in memory as a whole.
//
// The output is the input itself, which is then signed in place, a new file, or "" for nothing but the bytes of the update. A new file
// appears when it is complete; one that is there is refused (fs.ErrExist), unless WithReplace is given. In place the bytes of the
// document are never touched, and an interruption at any moment loses nothing: see RecoverFile.
// Errors: *Error, ERR_FILE_CHANGED and ERR_FILE_BUSY among them, and those of the system and of the signer as themselves.
func SignFileWith(
	input, output string, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*SignedFile, error) {
	return SignFileWithContext(context.Background(), input, output, certificate, signer, chain, options, call...)
}

// SignFileWithContext is SignFileWith that stops, with the cause of the context, when that is done. Nothing is left behind.
func SignFileWithContext(
	ctx context.Context, input, output string, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*SignedFile, error) {
	return SignFileInTurnContext(ctx, input, output, []Signatory{{certificate, signer, chain, options}}, call...)
}

// SignFileInTurn signs a document of any size by several signers, each over the signatures before. It is read once.
func SignFileInTurn(input, output string, signatories []Signatory, call ...CallOption) (*SignedFile, error) {
	return SignFileInTurnContext(context.Background(), input, output, signatories, call...)
}

// SignFileInTurnContext is SignFileInTurn that stops, with the cause of the context, when that is done. Nothing is left behind.
func SignFileInTurnContext(
	ctx context.Context, input, output string, signatories []Signatory, call ...CallOption,
) (*SignedFile, error) {
	made, err := callOf(ctx, call, usesOfFiles)
	if err != nil {
		return nil, err
	}
	source, err := openFile(input)
	if err != nil {
		return nil, err
	}
	defer source.close()
	target, err := openOutput(source, output, made)
	if err != nil {
		return nil, err
	}
	defer target.end()
	return signInto(source, target, signatories, made)
}

// SignReaderWith signs a document of a size in bytes that is read by ranges, such as one in an object store. It is read whole once, in
// pieces.
//
// The signed document goes into the output, or with nil nowhere: append the Update yourself. An output that was begun and then failed
// holds no signed document: throw it away. The reader is called by another goroutine while a piece is used.
// Errors: *Error, ERR_ANSWER_LENGTH among them where the reader gives too little; those of reader, writer and signer as themselves.
func SignReaderWith(
	pdf io.ReaderAt, size int64, output io.Writer, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions,
	call ...CallOption,
) (*SignedFile, error) {
	return SignReaderWithContext(context.Background(), pdf, size, output, certificate, signer, chain, options, call...)
}

// SignReaderWithContext is SignReaderWith that stops, with the cause of the context, when that is done.
func SignReaderWithContext(
	ctx context.Context, pdf io.ReaderAt, size int64, output io.Writer, certificate []byte, signer Signer, chain [][]byte,
	options *SigningOptions, call ...CallOption,
) (*SignedFile, error) {
	made, err := callOf(ctx, call, usesOfSigning)
	if err != nil {
		return nil, err
	}
	source, err := newReaderSource(pdf, size)
	if err != nil {
		return nil, err
	}
	return signInto(source, outputOf(source, output, made), []Signatory{{certificate, signer, chain, options}}, made)
}

// outputOf is a writer as an output; nil is none.
func outputOf(source source, writer io.Writer, call *call) output {
	if writer == nil {
		return &updateOnly{source, call}
	}
	return &writerOutput{source: source, writer: writer, call: call}
}

// signInto signs a source into an output.
func signInto(source source, target output, signatories []Signatory, call *call) (*SignedFile, error) {
	signed, err := signInTurn(newStreamedDocument(source, call, target.sink), signatories, call)
	if err != nil {
		return nil, err
	}
	if err := target.commit(signed.payload); err != nil {
		return nil, err
	}
	call.tellReports(signed.reports)
	return signedFile(signed), nil
}

func signedFile(signed *done) *SignedFile {
	made := &SignedFile{Update: signed.payload, Reports: signed.reports}
	if last := len(signed.reports) - 1; last >= 0 {
		made.Report = signed.reports[last]
	}
	return made
}
