#!/usr/bin/env bash
# Makes the pictures of this folder again, from the options in README.md, and the table of verdicts in README.md: make.sh
# [--only NAME,NAME]. Requires the built package (scripts/build-wasm.sh). Working files are in tests/.build/gallery.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/visible/setup.sh
tests/judges/setup.sh
scripts/apt.sh fonts-wqy-microhei # Hangul
[ -f bindings/node/dist/node.js ] || npm run build -w rustpdf
exec tests/visible/venv/bin/python docs/gallery/make.py "$@"
