package rustpdf

import (
	"encoding/json"
	"reflect"
	"unicode/utf8"
)

// check checks the options, as far as the core does not. Errors: ERR_ARGUMENT.
func (o *SigningOptions) check() error {
	if o == nil {
		return nil
	}
	if o.Pades && o.PlainCMS {
		return hostErrOptionConflict("Pades", "PlainCMS")
	}
	if o.CheckSignature && o.SkipSignatureCheck {
		return hostErrOptionConflict("CheckSignature", "SkipSignatureCheck")
	}
	return checkOptions(o, o.Timestamp, o.Validation)
}

// wire returns the options in JSON; nil means the defaults. Certificates and revocation data become parts.
func (o *SigningOptions) wire(parts *parts) json.RawMessage {
	if o == nil {
		return json.RawMessage("{}")
	}
	plain := *o
	plain.Validation = nil
	return optionsWire(plain, o.Validation, parts)
}

// wire returns the options in JSON. Certificates and revocation data become parts.
func (o *ExtensionOptions) wire(parts *parts) json.RawMessage {
	plain := *o
	plain.Validation = nil
	return optionsWire(plain, o.Validation, parts)
}

// services returns the timestamp services of the options.
func (o *SigningOptions) services() TimestampServices {
	if o == nil || o.Timestamp == nil {
		return nil
	}
	return o.Timestamp.Services
}

// check checks the options, as far as the core does not. Errors: ERR_ARGUMENT.
func (o *ExtensionOptions) check() error {
	return checkOptions(o, o.Timestamp, o.Validation)
}

func checkOptions(options any, timestamp *TimestampOptions, validation *ValidationOptions) error {
	if validation != nil && validation.Online && validation.Offline {
		return hostErrOptionConflict("Online", "Offline")
	}
	if !isText(reflect.ValueOf(options)) {
		return hostErrOptionText()
	}
	if timestamp == nil {
		return nil
	}
	return checkServices(timestamp.Services)
}

// optionsWire returns options in JSON, and adds their validation, with its bytes as parts of the frame.
func optionsWire(options any, validation *ValidationOptions, parts *parts) json.RawMessage {
	encoded := encode(options)
	if validation == nil {
		return encoded
	}
	type part struct {
		Part string `json:"part"`
	}
	fields, inner := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	plain := *validation
	plain.Trust, plain.Certificates, plain.Ocsps, plain.Crls = nil, nil, nil, nil
	decode(encode(plain), &inner)
	for _, list := range []struct {
		name  string
		bytes []HexBytes
	}{
		{"trust", validation.Trust}, {"certificates", validation.Certificates}, {"ocsps", validation.Ocsps}, {"crls", validation.Crls},
	} {
		if len(list.bytes) == 0 {
			continue
		}
		names := make([]part, len(list.bytes))
		for at, bytes := range list.bytes {
			names[at] = part{parts.add(list.name, bytes)}
		}
		inner[list.name] = encode(names)
	}
	decode(encoded, &fields)
	fields["validation"] = encode(inner)
	return encode(fields)
}

func encode(value any) json.RawMessage {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // strings, numbers and bytes
	}
	return encoded
}

func decode(encoded json.RawMessage, into any) {
	if err := json.Unmarshal(encoded, into); err != nil {
		panic(err) // it was encoded by this module
	}
}

// isText reports whether all texts in a value are UTF-8: JSON would replace other bytes.
func isText(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.String:
		return utf8.ValidString(value.String())
	case reflect.Pointer:
		return value.IsNil() || isText(value.Elem())
	case reflect.Struct:
		for at := range value.NumField() {
			if !isText(value.Field(at)) {
				return false
			}
		}
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return true
		}
		for at := range value.Len() {
			if !isText(value.Index(at)) {
				return false
			}
		}
	}
	return true
}

// credentialsOf checks the options, and adds the algorithms of the key. Errors: ERR_ARGUMENT.
func credentialsOf(signer Signer, options *SigningOptions) (credentials, error) {
	return credentials{signer.Certificate, signer.Chain, signer.withOptionsOfKey(options)}, options.check()
}
