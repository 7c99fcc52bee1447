#!/usr/bin/env bash
# Builds the wheel and installs it into .venv, which scripts/setup.sh made.
set -euo pipefail
cd "$(dirname "$0")/../../.."
. scripts/reproducible.sh
cd bindings/python
venv=.venv/bin wheels=../../target/python/wheels
rm -rf $wheels
$venv/maturin build -q --release --locked --interpreter $venv/python --out $wheels
$venv/pip install -q --disable-pip-version-check --no-deps --force-reinstall $wheels/rustpdf-*.whl
