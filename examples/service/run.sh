#!/usr/bin/env bash
# Starts both sides on loopback with the token of the tests, until it is stopped (or for as many seconds as $SERVICE_SECONDS says):
#     examples/service/run.sh            and then, for example,
#     curl --data-binary @in.pdf -H content-type:application/pdf http://127.0.0.1:8101/documents
# Needs what scripts/setup-tests.sh makes, the built package and the Python package in bindings/python/.venv (npm test makes all of it).
set -euo pipefail
cd "$(dirname "$0")/../.."
material=$PWD/tests/.build
key_port=${SERVICE_KEY_PORT:-8102} documents_port=${SERVICE_DOCUMENTS_PORT:-8101}
export SOFTHSM2_CONF=$material/token/softhsm2.conf PKCS11_PIN=1234 NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
SERVICE_SECRET=${SERVICE_SECRET:-$(head -c 24 /dev/urandom | base64)}
SERVICE_SESSION_KEY=${SERVICE_SESSION_KEY:-$(od -An -v -t x1 -N 32 /dev/urandom | tr -d ' \n')}
export SERVICE_SECRET SERVICE_SESSION_KEY

stop() {
  trap - EXIT
  kill "${processes[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
}
processes=()
trap stop EXIT
trap 'exit 0' INT TERM

# The document's side has no access to the token, and the key's side none to the folder of documents.
env -u SERVICE_SESSION_KEY timeout "${SERVICE_SECONDS:-86400}" node examples/service/key.mjs "$key_port" /usr/lib/softhsm/libsofthsm2.so rustpdf rsa \
  "$material/token/rsa.pem" "$PWD/tests/pki/certificates/chain.pem" &
processes+=($!)
env -u SOFTHSM2_CONF -u PKCS11_PIN timeout "${SERVICE_SECONDS:-86400}" bindings/python/.venv/bin/python examples/service/documents.py \
  "$documents_port" "$material/service" "http://127.0.0.1:$key_port" &
processes+=($!)
wait -n
