#!/usr/bin/env bash
# Has Go complete the sessions that other languages began, in the folder that RUSTPDF_PAIRS names: tests/conformance.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${RUSTPDF_PAIRS:?}"
exec go test -count=1 -run '^TestPairs$' .
