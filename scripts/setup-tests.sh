#!/usr/bin/env bash
# Installs what the tests need on a Debian that has Rust, Node 20 and Python 3 (scripts/setup-wasm.sh does what is needed for
# WebAssembly), and makes the token that they sign with. All of it lands in folders that git ignores. A second run costs seconds.
set -euo pipefail
cd "$(dirname "$0")/.."

# g++ and make build pkcs11js, gcc and libp11-kit-dev a PKCS#11 module that has the faults of other tokens; in Chromium the browser build
# of the package is tested; strace kills processes at a given system call; faketime gives certificates fixed dates, and
# scripts/test-ahead.sh its later day.
scripts/apt.sh g++ make openssl softhsm2 opensc libp11-kit-dev pkg-config chromium strace faketime
tests/judges/setup.sh
tests/services/setup.sh
tests/differential/setup.sh
tests/visible/setup.sh
scripts/npm-ci.sh bindings/node/test/runtimes # Deno, Bun and workerd

tests/pki/token.sh tests/.build/token tests/pki/certificates
