package test

import (
	"context"
	"testing"

	awsclient "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/rustpdf/rustpdf-go"
	"github.com/rustpdf/rustpdf-go/keystores/awskms"
)

// fastKMS answers at once, so that the time of the adapter shows.
type fastKMS struct{ answer awsclient.SignOutput }

func (*fastKMS) GetPublicKey(
	context.Context, *awsclient.GetPublicKeyInput, ...func(*awsclient.Options),
) (*awsclient.GetPublicKeyOutput, error) {
	return nil, nil
}

func (f *fastKMS) Sign(context.Context, *awsclient.SignInput, ...func(*awsclient.Options)) (*awsclient.SignOutput, error) {
	return &f.answer, nil
}

// BenchmarkAdapter measures AWS KMS: the client alone, by the adapter, and the adapter with a client that
// answers at once.
func BenchmarkAdapter(b *testing.B) {
	key := keyOf(b, running.AWS.Keys, "ECC_NIST_P256")
	request := rustpdf.SigningRequest{SignatureAlgorithm: "ecdsa", DigestAlgorithm: "sha256", Digest: make([]byte, 32)}
	client := awsClient(awsEndpoint())
	adapted := must(awskms.Key(awskms.Options{Client: client, KeyID: key.KeyID}))
	fast := must(awskms.Key(awskms.Options{Client: &fastKMS{awsclient.SignOutput{Signature: []byte{1}}}, KeyID: key.KeyID}))
	sign := map[string]func() error{
		"client": func() error {
			_, err := client.Sign(b.Context(), &awsclient.SignInput{
				KeyId: &key.KeyID, Message: request.Digest, MessageType: types.MessageTypeDigest, SigningAlgorithm: "ECDSA_SHA_256",
			})
			return err
		},
		"adapter": func() error { _, err := adapted.Sign(b.Context(), request); return err },
		"alone":   func() error { _, err := fast.Sign(b.Context(), request); return err },
	}
	for _, name := range []string{"client", "adapter", "alone"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := sign[name](); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
