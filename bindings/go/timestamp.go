package rustpdf

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strconv"
)

// TimestampServices are timestamp services in the order in which they are asked: the next one is asked if
// one fails. Their addresses and header fields stay in the process.
type TimestampServices []TimestampService

// MarshalJSON returns the number of services, which is all that the core knows of them.
func (s TimestampServices) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, int64(len(s)), 10), nil
}

// String names neither the address nor a header field: both may contain a secret.
func (s TimestampService) String() string {
	return "timestamp service"
}

// GoString is as String.
func (s TimestampService) GoString() string {
	return s.String()
}

// Certificates returns certificates for [ValidationOptions], such as Trust: bytes in DER or PEM, or parsed
// certificates.
func Certificates[C Certificate](certificates ...C) []HexBytes {
	all := make([]HexBytes, len(certificates))
	for at, certificate := range certificates {
		all[at] = bytesOf(certificate)
	}
	return all
}

func (o ExtensionOptions) option() callOption {
	return callOption{"ExtensionOptions", useExtension, func(c *call) { c.extension = &o }}
}

// Extended is a document with raised signatures, or with a document timestamp.
type Extended struct {
	// PDF is the document.
	PDF []byte
	// Report is the report.
	Report *ExtensionReport
}

// ExtendedFile is a file or a stream with raised signatures, or with a document timestamp.
type ExtendedFile struct {
	// Update follows the document. It is empty if there was nothing to do. Without an output the caller
	// appends it.
	Update []byte
	// Report is the report.
	Report *ExtensionReport
}

// operationTimestamp has the same start as operationExtend.
const operationTimestamp = "timestamp"

// usesOfExtension are the options of the calls that extend.
const usesOfExtension = useTime | useEntropy | useProgress | useHTTP | useExtension

// Extend raises the signatures of a PDF to a level, whichever software made them. No key is needed. Of
// signatures that have B-LTA it renews the evidence.
//
// Each signature is verified before it is raised. A broken one is ERR_SIGNATURE_BROKEN: leave it out by
// Fields. Changes after a signature are not judged.
//
// Options: [ExtensionOptions], [WithHTTP], [WithCache], [AllowPrivateNetworks], [AllowHosts],
// [WithHTTPTimeouts], [WithProgress], [WithSigningTime], [WithEntropy].
// Errors: *Error, such as ERR_TIMESTAMP_UNAVAILABLE and ERR_REVOCATION_UNAVAILABLE; an error of a function
// of the caller, unchanged; the cause of the context.
func Extend(ctx context.Context, pdf []byte, opts ...Option) (*Extended, error) {
	return extendInMemory(ctx, operationExtend, pdf, opts)
}

// ExtendFile raises the signatures of a file of any size, as [Extend] does. It reads the file once.
//
// The output is as of [SignFile]. If there was nothing to do, a new file is a copy. Options: those of
// [Extend], and [WithReplace].
// Errors: as of [Extend] and [SignFile].
func ExtendFile(ctx context.Context, input, output string, opts ...Option) (*ExtendedFile, error) {
	return extendFile(ctx, operationExtend, input, output, opts)
}

// ExtendReaderAt raises the signatures of a document that is read by ranges, as [Extend] does. The output
// is as of [SignReaderAt].
func ExtendReaderAt(ctx context.Context, pdf io.ReaderAt, size int64, output io.Writer, opts ...Option) (*ExtendedFile, error) {
	return extendReaderAt(ctx, operationExtend, pdf, size, output, opts)
}

// Timestamp adds a document timestamp to a PDF, signed or not. Of [ExtensionOptions] it uses Timestamp,
// Validation, FieldName, Password and Strict.
//
// Options and errors are as of [Extend].
func Timestamp(ctx context.Context, pdf []byte, opts ...Option) (*Extended, error) {
	return extendInMemory(ctx, operationTimestamp, pdf, opts)
}

// TimestampFile adds a document timestamp to a file of any size, as [Timestamp] does. It reads the file
// once. Output, options and errors are as of [ExtendFile].
func TimestampFile(ctx context.Context, input, output string, opts ...Option) (*ExtendedFile, error) {
	return extendFile(ctx, operationTimestamp, input, output, opts)
}

// TimestampReaderAt adds a document timestamp to a document that is read by ranges, as [Timestamp] does.
// The output is as of [SignReaderAt].
func TimestampReaderAt(ctx context.Context, pdf io.ReaderAt, size int64, output io.Writer, opts ...Option) (*ExtendedFile, error) {
	return extendReaderAt(ctx, operationTimestamp, pdf, size, output, opts)
}

func extendInMemory(ctx context.Context, operation string, pdf []byte, opts []Option) (*Extended, error) {
	call, err := extensionCall(ctx, opts, usesOfExtension)
	if err != nil {
		return nil, err
	}
	extended, err := newHost(memorySource(pdf), nil, call).extend(operation, extension{options: call.extension})
	if err != nil {
		return nil, err
	}
	return &Extended{joined(pdf, extended.Update), extended.Report}, nil
}

func extendFile(ctx context.Context, operation, input, output string, opts []Option) (*ExtendedFile, error) {
	call, err := extensionCall(ctx, opts, usesOfExtension|useReplace)
	if err != nil {
		return nil, err
	}
	return extendInto(call, operation, input, output, extension{options: call.extension})
}

// extendInto extends a file. Returns nil if the document was skipped.
func extendInto(call *call, operation, input, output string, extension extension) (*ExtendedFile, error) {
	host, err := newFileHost(input, nil, call)
	if err != nil {
		return nil, err
	}
	if extension.output, err = outputPlaceOf(output, call); err != nil {
		return nil, err
	}
	return host.extend(operation, extension)
}

func extendReaderAt(
	ctx context.Context, operation string, pdf io.ReaderAt, size int64, output io.Writer, opts []Option,
) (*ExtendedFile, error) {
	call, err := extensionCall(ctx, opts, usesOfExtension)
	if err != nil {
		return nil, err
	}
	source, err := newReaderSource(pdf, size)
	if err != nil {
		return nil, err
	}
	extended, err := newHost(source, nil, call).extend(operation, extension{options: call.extension})
	if err != nil {
		return nil, err
	}
	if writer := newWriterOutput(output); writer != nil {
		if err := writer.copy(source, size+int64(len(extended.Update)), call); err != nil {
			return nil, err
		}
		if err := writer.commit(source, extended.Update, call); err != nil {
			return nil, err
		}
	}
	return extended, nil
}

func extensionCall(ctx context.Context, opts []Option, uses use) (*call, error) {
	call, err := callOf(ctx, opts, uses)
	if err != nil {
		return nil, err
	}
	if call.extension == nil {
		return nil, hostErrArgumentMissing("ExtensionOptions")
	}
	return call, call.extension.check()
}

// extension is the work on one document.
type extension struct {
	options *ExtensionOptions
	output  *outputPlace
	// job is that of a ledger, or nil.
	job *ledgerJob
	// renewBefore is the time of [WithRenewBefore], or nil.
	renewBefore *int64
}

// extend runs an operation that appends timestamps and evidence. Returns nil if the document was skipped.
func (h *host) extend(operation string, extension extension) (*ExtendedFile, error) {
	var parts parts
	h.extension = extension.options
	encoded := extension.options.wire(&parts)
	start := &extendStart{Options: &encoded, Output: extension.output, Ledger: extension.job, RenewBefore: extension.renewBefore}
	ended, err := h.start(operation, start, parts)
	if err != nil {
		return nil, err
	}
	if isSkipped, err := ended.isSkipped(); isSkipped || err != nil {
		return nil, err
	}
	report := new(ExtensionReport)
	if err := json.Unmarshal(ended.Result, report); err != nil || bytes.Equal(ended.Result, []byte("null")) {
		return nil, machineBroke(err)
	}
	return &ExtendedFile{ended.payload, report}, nil
}
