#!/usr/bin/env bash
# Installs what the tests of the Go module need on a Debian that has Go: a C compiler for the race detector and the PKCS#11 client,
# SoftHSM2, pdfsig, the modules, and staticcheck into .tools/. A second run does nothing. What the key stores of keystores/test need is
# installed by the script that starts them, examples/kms/serve.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

../../scripts/apt.sh gcc libc6-dev openssl softhsm2 opensc poppler-utils

staticcheck=v0.8.2
if [ ! -x .tools/$staticcheck/staticcheck ]; then
  GOBIN=$PWD/.tools/$staticcheck go install honnef.co/go/tools/cmd/staticcheck@$staticcheck
  ln -sfn $staticcheck/staticcheck .tools/staticcheck
fi
go mod download
for module in internal/hsmtest keystores/{awskms,azurekeyvault,googlekms,pkcs11,test}; do
  (cd $module && go mod download)
done
