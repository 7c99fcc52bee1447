package rustpdf

import "errors"

// Error is a failure with a stable code.
//
// The message contains no text of the document and no key material, so it may be logged. Errors of a signer, a reader, a writer, the
// system or a context are not wrapped: they reach the caller as themselves.
//
// The codes are errors themselves: errors.Is(err, rustpdf.ErrSignatureMismatch).
type Error struct {
	// Code is the stable code, such as ErrSignatureMismatch.
	Code ErrorCode
	// Group is the part of the call that has to change: file, options, certificate, answer, session, limit, misuse or internal.
	Group string
	// Message describes the finding and its remedy.
	Message string
	// Offset is the place in the document, in bytes from its first; nil where it is not known.
	Offset *int64
	// Object is the PDF object concerned; nil where it is not known.
	Object *ObjectID
	cause  error
}

// UnfinishedError is an error that came after a signature was made. The signature is not lost: a session goes on from it, without the key.
//
// Complete that session by its CompleteSigned, or serialize it. errors.Is and errors.As reach Err.
type UnfinishedError struct {
	// Err is the error that ended the call.
	Err error
	// Session is the session of a document in memory; else nil.
	Session *Session
	// FileSession is the session of a document in a file; else nil.
	FileSession *FileSession
	// ReaderSession is the session of a document that is read by ranges; else nil.
	ReaderSession *ReaderSession
	live          *done
}

// Error is the text of Err.
func (e *UnfinishedError) Error() string {
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *UnfinishedError) Unwrap() error {
	return e.Err
}

// withSession has attach put the live session that comes with an error, if one does, into the field for it.
func withSession(err error, call *call, attach func(*UnfinishedError, *prepared)) error {
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || unfinished.live == nil {
		return err
	}
	session, invalid := newPrepared(unfinished.live, call)
	if invalid != nil {
		return unfinished.Err
	}
	attach(unfinished, session)
	return unfinished
}

// ObjectID names an object of a PDF document.
type ObjectID struct {
	// Number is the object number.
	Number uint32
	// Generation is the generation number.
	Generation uint32
}

// Error is the code and the message.
func (e *Error) Error() string {
	return string(e.Code) + ": " + e.Message
}

// Unwrap returns the cause, if there is one.
func (e *Error) Unwrap() error {
	return e.cause
}

// Is reports whether the target is the code of the error.
func (e *Error) Is(target error) bool {
	code, isCode := target.(ErrorCode)
	return isCode && code == e.Code
}

// Error is the code.
func (c ErrorCode) Error() string {
	return string(c)
}

// wireError is an error of the core.
type wireError struct {
	Code    ErrorCode  `json:"code"`
	Group   string     `json:"group"`
	Message string     `json:"message"`
	Offset  *int64     `json:"offset"`
	Object  *[2]uint32 `json:"object"`
	// Failure is the number of the failed step that ended the machine, where one did.
	Failure *int `json:"failure"`
}

func (w *wireError) raised() error {
	raised := &Error{Code: w.Code, Group: w.Group, Message: w.Message, Offset: w.Offset}
	if w.Object != nil {
		raised.Object = &ObjectID{Number: w.Object[0], Generation: w.Object[1]}
	}
	return raised
}

// newError makes an error of the host.
func newError(code ErrorCode, message string) *Error {
	return &Error{Code: code, Group: groups[code], Message: message}
}

func argumentError(found, remedy string) error {
	return newError(ErrArgument, found+"; "+remedy)
}

// internal is the error of a trap, and of an answer that the core cannot have given.
func internal(cause error) error {
	raised := newError(ErrInternal, "the machine broke; report it, with the document if you can")
	raised.cause = cause
	return raised
}
