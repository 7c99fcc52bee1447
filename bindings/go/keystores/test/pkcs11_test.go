package test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	client "github.com/miekg/pkcs11"
	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores/pkcs11"
)

const (
	library = "/usr/lib/softhsm/libsofthsm2.so"
	// pin is the PIN of the copy of the token, which no digest has by chance.
	pin      = "pin-of-the-tests"
	wrongPIN = "wrong-pin-of-the-tests"
	// eachTime is the label of a key that requires the PIN for each signature.
	eachTime = "each-time"
)

// tokenFolder has a copy of the token of the tests: with another PIN, with certificates, and with a key that
// requires the PIN for each signature.
var tokenFolder = sync.OnceValues(func() (folder string, err error) {
	if folder, err = os.MkdirTemp(auditFolder, "token-"); err != nil { // it is removed with the audit folder
		return "", err
	}
	if err := os.CopyFS(filepath.Join(folder, "tokens"), os.DirFS(filepath.Join(tests, ".build", "token", "tokens"))); err != nil {
		return "", err
	}
	configuration := fmt.Sprintf("directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n", folder)
	if err := os.WriteFile(filepath.Join(folder, "softhsm2.conf"), []byte(configuration), 0o666); err != nil {
		return "", err
	}
	if err := os.Setenv("SOFTHSM2_CONF", filepath.Join(folder, "softhsm2.conf")); err != nil {
		return "", err
	}
	tool := func(arguments ...string) error {
		arguments = append([]string{"--module", library, "--token-label", "rustpdf", "--login", "--pin"}, arguments...)
		if said, err := exec.Command("pkcs11-tool", arguments...).CombinedOutput(); err != nil {
			return fmt.Errorf("pkcs11-tool: %w\n%s", err, said)
		}
		return nil
	}
	public, certificate := filepath.Join(folder, "each.der"), filepath.Join(folder, eachTime+".der")
	steps := [][]string{
		{"1234", "--change-pin", "--new-pin", pin},
		{pin, "--keypairgen", "--key-type", "rsa:2048", "--id", "31", "--label", eachTime, "--usage-sign", "--always-auth"},
		{pin, "--read-object", "--type", "pubkey", "--id", "31", "-o", public},
	}
	for _, step := range steps {
		if err := tool(step...); err != nil {
			return "", err
		}
	}
	issuing := exec.Command("openssl", "x509", "-new", "-force_pubkey", public, "-keyform", "DER", "-subj", "/CN="+eachTime, "-days", "3000",
		"-CA", filepath.Join(pki, "issuing.pem"), "-CAkey", filepath.Join(pki, "issuing.key"), "-outform", "DER", "-out", certificate)
	if said, err := issuing.CombinedOutput(); err != nil {
		return "", fmt.Errorf("openssl: %w\n%s", err, said)
	}
	written := func(path, id, label string) error {
		return tool(pin, "--write-object", path, "--type", "cert", "--id", id, "--label", label)
	}
	for label, id := range tokenKeys {
		if err := written(filepath.Join(tests, ".build", "token", label+".der"), id, label); err != nil {
			return "", err
		}
	}
	for path, id := range map[string]string{
		certificate: "31", filepath.Join(pki, "issuing.der"): "41", filepath.Join(pki, "root.der"): "42",
		filepath.Join(pki, "stranger.der"): "43",
	} {
		if err := written(path, id, filepath.Base(path)); err != nil {
			return "", err
		}
	}
	return folder, nil
})

// tokenKeys are the keys of the token of the tests, and their ids.
var tokenKeys = map[string]string{"rsa": "01", "p256": "02", "p384": "03", "p521": "04", "ed25519": "05"}

// openKey opens a key in the token until the end of the test.
func openKey(t testing.TB, label string, change func(*pkcs11.Options)) (*pkcs11.Key, error) {
	t.Helper()
	if _, err := tokenFolder(); err != nil {
		t.Fatal(err)
	}
	options := pkcs11.Options{Module: library, Token: "rustpdf", Label: label, PIN: pkcs11.PIN(pin)}
	if change != nil {
		change(&options)
	}
	key, err := pkcs11.Open(t.Context(), options)
	if err != nil {
		texts = append(texts, fmt.Sprintf("%v %+v %#v", err, err, err))
		return nil, err
	}
	t.Cleanup(func() {
		if err := key.Close(); err != nil {
			t.Error(err)
		}
	})
	return key, nil
}

func TestPKCS11(t *testing.T) {
	rsa := storeKey{Kind: "rsa"}
	for _, algorithm := range []rustpdf.SignatureAlgorithm{"rsa-pkcs1", "rsa-pss"} {
		for _, digest := range []rustpdf.DigestAlgorithm{"sha256", "sha384", "sha512"} {
			rsa.Options = append(rsa.Options, algorithms{algorithm, digest})
		}
	}
	keys := []storeKey{rsa}
	for _, label := range []string{"p256", "p384", "p521", "ed25519", eachTime} {
		key := storeKey{Kind: label, Options: rsa.Options[:1]}
		if label != eachTime {
			key.Options = append(key.Options[:0:0], algorithms{})
		}
		if label == "p256" { // a digest longer than the order of the curve
			key.Options = append(key.Options, algorithms{"", "sha512"})
		}
		keys = append(keys, key)
	}
	signAll(t, "pkcs11", keys, func(key storeKey) (rustpdf.Signer, error) {
		opened, err := openKey(t, key.Kind, nil)
		if err != nil {
			return rustpdf.Signer{}, err
		}
		// Certificate and issuers come from the token, without the stranger.
		issuing, root := readFile(t, pki, "issuing.der"), readFile(t, pki, "root.der")
		if len(opened.Chain) != 2 || string(opened.Chain[0]) != string(issuing) || string(opened.Chain[1]) != string(root) {
			t.Errorf("%s: %d issuers", key.Kind, len(opened.Chain))
		}
		if subject := must(parseCertificate(opened.Certificate)).Subject.CommonName; !strings.Contains(strings.ToLower(subject), key.Kind[:3]) {
			t.Errorf("%s: the certificate is of %s", key.Kind, subject)
		}
		return opened.Signer, nil
	})
}

func TestPKCS11AtATime(t *testing.T) {
	key, err := openKey(t, "p256", func(o *pkcs11.Options) { o.Sessions = 3 })
	if err != nil {
		t.Fatal(err)
	}
	other, err := openKey(t, "rsa", nil)
	if err != nil {
		t.Fatal(err)
	}
	pdf := readFile(t, documents, "classic.pdf")
	var group sync.WaitGroup
	for number := range 8 {
		group.Go(func() {
			for range 4 {
				if _, err := rustpdf.Sign(t.Context(), pdf, []*pkcs11.Key{key, other}[number%2].Signer); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// TestALostSession closes all sessions of the token, as a token does that was taken out and put back. That logs
// the process out, too.
func TestALostSession(t *testing.T) {
	key, err := openKey(t, "rsa", nil)
	if err != nil {
		t.Fatal(err)
	}
	module := client.New(library)
	defer module.Destroy()
	for _, slot := range must(module.GetSlotList(true)) {
		if err := module.CloseAllSessions(slot); err != nil {
			t.Fatal(err)
		}
	}
	judge(t, must(rustpdf.Sign(t.Context(), readFile(t, documents, "classic.pdf"), key.Signer)).PDF)
}

func TestFaultsOfPKCS11(t *testing.T) {
	errPIN := errors.New("the agent has no PIN")
	for name, test := range map[string]struct {
		change func(*pkcs11.Options)
		want   error
		text   string
	}{
		"no module":           {func(o *pkcs11.Options) { o.Module = "" }, rustpdf.ErrArgument, "Module is missing"},
		"a missing module":    {func(o *pkcs11.Options) { o.Module = "/none.so" }, rustpdf.ErrPKCS11Module, "/none.so"},
		"another token":       {func(o *pkcs11.Options) { o.Token = "none" }, rustpdf.ErrPKCS11Token, `0 tokens fit, of these: "rustpdf"`},
		"another serial":      {func(o *pkcs11.Options) { o.Serial = "none" }, rustpdf.ErrPKCS11Token, "0 tokens fit"},
		"another label":       {func(o *pkcs11.Options) { o.Label = "none" }, rustpdf.ErrPKCS11Key, `"p256" (ID 02)`},
		"another ID":          {func(o *pkcs11.Options) { o.ID = []byte{0x77} }, rustpdf.ErrPKCS11Key, "0 private keys fit"},
		"all keys":            {func(o *pkcs11.Options) { o.Label = "" }, rustpdf.ErrPKCS11Key, "private keys fit, of these"},
		"no PIN":              {func(o *pkcs11.Options) { o.PIN = nil }, rustpdf.ErrPKCS11PINMissing, "give it as PIN"},
		"a PIN that is wrong": {func(o *pkcs11.Options) { o.PIN = pkcs11.PIN(wrongPIN) }, rustpdf.ErrPKCS11PINWrong, "wrong ones lock the token"},
		"a function that fails": {func(o *pkcs11.Options) {
			o.PIN = func(context.Context) (string, error) { return "", errPIN }
		}, errPIN, errPIN.Error()},
	} {
		_, err := openKey(t, "rsa", test.change)
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "a PIN that is wrong" {
			if answer := as[client.Error](t, err); answer != client.CKR_PIN_INCORRECT {
				t.Error(answer)
			}
		}
	}

	key, err := openKey(t, "p256", func(o *pkcs11.Options) { o.Sessions = 1 })
	if err != nil {
		t.Fatal(err)
	}
	other := key.Signer
	other.Certificate = readFile(t, tests, ".build", "token", "rsa.der")
	err = fails(t, other)
	if !errors.Is(err, rustpdf.ErrPKCS11Key) && !errors.Is(err, rustpdf.ErrPKCS11Refused) {
		t.Error(err)
	}
	as[client.Error](t, err)
	other.Certificate = readFile(t, pki, "p256.der")
	if err := fails(t, other); !strings.HasPrefix(err.Error(), "ERR_SIGNATURE_") {
		t.Error("another key of the same kind: ", err)
	}

	each, err := openKey(t, eachTime, func(o *pkcs11.Options) { o.SigningPIN = pkcs11.PIN(wrongPIN) })
	if err != nil {
		t.Fatal(err)
	}
	if err := fails(t, each.Signer); !errors.Is(err, rustpdf.ErrPKCS11PINWrong) {
		t.Error(err)
	}
	errCause := errors.New("the caller left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errCause)
	if _, err := key.Sign(ctx, rustpdf.SigningRequest{SignatureAlgorithm: "ecdsa", DigestAlgorithm: "sha256"}); err != errCause {
		t.Error(err)
	}
	if err := key.Close(); err != nil {
		t.Error(err)
	}
	if err := fails(t, key.Signer); !errors.Is(err, rustpdf.ErrArgument) {
		t.Error("a closed key: ", err)
	}
}

// TestAKeyWithoutAPublicKey removes the public half of a pair. A private key of RSA has its numbers too.
func TestAKeyWithoutAPublicKey(t *testing.T) {
	for label, id := range map[string]string{"rsa-imported": "11", "p256-imported": "12"} {
		key, err := openKey(t, label, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := key.PublicKey(t.Context()); err != nil {
			t.Error(err)
		}
		removing := exec.Command("pkcs11-tool", "--module", library, "--token-label", "rustpdf", "--login", "--pin", pin,
			"--delete-object", "--type", "pubkey", "--id", id)
		if said, err := removing.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		if public, err := key.PublicKey(t.Context()); (label == "rsa-imported") != (err == nil) {
			t.Errorf("%s: %T %v", label, public, err)
		} else if err != nil && !errors.Is(err, rustpdf.ErrPKCS11Key) {
			t.Error(err)
		}
	}
}

// TestAWrongPINIsSentOnce reads the flag of the token that says whether the last PIN was wrong.
func TestAWrongPINIsSentOnce(t *testing.T) {
	right, err := openKey(t, "rsa", nil) // keeps the module
	if err != nil {
		t.Fatal(err)
	}
	module := client.New(library)
	defer module.Destroy()
	slot := must(module.GetSlotList(true))[0]
	wasWrong := func() bool { return must(module.GetTokenInfo(slot)).Flags&client.CKF_USER_PIN_COUNT_LOW != 0 }
	logOut := func() {
		if err := module.CloseAllSessions(slot); err != nil {
			t.Fatal(err)
		}
	}
	wrong := func() {
		t.Helper()
		logOut()
		_, err := openKey(t, "rsa", func(o *pkcs11.Options) { o.PIN = pkcs11.PIN(wrongPIN + " again") })
		if !errors.Is(err, rustpdf.ErrPKCS11PINWrong) {
			t.Error(err)
		}
	}
	wrong()
	if !wasWrong() {
		t.Error("the token has not seen the wrong PIN")
	}
	must(rustpdf.Sign(t.Context(), readFile(t, documents, "classic.pdf"), right.Signer)) // logs in
	if wasWrong() {
		t.Error("the token has not seen the right PIN")
	}
	wrong()
	if wasWrong() {
		t.Error("the wrong PIN was sent again")
	}
}
