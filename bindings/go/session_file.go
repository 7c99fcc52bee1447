package rustpdf

import (
	"context"
	"io"
	"io/fs"
)

// FileSession is a signing in two halves of a document that is not kept in memory, and whose file is not kept open.
//
// That the file changed between the halves is noticed by its size and times. It may be completed again, and by several goroutines.
type FileSession struct {
	*prepared
	input  string
	opened fs.FileInfo
}

// BeginSigningFile prepares a document of any size for a signature that comes later, as BeginSigning does. It is read once, and let go
// until then.
func BeginSigningFile(input string, certificate []byte, chain [][]byte, options *SigningOptions, call ...CallOption) (*FileSession, error) {
	return BeginSigningFileContext(context.Background(), input, certificate, chain, options, call...)
}

// BeginSigningFileContext is BeginSigningFile that stops, with the cause of the context, when that is done.
func BeginSigningFileContext(
	ctx context.Context, input string, certificate []byte, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*FileSession, error) {
	made, err := callOf(ctx, call, usesOfSigning)
	if err != nil {
		return nil, err
	}
	who, err := credentialsOf(certificate, chain, options)
	if err != nil {
		return nil, err
	}
	return beginFile(input, made, func(document document) (*done, error) { return prepare(document, who, made) })
}

// ResumeSigningFile takes up a serialised session with its document, which is read again and must be the same.
func ResumeSigningFile(saved []byte, input string, call ...CallOption) (*FileSession, error) {
	return ResumeSigningFileContext(context.Background(), saved, input, call...)
}

// ResumeSigningFileContext is ResumeSigningFile that stops, with the cause of the context, when that is done.
func ResumeSigningFileContext(ctx context.Context, saved []byte, input string, call ...CallOption) (*FileSession, error) {
	made, err := callOf(ctx, call, usesOfResuming)
	if err != nil {
		return nil, err
	}
	return beginFile(input, made, func(document document) (*done, error) { return resume(document, saved, made) })
}

// Complete completes with a finished CMS container, which is checked first, into an output as of SignFileWith. It may be called again.
// Of the call options it takes WithProgress and WithReplace.
func (s *FileSession) Complete(ctx context.Context, container []byte, output string, call ...CallOption) (*SignedFile, error) {
	return s.completeInto(ctx, "container", container, output, call)
}

// CompleteWithSignature completes with a raw signature over the Data of the request, which is checked first. It may be called again.
// Of the call options it takes WithProgress and WithReplace.
func (s *FileSession) CompleteWithSignature(ctx context.Context, signature []byte, output string, call ...CallOption) (*SignedFile, error) {
	return s.completeInto(ctx, "signature", signature, output, call)
}

func (s *FileSession) completeInto(
	ctx context.Context, kind string, answer []byte, output string, options []CallOption,
) (*SignedFile, error) {
	made, err := callOf(ctx, options, useProgress|useReplace)
	if err != nil {
		return nil, err
	}
	completed, err := complete(s.saved, kind, answer)
	if err != nil {
		return nil, err
	}
	source, err := openFile(s.input)
	if err != nil {
		return nil, err
	}
	defer source.close()
	if !source.isAsBefore(s.opened) { // the document was let go meanwhile: it must still be the one that was hashed
		return nil, fileChanged()
	}
	target, err := openOutput(source, output, made)
	if err != nil {
		return nil, err
	}
	defer target.end()
	if err := target.commit(completed.payload); err != nil {
		return nil, err
	}
	s.completed(completed)
	return signedFile(completed), nil
}

func beginFile(input string, call *call, story func(document) (*done, error)) (*FileSession, error) {
	source, err := openFile(input)
	if err != nil {
		return nil, err
	}
	defer source.close()
	begun, err := story(newStreamedDocument(source, call, nil))
	made, err := newPrepared(begun, err, call)
	if err != nil {
		return nil, err
	}
	return &FileSession{made, source.path, source.opened}, nil
}

// ReaderSession is a signing in two halves of a document that is read by ranges. That it changed between the halves is not noticed: leave
// it alone, or resume the serialised session, which reads it again.
type ReaderSession struct {
	*prepared
	source *readerSource
}

// BeginSigningReader prepares a document of a size in bytes, which is read by ranges, for a signature that comes later, as BeginSigning
// does.
func BeginSigningReader(
	ctx context.Context, pdf io.ReaderAt, size int64, certificate []byte, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*ReaderSession, error) {
	made, err := callOf(ctx, call, usesOfSigning)
	if err != nil {
		return nil, err
	}
	who, err := credentialsOf(certificate, chain, options)
	if err != nil {
		return nil, err
	}
	return beginReader(pdf, size, made, func(document document) (*done, error) { return prepare(document, who, made) })
}

// ResumeSigningReader takes up a serialised session with its document, which is read again and must be the same.
func ResumeSigningReader(
	ctx context.Context, saved []byte, pdf io.ReaderAt, size int64, call ...CallOption,
) (*ReaderSession, error) {
	made, err := callOf(ctx, call, usesOfResuming)
	if err != nil {
		return nil, err
	}
	return beginReader(pdf, size, made, func(document document) (*done, error) { return resume(document, saved, made) })
}

// Complete completes with a finished CMS container, which is checked first, into an output as of SignReaderWith. It may be called again.
// Of the call options it takes WithProgress.
func (s *ReaderSession) Complete(ctx context.Context, container []byte, output io.Writer, call ...CallOption) (*SignedFile, error) {
	return s.completeInto(ctx, "container", container, output, call)
}

// CompleteWithSignature completes with a raw signature over the Data of the request, which is checked first. It may be called again.
// Of the call options it takes WithProgress.
func (s *ReaderSession) CompleteWithSignature(
	ctx context.Context, signature []byte, output io.Writer, call ...CallOption,
) (*SignedFile, error) {
	return s.completeInto(ctx, "signature", signature, output, call)
}

func (s *ReaderSession) completeInto(
	ctx context.Context, kind string, answer []byte, output io.Writer, options []CallOption,
) (*SignedFile, error) {
	made, err := callOf(ctx, options, useProgress)
	if err != nil {
		return nil, err
	}
	completed, err := complete(s.saved, kind, answer)
	if err != nil {
		return nil, err
	}
	if err := outputOf(s.source, output, made).commit(completed.payload); err != nil {
		return nil, err
	}
	s.completed(completed)
	return signedFile(completed), nil
}

func beginReader(pdf io.ReaderAt, size int64, call *call, story func(document) (*done, error)) (*ReaderSession, error) {
	source, err := newReaderSource(pdf, size)
	if err != nil {
		return nil, err
	}
	begun, err := story(newStreamedDocument(source, call, nil))
	made, err := newPrepared(begun, err, call)
	if err != nil {
		return nil, err
	}
	return &ReaderSession{made, source}, nil
}
