#!/usr/bin/env bash
# Compiles the examples of the documentation comments as one program, and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
pki=$(realpath ../../tests/pki/certificates) work=$(mktemp -d)
trap '../../tests/services/stop.sh "$work/services" || true; rm -rf "$work"' EXIT
python3 scripts/examples.py build/RustPdf.xml src/RustPdf/*.cs >"$work/Examples.cs"
csc -target:exe -nowarn:1998 -r:build/RustPdf.dll -out:build/Examples.dll "$work/Examples.cs" tests/Readme/Examples.cs tests/Readme/Hsm.cs

cp ../../tests/vectors/documents/pages.pdf "$work/contract.pdf"
for name in pem key; do cp "$pki/rsa.$name" "$work/signer.$name"; done
cp "$pki/chain.pem" "$work"
RUSTPDF_TSA=$(../../tests/services/start.sh "$work/services" --parent $$ | sed 's/.*"tsa": {"tsa": "\([^"]*\)".*/\1/')
export RUSTPDF_TSA
program=$PWD/build/Examples.dll
(cd "$work" && dotnet "$program" >/dev/null)
