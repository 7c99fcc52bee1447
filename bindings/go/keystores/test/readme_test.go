package test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	kms "cloud.google.com/go/kms/apiv1"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsclient "github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores/awskms"
	"github.com/rustpdf/rustpdf-go/keystores/azurekeyvault"
	"github.com/rustpdf/rustpdf-go/keystores/googlekms"
	"github.com/rustpdf/rustpdf-go/keystores/pkcs11"
	"github.com/rustpdf/rustpdf-go/keystores/vault"
)

// blocks are the blocks of the README about key stores, each in a function.
type blocks struct {
	ctx     context.Context
	pdf     []byte
	certDer []byte
	chain   [][]byte
	save    func(*rustpdf.Signed)
}

func (b blocks) aws(client *awsclient.Client) error {
	ctx, pdf, certDer, chain := b.ctx, b.pdf, b.certDer, b.chain
	// client := kms.NewFromConfig(config), of github.com/aws/aws-sdk-go-v2/service/kms
	signer, err := awskms.Key(awskms.Options{Client: client, KeyID: "alias/contracts", Certificate: certDer, Chain: chain})
	if err != nil {
		return err
	}
	signed, err := rustpdf.Sign(ctx, pdf, signer)
	b.save(signed)
	return err
}

func (b blocks) azure(client *azkeys.Client, name, version string) error {
	ctx, pdf, certDer, chain := b.ctx, b.pdf, b.certDer, b.chain
	// client, err := azkeys.NewClient("https://contracts.vault.azure.net", credential, nil)
	signer, err := azurekeyvault.Key(azurekeyvault.Options{Client: client, Name: name, Version: version, Certificate: certDer, Chain: chain})
	if err != nil {
		return err
	}
	signed, err := rustpdf.Sign(ctx, pdf, signer)
	b.save(signed)
	return err
}

func (b blocks) google(client *kms.KeyManagementClient, name string) error {
	ctx, pdf, certDer, chain := b.ctx, b.pdf, b.certDer, b.chain
	// client, err := kms.NewKeyManagementClient(ctx), of cloud.google.com/go/kms/apiv1
	// name := "projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/1"
	signer, err := googlekms.Key(ctx, googlekms.Options{Client: client, Name: name, Certificate: certDer, Chain: chain})
	if err != nil {
		return err
	}
	signed, err := rustpdf.Sign(ctx, pdf, signer)
	b.save(signed)
	return err
}

func (b blocks) vault(address, token string) error {
	ctx, pdf, certDer, chain := b.ctx, b.pdf, b.certDer, b.chain
	signer, err := vault.Key(vault.Options{
		Address: address, Token: vault.Token(token), Key: "contracts", Version: 1, Certificate: certDer, Chain: chain,
	})
	if err != nil {
		return err
	}
	signed, err := rustpdf.Sign(ctx, pdf, signer)
	b.save(signed)
	return err
}

func (b blocks) pkcs11(pin string) error {
	ctx, pdf := b.ctx, b.pdf
	key, err := pkcs11.Open(ctx, pkcs11.Options{
		Module: "/usr/lib/softhsm/libsofthsm2.so", Token: "rustpdf", Label: "rsa", PIN: pkcs11.PIN(pin),
	})
	if err != nil {
		return err
	}
	defer key.Close()
	signed, err := rustpdf.Sign(ctx, pdf, key.Signer)
	b.save(signed)
	return err
}

// TestTheKeyStoresOfTheReadme runs the blocks of the README, which must be those of the functions above.
func TestTheKeyStoresOfTheReadme(t *testing.T) {
	source := string(readFile(t, "readme_test.go"))
	shown := 0
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readFile(t, "..", "..", "README.md")), -1) {
		if !regexp.MustCompile(`(awskms|azurekeyvault|googlekms|vault)\.Key\(|pkcs11\.Open\(`).MatchString(block[1]) {
			continue
		}
		shown++
		indented := "\n\t" + strings.ReplaceAll(strings.TrimSuffix(block[1], "\n"), "\n", "\n\t") + "\n"
		if !strings.Contains(source, indented) {
			t.Errorf("this block of the README is not tested:\n%s", block[1])
		}
	}
	if shown != 5 {
		t.Errorf("the README shows %d key stores", shown)
	}
	if _, err := tokenFolder(); err != nil {
		t.Fatal(err)
	}

	awsRSA, azureRSA := keyOf(t, running.AWS.Keys, "RSA_2048"), keyOf(t, running.Azure.Keys, "RSA 2048")
	googlePSS := keyOf(t, running.Google.Keys, "RSA_SIGN_PSS_4096_SHA512")
	client := awsClient(awsEndpoint())
	alias := awsclient.CreateAliasInput{AliasName: aws.String("alias/contracts"), TargetKeyId: &awsRSA.KeyID}
	must(client.CreateAlias(t.Context(), &alias))
	azureID := azkeys.ID(azureRSA.KeyID)
	for name, test := range map[string]struct {
		certificate []byte
		run         func(blocks) error
	}{
		"AWS": {readFile(t, awsRSA.Certificate), func(b blocks) error { return b.aws(client) }},
		"Azure": {readFile(t, azureRSA.Certificate), func(b blocks) error {
			return b.azure(azureClient(t, azureAddress(), azureToken), azureID.Name(), azureID.Version())
		}},
		"Google": {readFile(t, googlePSS.Certificate), func(b blocks) error {
			return b.google(googleClient(t, googleAddress()), googlePSS.KeyID)
		}},
		"Vault":  {contractsOfVault(t), func(b blocks) error { return b.vault(running.Vault.Address, running.Vault.Token) }},
		"PKCS11": {nil, func(b blocks) error { return b.pkcs11(pin) }},
	} {
		var signed *rustpdf.Signed
		b := blocks{t.Context(), readFile(t, documents, "classic.pdf"), test.certificate, chain(t), func(s *rustpdf.Signed) { signed = s }}
		if err := test.run(b); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		judge(t, signed.PDF)
	}
}

// contractsOfVault makes the key of the README in the transit engine, and has openssl certify it.
func contractsOfVault(t *testing.T) []byte {
	t.Helper()
	call := func(method, body string, answer any) {
		address := running.Vault.Address + "/v1/transit/keys/contracts"
		request := must(http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body)))
		request.Header.Set("X-Vault-Token", running.Vault.Token)
		answered := must(http.DefaultClient.Do(request))
		defer answered.Body.Close()
		if err := json.NewDecoder(answered.Body).Decode(answer); err != nil || answered.StatusCode != http.StatusOK {
			t.Fatal(answered.Status, err)
		}
	}
	var described struct {
		Data struct {
			Keys map[string]struct {
				PublicKey string `json:"public_key"`
			}
		}
	}
	call(http.MethodPost, `{"type": "rsa-2048"}`, new(any))
	call(http.MethodGet, "", &described)
	return certified(t, []byte(described.Data.Keys["1"].PublicKey))
}

// certified returns a certificate of a public key in PEM, by the authority of the tests.
func certified(t *testing.T, public []byte) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "public.pem")
	if err := os.WriteFile(path, public, 0o666); err != nil {
		t.Fatal(err)
	}
	issued, err := exec.Command("openssl", "x509", "-new", "-force_pubkey", path, "-subj", "/CN=contracts", "-days", "3000",
		"-CA", filepath.Join(pki, "issuing.pem"), "-CAkey", filepath.Join(pki, "issuing.key")).Output()
	if err != nil {
		t.Fatal(err)
	}
	return issued
}
