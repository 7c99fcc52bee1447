#!/usr/bin/env bash
# Has every language complete the sessions that the others began: pairs.sh FOLDER, in which the runners of the vectors left them.
set -euo pipefail
cd "$(dirname "$0")/../.."
RUSTPDF_PAIRS=$(realpath "$1")
export RUSTPDF_PAIRS
unset RUSTPDF_CONFORMANCE
cargo test --quiet --locked --workspace --features rustpdf-core/test-panic --test vectors pairs
bindings/node/scripts/pairs.sh
bindings/python/scripts/pairs.sh
bindings/dotnet/scripts/pairs.sh
bindings/go/scripts/pairs.sh
