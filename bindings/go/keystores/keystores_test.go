package keystores_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores"
)

var table = keystores.Table{
	Title: "Store",
	Ways: map[string]keystores.Way{
		"rsa-pkcs1": {Input: "digestInfo", Names: map[string]string{"sha256": "PKCS1"}, Scheme: "padding"},
		"ecdsa":     {Input: "digest", Names: map[string]string{"sha256": "EC"}},
		"ed25519":   {Input: "data", Names: map[string]string{"sha512": "ED"}, Most: 4},
	},
}

func TestCall(t *testing.T) {
	request := rustpdf.SigningRequest{Data: []byte("data"), Digest: []byte("digest"), DigestInfo: []byte("info")}
	for _, test := range []struct {
		signature   rustpdf.SignatureAlgorithm
		digest      rustpdf.DigestAlgorithm
		data        string
		name, input string
		text        string
	}{
		{"rsa-pkcs1", "sha256", "data", "PKCS1", "info", ""},
		{"ecdsa", "sha256", "data", "EC", "digest", ""},
		{"ed25519", "sha512", "data", "ED", "data", ""},
		{"ed25519", "sha512", "datas", "", "", "Store signs at most 4 bytes by ed25519, and there are 5; use another key"},
		{"ecdsa", "sha512", "data", "", "", "Store does not sign by ecdsa with sha512; use a key or options that it has"},
		{"rsa-pss", "sha256", "data", "", "", "Store does not sign by rsa-pss with sha256; use a key or options that it has"},
	} {
		request.SignatureAlgorithm, request.DigestAlgorithm, request.Data = test.signature, test.digest, []byte(test.data)
		call, err := table.Call(request)
		if call.Name != test.name || string(call.Bytes) != test.input {
			t.Errorf("%v: %+v", test, call)
		}
		switch {
		case test.text == "" && err != nil:
			t.Error(err)
		case test.text != "" && (!errors.Is(err, rustpdf.ErrAlgorithmMismatch) || !strings.HasSuffix(err.Error(), test.text)):
			t.Errorf("%v: %v", test, err)
		}
	}
}

func TestAnswersOfAStore(t *testing.T) {
	if signature, err := table.Signature([]byte{1}); err != nil || len(signature) != 1 {
		t.Error(err)
	}
	if _, err := table.Signature(nil); err == nil || err.Error() != "Store returned no signature" {
		t.Error(err)
	}
	if _, err := table.PublicKey([]byte("key")); err == nil || !strings.HasPrefix(err.Error(), "Store returned another public key: ") {
		t.Error(err)
	}
	if err := keystores.Missing("Client"); !errors.Is(err, rustpdf.ErrArgument) || !strings.Contains(err.Error(), "Client is missing") {
		t.Error(err)
	}
}
