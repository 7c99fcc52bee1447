package rustpdf

import "encoding/json"

// wireOptions are options as the core takes them: what is on by default there has a field here that turns it off.
type wireOptions struct {
	*SigningOptions
	Pades          *bool `json:"pades,omitempty"`
	CheckSignature *bool `json:"checkSignature,omitempty"`
}

// wire gives the options as JSON; nil are the defaults. Errors: ERR_ARGUMENT.
func (o *SigningOptions) wire() (json.RawMessage, error) {
	if o == nil {
		return json.RawMessage("{}"), nil
	}
	if o.Pades && o.PlainCMS {
		return nil, argumentError("the options ask for Pades and for PlainCMS", "give one of the two")
	}
	off, options := false, wireOptions{SigningOptions: o}
	if o.PlainCMS {
		options.Pades = &off
	}
	if o.SkipSignatureCheck {
		options.CheckSignature = &off
	}
	encoded, err := json.Marshal(options)
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
