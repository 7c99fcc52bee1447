#!/usr/bin/env bash
# Installs the five readers: Debian's qpdf and Poppler, and beside this file MuPDF, PDFium and pdf.js. A second run costs a second.
set -euo pipefail
cd "$(dirname "$0")"
../../scripts/apt.sh python3-venv poppler-utils qpdf
[ -x venv/bin/python ] || python3 -m venv venv
cmp -s requirements.txt venv/requirements.txt || venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
cp requirements.txt venv/
../../scripts/npm-ci.sh tests/differential
