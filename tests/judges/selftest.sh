#!/usr/bin/env bash
# Proves the judges: they have to say of good and of spoiled documents what README.md's last table says. Run setup.sh first.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
venv/bin/python selftest.py "$work"
