#!/usr/bin/env bash
# Checks that `certificates` is what make.sh makes. Keys, serial numbers and signatures are random, so a second PKI is made and compared
# by names, dates, kinds of keys and extensions. Also checks that the committed files fit each other.
set -euo pipefail
export LC_ALL=C TZ=UTC
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
./make.sh "$work"

normalized() { # removes key identifiers, serial numbers and everything after the extensions
  sed -E -e 's/([0-9A-F]{2}:){19}[0-9A-F]{2}/IDENTIFIER/' -e 's/Serial Number: [0-9A-F]{32}$/Serial Number: RANDOM/' -e '/Signature Value/,$d'
}
describe() { # folder
  local file
  (
    cd "$1"
    ls
    for file in *.pem; do
      echo "= $file"
      openssl x509 -in "$file" -noout -text -certopt no_serial,no_pubkey,no_sigdump | normalized
      openssl x509 -in "$file" -noout -text | grep -E 'Public Key Algorithm|Public-Key|ASN1 OID'
    done
    for file in *.crl; do
      echo "= $file"
      openssl crl -inform DER -in "$file" -noout -text | normalized
    done
  )
}
diff <(describe certificates) <(describe "$work") # the first line is of a committed file, the second of a new one

cd certificates
cat issuing.pem root.pem | cmp - chain.pem
for key in *.key; do
  name=${key%.key}
  cmp <(openssl pkey -in "$key" -pubout) <(openssl x509 -in "$name.pem" -noout -pubkey)
  cmp <(openssl x509 -in "$name.pem" -outform DER) "$name.der"
  roots=root.pem
  [ "$name" != stranger ] || roots=stranger.pem
  openssl verify -no_check_time -CAfile $roots -untrusted issuing.pem "$name.pem" >/dev/null
done
for list in *.crl; do
  openssl crl -inform DER -in "$list" -noout -CAfile chain.pem 2>&1 | grep -qx 'verify OK'
done
openssl crl -inform DER -in issuing.crl -noout -text | grep -q "Serial Number: $(openssl x509 -in revoked.pem -noout -serial | cut -d= -f2)$"
