#!/usr/bin/env bash
# Compiles the examples of the README as one program, runs it, and has pdfsig and pyHanko judge its documents.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
repository=$(realpath ../..) pki=$(realpath ../../tests/pki/certificates) work=$(mktemp -d)
trap '../../tests/services/stop.sh "$work/services" || true; rm -rf "$work"' EXIT
sed -n '/^```csharp$/,/^```$/{/^```/d;p}' README.md >"$work/Readme.cs"
csc -target:exe -r:build/RustPdf.dll -out:build/Readme.dll "$work/Readme.cs" tests/Readme/Hsm.cs

cp "$repository/tests/vectors/documents/pages.pdf" "$work/contract.pdf"
for name in pem key; do cp "$pki/rsa.$name" "$work/signer.$name"; done
cp "$pki/chain.pem" "$work"
cp "$repository/tests/vectors/files/logo-alpha.png" "$work/logo.png"
RUSTPDF_TSA=$(../../tests/services/start.sh "$work/services" --parent $$ | sed 's/.*"tsa": {"tsa": "\([^"]*\)".*/\1/')
export RUSTPDF_TSA
program=$PWD/build/Readme.dll
(cd "$work" && dotnet "$program")
judges=$repository/tests/judges
judge() { "$judges/venv/bin/python" "$judges/judge.py" "$@"; }
judge --root "$pki/root.pem" --root "$work/services/certs/tsaroot.cert.pem" --only pyhanko "$work/stamped.pdf" # pdfsig judges no document timestamp
rm "$work/stamped.pdf"
judge --root "$pki/root.pem" --only pdfsig "$work"/*.pdf
