#!/usr/bin/env bash
# Makes the revocation lists of the PKI in the folder $1 anew. A list says nothing of a certificate that was issued after it, so
# whoever has issued one makes the lists again.
set -euo pipefail
cd "${1:?usage: crl.sh PKI}"
for issuer in root issuing; do
  openssl ca -config ca.cnf -name $issuer -gencrl 2>openssl.log | openssl crl -outform DER -out $issuer.crl || { cat openssl.log >&2 && exit 1; }
done
rm openssl.log
