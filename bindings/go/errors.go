package rustpdf

// Error is a failure with a stable code: what rustpdf refuses.
//
// The message says what was found and what to do. It holds no text of the document and no key material, so it may be logged. What a
// signer, a reader, a writer, the system or a context gives is not wrapped: it reaches the caller as itself.
//
// The codes are errors themselves, so that they can be asked for: errors.Is(err, rustpdf.ErrSignatureMismatch).
type Error struct {
	// Code is the stable code, such as ErrSignatureMismatch.
	Code ErrorCode
	// Group tells whose turn it is: file, options, certificate, answer, session, limit, misuse or internal.
	Group string
	// Message says what was found and what to do.
	Message string
	// Offset is where in the document it was found, in bytes from its first; nil where that is not known.
	Offset *int64
	// Object is the PDF object in which it was found; nil where that is not known.
	Object *ObjectID
	cause  error
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

// Unwrap is what led to the error, where something did.
func (e *Error) Unwrap() error {
	return e.cause
}

// Is tells whether the target is the code of the error.
func (e *Error) Is(target error) bool {
	code, isCode := target.(ErrorCode)
	return isCode && code == e.Code
}

// Error is the code.
func (c ErrorCode) Error() string {
	return string(c)
}

// wireError is an error as the core tells it.
type wireError struct {
	Code    ErrorCode  `json:"code"`
	Group   string     `json:"group"`
	Message string     `json:"message"`
	Offset  *int64     `json:"offset"`
	Object  *[2]uint32 `json:"object"`
}

func (w *wireError) raised() error {
	raised := &Error{Code: w.Code, Group: w.Group, Message: w.Message, Offset: w.Offset}
	if w.Object != nil {
		raised.Object = &ObjectID{Number: w.Object[0], Generation: w.Object[1]}
	}
	return raised
}

// newError is an error that was found here, not by the core.
func newError(code ErrorCode, message string) *Error {
	return &Error{Code: code, Group: groups[code], Message: message}
}

func argumentError(found, remedy string) error {
	return newError(ErrArgument, found+"; "+remedy)
}

// fileChanged is raised where a document is not what it was when the run began.
func fileChanged() error {
	remedy := "sign it again, and let nothing else write to it meanwhile"
	return newError(ErrFileChanged, "the document changed while it was being signed; "+remedy)
}

// internal is raised after a trap, and for what the core cannot have said.
func internal(cause error) error {
	raised := newError(ErrInternal, "the machine broke; report it, with the document if you can")
	raised.cause = cause
	return raised
}
