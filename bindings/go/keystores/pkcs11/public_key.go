package pkcs11

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"

	"github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
)

// curves are the curves by their parameters, object identifiers in DER.
var curves = []struct {
	parameters asn1.ObjectIdentifier
	curve      elliptic.Curve
}{
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}, elliptic.P256()},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 34}, elliptic.P384()},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 35}, elliptic.P521()},
}

// publicKeyOf reads the public key of a pair: the object with the CKA_ID of the private key, or the private key
// itself, which has the numbers of an RSA key. Errors: ERR_PKCS11_KEY.
func (m *module) publicKeyOf(opened session) (crypto.PublicKey, error) {
	objects := []pkcs11.ObjectHandle{opened.key}
	if id := m.attribute(opened.handle, opened.key, pkcs11.CKA_ID); len(id) > 0 {
		found, err := m.find(opened.handle, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PUBLIC_KEY), pkcs11.NewAttribute(pkcs11.CKA_ID, id),
		})
		if err != nil {
			return nil, err
		}
		objects = append(found, objects...)
	}
	for _, object := range objects {
		read := func(kind uint) []byte { return m.attribute(opened.handle, object, kind) }
		if modulus, exponent := read(pkcs11.CKA_MODULUS), read(pkcs11.CKA_PUBLIC_EXPONENT); len(modulus) > 0 && len(exponent) > 0 {
			return &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: int(new(big.Int).SetBytes(exponent).Int64())}, nil
		}
		if public := pointOf(read(pkcs11.CKA_EC_PARAMS), read(pkcs11.CKA_EC_POINT)); public != nil {
			return public, nil
		}
	}
	return nil, rustpdf.NewError(rustpdf.ErrPKCS11Key,
		"the token shows no public key with the ID of the private key; give it as PublicKey, as it was exported when the key was made")
}

// pointOf returns the key of a point, which most tokens wrap into an OCTET STRING; nil if it is not one.
func pointOf(parameters, point []byte) crypto.PublicKey {
	var wrapped []byte
	if rest, err := asn1.Unmarshal(point, &wrapped); err == nil && len(rest) == 0 {
		point = wrapped
	}
	for _, known := range curves {
		encoded, err := asn1.Marshal(known.parameters)
		if err != nil || !bytes.Equal(encoded, parameters) {
			continue
		}
		if public, err := ecdsa.ParseUncompressedPublicKey(known.curve, point); err == nil {
			return public
		}
	}
	if len(point) == ed25519.PublicKeySize {
		return ed25519.PublicKey(point)
	}
	return nil
}
