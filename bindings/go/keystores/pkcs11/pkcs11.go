// Package pkcs11 signs with keys in PKCS#11 tokens: HSMs, smart cards, SoftHSM. It uses the client
// github.com/miekg/pkcs11, so a C compiler is required.
package pkcs11

import (
	"context"
	"crypto"
	"sync"

	"github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores"
)

// Options name a key in a token.
type Options struct {
	// Module is the path of the PKCS#11 module, a shared library.
	Module string
	// Token is the label of the token. Default: any. Exactly one token must fit all names.
	Token string
	// Serial is the serial number of the token. Default: any.
	Serial string
	// Label of the key (CKA_LABEL). Default: any. Exactly one private key must fit all names.
	Label string
	// ID of the key (CKA_ID). Default: any.
	ID []byte
	// PIN returns the user PIN each time it is needed: [PIN] returns always the same. Without it there is no
	// login. A PIN that the token refused is not sent again.
	PIN func(ctx context.Context) (string, error)
	// SigningPIN returns the PIN of a key that requires one for each signature (CKA_ALWAYS_AUTHENTICATE).
	// Default: PIN.
	SigningPIN func(ctx context.Context) (string, error)
	// Sessions is the largest number of signatures at a time. Default: 4.
	Sessions int
	// Certificate of the key, DER or PEM. Default: the certificate in the token with the CKA_ID of the key.
	Certificate []byte
	// Chain has the issuers. Default: the issuers that are in the token, if the certificate is from there.
	Chain [][]byte
}

// PIN returns a PIN that stays the same, for [Options].
func PIN(pin string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return pin, nil }
}

// sessionsByDefault is the largest number of signatures at a time.
const sessionsByDefault = 4

// Key is a private key in a token. Its Signer is for every call that signs, on any goroutine.
type Key struct {
	// Signer has the certificate and the issuers, too. Without a certificate it can sign certification
	// requests.
	rustpdf.Signer

	options Options
	module  *module
	token   token

	// turns limits the sessions in use.
	turns chan struct{}
	// state protects the fields below.
	state  sync.Mutex
	idle   []session
	closed bool
}

// session is a session with the key, logged in. It makes one signature at a time.
type session struct {
	handle pkcs11.SessionHandle
	key    pkcs11.ObjectHandle
	// pinEachTime is true for a key that requires a PIN for each signature.
	pinEachTime bool
}

// Open opens a private key in a token. Close it after the last signature.
//
// Keys of a token share its login. A session that is lost is opened again, and the signature made then.
//
// Errors: ERR_ARGUMENT, ERR_PKCS11_MODULE; ERR_PKCS11_TOKEN and ERR_PKCS11_KEY if not exactly one fits;
// ERR_PKCS11_PIN_MISSING, ERR_PKCS11_PIN_WRONG and ERR_PKCS11_PIN_LOCKED; ERR_PKCS11_REFUSED for all other
// answers of the token. They wrap the error of the client, a pkcs11.Error. Errors of PIN and of the context
// are unchanged. Signing returns these too, and ERR_PKCS11_MECHANISM, ERR_PKCS11_GONE and
// ERR_ALGORITHM_MISMATCH.
func Open(ctx context.Context, options Options) (*Key, error) {
	if options.Module == "" {
		return nil, keystores.Missing("Module")
	}
	if options.SigningPIN == nil {
		options.SigningPIN = options.PIN
	}
	if options.Sessions <= 0 {
		options.Sessions = sessionsByDefault
	}
	loaded, err := loadModule(options.Module)
	if err != nil {
		return nil, err
	}
	key := &Key{options: options, module: loaded, turns: make(chan struct{}, options.Sessions)}
	if err := key.open(ctx); err != nil {
		_ = key.Close() // the first error is the more useful one
		return nil, explain(err)
	}
	return key, nil
}

func (k *Key) open(ctx context.Context) (err error) {
	if k.token, err = k.module.findToken(k.options.Token, k.options.Serial); err != nil {
		return err
	}
	opened, err := k.openSession(ctx)
	if err != nil {
		return err
	}
	k.idle = append(k.idle, opened)
	k.Signer = rustpdf.Signer{
		Certificate: k.options.Certificate, Chain: k.options.Chain, CompleteChain: true, Sign: k.sign, PublicKey: k.publicKey,
	}
	if k.Certificate != nil {
		return nil
	}
	certificate, issuers, err := k.module.certificatesOf(opened)
	if err == nil && certificate != nil {
		k.Certificate, k.Chain = certificate, append(issuers, k.options.Chain...)
	}
	return err
}

// Close ends the sessions with the token, after the signatures that are being made.
func (k *Key) Close() error {
	for range cap(k.turns) {
		k.turns <- struct{}{}
	}
	defer func() {
		for range cap(k.turns) {
			<-k.turns
		}
	}()
	k.state.Lock()
	defer k.state.Unlock()
	if k.closed {
		return nil
	}
	k.closed = true
	for _, opened := range k.idle {
		_ = k.module.CloseSession(opened.handle) // a lost session is closed
	}
	k.idle = nil
	return k.module.release()
}

// sign signs in a session; once more in a new one, if the session or the login was lost.
func (k *Key) sign(ctx context.Context, request rustpdf.SigningRequest) ([]byte, error) {
	mechanism, input, err := mechanismOf(request)
	if err != nil {
		return nil, err
	}
	select {
	case k.turns <- struct{}{}:
		defer func() { <-k.turns }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	signature, err := k.signOnce(ctx, mechanism, input)
	if isLost(err) {
		k.closeIdle() // they share its fate
		signature, err = k.signOnce(ctx, mechanism, input)
	}
	return signature, explain(err)
}

// publicKey reads the public key of the pair. Errors: ERR_PKCS11_KEY.
func (k *Key) publicKey(ctx context.Context) (crypto.PublicKey, error) {
	select {
	case k.turns <- struct{}{}:
		defer func() { <-k.turns }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	used, err := k.takeSession(ctx)
	if err != nil {
		return nil, explain(err)
	}
	public, err := k.module.publicKeyOf(used)
	k.state.Lock()
	defer k.state.Unlock()
	k.idle = append(k.idle, used)
	return public, explain(err)
}

// signOnce signs in an idle session or a new one.
func (k *Key) signOnce(ctx context.Context, mechanism *pkcs11.Mechanism, input []byte) ([]byte, error) {
	used, err := k.takeSession(ctx)
	if err != nil {
		return nil, err
	}
	signature, err := k.signIn(ctx, used, mechanism, input)
	k.state.Lock()
	defer k.state.Unlock()
	if err != nil {
		_ = k.module.CloseSession(used.handle) // ends the operation, too; a lost session is closed
		return nil, err
	}
	k.idle = append(k.idle, used)
	return table.Signature(signature)
}

func (k *Key) signIn(ctx context.Context, used session, mechanism *pkcs11.Mechanism, input []byte) ([]byte, error) {
	if err := k.module.SignInit(used.handle, []*pkcs11.Mechanism{mechanism}, used.key); err != nil {
		return nil, err
	}
	if used.pinEachTime {
		if err := k.logInFor(ctx, used.handle, pkcs11.CKU_CONTEXT_SPECIFIC, k.options.SigningPIN); err != nil {
			return nil, err
		}
	}
	return k.module.Sign(used.handle, input)
}

func (k *Key) takeSession(ctx context.Context) (session, error) {
	k.state.Lock()
	if k.closed {
		k.state.Unlock()
		return session{}, rustpdf.NewError(rustpdf.ErrArgument, "the key is closed; open it again, and close it after the last signature")
	}
	if last := len(k.idle) - 1; last >= 0 {
		taken := k.idle[last]
		k.idle = k.idle[:last]
		k.state.Unlock()
		return taken, nil
	}
	k.state.Unlock()
	return k.openSession(ctx)
}

func (k *Key) closeIdle() {
	k.state.Lock()
	defer k.state.Unlock()
	for _, opened := range k.idle {
		_ = k.module.CloseSession(opened.handle)
	}
	k.idle = nil
}

// openSession opens a session, logs in, and finds the key.
func (k *Key) openSession(ctx context.Context) (session, error) {
	handle, err := k.module.OpenSession(k.token.slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return session{}, err
	}
	opened, err := k.prepare(ctx, handle)
	if err != nil {
		_ = k.module.CloseSession(handle) // the first error is the more useful one
	}
	return opened, err
}

func (k *Key) prepare(ctx context.Context, handle pkcs11.SessionHandle) (session, error) {
	if k.options.PIN != nil {
		if err := k.logInFor(ctx, handle, pkcs11.CKU_USER, k.options.PIN); err != nil {
			return session{}, err
		}
	}
	return k.module.findKey(handle, k.options)
}

// logInFor logs in, unless the process is logged in for all that the PIN is for.
func (k *Key) logInFor(ctx context.Context, handle pkcs11.SessionHandle, user uint, pin func(context.Context) (string, error)) error {
	k.module.login.Lock()
	defer k.module.login.Unlock()
	if user == pkcs11.CKU_USER {
		if isLoggedIn, err := k.module.isLoggedIn(handle); err != nil || isLoggedIn {
			return err
		}
	}
	if pin == nil {
		return rustpdf.NewError(rustpdf.ErrPKCS11PINMissing, "the key requires a PIN for each signature; give it as SigningPIN")
	}
	entered, err := pin(ctx)
	if err != nil {
		return err
	}
	return k.module.logIn(handle, k.token, user, entered)
}

// isLoggedIn reports whether the process is logged in with the user PIN.
func (m *module) isLoggedIn(handle pkcs11.SessionHandle) (bool, error) {
	info, err := m.GetSessionInfo(handle)
	return info.State == pkcs11.CKS_RO_USER_FUNCTIONS || info.State == pkcs11.CKS_RW_USER_FUNCTIONS, err
}
