#!/usr/bin/env bash
# Builds the drawing of visible signatures to a plain WebAssembly module, for JavaScript and Go: target/appearance/rustpdf-appearance.wasm.
# Does nothing where the result is newer than every source. Needs scripts/setup-wasm.sh and scripts/npm-ci.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/wasm-toolchain.sh

out=target/appearance/rustpdf-appearance.wasm
sources=(Cargo.toml Cargo.lock .cargo crates/appearance/{src,fonts,Cargo.toml} crates/appearance-wasm scripts/{build-appearance,wasm-toolchain,reproducible}.sh)
if [ -e $out ] && [ -z "$(find "${sources[@]}" -newer $out -type f -print -quit)" ]; then
  exit 0
fi

mkdir -p target/appearance
cargo +$toolchain rustc --quiet "${wasm_flags[@]}" --profile wasm --target wasm32-unknown-unknown --package rustpdf-appearance-wasm
# As in scripts/build-wasm.sh: functions that are there twice are removed, and similar ones are put side by side. Names are needed for that.
node_modules/.bin/wasm-opt target/wasm32-unknown-unknown/wasm/rustpdf_appearance_wasm.wasm \
  --duplicate-function-elimination --reorder-functions-by-name --strip-debug --output $out
echo "$out: $(stat -c %s $out) bytes, $(gzip -9c $out | wc -c) compressed"
