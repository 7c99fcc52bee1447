#!/usr/bin/env bash
# Proves the judges: they have to say of good and of spoiled documents what README.md's last tables say. Run setup.sh and
# ../services/setup.sh first. `selftest.sh levels`: only the files with timestamps.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap '../services/stop.sh "$work/services" || true; rm -rf "$work"' EXIT
../services/start.sh "$work/services" --parent $$ >"$work/services.json"
venv/bin/python selftest.py "$work" "$work/services.json" "$@"
