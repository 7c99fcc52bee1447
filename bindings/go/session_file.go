package rustpdf

import (
	"context"
	"io"
)

// FileSession is a signing in two phases of a document that is not kept in memory. Between the phases
// its file is closed, and a change of the file is detected by its size and times.
//
// It may be completed again, and by several goroutines.
type FileSession struct {
	*prepared
	input string
}

// BeginSigningFile prepares a document of any size for a signature that comes later, as BeginSigning
// does. It is read once, and closed until then.
func BeginSigningFile(input string, certificate []byte, chain [][]byte, options *SigningOptions, call ...CallOption) (*FileSession, error) {
	return BeginSigningFileContext(context.Background(), input, certificate, chain, options, call...)
}

// BeginSigningFileContext is BeginSigningFile that stops, with the cause of the context, when that is done.
func BeginSigningFileContext(
	ctx context.Context, input string, certificate []byte, chain [][]byte, options *SigningOptions, callOptions ...CallOption,
) (*FileSession, error) {
	call, err := callOf(ctx, callOptions, usesOfSigning)
	if err != nil {
		return nil, err
	}
	return newFileSession(input, call, beginning(certificate, chain, options))
}

// ResumeSigningFile resumes a session that Serialize saved under the key, as ResumeSigning does.
func ResumeSigningFile(saved []byte, input string, key []byte, call ...CallOption) (*FileSession, error) {
	return ResumeSigningFileContext(context.Background(), saved, input, key, call...)
}

// ResumeSigningFileContext is ResumeSigningFile that stops, with the cause of the context, when that is done.
func ResumeSigningFileContext(
	ctx context.Context, saved []byte, input string, key []byte, callOptions ...CallOption,
) (*FileSession, error) {
	call, err := callOf(ctx, callOptions, usesOfResuming)
	if err != nil {
		return nil, err
	}
	return newFileSession(input, call, resumption(saved, key))
}

// ResumeUnsealedFile resumes a session that SerializeUnsealed saved, as ResumeUnsealed does.
func ResumeUnsealedFile(
	saved []byte, input string, certificate []byte, chain [][]byte, options *SigningOptions, call ...CallOption,
) (*FileSession, error) {
	return ResumeUnsealedFileContext(context.Background(), saved, input, certificate, chain, options, call...)
}

// ResumeUnsealedFileContext is ResumeUnsealedFile that stops, with the cause of the context, when that is done.
func ResumeUnsealedFileContext(
	ctx context.Context, saved []byte, input string, certificate []byte, chain [][]byte, options *SigningOptions, callOptions ...CallOption,
) (*FileSession, error) {
	call, err := callOf(ctx, callOptions, usesOfUnsealed)
	if err != nil {
		return nil, err
	}
	return newFileSession(input, call, unsealedResumption(saved, certificate, chain, options))
}

// Complete completes with a finished CMS container, which is checked first, into an output as of
// SignFileWith. It may be called again. Call options: WithProgress, WithReplace.
// Errors: as of SignFileWith; *UnfinishedError if the answer was right, and the output failed.
func (s *FileSession) Complete(ctx context.Context, container []byte, output string, call ...CallOption) (*SignedFile, error) {
	return s.complete(ctx, completion{byContainer, container}, output, call)
}

// CompleteWithSignature completes with a raw signature over the Data of the request, which is checked
// first. It may be called again. Call options: WithProgress, WithReplace.
func (s *FileSession) CompleteWithSignature(ctx context.Context, signature []byte, output string, call ...CallOption) (*SignedFile, error) {
	return s.complete(ctx, completion{bySignature, signature}, output, call)
}

// CompleteSigned completes a session that is signed already, like that of an UnfinishedError. It may be
// called again. Call options: WithProgress, WithReplace.
func (s *FileSession) CompleteSigned(ctx context.Context, output string, call ...CallOption) (*SignedFile, error) {
	return s.complete(ctx, completion{byNothing, nil}, output, call)
}

func (s *FileSession) complete(ctx context.Context, answer completion, output string, options []CallOption) (*SignedFile, error) {
	call, err := callOf(ctx, options, useProgress|useReplace)
	if err != nil {
		return nil, err
	}
	host, err := newFileHost(s.input, nil, call)
	if err != nil {
		return nil, err
	}
	target, err := outputPlaceOf(output, call)
	if err != nil {
		return nil, err
	}
	completed, err := host.complete(s.live, answer, target)
	if err != nil {
		return nil, withSession(err, call, func(unfinished *UnfinishedError, session *prepared) {
			session.call = s.call
			unfinished.FileSession = &FileSession{session, s.input}
		})
	}
	s.completed(completed)
	return signedFile(completed), nil
}

func newFileSession(input string, call *call, firstHalf firstHalf) (*FileSession, error) {
	host, err := newFileHost(input, nil, call)
	if err != nil {
		return nil, err
	}
	session, err := firstHalf(host)
	if err != nil {
		return nil, err
	}
	return &FileSession{session, host.path}, nil
}

// ReaderSession is a signing in two phases of a document that is read by ranges. A change between the
// phases is not detected: leave the document alone, or resume the serialized session, which reads it
// again.
type ReaderSession struct {
	*prepared
	source *readerSource
}

// BeginSigningReader prepares a document of a size in bytes, which is read by ranges, for a signature
// that comes later, as BeginSigning does.
func BeginSigningReader(
	ctx context.Context, pdf io.ReaderAt, size int64, certificate []byte, chain [][]byte, options *SigningOptions, callOptions ...CallOption,
) (*ReaderSession, error) {
	call, err := callOf(ctx, callOptions, usesOfSigning)
	if err != nil {
		return nil, err
	}
	return newReaderSession(pdf, size, call, beginning(certificate, chain, options))
}

// ResumeSigningReader resumes a session that Serialize saved under the key, as ResumeSigning does.
func ResumeSigningReader(
	ctx context.Context, saved []byte, pdf io.ReaderAt, size int64, key []byte, callOptions ...CallOption,
) (*ReaderSession, error) {
	call, err := callOf(ctx, callOptions, usesOfResuming)
	if err != nil {
		return nil, err
	}
	return newReaderSession(pdf, size, call, resumption(saved, key))
}

// ResumeUnsealedReader resumes a session that SerializeUnsealed saved, as ResumeUnsealed does.
func ResumeUnsealedReader(
	ctx context.Context, saved []byte, pdf io.ReaderAt, size int64, certificate []byte, chain [][]byte, options *SigningOptions,
	callOptions ...CallOption,
) (*ReaderSession, error) {
	call, err := callOf(ctx, callOptions, usesOfUnsealed)
	if err != nil {
		return nil, err
	}
	return newReaderSession(pdf, size, call, unsealedResumption(saved, certificate, chain, options))
}

// Complete completes with a finished CMS container, which is checked first, into an output as of
// SignReaderWith. It may be called again. Call option: WithProgress.
func (s *ReaderSession) Complete(ctx context.Context, container []byte, output io.Writer, call ...CallOption) (*SignedFile, error) {
	return s.complete(ctx, completion{byContainer, container}, output, call)
}

// CompleteWithSignature completes with a raw signature over the Data of the request, which is checked
// first. It may be called again. Call option: WithProgress.
func (s *ReaderSession) CompleteWithSignature(
	ctx context.Context, signature []byte, output io.Writer, call ...CallOption,
) (*SignedFile, error) {
	return s.complete(ctx, completion{bySignature, signature}, output, call)
}

// CompleteSigned completes a session that is signed already, like that of an UnfinishedError. It may be
// called again. Call option: WithProgress.
func (s *ReaderSession) CompleteSigned(ctx context.Context, output io.Writer, call ...CallOption) (*SignedFile, error) {
	return s.complete(ctx, completion{byNothing, nil}, output, call)
}

func (s *ReaderSession) complete(
	ctx context.Context, answer completion, output io.Writer, options []CallOption,
) (*SignedFile, error) {
	call, err := callOf(ctx, options, useProgress)
	if err != nil {
		return nil, err
	}
	completed, err := complete(s.live, answer)
	if err != nil {
		return nil, err
	}
	if writer := newWriterOutput(output); writer != nil {
		if err := writer.copy(s.source, s.source.length+int64(len(completed.payload)), call); err != nil {
			return nil, err
		}
		if err := writer.commit(s.source, completed.payload, call); err != nil {
			return nil, err
		}
	}
	s.completed(completed)
	return signedFile(completed), nil
}

func newReaderSession(pdf io.ReaderAt, size int64, call *call, firstHalf firstHalf) (*ReaderSession, error) {
	source, err := newReaderSource(pdf, size)
	if err != nil {
		return nil, err
	}
	session, err := firstHalf(newHost(source, nil, call))
	if err != nil {
		return nil, err
	}
	return &ReaderSession{session, source}, nil
}
