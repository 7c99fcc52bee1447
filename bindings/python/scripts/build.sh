#!/usr/bin/env bash
# Builds the wheel and installs it into .venv, which scripts/setup.sh made.
set -euo pipefail
cd "$(dirname "$0")/../../.."
. scripts/reproducible.sh
cd bindings/python
venv=.venv/bin wheels=../../target/python/wheels
rm -rf $wheels
# Zig links against glibc 2.28: the wheel runs on systems since 2018, whatever this one is.
PATH="$PWD/$venv:$PATH" $venv/maturin build -q --release --locked --zig --compatibility manylinux_2_28 --interpreter $venv/python --out $wheels
$venv/pip install -q --disable-pip-version-check --no-deps --force-reinstall $wheels/rustpdf-*.whl
