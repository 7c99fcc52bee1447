package rustpdf

import "context"

// Signed is a signed document.
type Signed struct {
	// PDF is the signed document.
	PDF []byte
	// Report is the report of the last signature.
	Report *Report
	// Reports are the reports of all signatures.
	Reports []*Report
}

// Signatory is one of several signers that sign a document in turn.
type Signatory struct {
	// Signer signs.
	Signer Signer
	// Options of this signature; nil for the defaults.
	Options *SigningOptions
}

const (
	// usesOfSigning are the options of every call that signs.
	usesOfSigning = useTime | useEntropy | useProgress | useWarnings | useHTTP
	// usesOfFixed are the options of the calls with an argument for SigningOptions.
	usesOfFixed = usesOfSigning | useContext
)

// SignWith signs a PDF and returns the signed document.
//
// The function receives the bytes to sign and returns the raw signature: see [SignerFunc]. The key
// stays where it is. A signature that does not verify against the certificate is rejected.
// Certificate and chain are bytes in DER or PEM, or parsed certificates, both in the same form. Nil
// options mean a PAdES B-B signature by the algorithms that fit the certificate.
//
// Options of the call: [WithContext], [WithReport], [WithWarnings], [WithProgress], [WithSigningTime],
// [WithEntropy]; for a level above B-B those of [Sign]. [Sign] is the same call with a [Signer], and returns
// the report too.
// Errors: *Error; the error of the function reaches the caller unchanged; [*UnfinishedError] around an
// error that came after the signature.
func SignWith[C Certificate, F SignerFunc](
	pdf []byte, certificate C, hsmSign F, chain []C, options *SigningOptions, opts ...Option,
) ([]byte, error) {
	call, err := callOf(context.Background(), opts, usesOfFixed|useReport)
	if err != nil {
		return nil, err
	}
	signed, err := signInTurn(pdf, []Signatory{{NewSigner(certificate, hsmSign, chain...), options}}, call)
	if err != nil {
		return nil, err
	}
	if call.report != nil {
		call.report(signed.Report)
	}
	return signed.PDF, nil
}

// Sign signs a PDF. Without [SigningOptions] it makes a PAdES B-B signature by the algorithms that fit
// the certificate.
//
// The call stops when the context is done, unless the signature exists by then. It then returns the
// cause of the context.
//
// A level above B-B asks the timestamp services of the options, and servers that certificates name for
// revocation data. Options for that: [WithHTTP], [WithCache], [AllowPrivateNetworks], [AllowHosts],
// [WithHTTPTimeouts].
// Errors: *Error; the error of the signer reaches the caller unchanged; [*UnfinishedError] around an
// error that came after the signature, such as that of a timestamp service.
func Sign(ctx context.Context, pdf []byte, signer Signer, opts ...Option) (*Signed, error) {
	call, err := callOf(ctx, opts, usesOfSigning|useOptions)
	if err != nil {
		return nil, err
	}
	return signInTurn(pdf, []Signatory{{signer, call.options}}, call)
}

// SignInTurn signs a PDF by several signers, each over the earlier signatures. The document is hashed
// once.
//
// A wrong certificate or option is rejected before the first signature.
// Errors: as of [Sign]; [*UnfinishedError] if some have signed already.
func SignInTurn(ctx context.Context, pdf []byte, signatories []Signatory, opts ...Option) (*Signed, error) {
	call, err := callOf(ctx, opts, usesOfSigning)
	if err != nil {
		return nil, err
	}
	return signInTurn(pdf, signatories, call)
}

func signInTurn(pdf []byte, signatories []Signatory, call *call) (*Signed, error) {
	signers, credentials, err := split(signatories)
	if err != nil {
		return nil, err
	}
	host := newHost(memorySource(pdf), signers, call)
	run, err := host.sign(credentials, nil, nil)
	if err != nil {
		return nil, withSession(err, host, func(unfinished *UnfinishedError, session *prepared) {
			unfinished.Session = &Session{session, pdf}
		})
	}
	return &Signed{joined(pdf, run.payload), run.lastReport(), run.Reports}, nil
}

// split separates the signers of signatories from their credentials. Errors: ERR_ARGUMENT.
func split(signatories []Signatory) (signers []Signer, all []credentials, err error) {
	for _, signatory := range signatories {
		if signatory.Signer.Sign == nil {
			return nil, nil, hostErrArgumentMissing("a signer")
		}
		if signatory.Signer.Certificate == nil {
			return nil, nil, hostErrArgumentMissing("a certificate")
		}
		one, err := credentialsOf(signatory.Signer, signatory.Options)
		if err != nil {
			return nil, nil, err
		}
		signers, all = append(signers, signatory.Signer), append(all, one)
	}
	return signers, all, nil
}
