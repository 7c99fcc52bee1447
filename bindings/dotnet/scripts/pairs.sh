#!/usr/bin/env bash
# Completes the sessions that other languages began: RUSTPDF_PAIRS names the folder (tests/conformance). Needs what scripts/test.sh built.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
: "${RUSTPDF_PAIRS:?}"
dotnet build/RustPdf.Tests.dll VectorTests.SessionsOfOtherLanguagesAreCompleted
