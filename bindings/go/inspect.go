package rustpdf

import (
	"context"
	"encoding/json"
	"io"
)

// InspectOptions are options of [Inspect], [InspectFile] and [InspectReaderAt].
type InspectOptions struct {
	// Password of an encrypted document.
	Password string
}

func (o InspectOptions) option() callOption {
	return callOption{"InspectOptions", useInspect, func(c *call) { c.inspect = o }}
}

// Inspect reads the revisions, the form fields and the signatures of a PDF. It verifies nothing.
//
// Options: [InspectOptions], [WithProgress].
// Errors: *Error, such as ERR_NOT_A_PDF and ERR_PASSWORD_MISSING.
func Inspect(ctx context.Context, pdf []byte, opts ...Option) (*DocumentInfo, error) {
	call, err := callOf(ctx, opts, useInspect|useProgress)
	if err != nil {
		return nil, err
	}
	return newHost(memorySource(pdf), nil, call).inspect()
}

// InspectFile reads the revisions, the form fields and the signatures of a PDF file, as [Inspect] does.
// It reads only the parts that it needs.
//
// Errors: as of [Inspect]; errors of the system.
func InspectFile(ctx context.Context, path string, opts ...Option) (*DocumentInfo, error) {
	call, err := callOf(ctx, opts, useInspect|useProgress)
	if err != nil {
		return nil, err
	}
	host, err := newFileHost(path, nil, call)
	if err != nil {
		return nil, err
	}
	return host.inspect()
}

// InspectReaderAt reads the revisions, the form fields and the signatures of a PDF that is read by
// ranges, as [Inspect] does. The size is its length in bytes.
//
// Errors: as of [Inspect]; errors of the reader.
func InspectReaderAt(ctx context.Context, pdf io.ReaderAt, size int64, opts ...Option) (*DocumentInfo, error) {
	call, err := callOf(ctx, opts, useInspect|useProgress)
	if err != nil {
		return nil, err
	}
	source, err := newReaderSource(pdf, size)
	if err != nil {
		return nil, err
	}
	return newHost(source, nil, call).inspect()
}

func (h *host) inspect() (*DocumentInfo, error) {
	inspected, err := h.start(operationInspect, &inspectStart{Password: h.call.inspect.Password}, parts{})
	if err != nil {
		return nil, err
	}
	info := new(DocumentInfo)
	if err := json.Unmarshal(inspected.Result, info); err != nil {
		return nil, machineBroke(err)
	}
	return info, nil
}
