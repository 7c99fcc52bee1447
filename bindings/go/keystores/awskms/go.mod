module github.com/rustpdf/rustpdf-go/keystores/awskms

go 1.26.0

require (
	github.com/aws/aws-sdk-go-v2/service/kms v1.62.5
	github.com/rustpdf/rustpdf-go v0.0.0
)

require (
	github.com/aws/aws-sdk-go-v2 v1.47.8 // indirect
	github.com/aws/aws-sdk-go-v2/internal/configsources v1.5.11 // indirect
	github.com/aws/aws-sdk-go-v2/internal/endpoints/v2 v2.8.11 // indirect
	github.com/aws/smithy-go v1.28.8 // indirect
	github.com/tetratelabs/wazero v1.12.0 // indirect
	golang.org/x/sys v0.44.0 // indirect
)

replace github.com/rustpdf/rustpdf-go => ../..
