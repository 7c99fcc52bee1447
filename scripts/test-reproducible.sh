#!/usr/bin/env bash
# Builds the module for JavaScript once more from the same sources, in another folder, and compares. Then prints the SHA-256 of each
# artifact that was built and of each bill of materials, and fails where one holds a path of this machine.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/a folder"
git ls-files -z --cached --others --exclude-standard -- Cargo.toml Cargo.lock .cargo crates scripts bindings/python bindings/node/scripts |
  xargs -0 cp --parents -t "$work/a folder"
ln -s "$PWD/node_modules" "$work/a folder/node_modules"
"$work/a folder/scripts/build-wasm.sh" 2>/dev/null
cmp "$work/a folder/bindings/node/wasm/rustpdf.wasm" bindings/node/wasm/rustpdf.wasm

shopt -s nullglob
python3 -m zipfile -e target/python/wheels/*.whl "$work/wheel" # it is compressed
mapfile -d '' in_wheel < <(find "$work/wheel" -type f -print0)
for artifact in bindings/node/wasm/rustpdf.wasm bindings/go/{rustpdf,rustpdf-appearance}.wasm bindings/{dotnet/runtimes/*/native,node-native/*}/*.{so,node} \
  {bindings,crates}/*/*.cdx.json "${in_wheel[@]}"; do
  sha256sum "$artifact"
  if grep -aqF -e "$PWD/" -e "${CARGO_HOME:-$HOME/.cargo}/" "$artifact"; then
    echo "$artifact tells a path of this machine" >&2
    exit 1
  fi
done
