#!/usr/bin/env bash
# Builds the Python package and tests it as it is installed: linter, types, tests, and `pip install` from the folder.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv/bin target=../../target/python

$venv/ruff format --check
$venv/ruff check
$venv/mypy
$venv/pyright

scripts/build.sh
PATH="$PWD/$venv:$PATH" $venv/pyright --verifytypes rustpdf --ignoreexternal | tail -3
# The module with operations for tests: one that panics, one that asks a single step.
PYO3_BUILD_EXTENSION_MODULE=1 cargo build -q --locked --package rustpdf-python --features test-panic
mkdir -p $target/panic
cp ../../target/debug/librustpdf_python.so $target/panic/_core.abi3.so
$venv/python -m pytest "$@"

rm -rf $target/fresh
python3 -m venv $target/fresh
# With the flags of scripts/build.sh, or cargo would build everything anew.
(cd ../.. && . scripts/reproducible.sh && "$PWD/target/python/fresh/bin/pip" install -q --disable-pip-version-check ./bindings/python)
$target/fresh/bin/python -I bench/bench.py startup
