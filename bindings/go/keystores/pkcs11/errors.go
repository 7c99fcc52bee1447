package pkcs11

import (
	"errors"
	"fmt"
	"slices"

	"github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
)

// refused are codes of the answers of a token. All others are ERR_PKCS11_REFUSED.
var refused = map[pkcs11.Error]struct {
	code rustpdf.ErrorCode
	text string
}{
	pkcs11.CKR_PIN_INCORRECT:              {rustpdf.ErrPKCS11PINWrong, wrongPIN},
	pkcs11.CKR_PIN_INVALID:                {rustpdf.ErrPKCS11PINWrong, wrongPIN},
	pkcs11.CKR_PIN_LEN_RANGE:              {rustpdf.ErrPKCS11PINWrong, wrongPIN},
	pkcs11.CKR_PIN_LOCKED:                 {rustpdf.ErrPKCS11PINLocked, "the PIN is locked; unlock it with the tool of the token's vendor"},
	pkcs11.CKR_PIN_EXPIRED:                {rustpdf.ErrPKCS11PINLocked, "the PIN has expired; change it with the tool of the token's vendor"},
	pkcs11.CKR_USER_PIN_NOT_INITIALIZED:   {rustpdf.ErrPKCS11Token, "the token has no PIN yet; set one with the tool of its vendor"},
	pkcs11.CKR_USER_NOT_LOGGED_IN:         {rustpdf.ErrPKCS11PINMissing, "the token requires a PIN; give it as PIN"},
	pkcs11.CKR_DEVICE_REMOVED:             {rustpdf.ErrPKCS11Gone, gone},
	pkcs11.CKR_TOKEN_NOT_PRESENT:          {rustpdf.ErrPKCS11Gone, gone},
	pkcs11.CKR_TOKEN_NOT_RECOGNIZED:       {rustpdf.ErrPKCS11Gone, gone},
	pkcs11.CKR_SLOT_ID_INVALID:            {rustpdf.ErrPKCS11Gone, gone},
	pkcs11.CKR_MECHANISM_INVALID:          {rustpdf.ErrPKCS11Mechanism, noMechanism},
	pkcs11.CKR_MECHANISM_PARAM_INVALID:    {rustpdf.ErrPKCS11Mechanism, noMechanism},
	pkcs11.CKR_KEY_TYPE_INCONSISTENT:      {rustpdf.ErrPKCS11Key, otherKey},
	pkcs11.CKR_KEY_FUNCTION_NOT_PERMITTED: {rustpdf.ErrPKCS11Key, "the token does not permit this key to sign; name another key"},
}

const (
	wrongPIN    = "the token refused the PIN; give the right one: wrong ones lock the token"
	gone        = "the token is not there any more; connect it, and sign again"
	noMechanism = "the token does not sign by this algorithm; choose another one"
	otherKey    = "the key is of another kind than the certificate; name the key of the certificate"
)

// explain adds a code and a remedy to an error of the module. errors.As finds both: *rustpdf.Error and
// pkcs11.Error.
func explain(err error) error {
	var answer pkcs11.Error
	if !errors.As(err, &answer) || errors.As(err, new(*rustpdf.Error)) {
		return err
	}
	known, isKnown := refused[answer]
	if !isKnown {
		known.code, known.text = rustpdf.ErrPKCS11Refused, "the token refused a call; look up the code in the documentation of the token"
	}
	return fmt.Errorf("%w (%w)", rustpdf.NewError(known.code, known.text), err)
}

// isLost reports whether a new session, and a new login, can cure the error.
func isLost(err error) bool {
	var answer pkcs11.Error
	return errors.As(err, &answer) && slices.Contains(lost, answer)
}

var lost = []pkcs11.Error{
	pkcs11.CKR_DEVICE_ERROR, pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_KEY_HANDLE_INVALID, pkcs11.CKR_OBJECT_HANDLE_INVALID,
	pkcs11.CKR_OPERATION_ACTIVE, pkcs11.CKR_OPERATION_NOT_INITIALIZED, pkcs11.CKR_SESSION_CLOSED,
	pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_USER_NOT_LOGGED_IN,
}
