#!/usr/bin/env bash
# Runs the differential test (README.md): of readers, or with --objects of objects. Needs what setup.sh installs, the certificates in
# tests/pki and the built npm package.
set -euo pipefail
cd "$(dirname "$0")"
test=differential.py
[ "${1:-}" != --objects ] || { test=objects.py && shift; }
exec venv/bin/python "$test" "$@"
