#!/usr/bin/env bash
# Installs the client libraries beside this file, and the servers of the test in a virtual environment. A second run costs nothing.
set -euo pipefail
cd "$(dirname "$0")"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
ln -sfn ../../../bindings/node node_modules/rustpdf # beside the client libraries, as an installed package is

build=../../tests/.build/kms venv=../../tests/.build/kms/venv
mkdir -p $build
[ -x $venv/bin/python ] || python3 -m venv $venv
cmp -s test/requirements.txt $venv/requirements.txt || $venv/bin/pip install -q --disable-pip-version-check -r test/requirements.txt
cp test/requirements.txt $venv/

# The stand-in for Azure speaks TLS.
[ -e $build/tls.pem ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,DNS:rustpdf.localhost -keyout $build/tls.key -out $build/tls.pem 2>/dev/null
