#!/usr/bin/env bash
# Compares the modules for Go as they are committed with those that scripts/build-capi.sh has just made of the sources, in their place.
# Fails if they differ. Two cases are not compared: sources that are not committed, and a compiler that is not that of the committed module.
set -euo pipefail
cd "$(dirname "$0")/.."
compiler() { grep -aom1 'rustc.[0-9.]* ([0-9a-f]* [0-9-]*)' || true; } # in the section `producers`
status=0

for module in bindings/go/{rustpdf,rustpdf-appearance}.wasm; do
  if ! git rev-parse --quiet --verify HEAD >/dev/null || git diff --quiet HEAD -- $module; then
    continue
  elif ! git diff --quiet HEAD -- Cargo.toml Cargo.lock .cargo crates scripts/{build-capi,build-appearance,wasm-toolchain,reproducible}.sh; then
    echo "$module is not compared: the sources have changes that are not committed"
  elif [ "$(git show HEAD:$module | compiler)" != "$(compiler <$module)" ]; then
    echo "$module is not compared: another compiler built the committed one"
  else
    echo "$module is not that of the sources: commit it as scripts/build-capi.sh wrote it" >&2
    status=1
  fi
done
exit $status
