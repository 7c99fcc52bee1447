#!/usr/bin/env bash
# Runs the examples with the token and the certificates of the tests, and lets pdfsig judge what comes out.
set -euo pipefail
cd "$(dirname "$0")/.."
token=tests/.build/token pki=tests/pki/certificates out=tests/.build/examples
mkdir -p $out

SOFTHSM2_CONF=$token/softhsm2.conf PKCS11_PIN=1234 node examples/pkcs11.mjs /usr/lib/softhsm/libsofthsm2.so rustpdf rsa \
  $token/rsa.pem $pki/chain.pem tests/vectors/documents/pages.pdf $out/pkcs11.pdf
python3 tests/judges/judge_pdfsig.py --root $pki/root.pem $out/pkcs11.pdf

examples/c/test.sh
examples/service/test.sh
examples/kms/test.sh
examples/s3/test.sh
