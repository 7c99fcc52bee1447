#!/usr/bin/env bash
# Installs what the test of visible signatures needs: Debian's tools and fonts, and beside this file PDFium and pdf.js. A second run costs a
# second.
set -euo pipefail
cd "$(dirname "$0")"
../../scripts/apt.sh python3-venv poppler-utils mupdf-tools qpdf zbar-tools fonts-noto-core fonts-droid-fallback
[ -x venv/bin/python ] || python3 -m venv venv
cmp -s requirements.txt venv/requirements.txt || venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
cp requirements.txt venv/
../../scripts/npm-ci.sh tests/visible
