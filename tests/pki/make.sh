#!/usr/bin/env bash
# Makes the test PKI in the folder $1: root -> issuing CA -> signers, and `stranger`, an unrelated root.
# NAME.pem and NAME.key are PEM, NAME.der and the revocation lists NAME.crl are DER; chain.pem contains the issuing CA and the root.
# No certificate contains an address, so a validator does not reach for the network.
# The output is committed in `certificates`; README.md says when to make it again.
#
# Every date is fixed, so that a test has the same outcome on every day until 2060:
#     issuers          2020 to 2120        revoked          on 2020-06-01
#     signers          2020 to 2060        lists            2021 to 2120
#     expired          2000                not-yet-valid    2090
# Needs the Debian packages openssl and faketime.
set -euo pipefail
export LC_ALL=C TZ=UTC
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?usage: make.sh DIR}" && out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

on() { # day, command…: runs it as on that day
  faketime -f "$1 00:00:00" "${@:2}"
}

key() { # name kind
  local kind
  case $2 in
    rsa) kind=(RSA -pkeyopt rsa_keygen_bits:2048) ;;
    rsa-pss) kind=(RSA-PSS -pkeyopt rsa_keygen_bits:2048) ;; # a key that may sign by RSASSA-PSS only
    p256 | p384 | p521) kind=(EC -pkeyopt "ec_paramgen_curve:P-${2#p}") ;;
    ed25519) kind=(ED25519) ;;
  esac
  openssl genpkey -quiet -algorithm "${kind[@]}" -out "$1.key"
  openssl pkey -in "$1.key" -pubout -out "$1.pub.pem"
}

issuer_days=36524 # 2020-01-01 to 2120-01-01
authority='basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid'

root() { # name
  key "$1" rsa
  on 2020-01-01 openssl x509 -new -key "$1.key" -subj "/C=EU/O=rustpdf tests/CN=$1" -days $issuer_days -sha256 \
    -extfile <(echo "$authority") -out "$1.pem"
  : >"$1.index"
  echo 01 >"$1.number"
}

# The two issuers, as `openssl ca` reads them.
for issuer in root issuing; do
  printf '%s\n' "[$issuer]" "private_key=$issuer.key" "certificate=$issuer.pem" "database=$issuer.index" "crlnumber=$issuer.number" \
    new_certs_dir=. rand_serial=yes default_md=sha256 policy=any
done >ca.cnf
printf '%s\n' '[any]' countryName=optional organizationName=optional commonName=supplied >>ca.cnf

ca() { # day, issuer, options of openssl ca…
  on "$1" openssl ca -batch -config ca.cnf -name "$2" "${@:3}" 2>openssl.log || { cat openssl.log >&2 && exit 1; }
}

root root
root stranger
root issuing # its own key and names; its certificate is replaced by one from the root
on 2020-01-01 openssl x509 -new -force_pubkey issuing.pub.pem -subj "/C=EU/O=rustpdf tests/CN=issuing" -CA root.pem -CAkey root.key \
  -set_serial 2 -days $issuer_days -sha256 -extfile <(echo "${authority/CA:true/CA:true,pathlen:0}") -out issuing.pem
cat issuing.pem root.pem >chain.pem

signer() { # name, kind of key, further arguments of leaf.sh…
  key "$1" "$2"
  "$here/leaf.sh" . "$1" "$1.pub.pem" "$1.pem" "${@:3}"
}

for kind in rsa rsa-pss p256 p384 p521 ed25519; do
  signer $kind $kind
done
signer other rsa # a second RSA key
signer revoked p256
signer no-signing-usage p256 keyAgreement
signer expired p256 digitalSignature,nonRepudiation 2000-01-01 366
signer not-yet-valid p256 digitalSignature,nonRepudiation 2090-01-01 365

ca 2020-06-01 issuing -revoke revoked.pem
for issuer in root issuing; do
  ca 2021-01-01 $issuer -gencrl -crldays 36158 | openssl crl -outform DER -out $issuer.crl
done
for key in *.key; do
  openssl x509 -in "${key%.key}.pem" -outform DER -out "${key%.key}.der"
done
rm -f -- *.pub.pem
install -m 644 -- *.pem *.der *.key *.crl "$out"
