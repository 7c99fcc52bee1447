#!/usr/bin/env bash
# Writes what is generated from the core's tables: the page of error codes and the types of the npm package.
# With --check it writes nothing and fails where a file is stale.
set -euo pipefail
cd "$(dirname "$0")/.."

table() { # kind, file
  local fresh
  fresh=$(cargo run --quiet --package rustpdf-core --example error_table -- "$1")
  if [ "${check:-}" ]; then
    diff -u "$2" <(printf '%s\n' "$fresh") || { echo "$2 is stale: run scripts/generate.sh"; exit 1; }
  else
    printf '%s\n' "$fresh" >"$2"
  fi
}

[ "${1:-}" != --check ] || check=yes
table markdown docs/errors.md
table typescript bindings/node/src/codes.generated.ts
