#!/usr/bin/env bash
# Makes the certificates, keys and revocation data of the recorded services, once: make.sh FOLDER. They are valid until 2066, so that what was
# recorded holds. Signers have the keys of the folder above. All keys are for tests: nothing may ever trust `root`.
set -euo pipefail
export LC_ALL=C TZ=UTC
keys=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1" && cd "$1"
days=14610
at() { faketime -f '2026-11-25 00:00:00' "$@"; }

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }
certify() { # name, key, issuer, extensions…
  local name=$1 key=$2 issuer=$3
  shift 3
  openssl pkey -in "$key" -pubout -out "$name.pub"
  printf '%s\n' subjectKeyIdentifier=hash "$@" >"$name.ext"
  local by=(-CA "$issuer.pem" -CAkey "$issuer.key")
  [ "$issuer" != "$name" ] || by=(-key "$key")
  at openssl x509 -new -force_pubkey "$name.pub" -subj "/C=EU/O=rustpdf recorded services/CN=$name" "${by[@]}" \
    -set_serial "0x01$(openssl rand -hex 8)" -days $days -sha256 -extfile "$name.ext" -out "$name.pem"
}
authority=(basicConstraints=critical,CA:true keyUsage=critical,keyCertSign,cRLSign)
leaf=(basicConstraints=critical,CA:false authorityKeyIdentifier=keyid)
places=(authorityInfoAccess='OCSP;URI:http://recorded.example/ocsp,caIssuers;URI:http://recorded.example/issuing.crt'
  crlDistributionPoints=URI:http://recorded.example/issuing.crl)

key root && certify root root.key root "${authority[@]}"
key issuing && certify issuing issuing.key root "${authority[@]}" authorityKeyIdentifier=keyid \
  authorityInfoAccess='caIssuers;URI:http://recorded.example/root.crt' crlDistributionPoints=URI:http://recorded.example/root.crl
for name in rsa p256; do certify $name "$keys/$name.key" issuing "${leaf[@]}" keyUsage=critical,digitalSignature,nonRepudiation "${places[@]}"; done
certify revoked "$keys/rsa.key" issuing "${leaf[@]}" keyUsage=critical,digitalSignature,nonRepudiation "${places[@]}"
# Its proofs are lists alone.
key tsa && certify tsa tsa.key issuing "${leaf[@]}" keyUsage=critical,digitalSignature extendedKeyUsage=critical,timeStamping \
  crlDistributionPoints=URI:http://recorded.example/issuing.crl
key responder && certify responder responder.key issuing "${leaf[@]}" keyUsage=critical,digitalSignature extendedKeyUsage=OCSPSigning noCheck=ignored

for issuer in root issuing; do
  printf '%s\n' '[ca]' default_ca=it '[it]' "database=$PWD/$issuer.index" "crlnumber=$PWD/$issuer.number" default_md=sha256 crl_extensions=list \
    '[list]' authorityKeyIdentifier=keyid >$issuer.cnf
  : >$issuer.index && echo 01 >$issuer.number
  [ $issuer = root ] || at openssl ca -config $issuer.cnf -cert $issuer.pem -keyfile $issuer.key -revoke revoked.pem -crl_reason keyCompromise 2>/dev/null
  at openssl ca -config $issuer.cnf -cert $issuer.pem -keyfile $issuer.key -gencrl -crldays $days -out $issuer.crl.pem 2>/dev/null
  openssl crl -in $issuer.crl.pem -outform DER -out $issuer.crl
done
for name in root issuing; do openssl x509 -in $name.pem -outform DER -out $name.crt; done
# The responder knows the good ones, too.
for name in rsa p256; do
  serial=$(openssl x509 -in $name.pem -noout -serial | cut -d= -f2)
  printf 'V\t661114000000Z\t\t%s\tunknown\t/C=EU/O=rustpdf recorded services/CN=%s\n' "$serial" $name >>issuing.index
done
rm -f ./*.pub ./*.ext ./*.cnf ./*.number* ./*.attr ./*.old ./*.crl.pem
