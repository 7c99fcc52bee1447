#!/usr/bin/env bash
# Compiles the library into build/, with the native library beside it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
mkdir -p build
sources=$(find src -name '*.cs' | sort)
# shellcheck disable=SC2086 # names without blanks
csc -target:library -unsafe+ -doc:build/RustPdf.xml -out:build/RustPdf.dll $sources
cp runtimes/linux-x64/native/librustpdf.so build/
