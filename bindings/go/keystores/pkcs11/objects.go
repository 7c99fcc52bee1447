package pkcs11

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
)

// findKey finds the only private key that has the names. Errors: ERR_PKCS11_KEY, ERR_PKCS11_PIN_MISSING.
func (m *module) findKey(handle pkcs11.SessionHandle, named Options) (session, error) {
	template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY)}
	if named.Label != "" {
		template = append(template, pkcs11.NewAttribute(pkcs11.CKA_LABEL, named.Label))
	}
	if named.ID != nil {
		template = append(template, pkcs11.NewAttribute(pkcs11.CKA_ID, named.ID))
	}
	found, err := m.find(handle, template)
	if err != nil {
		return session{}, err
	}
	if len(found) != 1 {
		return session{}, m.noKey(handle, len(found))
	}
	each := m.attribute(handle, found[0], pkcs11.CKA_ALWAYS_AUTHENTICATE)
	return session{handle, found[0], bytes.Equal(each, []byte{1})}, nil
}

// noKey returns the error where not exactly one key fits. It lists the keys.
func (m *module) noKey(handle pkcs11.SessionHandle, fitting int) error {
	all, err := m.find(handle, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY)})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		if isLoggedIn, err := m.isLoggedIn(handle); err != nil {
			return err
		} else if !isLoggedIn {
			return rustpdf.NewError(rustpdf.ErrPKCS11PINMissing, "the token shows no private key without a PIN; give it as PIN")
		}
		return rustpdf.NewError(rustpdf.ErrPKCS11Key, "the token has no private key; name another token, or make a key in this one")
	}
	described := make([]string, len(all))
	for at, key := range all {
		described[at] = fmt.Sprintf("%q (ID %x)", m.attribute(handle, key, pkcs11.CKA_LABEL), m.attribute(handle, key, pkcs11.CKA_ID))
	}
	return rustpdf.NewError(rustpdf.ErrPKCS11Key, fmt.Sprintf("%d private keys fit, of these: %s; name one of them by Label or ID",
		fitting, strings.Join(described, ", ")))
}

// certificatesOf returns the certificate with the CKA_ID of the key, and its issuers in the token; nil if the
// token has none. Of several the newest counts: a renewed certificate is beside the old one.
func (m *module) certificatesOf(opened session) (certificate []byte, issuers [][]byte, err error) {
	id := m.attribute(opened.handle, opened.key, pkcs11.CKA_ID)
	objects, err := m.find(opened.handle, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE)})
	if err != nil {
		return nil, nil, err
	}
	var own *x509.Certificate
	var all []*x509.Certificate
	for _, object := range objects {
		parsed, err := x509.ParseCertificate(m.attribute(opened.handle, object, pkcs11.CKA_VALUE))
		if err != nil {
			continue // another kind of certificate
		}
		all = append(all, parsed)
		isOfKey := len(id) > 0 && bytes.Equal(id, m.attribute(opened.handle, object, pkcs11.CKA_ID))
		if isOfKey && (own == nil || parsed.NotBefore.After(own.NotBefore)) {
			own = parsed
		}
	}
	if own == nil {
		return nil, nil, nil
	}
	path := []*x509.Certificate{own}
	for at := 0; at < len(path); at++ {
		for _, other := range all {
			if bytes.Equal(path[at].RawIssuer, other.RawSubject) && !contains(path, other) {
				path, issuers = append(path, other), append(issuers, other.Raw)
			}
		}
	}
	return own.Raw, issuers, nil
}

func contains(path []*x509.Certificate, certificate *x509.Certificate) bool {
	for _, one := range path {
		if one.Equal(certificate) {
			return true
		}
	}
	return false
}

// find returns all objects that fit a template.
func (m *module) find(handle pkcs11.SessionHandle, template []*pkcs11.Attribute) (found []pkcs11.ObjectHandle, err error) {
	if err := m.FindObjectsInit(handle, template); err != nil {
		return nil, err
	}
	for {
		more, _, err := m.FindObjects(handle, 64)
		if err != nil || len(more) == 0 {
			return found, errors.Join(err, m.FindObjectsFinal(handle))
		}
		found = append(found, more...)
	}
}

// attribute returns an attribute of an object; nil if the token does not have it.
func (m *module) attribute(handle pkcs11.SessionHandle, object pkcs11.ObjectHandle, kind uint) []byte {
	read, err := m.GetAttributeValue(handle, object, []*pkcs11.Attribute{pkcs11.NewAttribute(kind, nil)})
	if err != nil || len(read) == 0 {
		return nil
	}
	return read[0].Value
}
