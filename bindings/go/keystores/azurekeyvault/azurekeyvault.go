// Package azurekeyvault signs with keys in Azure Key Vault or Managed HSM, through the Azure SDK for Go.
package azurekeyvault

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores"
)

// Client is the part of [azkeys.Client] that the key uses. Permission: keys/sign.
type Client interface {
	// Sign signs a digest.
	Sign(
		ctx context.Context, name, version string, parameters azkeys.SignParameters, options *azkeys.SignOptions,
	) (azkeys.SignResponse, error)
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
	return rustpdf.Signer{Certificate: options.Certificate, Chain: options.Chain, Sign: options.sign}, nil
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
