#!/usr/bin/env bash
# Makes the certificates and keys of the cms tests anew, by OpenSSL 3. The keys are for tests only and are worth nothing.
set -euo pipefail
cd "$(dirname "$0")"
rm -f ./*.pem ./*.key
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cat >"$work/ca.cnf" <<CNF
[ca]
default_ca = one
[one]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
countryName = optional
organizationName = optional
commonName = supplied
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical,CA:true,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signer]
basicConstraints = CA:false
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[encipherment]
keyUsage = critical,keyEncipherment
authorityKeyIdentifier = keyid
[bare]
CNF
: >"$work/index"
serial=4096
# name, subject, issuer (or self), section, first day, last day; the key is name.key
certificate() {
  serial=$((serial + 1)); printf '%X\n' "$serial" >"$work/serial"
  openssl req -new -key "$1.key" -subj "$2" -out "$work/$1.csr" -config /dev/null 2>/dev/null || openssl req -new -key "$1.key" -subj "$2" -out "$work/$1.csr"
  local by=(-cert "$3.pem" -keyfile "$3.key"); if [ "$3" = self ]; then by=(-selfsign -keyfile "$1.key"); fi
  openssl ca -batch -notext -config "$work/ca.cnf" "${by[@]}" -extensions "$4" -startdate "$5" -enddate "$6" -in "$work/$1.csr" -out "$1.pem" 2>"$work/log" || { cat "$work/log"; exit 1; }
}
key() { openssl genpkey -quiet "${@:2}" -out "$1.key" 2>/dev/null || openssl genpkey "${@:2}" -out "$1.key" 2>/dev/null; }
rsa=(-algorithm RSA -pkeyopt rsa_keygen_bits:2048)
from=20250101000000Z; to=20450101000000Z
key root "${rsa[@]}"; key issuing "${rsa[@]}"; key rsa "${rsa[@]}"; key other "${rsa[@]}"; key weak -algorithm RSA -pkeyopt rsa_keygen_bits:1024
for curve in 256 384 521; do key "p$curve" -algorithm EC -pkeyopt "ec_paramgen_curve:P-$curve"; done
key k256 -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1
key ed25519 -algorithm ED25519
key pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048
key pss384 -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha384 -pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:48
cp rsa.key expired.key; cp rsa.key future.key; cp rsa.key nousage.key; cp rsa.key encipherment.key; cp root.key cross.key
certificate root '/C=DE/O=rustpdf tests/CN=Root' self root $from $to
certificate other '/C=DE/O=rustpdf tests/CN=Other' self root $from $to
certificate issuing '/C=DE/O=rustpdf tests/CN=Issuing' root issuing $from $to
certificate cross '/C=DE/O=rustpdf tests/CN=Root' other issuing $from $to
for name in rsa p256 p384 p521 ed25519 pss pss384 k256 weak; do certificate $name "/C=DE/O=rustpdf tests/CN=Signer $name" issuing signer $from $to; done
certificate expired '/C=DE/CN=Signer expired' issuing signer 20200101000000Z 20210101000000Z
certificate future '/C=DE/CN=Signer future' issuing signer 20600101000000Z 20700101000000Z
certificate nousage '/C=DE/CN=Signer nousage' issuing bare $from $to
certificate encipherment '/C=DE/CN=Signer encipherment' issuing encipherment $from $to
rm -f expired.key future.key nousage.key encipherment.key cross.key
