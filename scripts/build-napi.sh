#!/usr/bin/env bash
# Builds the native core for Node on this machine, makes a package of it in bindings/node-native, and links that to where
# Node looks for it. With --panic it builds one with an operation that panics, for the tests alone: target/napi-panic/rustpdf.node.
# Needs what npm ci installs; does nothing where nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

library() { # folder of cargo: what it built there, as the system names it
  local name
  for name in librustpdf_napi.so librustpdf_napi.dylib rustpdf_napi.dll; do
    [ ! -e "$1/$name" ] || echo "$1/$name"
  done
}

if [ "${1:-}" = --panic ]; then
  cargo +stable build --quiet --locked --package rustpdf-napi --features test-panic
  mkdir -p target/napi-panic
  if ! cmp -s "$(library target/debug)" target/napi-panic/rustpdf.node; then
    rm -f target/napi-panic/rustpdf.node # a process may run it
    cp "$(library target/debug)" target/napi-panic/rustpdf.node
  fi
  exit
fi
. scripts/reproducible.sh
cargo +stable rustc --quiet --locked --release --package rustpdf-napi -- -C strip=symbols
node bindings/node/scripts/native.js build "$(library target/release)"
