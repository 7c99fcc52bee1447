package rustpdf

import "context"

// Signatory is one of those who sign a document in turn.
type Signatory struct {
	// Certificate is the signer's certificate, DER or PEM.
	Certificate []byte
	// Signer gives the raw signature.
	Signer Signer
	// Chain are the certificate's issuers, DER, PEM or PEM bundles, in any order.
	Chain [][]byte
	// Options say what this signature is to be; nil are the defaults.
	Options *SigningOptions
}

// usesOfSigning are the call options that a signing in memory takes.
const usesOfSigning = useMoment | useProgress | useReport

// SignWith signs a PDF with a key that stays where it is, and returns the signed document.
//
// The signer gets the bytes to sign and returns the raw signature. Nothing is embedded that does not verify with the certificate.
// Certificate and chain are DER or PEM; nil options are the defaults: PAdES B-B with what fits the certificate.
// Errors: *Error; what the signer returns reaches the caller as itself.
func SignWith(
	pdf, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions, call ...CallOption,
) ([]byte, error) {
	return SignWithContext(context.Background(), pdf, certificate, signer, chain, options, call...)
}

// SignWithContext is SignWith that stops, with the cause of the context, when that is done.
func SignWithContext(
	ctx context.Context, pdf, certificate []byte, signer Signer, chain [][]byte, options *SigningOptions, call ...CallOption,
) ([]byte, error) {
	return SignInTurnContext(ctx, pdf, []Signatory{{certificate, signer, chain, options}}, call...)
}

// SignInTurn signs a PDF by several signers, each over the signatures before, as one call after the other would. The document is hashed
// once.
//
// A certificate or option that is wrong is refused before anybody signs.
func SignInTurn(pdf []byte, signatories []Signatory, call ...CallOption) ([]byte, error) {
	return SignInTurnContext(context.Background(), pdf, signatories, call...)
}

// SignInTurnContext is SignInTurn that stops, with the cause of the context, when that is done.
func SignInTurnContext(ctx context.Context, pdf []byte, signatories []Signatory, call ...CallOption) ([]byte, error) {
	made, err := callOf(ctx, call, usesOfSigning)
	if err != nil {
		return nil, err
	}
	signed, err := signInTurn(newMemoryDocument(pdf, made), signatories, made)
	if err != nil {
		return nil, err
	}
	made.tellReports(signed.reports)
	return joined(pdf, signed.payload), nil
}

// signInTurn is the run that all ways of signing share. Errors: ERR_ARGUMENT, those of the run.
func signInTurn(document document, signatories []Signatory, call *call) (*done, error) {
	var signers []Signer
	var all []credentials
	for _, signatory := range signatories {
		if signatory.Signer == nil {
			return nil, argumentError("a signer is nil", "give a function that signs")
		}
		if signatory.Certificate == nil {
			return nil, argumentError("a certificate is nil", "give the certificate of the signer in DER or PEM")
		}
		who, err := credentialsOf(signatory.Certificate, signatory.Chain, signatory.Options)
		if err != nil {
			return nil, err
		}
		signers, all = append(signers, signatory.Signer), append(all, who)
	}
	signed, err := signDocument(document, all, signers, call)
	if err == nil && len(signed.reports) != len(signatories) {
		return nil, internal(nil)
	}
	return signed, err
}
