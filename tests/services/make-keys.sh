#!/usr/bin/env bash
# Makes the keys that pki.yml names in `keys`. Existing keys stay as they are: they are committed, so that certificates have the
# same bytes on every machine with the same port.
set -euo pipefail
mkdir -p "$(dirname "$0")/keys" && cd "$(dirname "$0")/keys"

make() { # arguments of openssl, name…
  local name
  for name in "${@:2}"; do
    # shellcheck disable=SC2086
    [ -e "$name.pem" ] || openssl genpkey $1 -out "$name.pem" 2>/dev/null
  done
}

make '-algorithm RSA -pkeyopt rsa_keygen_bits:2048' root issuing ocsp crlissuer rsa tsaroot tsaca tsa tsaocsp loop-a loop-b
make '-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve' ec tsaec
make '-algorithm EC -pkeyopt ec_paramgen_curve:P-384 -pkeyopt ec_param_enc:named_curve' p384
make '-algorithm ED25519' ed25519
