package pkcs11

import (
	"github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
)

// mechanisms are the numbers of the names in the table.
var mechanisms = map[string]uint{
	"CKM_RSA_PKCS": pkcs11.CKM_RSA_PKCS, "CKM_RSA_PKCS_PSS": pkcs11.CKM_RSA_PKCS_PSS, "CKM_ECDSA": pkcs11.CKM_ECDSA,
	"CKM_EDDSA": 0x1057, // PKCS #11 3.0, 2.3.14; the client library has no constant
}

// pssHashes are the hash and the mask generation function of each digest.
var pssHashes = map[rustpdf.DigestAlgorithm][2]uint{
	rustpdf.DigestAlgorithmSHA256: {pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256},
	rustpdf.DigestAlgorithmSHA384: {pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384},
	rustpdf.DigestAlgorithmSHA512: {pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512},
}

// orders are the lengths of the orders of curves in bytes.
var orders = map[rustpdf.Curve]int{rustpdf.CurveP256: 32, rustpdf.CurveP384: 48, rustpdf.CurveP521: 66}

// mechanismOf returns the mechanism for a request, and its input. Errors: ERR_ALGORITHM_MISMATCH.
func mechanismOf(request rustpdf.SigningRequest) (*pkcs11.Mechanism, []byte, error) {
	call, err := table.Call(request)
	if err != nil {
		return nil, nil, err
	}
	input, number := call.Bytes, mechanisms[call.Name]
	switch number {
	case pkcs11.CKM_RSA_PKCS_PSS:
		hashes := pssHashes[request.DigestAlgorithm]
		return pkcs11.NewMechanism(number, pkcs11.NewPSSParams(hashes[0], hashes[1], uint(request.SaltLength))), input, nil
	case pkcs11.CKM_ECDSA:
		// Some tokens refuse a digest longer than the order, of which the leftmost bits count (FIPS 186-5, 6.4.1).
		if order, known := orders[request.Curve]; known {
			input = input[:min(len(input), order)]
		}
	}
	return pkcs11.NewMechanism(number, nil), input, nil
}
