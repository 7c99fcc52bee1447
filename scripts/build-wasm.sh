#!/usr/bin/env bash
# Builds the core to WebAssembly for the JavaScript package: bindings/node/wasm/{rustpdf.wasm,instance.js,inline.js}.
# Does nothing where the result is newer than every source. Needs scripts/setup-wasm.sh and scripts/npm-ci.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/wasm-toolchain.sh

out=bindings/node/wasm
sources=(Cargo.toml Cargo.lock .cargo crates/core/src crates/core/Cargo.toml crates/wasm bindings/node/scripts/wasm.js scripts/{build-wasm,wasm-toolchain,reproducible}.sh)
if [ -e $out/inline.js ] && [ -z "$(find "${sources[@]}" -newer $out/inline.js -type f -print -quit)" ]; then
  exit 0
fi

# The glue of `no-modules` is one expression, which wasm.js turns into a function that makes as many instances as are
# wanted; that of `web` knows a single one, for good, even after a trap.
RUSTUP_TOOLCHAIN=$toolchain wasm-pack --log-level warn build crates/wasm --mode no-install --target no-modules --profile wasm \
  --no-opt --no-pack --no-typescript --out-name rustpdf --out-dir ../../target/wasm-pack -- "${wasm_flags[@]}"
# Similar functions have similar names. Side by side, compression finds their common parts. Optimisations of wasm-opt make the module larger on
# the wire, but for the removal of functions that are there twice.
node_modules/.bin/wasm-opt target/wasm-pack/rustpdf_bg.wasm --duplicate-function-elimination --reorder-functions-by-name --debuginfo --output target/wasm-pack/rustpdf_bg.wasm
node bindings/node/scripts/wasm.js target/wasm-pack $out
