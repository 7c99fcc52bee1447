package rustpdf

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// NoText is an empty text, as a value of an option. A zero field means the default instead:
	// Appearance{Text: NoText} draws no text, and AppearanceLabels{Reason: NoText} has no label for the reason.
	NoText = "\x00"
	// NoMargin is a BoxPosition.Margin of 0. It is less than the core tells apart, a thousandth of a point.
	NoMargin = 1e-9
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

// wire returns the options in JSON; nil means the defaults. Their bytes become parts.
func (o *SigningOptions) wire(parts *parts) json.RawMessage {
	if o == nil {
		return json.RawMessage("{}")
	}
	return encode(fieldsOf(reflect.ValueOf(*o), parts))
}

// wire returns the options in JSON. Their bytes become parts.
func (o *ExtensionOptions) wire(parts *parts) json.RawMessage {
	return encode(fieldsOf(reflect.ValueOf(*o), parts))
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
	if err := checkValue(reflect.ValueOf(options)); err != nil {
		return err
	}
	if timestamp == nil {
		return nil
	}
	return checkServices(timestamp.Services)
}

// part stands for bytes in the payload of a frame.
type part struct {
	Part string `json:"part"`
}

// wireOf returns the value of an option as the core reads it: bytes become parts, and NoText an empty text.
func wireOf(name string, value reflect.Value, parts *parts) any {
	switch given := value.Interface().(type) {
	case HexBytes:
		return part{parts.add(name, given)}
	case TimestampServices:
		return given // it encodes itself
	}
	switch value.Kind() {
	case reflect.Pointer:
		return wireOf(name, value.Elem(), parts)
	case reflect.Struct:
		return fieldsOf(value, parts)
	case reflect.Slice:
		switch item := value.Type().Elem(); {
		case item == reflect.TypeFor[HexBytes](), item.Kind() == reflect.Struct:
			items := make([]any, value.Len())
			for at := range items {
				items[at] = wireOf(name, value.Index(at), parts)
			}
			return items
		}
	case reflect.String:
		if value.String() == NoText {
			return ""
		}
	}
	return value.Interface()
}

// fieldsOf returns the fields of options by their names, without zero values and empty lists. A field with the tag
// `off` turns off what is on by default.
func fieldsOf(options reflect.Value, parts *parts) map[string]any {
	fields := map[string]any{}
	for at := range options.NumField() {
		field, value := options.Type().Field(at), options.Field(at)
		name, optional := strings.CutSuffix(field.Tag.Get("json"), ",omitempty")
		isEmpty := value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0
		switch off := field.Tag.Get("off"); {
		case off != "":
			if value.Bool() {
				fields[off] = false
			}
		case !optional || !isEmpty:
			fields[name] = wireOf(name, value, parts)
		}
	}
	return fields
}

func encode(value any) json.RawMessage {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // strings, numbers and bytes
	}
	return encoded
}

// checkValue checks that JSON has all texts and numbers of a value: it would replace bytes that are not UTF-8. Errors: ERR_ARGUMENT.
func checkValue(value reflect.Value) error {
	switch value.Kind() {
	case reflect.String:
		if !utf8.ValidString(value.String()) {
			return hostErrOptionText()
		}
	case reflect.Float64:
		if number := value.Float(); math.IsNaN(number) || math.IsInf(number, 0) {
			return hostErrArgumentType("a number in the options", "finite", strconv.FormatFloat(number, 'g', -1, 64))
		}
	case reflect.Pointer:
		if !value.IsNil() {
			return checkValue(value.Elem())
		}
	case reflect.Struct:
		for at := range value.NumField() {
			if err := checkValue(value.Field(at)); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for at := range value.Len() {
			if err := checkValue(value.Index(at)); err != nil {
				return err
			}
		}
	}
	return nil
}

// credentialsOf checks the options, and adds the algorithms of the key. Errors: ERR_ARGUMENT.
func credentialsOf(signer Signer, options *SigningOptions) (credentials, error) {
	return credentials{signer.Certificate, signer.Chain, signer.withOptionsOfKey(options)}, options.check()
}
