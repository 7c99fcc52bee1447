package rustpdf

import (
	"context"
	"io"
)

// FileSession is a signing in two phases of a document in a file. The file is closed between the phases.
// A change of the file is detected by its size and times.
//
// It may be completed again, and by several goroutines.
type FileSession struct {
	*prepared
	input string
}

// BeginSigningFile prepares a document of any size for a signature that comes later, as [Begin] does.
// It reads the file once, and closes it.
func BeginSigningFile(ctx context.Context, input string, signer Signer, opts ...Option) (*FileSession, error) {
	call, err := callOf(ctx, opts, usesOfSigning|useOptions)
	if err != nil {
		return nil, err
	}
	return newFileSession(input, call, beginning(signer, call.options))
}

// ResumeSigningFile resumes a session that Serialize saved under the key, as [ResumeSigning] does.
func ResumeSigningFile(ctx context.Context, saved []byte, input string, key []byte, opts ...Option) (*FileSession, error) {
	call, err := callOf(ctx, opts, usesOfResuming)
	if err != nil {
		return nil, err
	}
	return newFileSession(input, call, resumption(saved, key))
}

// ResumeUnsealedFile resumes a session that SerializeUnsealed saved, as [ResumeUnsealed] does.
func ResumeUnsealedFile(ctx context.Context, saved []byte, input string, signer Signer, opts ...Option) (*FileSession, error) {
	call, err := callOf(ctx, opts, usesOfUnsealed)
	if err != nil {
		return nil, err
	}
	return newFileSession(input, call, unsealedResumption(saved, signer))
}

// Complete completes with a finished CMS container, which is checked first. The output is as of
// [SignFile]. It may be called again. Options: [WithReplace]; those of [Session.Complete] except
// [WithContext].
//
// Errors: as of [SignFile]; [*UnfinishedError] if the answer was right, and a service or the output failed.
func (s *FileSession) Complete(ctx context.Context, container []byte, output string, opts ...Option) (*SignedFile, error) {
	return s.completeWith(ctx, completion{kind: byContainer, bytes: container}, output, opts, 0)
}

// CompleteWithSignature completes with a raw signature over the Data of the request, which is checked
// first. It may be called again. Output, options and errors are as of Complete; one more option:
// [WithCertificate].
func (s *FileSession) CompleteWithSignature(ctx context.Context, signature []byte, output string, opts ...Option) (*SignedFile, error) {
	return s.completeWith(ctx, completion{kind: bySignature, bytes: signature}, output, opts, useCertificate)
}

// CompleteSigned completes a session that is signed already, such as that of an [UnfinishedError]. It
// may be called again. Output, options and errors are as of Complete.
func (s *FileSession) CompleteSigned(ctx context.Context, output string, opts ...Option) (*SignedFile, error) {
	return s.completeWith(ctx, completion{kind: byNothing}, output, opts, 0)
}

// Advance goes on with a session that is signed already, such as that of an [UnfinishedError]: it asks
// again for what failed, such as a timestamp or revocation data. The key is not asked.
//
// A saved session has no timestamp services: give them as [WithTimestampServices]. Output, options and
// errors are as of Complete.
func (s *FileSession) Advance(ctx context.Context, output string, opts ...Option) (*SignedFile, error) {
	return s.CompleteSigned(ctx, output, opts...)
}

func (s *FileSession) completeWith(
	ctx context.Context, answer completion, output string, opts []Option, uses use,
) (*SignedFile, error) {
	call, err := s.callOf(ctx, opts, useReplace|usesOfCompletion|uses)
	if err != nil {
		return nil, err
	}
	answer.signer = call.signer
	return s.complete(call, answer, output)
}

func (s *FileSession) complete(call *call, answer completion, output string) (*SignedFile, error) {
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
		return nil, withSession(err, host, func(unfinished *UnfinishedError, session *prepared) {
			unfinished.FileSession = &FileSession{session, s.input}
		})
	}
	s.report.Store(completed.lastReport())
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

// ReaderSession is a signing in two phases of a document that is read by ranges.
//
// A change of the document between the phases is not detected. Leave the document alone, or resume the
// serialized session, which reads it again.
type ReaderSession struct {
	*prepared
	source *readerSource
}

// BeginSigningReaderAt prepares a document that is read by ranges for a signature that comes later, as
// [Begin] does. The size is its length in bytes.
func BeginSigningReaderAt(ctx context.Context, pdf io.ReaderAt, size int64, signer Signer, opts ...Option) (*ReaderSession, error) {
	call, err := callOf(ctx, opts, usesOfSigning|useOptions)
	if err != nil {
		return nil, err
	}
	return newReaderSession(pdf, size, call, beginning(signer, call.options))
}

// ResumeSigningReaderAt resumes a session that Serialize saved under the key, as [ResumeSigning] does.
func ResumeSigningReaderAt(
	ctx context.Context, saved []byte, pdf io.ReaderAt, size int64, key []byte, opts ...Option,
) (*ReaderSession, error) {
	call, err := callOf(ctx, opts, usesOfResuming)
	if err != nil {
		return nil, err
	}
	return newReaderSession(pdf, size, call, resumption(saved, key))
}

// ResumeUnsealedReaderAt resumes a session that SerializeUnsealed saved, as [ResumeUnsealed] does.
func ResumeUnsealedReaderAt(
	ctx context.Context, saved []byte, pdf io.ReaderAt, size int64, signer Signer, opts ...Option,
) (*ReaderSession, error) {
	call, err := callOf(ctx, opts, usesOfUnsealed)
	if err != nil {
		return nil, err
	}
	return newReaderSession(pdf, size, call, unsealedResumption(saved, signer))
}

// Complete completes with a finished CMS container, which is checked first. The output is as of
// [SignReaderAt]. It may be called again. Options: as of [FileSession.Complete] except [WithReplace].
func (s *ReaderSession) Complete(ctx context.Context, container []byte, output io.Writer, opts ...Option) (*SignedFile, error) {
	return s.complete(ctx, completion{kind: byContainer, bytes: container}, output, opts, 0)
}

// CompleteWithSignature completes with a raw signature over the Data of the request, which is checked
// first. It may be called again. Output and options are as of Complete; one more: [WithCertificate].
func (s *ReaderSession) CompleteWithSignature(
	ctx context.Context, signature []byte, output io.Writer, opts ...Option,
) (*SignedFile, error) {
	return s.complete(ctx, completion{kind: bySignature, bytes: signature}, output, opts, useCertificate)
}

// CompleteSigned completes a session that is signed already, such as that of an [UnfinishedError]. It
// may be called again. Output and option are as of Complete.
func (s *ReaderSession) CompleteSigned(ctx context.Context, output io.Writer, opts ...Option) (*SignedFile, error) {
	return s.complete(ctx, completion{kind: byNothing}, output, opts, 0)
}

// Advance goes on with a session that is signed already, as [FileSession.Advance] does. Output and options
// are as of Complete.
func (s *ReaderSession) Advance(ctx context.Context, output io.Writer, opts ...Option) (*SignedFile, error) {
	return s.CompleteSigned(ctx, output, opts...)
}

func (s *ReaderSession) complete(
	ctx context.Context, answer completion, output io.Writer, opts []Option, uses use,
) (*SignedFile, error) {
	call, err := s.callOf(ctx, opts, usesOfCompletion|uses)
	if err != nil {
		return nil, err
	}
	answer.signer = call.signer
	host := newHost(s.source, nil, call)
	completed, err := host.complete(s.live, answer, nil)
	if err != nil {
		return nil, withSession(err, host, func(unfinished *UnfinishedError, session *prepared) {
			unfinished.ReaderSession = &ReaderSession{session, s.source}
		})
	}
	if writer := newWriterOutput(output); writer != nil {
		if err := writer.copy(s.source, s.source.length+int64(len(completed.payload)), call); err != nil {
			return nil, err
		}
		if err := writer.commit(s.source, completed.payload, call); err != nil {
			return nil, err
		}
	}
	s.report.Store(completed.lastReport())
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
