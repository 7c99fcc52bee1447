#!/usr/bin/env bash
# Writes what is generated from the core: the types of every language, the tables of the docs, the header for C.
# With --check it writes nothing and fails where a file is stale.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo run --quiet --locked --package rustpdf-generate -- "$@"
