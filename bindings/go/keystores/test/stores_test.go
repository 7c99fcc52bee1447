package test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	kms "cloud.google.com/go/kms/apiv1"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azcertificates"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsclient "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/googleapis/gax-go/v2/apierror"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores/awskms"
	"github.com/rustpdf/rustpdf-go/keystores/azurekeyvault"
	"github.com/rustpdf/rustpdf-go/keystores/googlekms"
	"github.com/rustpdf/rustpdf-go/keystores/vault"
)

// Secrets of the clients. No error and no record may have them.
const (
	awsSecret  = "secret-of-the-aws-client"
	azureToken = "token-of-the-stand-in"
	wrongToken = "wrong-token-of-the-tests"
)

func parseCertificate(certificate []byte) (*x509.Certificate, error) {
	if block, _ := pem.Decode(certificate); block != nil {
		certificate = block.Bytes
	}
	return x509.ParseCertificate(certificate)
}

// silentServer accepts connections, and never answers.
func silentServer(t *testing.T) string {
	t.Helper()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			accepted, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = accepted.Close() })
		}
	}()
	return listener.Addr().String()
}

// closedServer is an address on which nothing listens.
func closedServer() string {
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	defer listener.Close()
	return listener.Addr().String()
}

// leaves cancels a signature that waits for the key store.
func leaves(t *testing.T, signer rustpdf.Signer) {
	t.Helper()
	errCause := errors.New("the caller left")
	ctx, cancel := context.WithCancelCause(t.Context())
	ask := signer.Sign
	signer.Sign = func(ctx context.Context, request rustpdf.SigningRequest) ([]byte, error) {
		time.AfterFunc(100*time.Millisecond, func() { cancel(errCause) })
		return ask(ctx, request)
	}
	start := time.Now()
	if err := failsIn(t, ctx, signer); !errors.Is(err, errCause) && !errors.Is(err, context.Canceled) {
		if status := (*apierror.APIError)(nil); !errors.As(err, &status) || status.GRPCStatus().Code() != codes.Canceled {
			t.Errorf("%T: %v", err, err)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the call left after %v", took)
	}
}

// AWS KMS

func awsClient(endpoint string) *awsclient.Client {
	return awsclient.New(awsclient.Options{
		Region: running.AWS.Environment["AWS_REGION"], BaseEndpoint: &endpoint, RetryMaxAttempts: 2,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "tests", SecretAccessKey: awsSecret}, nil
		}),
	})
}

func awsKey(t testing.TB, endpoint string, key storeKey) (rustpdf.Signer, error) {
	return awskms.Key(awskms.Options{
		Client: awsClient(endpoint), KeyID: key.KeyID, Certificate: readFile(t, key.Certificate), Chain: chain(t),
	})
}

func awsEndpoint() string { return running.AWS.Environment["AWS_ENDPOINT_URL_KMS"] }

func TestAWSKMS(t *testing.T) {
	signAll(t, "aws-kms", running.AWS.Keys, func(key storeKey) (rustpdf.Signer, error) { return awsKey(t, awsEndpoint(), key) })
}

func TestFaultsOfAWSKMS(t *testing.T) {
	rsa, edwards := keyOf(t, running.AWS.Keys, "RSA_2048"), keyOf(t, running.AWS.Keys, "ECC_NIST_EDWARDS25519")
	missing := rsa
	missing.KeyID = "00000000-0000-0000-0000-000000000000"
	as[*types.NotFoundException](t, fails(t, must(awsKey(t, awsEndpoint(), missing))))
	as[*types.NotFoundException](t, noPublicKey(t, must(awsKey(t, awsEndpoint(), missing))))
	other := rsa
	other.KeyID = edwards.KeyID
	if refused := as[smithy.APIError](t, fails(t, must(awsKey(t, awsEndpoint(), other)))); refused.ErrorCode() != "ValidationException" {
		t.Error(refused)
	}
	other.KeyID = keyOf(t, running.AWS.Keys, "RSA_3072").KeyID
	if err := fails(t, must(awsKey(t, awsEndpoint(), other))); !strings.HasPrefix(err.Error(), "ERR_SIGNATURE_") {
		t.Error("another key of the same kind: ", err)
	}
	as[*net.OpError](t, fails(t, must(awsKey(t, "http://"+closedServer(), rsa))))
	leaves(t, must(awsKey(t, "http://"+silentServer(t), rsa)))
	_, err := must(awsKey(t, awsEndpoint(), edwards)).Sign(t.Context(), rustpdf.SigningRequest{
		SignatureAlgorithm: "ed25519", DigestAlgorithm: "sha512", Data: make([]byte, 4097),
	})
	if !errors.Is(err, rustpdf.ErrAlgorithmMismatch) || !strings.Contains(err.Error(), "at most 4096 bytes by ed25519, and there are 4097") {
		t.Error(err)
	}
	for _, options := range []awskms.Options{{KeyID: "1"}, {Client: awsClient("")}} {
		if _, err := awskms.Key(options); !errors.Is(err, rustpdf.ErrArgument) {
			t.Error(err)
		}
	}
}

// Google Cloud KMS

func googleClient(t testing.TB, address string) *kms.KeyManagementClient {
	client := must(kms.NewKeyManagementClient(context.Background(), option.WithEndpoint(address), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials()))))
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func googleAddress() string { return fmt.Sprintf("127.0.0.1:%d", running.Google.Port) }

func googleKey(t testing.TB, client *kms.KeyManagementClient, key storeKey) (rustpdf.Signer, error) {
	return googlekms.Key(t.Context(), googlekms.Options{
		Client: client, Name: key.KeyID, Certificate: readFile(t, key.Certificate), Chain: chain(t),
	})
}

func TestGoogleKMS(t *testing.T) {
	client := googleClient(t, googleAddress())
	signAll(t, "google-kms", running.Google.Keys, func(key storeKey) (rustpdf.Signer, error) {
		signer, err := googleKey(t, client, key)
		isPSS, hasSHA512 := strings.Contains(key.Kind, "PSS"), strings.HasSuffix(key.Kind, "SHA512") || key.Kind == "EC_SIGN_ED25519"
		if isPSS != (signer.SignatureAlgorithm == "rsa-pss") || hasSHA512 != (signer.DigestAlgorithm == "sha512") {
			t.Errorf("%s: %s with %s", key.Kind, signer.SignatureAlgorithm, signer.DigestAlgorithm)
		}
		return signer, err
	})
}

func TestFaultsOfGoogleKMS(t *testing.T) {
	client := googleClient(t, googleAddress())
	rsa, pss := keyOf(t, running.Google.Keys, "RSA_SIGN_PKCS1_2048_SHA256"), keyOf(t, running.Google.Keys, "RSA_SIGN_PSS_4096_SHA512")
	status := func(err error) codes.Code { return as[*apierror.APIError](t, err).GRPCStatus().Code() }

	missing := rsa
	missing.KeyID = strings.Replace(rsa.KeyID, "RSA_", "NONE_", 1)
	_, err := googleKey(t, client, missing)
	texts = append(texts, fmt.Sprint(err))
	if status(err) != codes.NotFound {
		t.Error(err)
	}
	if err := fails(t, must(googleKey(t, client, pss)), rustpdf.SigningOptions{DigestAlgorithm: "sha256"}); status(err) !=
		codes.InvalidArgument {
		t.Error(err)
	}
	err = fails(t, must(googleKey(t, client, pss)), rustpdf.SigningOptions{DigestAlgorithm: "sha384"})
	if !errors.Is(err, rustpdf.ErrAlgorithmMismatch) ||
		!strings.Contains(err.Error(), "Google Cloud KMS does not sign by rsa-pss with sha384; use a key or options that it has") {
		t.Error(err)
	}
	// The algorithm of the key, not the default of the certificate.
	if signer := must(googleKey(t, client, pss)); signer.SignatureAlgorithm != "rsa-pss" || signer.DigestAlgorithm != "sha512" {
		t.Error(signer.SignatureAlgorithm, signer.DigestAlgorithm)
	}
	closed := googleClient(t, closedServer())
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // the library tries again until then
	defer cancel()
	if _, err := googlekms.Key(ctx, googlekms.Options{Client: closed, Name: rsa.KeyID}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	leaves(t, must(googlekms.Key(t.Context(), googlekms.Options{
		Client: silentClient{client, googleClient(t, silentServer(t))}, Name: rsa.KeyID, Certificate: readFile(t, rsa.Certificate),
	})))
	for _, options := range []googlekms.Options{{Name: "1"}, {Client: client}} {
		if _, err := googlekms.Key(t.Context(), options); !errors.Is(err, rustpdf.ErrArgument) {
			t.Error(err)
		}
	}
}

// Azure Key Vault

// azureCredential returns a token.
type azureCredential string

func (c azureCredential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(c), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// azureOptions make a client connect to an address, whatever the name of the vault.
func azureOptions(t testing.TB, address string) azcore.ClientOptions {
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(readFile(t, running.Azure.TLSCertificate))
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: authorities},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return azcore.ClientOptions{Transport: &http.Client{Transport: transport}, Retry: policy.RetryOptions{MaxRetries: -1}}
}

func azureClient(t testing.TB, address, token string) *azkeys.Client {
	return must(azkeys.NewClient(running.Azure.VaultURL, azureCredential(token), &azkeys.ClientOptions{
		ClientOptions: azureOptions(t, address), DisableChallengeResourceVerification: true,
	}))
}

func azureCertificates(t testing.TB, address, token string) *azcertificates.Client {
	return must(azcertificates.NewClient(running.Azure.VaultURL, azureCredential(token), &azcertificates.ClientOptions{
		ClientOptions: azureOptions(t, address), DisableChallengeResourceVerification: true,
	}))
}

func azureAddress() string {
	return "127.0.0.1:" + must(url.Parse(running.Azure.VaultURL)).Port()
}

func azureKey(t testing.TB, client azurekeyvault.Client, key storeKey) (rustpdf.Signer, error) {
	id := azkeys.ID(key.KeyID)
	return azurekeyvault.Key(azurekeyvault.Options{
		Client: client, Name: id.Name(), Version: id.Version(), Certificate: readFile(t, key.Certificate), Chain: chain(t),
	})
}

func TestAzureKeyVault(t *testing.T) {
	client := azureClient(t, azureAddress(), azureToken)
	signAll(t, "azure-key-vault", running.Azure.Keys, func(key storeKey) (rustpdf.Signer, error) { return azureKey(t, client, key) })
}

// TestCertificatesOfAzureKeyVault signs by the certificates that the store keeps.
func TestCertificatesOfAzureKeyVault(t *testing.T) {
	client, certificates := azureClient(t, azureAddress(), azureToken), azureCertificates(t, azureAddress(), azureToken)
	pdf := readFile(t, documents, "classic.pdf")
	for _, key := range running.Azure.Keys {
		id := azkeys.ID(key.KeyID)
		block, _ := pem.Decode(readFile(t, key.Certificate))
		for _, version := range []string{id.Version(), ""} { // without one the newest
			options := azurekeyvault.Options{Client: client, Name: id.Name(), Version: version, Chain: chain(t)}
			signer := must(azurekeyvault.KeyWithCertificate(t.Context(), certificates, options))
			if !bytes.Equal(signer.Certificate, block.Bytes) {
				t.Errorf("%s: another certificate", key.KeyID)
			}
			must(rustpdf.Sign(t.Context(), pdf, signer))
		}
		options := azurekeyvault.Options{Client: client, Name: "none", Version: id.Version()}
		_, err := azurekeyvault.KeyWithCertificate(t.Context(), certificates, options)
		if refused := as[*azcore.ResponseError](t, err); refused != nil && refused.ErrorCode != "CertificateNotFound" {
			t.Error(refused)
		}
		options.Certificate = block.Bytes
		if signer := must(azurekeyvault.KeyWithCertificate(t.Context(), certificates, options)); !bytes.Equal(signer.Certificate, block.Bytes) {
			t.Error("a given certificate is replaced")
		}
	}
	if _, err := azurekeyvault.KeyWithCertificate(t.Context(), certificates, azurekeyvault.Options{}); !errors.Is(err, rustpdf.ErrArgument) {
		t.Error(err)
	}
	away := azureCertificates(t, closedServer(), azureToken)
	_, err := azurekeyvault.KeyWithCertificate(t.Context(), away, azurekeyvault.Options{Client: client, Name: "any"})
	as[*net.OpError](t, err)
}

func TestFaultsOfAzureKeyVault(t *testing.T) {
	client := azureClient(t, azureAddress(), azureToken)
	rsa, p256 := keyOf(t, running.Azure.Keys, "RSA 2048"), keyOf(t, running.Azure.Keys, "EC P-256")
	missing, other := rsa, rsa
	missing.KeyID = strings.Replace(rsa.KeyID, "RSA-2048", "none", 1)
	other.KeyID = p256.KeyID
	for _, test := range []struct {
		signer rustpdf.Signer
		status int
		code   string
	}{
		{must(azureKey(t, client, missing)), 404, "KeyNotFound"},
		{must(azureKey(t, client, other)), 400, "BadParameter"},
		{must(azureKey(t, azureClient(t, azureAddress(), wrongToken), rsa)), 401, ""},
	} {
		refused := as[*azcore.ResponseError](t, fails(t, test.signer))
		if refused != nil && (refused.StatusCode != test.status || test.code != "" && refused.ErrorCode != test.code) {
			t.Error(refused)
		}
	}
	as[*azcore.ResponseError](t, noPublicKey(t, must(azureKey(t, client, missing))))
	as[*net.OpError](t, fails(t, must(azureKey(t, azureClient(t, closedServer(), azureToken), rsa))))
	leaves(t, must(azureKey(t, azureClient(t, silentServer(t), azureToken), rsa)))
	for _, options := range []azurekeyvault.Options{{Name: "1"}, {Client: client}} {
		if _, err := azurekeyvault.Key(options); !errors.Is(err, rustpdf.ErrArgument) {
			t.Error(err)
		}
	}
}

// OpenBao and Vault

func vaultKey(t testing.TB, key storeKey, change func(*vault.Options)) rustpdf.Signer {
	options := vault.Options{
		Address: running.Vault.Address, Token: vault.Token(running.Vault.Token), Key: key.KeyID, Version: 1,
		Certificate: readFile(t, key.Certificate), Chain: chain(t),
	}
	if change != nil {
		change(&options)
	}
	return must(vault.Key(options))
}

func TestVault(t *testing.T) {
	signAll(t, "vault", running.Vault.Keys, func(key storeKey) (rustpdf.Signer, error) { return vaultKey(t, key, nil), nil })
}

func TestFaultsOfVault(t *testing.T) {
	rsa, p256 := keyOf(t, running.Vault.Keys, "rsa-2048"), keyOf(t, running.Vault.Keys, "ecdsa-p256")
	for name, test := range map[string]struct {
		change func(*vault.Options)
		status int
	}{
		"another token":   {func(o *vault.Options) { o.Token = vault.Token(wrongToken) }, 403},
		"another key":     {func(o *vault.Options) { o.Key = "none/../rsa-3072?" }, 400},
		"another version": {func(o *vault.Options) { o.Version = 7 }, 500},
		"another engine":  {func(o *vault.Options) { o.Mount = "none" }, 404},
	} {
		refused := as[*vault.Error](t, fails(t, vaultKey(t, rsa, test.change)))
		if refused != nil && refused.Status != test.status {
			t.Errorf("%s: %v", name, refused)
		}
	}
	for status, change := range map[int]func(*vault.Options){
		403: func(o *vault.Options) { o.Token = vault.Token(wrongToken) }, 404: func(o *vault.Options) { o.Key = "none" },
	} {
		if refused := as[*vault.Error](t, noPublicKey(t, vaultKey(t, rsa, change))); refused != nil && refused.Status != status {
			t.Error(refused)
		}
	}
	newer := vaultKey(t, rsa, func(o *vault.Options) { o.Version = 7 })
	if err := noPublicKey(t, newer); !strings.Contains(err.Error(), "another public key") {
		t.Error(err)
	}
	other := fails(t, vaultKey(t, rsa, func(o *vault.Options) { o.Key = p256.KeyID }))
	if !errors.Is(other, rustpdf.ErrSignatureLength) { // the engine ignores the algorithm that the key does not have
		t.Error("a key of another kind: ", other)
	}
	as[*net.OpError](t, fails(t, vaultKey(t, rsa, func(o *vault.Options) { o.Address = "http://" + closedServer() })))
	leaves(t, vaultKey(t, rsa, func(o *vault.Options) { o.Address = "http://" + silentServer(t) }))
	errToken := errors.New("the agent has no token")
	if err := fails(t, vaultKey(t, rsa, func(o *vault.Options) {
		o.Token = func(context.Context) (string, error) { return "", errToken }
	})); err != errToken {
		t.Error(err)
	}
	for answer, text := range map[string]string{
		"<html>": "transit: 200", `{"data": {}}`: "OpenBao or Vault returned no signature",
		`{"data": {"signature": "vault:v1:?"}}`: "illegal base64", `{"data": {"signature": "vault:v1:"}}`: "returned no signature",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, _ *http.Request) { _, _ = to.Write([]byte(answer)) }))
		if err := fails(t, vaultKey(t, rsa, func(o *vault.Options) { o.Address = server.URL + "/" })); !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", answer, err)
		}
		server.Close()
	}
	for _, options := range []vault.Options{
		{Token: vault.Token("1"), Key: "1"}, {Address: "http://127.0.0.1", Key: "1"}, {Address: "http://127.0.0.1", Token: vault.Token("1")},
	} {
		if _, err := vault.Key(options); !errors.Is(err, rustpdf.ErrArgument) {
			t.Error(err)
		}
	}
}

// TestTheRequestOfVault reads what the server of a company with namespaces gets.
func TestTheRequestOfVault(t *testing.T) {
	rsa, got := keyOf(t, running.Vault.Keys, "rsa-2048"), ""
	server := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, request *http.Request) {
		got = fmt.Sprint(request.Method, request.URL.EscapedPath(), request.Header["X-Vault-Namespace"], request.Header["X-Vault-Request"])
		to.WriteHeader(http.StatusServiceUnavailable)
		_, _ = to.Write([]byte(`{"errors": ["Vault is sealed", "come back"]}`))
	}))
	defer server.Close()
	refused := as[*vault.Error](t, fails(t, vaultKey(t, rsa, func(o *vault.Options) {
		o.Address, o.Namespace, o.Mount, o.Key = server.URL, "team/contracts", "team/transit", "a/b"
	})))
	if want := "POST/v1/team/transit/sign/a%2Fb/sha2-256[team/contracts] [true]"; got != want {
		t.Errorf("%s, and not %s", got, want)
	}
	if refused != nil && refused.Error() != "transit: 503: Vault is sealed; come back" {
		t.Error(refused)
	}
}

// TestRedirectionsOfVault follows one, as from a standby server, and never takes the token out of TLS.
func TestRedirectionsOfVault(t *testing.T) {
	rsa := keyOf(t, running.Vault.Keys, "rsa-2048")
	var asked []string
	standby := http.HandlerFunc(func(to http.ResponseWriter, request *http.Request) {
		asked = append(asked, request.Header.Get("X-Vault-Token"))
		http.Redirect(to, request, running.Vault.Address+request.URL.Path, http.StatusTemporaryRedirect)
	})
	plain, secure := httptest.NewServer(standby), httptest.NewTLSServer(standby)
	defer plain.Close()
	defer secure.Close()
	pdf := readFile(t, documents, "classic.pdf")
	signer := vaultKey(t, rsa, func(o *vault.Options) { o.Address = plain.URL })
	if _, err := rustpdf.Sign(t.Context(), pdf, signer); err != nil || len(asked) != 1 {
		t.Error(asked, err)
	}
	refused := as[*vault.Error](t, fails(t, vaultKey(t, rsa, func(o *vault.Options) { o.Address, o.Client = secure.URL, secure.Client() })))
	if refused != nil && refused.Status != http.StatusTemporaryRedirect {
		t.Error(refused)
	}
}
