// Package awskms signs with keys in AWS KMS, through the AWS SDK for Go v2.
package awskms

import (
	"context"
	"crypto"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores"
)

// Client is the part of [kms.Client] that the key uses. Permissions: kms:Sign, and kms:GetPublicKey for a
// certification request.
type Client interface {
	// GetPublicKey returns the public key.
	GetPublicKey(ctx context.Context, input *kms.GetPublicKeyInput, options ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error)
	// Sign signs a message or a digest.
	Sign(ctx context.Context, input *kms.SignInput, options ...func(*kms.Options)) (*kms.SignOutput, error)
}

// Options name a key in AWS KMS.
type Options struct {
	// Client is the client of the region of the key: kms.NewFromConfig(config).
	Client Client
	// KeyID is the identifier, the ARN or an alias of the key.
	KeyID string
	// Certificate of the key, DER or PEM. It may be missing for a certification request.
	Certificate []byte
	// Chain has the issuers in any order: DER, PEM, PEM bundles or PKCS #7.
	Chain [][]byte
}

// Key returns a key in AWS KMS, ready to sign. It makes no request.
//
// Errors: ERR_ARGUMENT. The key returns ERR_ALGORITHM_MISMATCH for algorithms that AWS KMS does not have,
// and wraps errors of the client, such as [*types.NotFoundException].
func Key(options Options) (rustpdf.Signer, error) {
	switch {
	case options.Client == nil:
		return rustpdf.Signer{}, keystores.Missing("Client")
	case options.KeyID == "":
		return rustpdf.Signer{}, keystores.Missing("KeyID")
	}
	return rustpdf.Signer{
		Certificate: options.Certificate, Chain: options.Chain, CompleteChain: true, Sign: options.sign, PublicKey: options.publicKey,
	}, nil
}

func (o Options) publicKey(ctx context.Context) (crypto.PublicKey, error) {
	answer, err := o.Client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &o.KeyID})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table.Title, err)
	}
	return table.PublicKey(answer.PublicKey)
}

func (o Options) sign(ctx context.Context, request rustpdf.SigningRequest) ([]byte, error) {
	call, err := table.Call(request)
	if err != nil {
		return nil, err
	}
	input := &kms.SignInput{
		KeyId: &o.KeyID, Message: call.Bytes, MessageType: types.MessageTypeDigest, SigningAlgorithm: types.SigningAlgorithmSpec(call.Name),
	}
	if call.Input == "data" {
		input.MessageType = types.MessageTypeRaw
	}
	answer, err := o.Client.Sign(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table.Title, err)
	}
	return table.Signature(answer.Signature)
}
