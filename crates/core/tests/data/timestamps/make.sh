#!/usr/bin/env bash
# Makes the certificates and responses of the timestamp tests again, by OpenSSL 3. The keys are for tests only and are worth nothing. The issuer is
# that of ../cms. With TSA=URL of a certomancer service, its response is fetched again, too: signing-certificate of the first version, signing-time.
set -euo pipefail
cd "$(dirname "$0")"
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
[tsa]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[none]
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
[other]
extendedKeyUsage = critical,emailProtection
[not-critical]
extendedKeyUsage = timeStamping
[not-alone]
extendedKeyUsage = critical,timeStamping,emailProtection
CNF
: >"$work/index"
# name, key, section, serial number, first day, last day
certificate() {
  echo "$4" >"$work/serial"; : >"$work/index"
  openssl req -new -key "$2.key" -subj "/C=DE/O=rustpdf tests/CN=Timestamps ${7:-$1}" -out "$work/csr" 2>/dev/null
  openssl ca -batch -notext -config "$work/ca.cnf" -cert ../cms/issuing.pem -keyfile ../cms/issuing.key -extensions "$3" -startdate "$5" -enddate "$6" \
    -in "$work/csr" -out "$1.pem" 2>"$work/log" || { cat "$work/log"; exit 1; }
}
rm -f ./*.pem ./*.key
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key 2>/dev/null || openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key 2>/dev/null
from=20250101000000Z; to=20450101000000Z
certificate rsa rsa tsa 7001 $from $to
# The same issuer, serial number and key.
certificate rsa-twin rsa tsa 7001 20250102000000Z $to rsa
certificate ec ec tsa 7002 $from $to
certificate no-usage rsa none 7003 $from $to
certificate other-usage rsa other 7004 $from $to
certificate not-critical rsa not-critical 7005 $from $to
certificate not-alone rsa not-alone 7006 $from $to
certificate expired rsa tsa 7007 20200101000000Z 20210101000000Z

# SHA-256 of "a document", policy 1.2.3.4.1, nonce 0x8182838485868788; without certReq: the last three bytes are not there.
imprint=$(printf 'a document' | openssl dgst -sha256 -r | cut -d ' ' -f 1)
body="020101 3031300d060960864801650304020105000420$imprint 06042a030401 0209008182838485868788"
request() { printf '%s' "$1" | tr -d ' ' | xxd -r -p >"$2"; }
request "304a $body 0101ff" request.tsq
request "3047 $body" request-without-certificates.tsq
request "304a ${body/06042a030401/06042a030409} 0101ff" "$work/other-policy.tsq"

# name, request, certificate, algorithm of signing-certificate
respond() {
  cat >"$work/ts.cnf" <<CNF
[t]
serial = $work/serial
signer_cert = $3.pem
certs = ../cms/issuing.pem
signer_key = $3.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256,sha384,sha512
accuracy = secs:1,millisecs:500
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_alg = $4
CNF
  openssl ts -reply -queryfile "$2" -config "$work/ts.cnf" -section t -out "$1.tsr" 2>/dev/null
}
respond openssl request.tsq rsa sha256
respond openssl-ec request.tsq ec sha512
respond openssl-sha1 request.tsq rsa sha1
respond openssl-without-certificates request-without-certificates.tsq rsa sha256
respond openssl-rejected "$work/other-policy.tsq" rsa sha256
if [ -n "${TSA:-}" ]; then curl -sf -H 'Content-Type: application/timestamp-query' --data-binary @request.tsq -o certomancer.tsr "$TSA"; fi
