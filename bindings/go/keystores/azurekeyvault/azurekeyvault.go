// Package azurekeyvault signs with keys in Azure Key Vault or Managed HSM, through the Azure SDK for Go.
package azurekeyvault

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"math/big"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azcertificates"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores"
)

// Client is the part of [azkeys.Client] that the key uses. Permissions: keys/sign, and keys/get for a
// certification request.
type Client interface {
	// GetKey returns the public key.
	GetKey(ctx context.Context, name, version string, options *azkeys.GetKeyOptions) (azkeys.GetKeyResponse, error)
	// Sign signs a digest.
	Sign(
		ctx context.Context, name, version string, parameters azkeys.SignParameters, options *azkeys.SignOptions,
	) (azkeys.SignResponse, error)
}

// CertificateClient is the part of [azcertificates.Client] that fetches a certificate. Permission:
// certificates/get.
type CertificateClient interface {
	// GetCertificate returns a certificate.
	GetCertificate(
		ctx context.Context, name, version string, options *azcertificates.GetCertificateOptions,
	) (azcertificates.GetCertificateResponse, error)
}

// Options name a key in Azure Key Vault.
type Options struct {
	// Client is the client of the vault: azkeys.NewClient(vaultURL, credential, nil).
	Client Client
	// Name of the key.
	Name string
	// Version of the key. Without it a rotated key signs with its newest version, which does not belong to
	// the certificate.
	Version string
	// Certificate of the key, DER or PEM. It may be missing for a certification request.
	Certificate []byte
	// Chain has the issuers in any order: DER, PEM, PEM bundles or PKCS #7.
	Chain [][]byte
}

// Key returns a key in Azure Key Vault, ready to sign. It makes no request.
//
// Errors: ERR_ARGUMENT. The key returns ERR_ALGORITHM_MISMATCH for algorithms that Azure Key Vault does not
// have, and wraps errors of the client, such as *azcore.ResponseError.
func Key(options Options) (rustpdf.Signer, error) {
	switch {
	case options.Client == nil:
		return rustpdf.Signer{}, keystores.Missing("Client")
	case options.Name == "":
		return rustpdf.Signer{}, keystores.Missing("Name")
	}
	return rustpdf.Signer{
		Certificate: options.Certificate, Chain: options.Chain, CompleteChain: true, Sign: options.sign, PublicKey: options.publicKey,
	}, nil
}

// KeyWithCertificate is [Key] with the certificate that has the name and the version of the key. It is
// fetched, unless the options have one.
//
// Errors: those of Key, and errors of the client, wrapped.
func KeyWithCertificate(ctx context.Context, certificates CertificateClient, options Options) (rustpdf.Signer, error) {
	signer, err := Key(options)
	if err != nil || signer.Certificate != nil {
		return signer, err
	}
	answer, err := certificates.GetCertificate(ctx, options.Name, options.Version, nil)
	if err != nil {
		return rustpdf.Signer{}, fmt.Errorf("%s: %w", table.Title, err)
	}
	if signer.Certificate = answer.CER; len(answer.CER) == 0 {
		return rustpdf.Signer{}, fmt.Errorf("%s returned no certificate", table.Title)
	}
	return signer, nil
}

var curves = map[azkeys.CurveName]elliptic.Curve{
	azkeys.CurveNameP256: elliptic.P256(), azkeys.CurveNameP384: elliptic.P384(), azkeys.CurveNameP521: elliptic.P521(),
}

// publicKey reads the key, which is a JSON web key (RFC 7518, 6).
func (o Options) publicKey(ctx context.Context) (crypto.PublicKey, error) {
	answer, err := o.Client.GetKey(ctx, o.Name, o.Version, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table.Title, err)
	}
	key := answer.Key
	if key == nil || key.N == nil && key.Crv == nil {
		return nil, fmt.Errorf("%s returned no public key", table.Title)
	}
	if key.N != nil {
		return &rsa.PublicKey{N: new(big.Int).SetBytes(key.N), E: int(new(big.Int).SetBytes(key.E).Int64())}, nil
	}
	curve, known := curves[*key.Crv]
	if !known {
		return nil, keystores.Mismatch("the curve of the key is " + string(*key.Crv) + ", by which no PDF is signed; make a key of P-256")
	}
	public, err := ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, key.X, key.Y))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table.Title, err)
	}
	return public, nil
}

func (o Options) sign(ctx context.Context, request rustpdf.SigningRequest) ([]byte, error) {
	call, err := table.Call(request)
	if err != nil {
		return nil, err
	}
	name := azkeys.SignatureAlgorithm(call.Name)
	answer, err := o.Client.Sign(ctx, o.Name, o.Version, azkeys.SignParameters{Algorithm: &name, Value: call.Bytes}, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table.Title, err)
	}
	return table.Signature(answer.Result)
}
