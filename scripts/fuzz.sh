#!/usr/bin/env bash
# scripts/fuzz.sh TARGET SECONDS [FOLDER…]: runs a fuzz target (fuzz/README.md) from its seeds, files of the vectors and further folders.
# Needs the nightly toolchain and cargo-fuzz 0.13.2.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:?which target} seconds=${2:?how many seconds}
shift 2

vectors=tests/vectors/documents
[[ $target == cms ]] && vectors=tests/vectors/certificates
[[ $target == timestamp ]] && vectors=crates/core/tests/data/timestamps
[[ $target == ocsp || $target == crl ]] && vectors=crates/core/tests/data/evidence
mkdir -p "fuzz/corpus/$target" "fuzz/seeds/$target"
# Without a sanitizer: neither the core nor the harness has unsafe code, and its memory is then what the limit is about.
exec cargo +nightly fuzz run --sanitizer none "$target" \
  "fuzz/corpus/$target" "fuzz/seeds/$target" "$vectors" "$@" \
  -- -dict=fuzz/pdf.dict -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=512 -timeout=10 -print_final_stats=1
