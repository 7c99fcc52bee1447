#!/usr/bin/env bash
# Has both engines complete the sessions that other languages began, in the folder that RUSTPDF_PAIRS names: tests/conformance.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${RUSTPDF_PAIRS:?}"
exec npx vitest run test/vectors.test.ts --testNamePattern '^pairs$'
