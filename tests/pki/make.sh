#!/usr/bin/env bash
# Makes a test PKI in the folder $1: root -> issuing CA -> signers, and the root of a stranger.
# NAME.pem and NAME.key are PEM, NAME.der and the revocation lists NAME.crl are DER; chain.pem holds the issuing CA and the root.
# No certificate carries an address, so whoever checks one does not reach for the network.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?usage: make.sh DIR}" && cd "$1"
[ ! -e done ] || exit 0

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

authority='basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid'

root() { # name
  key "$1" rsa
  openssl x509 -new -key "$1.key" -subj "/C=EU/O=rustpdf tests/CN=$1" -days 7300 -sha256 -extfile <(echo "$authority") -out "$1.pem"
  : >"$1.index"
  echo 01 >"$1.number"
}

# What `openssl ca` has to know of the two issuers; crl.sh uses it, too.
for issuer in root issuing; do
  printf '%s\n' "[$issuer]" "private_key=$issuer.key" "certificate=$issuer.pem" "database=$issuer.index" "crlnumber=$issuer.number" \
    new_certs_dir=. rand_serial=yes default_md=sha256 default_crl_days=3650 policy=any
done >ca.cnf
printf '%s\n' '[any]' countryName=optional organizationName=optional commonName=supplied >>ca.cnf

ca() { # options of openssl ca…
  openssl ca -batch -notext -config ca.cnf -name issuing "$@" 2>openssl.log || { cat openssl.log >&2 && exit 1; }
}

dated() { # name, first day, last day: both from today
  key "$1" p256
  openssl req -new -key "$1.key" -subj "/C=EU/O=rustpdf tests/CN=$1" -out "$1.csr"
  ca -in "$1.csr" -startdate "$(date -u -d "$2 days" +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$3 days" +%Y%m%d%H%M%SZ)" \
    -extfile <(printf '%s\n' basicConstraints=critical,CA:false keyUsage=critical,digitalSignature,nonRepudiation) -out "$1.pem"
}

root root
root stranger
root issuing # its own key and names; its certificate is replaced by one from the root
openssl x509 -new -force_pubkey issuing.pub.pem -subj "/C=EU/O=rustpdf tests/CN=issuing" -CA root.pem -CAkey root.key -set_serial 2 \
  -days 3650 -sha256 -extfile <(echo "${authority/CA:true/CA:true,pathlen:0}") -out issuing.pem
cat issuing.pem root.pem >chain.pem

for kind in rsa rsa-pss p256 p384 p521 ed25519; do
  key $kind $kind
  "$here/leaf.sh" . $kind $kind.pub.pem $kind.pem
done
for name in revoked no-signing-usage; do
  key $name p256
done
"$here/leaf.sh" . revoked revoked.pub.pem revoked.pem
"$here/leaf.sh" . no-signing-usage no-signing-usage.pub.pem no-signing-usage.pem keyAgreement
dated expired -30 -1
dated not-yet-valid 30 365

ca -revoke revoked.pem
"$here/crl.sh" .
for certificate in *.key; do
  openssl x509 -in "${certificate%.key}.pem" -outform DER -out "${certificate%.key}.der"
done
rm -f -- *.csr openssl.log [0-9A-F]*.pem
touch done
