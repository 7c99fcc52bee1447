package pkcs11

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
)

// module is a PKCS#11 module, which the keys of a process share: it can be initialized once only.
type module struct {
	*pkcs11.Ctx
	path string
	keys int
	// isOurs is false if other code of the process has initialized the module, and will finalize it.
	isOurs bool
	// login is held during a login: all sessions of a token share it.
	login sync.Mutex
}

var modules = struct {
	sync.Mutex
	byPath map[string]*module
	// wrong are the PINs that tokens refused, as digests. They are not sent again: the token would lock.
	wrong map[string][sha256.Size]byte
}{byPath: map[string]*module{}, wrong: map[string][sha256.Size]byte{}}

// loadModule loads and initializes a module, until release. Errors: ERR_PKCS11_MODULE.
func loadModule(path string) (*module, error) {
	modules.Lock()
	defer modules.Unlock()
	if loaded := modules.byPath[path]; loaded != nil {
		loaded.keys++
		return loaded, nil
	}
	loaded := &module{Ctx: pkcs11.New(path), path: path, keys: 1}
	if loaded.Ctx == nil {
		return nil, rustpdf.NewError(rustpdf.ErrPKCS11Module,
			path+" is not a PKCS#11 module; give the path of a module for this machine's architecture")
	}
	switch err := loaded.Initialize(); {
	case err == nil:
		loaded.isOurs = true
	case !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)):
		loaded.Destroy()
		return nil, fmt.Errorf("%w (%w)", rustpdf.NewError(rustpdf.ErrPKCS11Module, path+" cannot be initialized; see its configuration"), err)
	}
	modules.byPath[path] = loaded
	return loaded, nil
}

// release unloads the module after its last key.
func (m *module) release() error {
	modules.Lock()
	defer modules.Unlock()
	if m.keys--; m.keys > 0 {
		return nil
	}
	delete(modules.byPath, m.path)
	var err error
	if m.isOurs {
		err = m.Finalize()
	}
	m.Destroy()
	return err
}

// token is a token in a slot.
type token struct {
	slot uint
	pkcs11.TokenInfo
}

// findToken finds the only token that has the label and the serial number. Errors: ERR_PKCS11_TOKEN.
func (m *module) findToken(label, serial string) (token, error) {
	slots, err := m.GetSlotList(true)
	if err != nil {
		return token{}, err
	}
	var fitting []token
	var all []string
	for _, slot := range slots {
		info, err := m.GetTokenInfo(slot)
		if err != nil || info.Flags&pkcs11.CKF_TOKEN_INITIALIZED == 0 {
			continue // another token may fit
		}
		all = append(all, fmt.Sprintf("%q (serial %s)", info.Label, info.SerialNumber))
		if (label == "" || info.Label == label) && (serial == "" || info.SerialNumber == serial) {
			fitting = append(fitting, token{slot, info})
		}
	}
	if len(fitting) != 1 {
		had := strings.Join(all, ", ")
		if had == "" {
			had = "none"
		}
		return token{}, rustpdf.NewError(rustpdf.ErrPKCS11Token,
			fmt.Sprintf("%d tokens fit, of these: %s; name one of them by Token or Serial", len(fitting), had))
	}
	return fitting[0], nil
}

// logIn sends a PIN, unless the token has refused it before. The caller has the login of the module.
func (m *module) logIn(session pkcs11.SessionHandle, where token, user uint, pin string) error {
	name, digest := fmt.Sprint(m.path, "\x00", where.SerialNumber, "\x00", user), sha256.Sum256([]byte(pin))
	modules.Lock()
	before, isWrong := modules.wrong[name]
	modules.Unlock()
	if isWrong && before == digest {
		return explain(pkcs11.Error(pkcs11.CKR_PIN_INCORRECT))
	}
	err := m.Login(session, user, pin)
	if errors.Is(err, pkcs11.Error(pkcs11.CKR_PIN_INCORRECT)) || errors.Is(err, pkcs11.Error(pkcs11.CKR_PIN_LOCKED)) {
		modules.Lock()
		modules.wrong[name] = digest
		modules.Unlock()
	}
	if errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)) {
		return nil
	}
	return err
}
