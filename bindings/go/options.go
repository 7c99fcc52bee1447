package rustpdf

import (
	"encoding/json"
	"reflect"
	"unicode/utf8"
)

// wire returns the options in JSON; nil means the defaults. Errors: ERR_ARGUMENT.
func (o *SigningOptions) wire() (json.RawMessage, error) {
	if o == nil {
		return json.RawMessage("{}"), nil
	}
	if o.Pades && o.PlainCMS {
		return nil, hostErrOptionConflict("Pades", "PlainCMS")
	}
	if o.CheckSignature && o.SkipSignatureCheck {
		return nil, hostErrOptionConflict("CheckSignature", "SkipSignatureCheck")
	}
	if !isText(reflect.ValueOf(*o)) {
		return nil, hostErrOptionText()
	}
	encoded, err := json.Marshal(o)
	if err != nil {
		panic(err) // strings, numbers and bytes
	}
	return encoded, nil
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
		for at := range value.Len() {
			if !isText(value.Index(at)) {
				return false
			}
		}
	}
	return true
}

// credentialsOf encodes the options. Errors: ERR_ARGUMENT.
func credentialsOf(signer Signer, options *SigningOptions) (credentials, error) {
	encoded, err := options.wire()
	return credentials{signer.Certificate, signer.Chain, encoded}, err
}
