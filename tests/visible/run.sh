#!/usr/bin/env bash
# Judges visible signatures (README.md): run.sh [--full] [--snapshot] [PART…]
# Needs ./setup.sh, ../judges/setup.sh and `npm run build -w rustpdf`.
set -euo pipefail
cd "$(dirname "$0")"
exec venv/bin/python visible.py "$@"
