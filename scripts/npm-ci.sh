#!/usr/bin/env bash
# npm ci, unless what is installed is newer than the lock file.
set -euo pipefail
cd "$(dirname "$0")/.."
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
