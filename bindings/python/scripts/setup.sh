#!/usr/bin/env bash
# Installs the tools and packages of the Python tests in bindings/python/.venv. scripts/setup-tests.sh makes keys and certificates, and
# installs pyHanko. The tests of key stores start examples/kms/serve.sh, which needs the npm package built.
# A second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
../../scripts/apt.sh python3-venv openssl softhsm2 poppler-utils libnss3-tools strace gcc pkg-config libp11-kit-dev
[ -x .venv/bin/python ] || python3 -m venv .venv
cmp -s requirements.txt .venv/requirements.txt || .venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
cp requirements.txt .venv/
