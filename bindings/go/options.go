package rustpdf

import "encoding/json"

// wire gives the options as JSON; nil are the defaults. Errors: ERR_ARGUMENT.
func (o *SigningOptions) wire() (json.RawMessage, error) {
	if o == nil {
		return json.RawMessage("{}"), nil
	}
	if o.Pades && o.PlainCMS {
		return nil, argumentError("the options ask for Pades and for PlainCMS", "give one of the two")
	}
	if o.CheckSignature && o.SkipSignatureCheck {
		return nil, argumentError("the options ask for CheckSignature and for SkipSignatureCheck", "give one of the two")
	}
	encoded, err := json.Marshal(o)
	if err != nil {
		panic(err) // strings, numbers and bytes
	}
	return encoded, nil
}

// credentialsOf puts together who signs, and how. Errors: ERR_ARGUMENT.
func credentialsOf(certificate []byte, chain [][]byte, options *SigningOptions) (credentials, error) {
	encoded, err := options.wire()
	return credentials{certificate, chain, encoded}, err
}
