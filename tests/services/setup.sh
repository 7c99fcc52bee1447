#!/usr/bin/env bash
# Installs the services: a virtual environment beside this file. A second run costs a second.
set -euo pipefail
cd "$(dirname "$0")"
../../scripts/apt.sh python3-venv openssl
[ -x venv/bin/python ] || python3 -m venv venv
cmp -s requirements.txt venv/requirements.txt || venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
cp requirements.txt venv/
