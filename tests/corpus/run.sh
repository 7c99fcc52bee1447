#!/usr/bin/env bash
# Walks the real PDF files in the folder RUSTPDF_CORPUS (README.md). Needs what scripts/setup-tests.sh makes, and the built package.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RES_OPTIONS='timeout:1 attempts:1' # pdfsig asks the responders that foreign certificates name; most are gone
exec tests/judges/venv/bin/python tests/corpus/walk.py "$@"
