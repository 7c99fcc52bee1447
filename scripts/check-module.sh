#!/usr/bin/env bash
# Compares bindings/go/rustpdf.wasm as it is committed with the module that scripts/build-capi.sh has just made of the sources, in its place.
# Fails if they differ. Two cases are not compared: sources that are not committed, and a compiler that is not that of the committed module.
set -euo pipefail
cd "$(dirname "$0")/.."
module=bindings/go/rustpdf.wasm
compiler() { grep -aom1 'rustc.[0-9.]* ([0-9a-f]* [0-9-]*)' || true; } # in the section `producers`

if ! git rev-parse --quiet --verify HEAD >/dev/null || git diff --quiet HEAD -- $module; then
  exit 0
elif ! git diff --quiet HEAD -- Cargo.toml Cargo.lock .cargo crates scripts/{build-capi,wasm-toolchain,reproducible}.sh; then
  echo "$module is not compared: the sources have changes that are not committed"
elif [ "$(git show HEAD:$module | compiler)" != "$(compiler <$module)" ]; then
  echo "$module is not compared: another compiler built the committed one"
else
  echo "$module is not that of the sources: commit it as scripts/build-capi.sh wrote it" >&2
  exit 1
fi
