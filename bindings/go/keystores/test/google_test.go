package test

import (
	"context"
	"errors"
	"strings"
	"testing"

	kms "cloud.google.com/go/kms/apiv1"
	"cloud.google.com/go/kms/apiv1/kmspb"
	"github.com/googleapis/gax-go/v2"
	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores/googlekms"
)

// silentClient reads a public key from one server, and signs with another.
type silentClient struct {
	reads, signs *kms.KeyManagementClient
}

func (c silentClient) GetPublicKey(
	ctx context.Context, request *kmspb.GetPublicKeyRequest, options ...gax.CallOption,
) (*kmspb.PublicKey, error) {
	return c.reads.GetPublicKey(ctx, request, options...)
}

func (c silentClient) AsymmetricSign(
	ctx context.Context, request *kmspb.AsymmetricSignRequest, options ...gax.CallOption,
) (*kmspb.AsymmetricSignResponse, error) {
	return c.signs.AsymmetricSign(ctx, request, options...)
}

// TestCorruptedMessagesOfGoogleKMS makes keys for which the stand-in answers as over a bad wire.
func TestCorruptedMessagesOfGoogleKMS(t *testing.T) {
	client := googleClient(t, googleAddress())
	ring := strings.Split(running.Google.Keys[0].KeyID, "/cryptoKeys/")[0]
	for id, text := range map[string]string{
		"corrupt-request": "the request", "corrupt-answer": "the answer", "corrupt-name": "it signed with",
	} {
		created, err := client.CreateCryptoKey(t.Context(), &kmspb.CreateCryptoKeyRequest{
			Parent: ring, CryptoKeyId: id, CryptoKey: &kmspb.CryptoKey{
				Purpose:         kmspb.CryptoKey_ASYMMETRIC_SIGN,
				VersionTemplate: &kmspb.CryptoKeyVersionTemplate{Algorithm: kmspb.CryptoKeyVersion_EC_SIGN_P256_SHA256},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		signer, err := googlekms.Key(t.Context(), googlekms.Options{
			Client: client, Name: created.Name + "/cryptoKeyVersions/1",
			Certificate: readFile(t, keyOf(t, running.Google.Keys, "EC_SIGN_P256_SHA256").Certificate),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := fails(t, signer); !errors.Is(err, googlekms.ErrCorrupted) || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// corruptedKey answers with a public key that was changed on its way.
type corruptedKey struct{ *kms.KeyManagementClient }

func (c corruptedKey) GetPublicKey(
	ctx context.Context, request *kmspb.GetPublicKeyRequest, options ...gax.CallOption,
) (*kmspb.PublicKey, error) {
	key, err := c.KeyManagementClient.GetPublicKey(ctx, request, options...)
	key.Pem = strings.Replace(key.Pem, "A", "B", 1)
	return key, err
}

func TestACorruptedPublicKeyOfGoogleKMS(t *testing.T) {
	client := corruptedKey{googleClient(t, googleAddress())}
	signer := must(googlekms.Key(t.Context(), googlekms.Options{Client: client, Name: running.Google.Keys[0].KeyID}))
	if err := noPublicKey(t, signer); !errors.Is(err, googlekms.ErrCorrupted) {
		t.Error(err)
	}
}

// otherPurpose answers with the algorithm of a key that does not sign.
type otherPurpose struct{ *kms.KeyManagementClient }

func (otherPurpose) GetPublicKey(context.Context, *kmspb.GetPublicKeyRequest, ...gax.CallOption) (*kmspb.PublicKey, error) {
	return &kmspb.PublicKey{Algorithm: kmspb.CryptoKeyVersion_RSA_DECRYPT_OAEP_2048_SHA256}, nil
}

func TestAKeyOfGoogleKMSForAnotherPurpose(t *testing.T) {
	_, err := googlekms.Key(t.Context(), googlekms.Options{Client: otherPurpose{}, Name: "projects/1"})
	want := "the key version is for RSA_DECRYPT_OAEP_2048_SHA256, by which no PDF is signed; make one of another purpose"
	if !errors.Is(err, rustpdf.ErrAlgorithmMismatch) || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}
