#!/usr/bin/env bash
# Installs what the tests of the Go module need on a Debian that has Go: a C compiler for the race detector and the PKCS#11 client,
# SoftHSM2, pdfsig, the modules, and staticcheck into .tools/. A second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

../../scripts/apt.sh gcc libc6-dev openssl softhsm2 opensc poppler-utils

staticcheck=v0.8.2
if [ ! -x .tools/$staticcheck/staticcheck ]; then
  GOBIN=$PWD/.tools/$staticcheck go install honnef.co/go/tools/cmd/staticcheck@$staticcheck
  ln -sfn $staticcheck/staticcheck .tools/staticcheck
fi
go mod download
(cd internal/hsmtest && go mod download)
