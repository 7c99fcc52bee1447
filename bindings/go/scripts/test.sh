#!/usr/bin/env bash
# Checks and tests the Go module: scripts/setup.sh has run, and scripts/build-capi.sh at the root of the repository has made rustpdf.wasm,
# with --panic as well; the keys, certificates and the token are those of scripts/setup-tests.sh. The key stores of keystores/test need the
# npm package, built.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { printf 'gofmt would change:\n%s\n' "$unformatted" && exit 1; }
long=$(grep -rnE '.{141}' --include='*.go' --exclude=table_generated.go . || true)
[ -z "$long" ] || { printf 'longer than 140 characters:\n%s\n' "$long" && exit 1; }

for module in . internal/hsmtest keystores/{awskms,azurekeyvault,googlekms,pkcs11,test}; do
  (
    cd $module
    go mod tidy -diff
    go vet ./...
    "$OLDPWD"/.tools/staticcheck ./...
  )
done

# The module needs no C compiler, and builds where there is none.
for target in linux/amd64 linux/arm64 darwin/arm64 windows/amd64; do
  GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 go build ./...
  GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 go vet .
done

go build -o .tools/conformance ./internal/conformance # the agent of tests/conformance
go test -count=1 -race -short ./...
go test -count=1 -run '^Test(CompilationCache|TheDrawingIsInTheCompilationCache|NoLeak|NoLeakOfDrawings|KilledWheneverItMayBe|MemoryDoesNotGrowWithTheFile)$' . # measured, so without the detector
(cd internal/hsmtest && go test -count=1 ./...)
(cd keystores/test && go test -count=1 -race ./...) # starts the key stores of examples/kms/serve.sh
