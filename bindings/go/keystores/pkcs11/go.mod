module github.com/rustpdf/rustpdf-go/keystores/pkcs11

go 1.26.0

require (
	github.com/miekg/pkcs11 v1.1.2
	github.com/rustpdf/rustpdf-go v0.0.0
)

require (
	github.com/tetratelabs/wazero v1.12.0 // indirect
	golang.org/x/sys v0.44.0 // indirect
)

replace github.com/rustpdf/rustpdf-go => ../..
