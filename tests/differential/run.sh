#!/usr/bin/env bash
# Runs the differential test (README.md). Needs what setup.sh installs, the certificates in tests/pki and the built npm package.
set -euo pipefail
cd "$(dirname "$0")"
exec venv/bin/python differential.py "$@"
