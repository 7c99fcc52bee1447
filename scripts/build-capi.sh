#!/usr/bin/env bash
# Builds the core for whatever calls C (a shared library) and for Go (a plain WebAssembly module), with the module that draws visible
# signatures for Go, and puts them where the packages carry them. With --panic it builds those with an operation that panics, for the tests
# alone, into target/capi/panic.
# Needs what scripts/setup-wasm.sh and scripts/npm-ci.sh install; cargo does nothing where nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/reproducible.sh

put() { # from, to: a file that is the same keeps its time, so that nothing is built anew because of it
  mkdir -p "$(dirname "$2")"
  cmp -s "$1" "$2" || { rm -f "$2" && install -m 644 "$1" "$2"; } # a process may have the old one mapped
}

features=()
library=bindings/dotnet/runtimes/linux-x64/native/librustpdf.so module=bindings/go/rustpdf.wasm
if [ "${1:-}" = --panic ]; then
  features=(--features test-panic)
  library=target/capi/panic/librustpdf.so module=target/capi/panic/rustpdf.wasm
fi
if [ "$(uname -sm)" = 'Linux x86_64' ]; then
  cargo +stable build --quiet --locked --release --package rustpdf-capi "${features[@]}"
  put target/release/librustpdf_capi.so $library
else
  echo 'The shared library is left out: the packages carry that for Linux on x64 alone so far.' >&2
fi
# The names of functions, a quarter of the module, are cut off; that of the compiler stays, for scripts/check-module.sh.
(
  . scripts/wasm-toolchain.sh
  cargo +$toolchain rustc --quiet "${wasm_flags[@]}" --profile wasm --target wasm32-unknown-unknown --package rustpdf-capi "${features[@]}" -- -C strip=symbols -C link-arg=--keep-section=producers
)
put target/wasm32-unknown-unknown/wasm/rustpdf_capi.wasm $module
[ "${1:-}" != --panic ] || exit 0
drawing=bindings/go/rustpdf-appearance.wasm
scripts/build-appearance.sh
put target/appearance/rustpdf-appearance.wasm $drawing
for built in $module $drawing; do
  if [ -n "$(git diff --name-only HEAD -- $built 2>/dev/null)" ]; then
    echo "$built is in the repository, and differs from the committed one: commit it with the change of its sources." >&2
  fi
done
