#!/usr/bin/env bash
# Compiles the tests into build/, with what they use of xunit, and the agent of tests/conformance.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
sources=$(find tests/Minimal tests/RustPdf.Tests keystores -name '*.cs' | sort)
# shellcheck disable=SC2086 # names without blanks
csc -target:exe -r:build/RustPdf.dll -out:build/RustPdf.Tests.dll $sources
csc -target:exe -r:build/RustPdf.dll -out:build/Conformance.dll conformance/Agent.cs
