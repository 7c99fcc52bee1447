// Package googlekms signs with keys in Google Cloud KMS, through Google's client library.
package googlekms

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"cloud.google.com/go/kms/apiv1/kmspb"
	"github.com/googleapis/gax-go/v2"
	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Client is the part of kms.KeyManagementClient that the key uses. Role: roles/cloudkms.signerVerifier.
type Client interface {
	// GetPublicKey returns the public key and the algorithm of a key version.
	GetPublicKey(ctx context.Context, request *kmspb.GetPublicKeyRequest, options ...gax.CallOption) (*kmspb.PublicKey, error)
	// AsymmetricSign signs a digest or a message.
	AsymmetricSign(
		ctx context.Context, request *kmspb.AsymmetricSignRequest, options ...gax.CallOption,
	) (*kmspb.AsymmetricSignResponse, error)
}

// Options name a key version in Google Cloud KMS.
type Options struct {
	// Client is the client: kms.NewKeyManagementClient(ctx).
	Client Client
	// Name of the key version: projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/V.
	Name string
	// Certificate of the key, DER or PEM. It may be missing for a certification request.
	Certificate []byte
	// Chain has the issuers in any order: DER, PEM, PEM bundles or PKCS #7.
	Chain [][]byte
}

// ErrCorrupted is the error of a request or an answer that was changed on its way, by its CRC-32C. The
// signature may be tried again.
var ErrCorrupted = errors.New("a message of Google Cloud KMS is corrupted")

// Key returns a key version in Google Cloud KMS, ready to sign. It reads the algorithm, which belongs to the
// key version.
//
// Errors: ERR_ARGUMENT; ERR_ALGORITHM_MISMATCH for a key version of another purpose; errors of the client,
// wrapped. The key returns these too, and [ErrCorrupted].
func Key(ctx context.Context, options Options) (rustpdf.Signer, error) {
	switch {
	case options.Client == nil:
		return rustpdf.Signer{}, keystores.Missing("Client")
	case options.Name == "":
		return rustpdf.Signer{}, keystores.Missing("Name")
	}
	key, err := options.Client.GetPublicKey(ctx, &kmspb.GetPublicKeyRequest{Name: options.Name})
	if err != nil {
		return rustpdf.Signer{}, fmt.Errorf("%s: %w", table.Title, err)
	}
	signature, digest, err := algorithmsOf(key.GetAlgorithm().String())
	if err != nil {
		return rustpdf.Signer{}, err
	}
	return rustpdf.Signer{
		Certificate: options.Certificate, Chain: options.Chain, CompleteChain: true, Sign: options.sign,
		SignatureAlgorithm: signature, DigestAlgorithm: digest,
		PublicKey: func(context.Context) (crypto.PublicKey, error) {
			encoded := []byte(key.GetPem())
			if key.GetPemCrc32C().GetValue() != crc32c(encoded).GetValue() {
				return nil, fmt.Errorf("%w: the public key", ErrCorrupted)
			}
			return table.PublicKey(encoded)
		},
	}, nil
}

func (o Options) sign(ctx context.Context, request rustpdf.SigningRequest) ([]byte, error) {
	call, err := table.Call(request)
	if err != nil {
		return nil, err
	}
	asked, checksum := &kmspb.AsymmetricSignRequest{Name: o.Name}, crc32c(call.Bytes)
	if call.Input == "data" {
		asked.Data, asked.DataCrc32C = call.Bytes, checksum
	} else {
		asked.Digest, asked.DigestCrc32C = digestOf(request.DigestAlgorithm, call.Bytes), checksum
	}
	answer, err := o.Client.AsymmetricSign(ctx, asked)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table.Title, err)
	}
	// The client library leaves these checks to its caller.
	if !answer.GetVerifiedDigestCrc32C() && !answer.GetVerifiedDataCrc32C() {
		return nil, fmt.Errorf("%w: the request", ErrCorrupted)
	}
	if answer.GetName() != o.Name {
		return nil, fmt.Errorf("%w: it signed with %s", ErrCorrupted, answer.GetName())
	}
	if answer.GetSignatureCrc32C().GetValue() != crc32c(answer.GetSignature()).GetValue() {
		return nil, fmt.Errorf("%w: the answer", ErrCorrupted)
	}
	return table.Signature(answer.GetSignature())
}

// algorithmsOf returns the algorithms of a key version. Errors: ERR_ALGORITHM_MISMATCH.
func algorithmsOf(algorithm string) (rustpdf.SignatureAlgorithm, rustpdf.DigestAlgorithm, error) {
	for signature, way := range table.Ways {
		for digest, pattern := range way.Names {
			start, end, hasSize := strings.Cut(pattern, "*")
			if algorithm == start || hasSize && strings.HasPrefix(algorithm, start) && strings.HasSuffix(algorithm, end) {
				return rustpdf.SignatureAlgorithm(signature), rustpdf.DigestAlgorithm(digest), nil
			}
		}
	}
	return "", "", keystores.Mismatch("the key version is for " + algorithm + ", by which no PDF is signed; make one of another purpose")
}

// digestOf returns a digest as the API takes it.
func digestOf(algorithm rustpdf.DigestAlgorithm, digest []byte) *kmspb.Digest {
	switch algorithm {
	case rustpdf.DigestAlgorithmSHA384:
		return &kmspb.Digest{Digest: &kmspb.Digest_Sha384{Sha384: digest}}
	case rustpdf.DigestAlgorithmSHA512:
		return &kmspb.Digest{Digest: &kmspb.Digest_Sha512{Sha512: digest}}
	default:
		return &kmspb.Digest{Digest: &kmspb.Digest_Sha256{Sha256: digest}}
	}
}

func crc32c(bytes []byte) *wrapperspb.Int64Value {
	return wrapperspb.Int64(int64(crc32.Checksum(bytes, crc32.MakeTable(crc32.Castagnoli))))
}
