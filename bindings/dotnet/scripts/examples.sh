#!/usr/bin/env bash
# Compiles the examples of the documentation comments as one program, and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
pki=$(realpath ../../tests/pki/certificates) work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 scripts/examples.py build/RustPdf.xml src/RustPdf/*.cs >"$work/Examples.cs"
csc -target:exe -nowarn:1998 -r:build/RustPdf.dll -out:build/Examples.dll "$work/Examples.cs" tests/Readme/Examples.cs tests/Readme/Hsm.cs

cp ../../tests/vectors/documents/pages.pdf "$work/contract.pdf"
for name in pem key; do cp "$pki/rsa.$name" "$work/signer.$name"; done
cp "$pki/chain.pem" "$work"
program=$PWD/build/Examples.dll
(cd "$work" && dotnet "$program" >/dev/null)
