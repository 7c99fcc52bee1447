package rustpdf

import "errors"

// Error is a failure with a stable code.
//
// The message may be logged. It contains names of fields, but no other text of the document and no key
// material. Errors of a signer, a reader, a writer, the system or a context are not wrapped: they reach
// the caller unchanged.
//
// The codes are errors too: errors.Is(err, rustpdf.ErrSignatureMismatch).
type Error struct {
	// Code is the stable code, such as ErrSignatureMismatch.
	Code ErrorCode
	// Group is the part of the call that has to change: file, options, certificate, answer, session, key,
	// service, limit, misuse or internal.
	Group string
	// Message describes the finding and its remedy.
	Message string
	// Offset is the offset in the document, in bytes; nil if it is not known.
	Offset *int64
	// Object is the PDF object concerned; nil if it is not known.
	Object *ObjectID
	cause  error
}

// UnfinishedError is an error that came after a signature was made. The signature is not lost: the
// session of the error continues without the key.
//
// Continue the session by its Advance, or serialize it. Of a level above B-B it asks the services that did
// not answer. errors.Is and errors.As reach Err.
type UnfinishedError struct {
	// Err is the error that ended the call.
	Err error
	// Session is the session of a document in memory, or nil.
	Session *Session
	// FileSession is the session of a document in a file, or nil.
	FileSession *FileSession
	// ReaderSession is the session of a document that is read by ranges, or nil.
	ReaderSession *ReaderSession
	// session and live are the session as the core returned it; nil for none.
	session *sessionResult
	live    []byte
}

// Error is the text of Err.
func (e *UnfinishedError) Error() string {
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *UnfinishedError) Unwrap() error {
	return e.Err
}

// withSession has attach put the session of an error, if there is one, into its field.
func withSession(err error, host *host, attach func(*UnfinishedError, *prepared)) error {
	var unfinished *UnfinishedError
	if errors.As(err, &unfinished) && unfinished.session != nil {
		attach(unfinished, newPrepared(unfinished.session, unfinished.live, host))
	}
	return err
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

func (e *errorFrame) raised() error {
	raised := &Error{Code: e.Code, Group: e.Group, Message: goNames.Replace(e.Message), Offset: e.Offset}
	if e.Object != nil {
		raised.Object = &ObjectID{Number: uint32(e.Object[0]), Generation: uint32(e.Object[1])}
	}
	return raised
}

// NewError makes an error of a code, for a key store that refuses a request by its own rules. The message
// describes the finding and its remedy, and contains no key material.
func NewError(code ErrorCode, message string) *Error {
	return newError(code, message)
}

func newError(code ErrorCode, message string) *Error {
	return &Error{Code: code, Group: groups[code], Message: message}
}

// machineBroke is the error of a trap, and of an answer that the core cannot have given.
func machineBroke(cause error) error {
	raised := hostErrMachineBroke()
	raised.cause = cause
	return raised
}
