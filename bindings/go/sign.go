package rustpdf

import "context"

// Signatory is one of several signers that sign a document in turn.
type Signatory struct {
	// Certificate is the signer's certificate, DER or PEM.
	Certificate []byte
	// Signer returns the raw signature.
	Signer Signer
	// Chain are the certificate's issuers, DER, PEM, PEM bundles or PKCS #7, in any order.
	Chain [][]byte
	// Options of this signature; nil for the defaults.
	Options *SigningOptions
}

// usesOfSigning are the call options that a signing in memory takes.
const usesOfSigning = useTime | useEntropy | useProgress | useReport | useWarnings

// SignWith signs a PDF with a key that stays where it is, and returns the signed document.
//
// The signer receives the bytes to sign and returns the raw signature. A signature that does not
// verify against the certificate is rejected. Certificate and chain are DER or PEM. Nil options mean
// a PAdES B-B signature by the algorithms that fit the certificate.
// Errors: *Error; the error of the signer reaches the caller as itself.
func SignWith(
	pdf, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions, call ...CallOption,
) ([]byte, error) {
	return SignWithContext(context.Background(), pdf, certificate, signer, chain, options, call...)
}

// SignWithContext is SignWith that stops, with the cause of the context, when that is done. A
// signature that exists by then is used.
func SignWithContext(
	ctx context.Context, pdf, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions, call ...CallOption,
) ([]byte, error) {
	return SignInTurnContext(ctx, pdf, []Signatory{{certificate, signer, chain, options}}, call...)
}

// SignInTurn signs a PDF by several signers, each over the earlier signatures, as one call after the
// other would. The document is hashed once.
//
// A wrong certificate or option is rejected before the first signature.
// Errors: as of SignWith; *UnfinishedError if some have signed already.
func SignInTurn(pdf []byte, signatories []Signatory, call ...CallOption) ([]byte, error) {
	return SignInTurnContext(context.Background(), pdf, signatories, call...)
}

// SignInTurnContext is SignInTurn that stops, with the cause of the context, when that is done.
func SignInTurnContext(ctx context.Context, pdf []byte, signatories []Signatory, options ...CallOption) ([]byte, error) {
	call, err := callOf(ctx, options, usesOfSigning)
	if err != nil {
		return nil, err
	}
	signers, credentials, err := split(signatories)
	if err != nil {
		return nil, err
	}
	signed, err := newHost(memorySource(pdf), signers, call).sign(credentials, nil)
	if err != nil {
		return nil, withSession(err, call, func(unfinished *UnfinishedError, session *prepared) {
			unfinished.Session = &Session{session, pdf}
		})
	}
	call.tellReports(signed.Reports)
	return joined(pdf, signed.payload), nil
}

// split separates the signers of signatories from their credentials. Errors: ERR_ARGUMENT.
func split(signatories []Signatory) (signers []Signer, all []credentials, err error) {
	for _, signatory := range signatories {
		if signatory.Signer == nil {
			return nil, nil, hostErrArgumentMissing("a signer")
		}
		if signatory.Certificate == nil {
			return nil, nil, hostErrArgumentMissing("a certificate")
		}
		one, err := credentialsOf(signatory.Certificate, signatory.Chain, signatory.Options)
		if err != nil {
			return nil, nil, err
		}
		signers, all = append(signers, signatory.Signer), append(all, one)
	}
	return signers, all, nil
}
