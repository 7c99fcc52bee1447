#!/usr/bin/env bash
# npm ci in a folder (the root by default), unless what is installed there is newer than the lock file.
set -euo pipefail
cd "$(dirname "$0")/../${1:-.}"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
