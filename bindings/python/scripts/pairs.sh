#!/usr/bin/env bash
# Has Python complete the sessions that other languages began, in the folder that RUSTPDF_PAIRS names: tests/conformance.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${RUSTPDF_PAIRS:?}"
exec .venv/bin/python -m pytest -q tests/test_pairs.py
