#!/usr/bin/env bash
# Certificates, OCSP responses and revocation lists by OpenSSL 3, all valid at the time in `now`. The tests take that time.
# Everything is made again, with new keys, which are not kept.
set -euo pipefail
cd "$(dirname "$0")"
rm -f -- *.pem *.der now
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/openssl.cnf" <<'END'
[req]
distinguished_name = name
[name]

[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[short]
basicConstraints = critical,CA:TRUE,pathlen:0
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = OCSP;URI:http://example.test/ocsp, OCSP;URI:ldap://example.test/ocsp, OCSP;email:a@example.test, caIssuers;URI:http://example.test/ca.crt, caIssuers;URI:HTTPS://example.test/ca.p7c
crlDistributionPoints = URI:http://example.test/a.crl, URI:ldap://example.test/a.crl, URI:http://example.test/b.crl
[plain]
authorityKeyIdentifier = keyid
[reasons]
authorityKeyIdentifier = keyid
crlDistributionPoints = compromise, others
[compromise]
fullname = URI:http://example.test/compromise.crl
reasons = keyCompromise, CACompromise
[others]
fullname = URI:http://example.test/others.crl
reasons = affiliationChanged, superseded, cessationOfOperation, certificateHold, privilegeWithdrawn, AACompromise
[indirect]
authorityKeyIdentifier = keyid
crlDistributionPoints = other
[other]
fullname = URI:http://example.test/indirect.crl
CRLissuer = dirName:crlissuer_name
[crlissuer_name]
CN = CRL issuer
[crlissuer]
keyUsage = critical,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[responder]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,OCSPSigning
noCheck = ignored
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[checked]
extendedKeyUsage = OCSPSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[critical]
1.2.3.4 = critical,ASN1:NULL

[list]
authorityKeyIdentifier = keyid
[list_point]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@point
[point]
fullname = URI:http://example.test/b.crl
[list_reasons]
issuingDistributionPoint = critical,@point_reasons
[point_reasons]
fullname = URI:http://example.test/compromise.crl
onlysomereasons = keyCompromise, CACompromise

[database]
database = index
crlnumber = crlnumber
default_md = sha256
default_crl_days = 36500
END

key() { # NAME TYPE
    case $2 in
        rsa) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/$1.key" ;;
        p256) openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key" ;;
        p384) openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/$1.key" ;;
    esac
}
serial=0x4000
certificate() { # NAME SUBJECT SECTION ISSUER [OPTION...]
    local name=$1 subject=$2 section=$3 issuer=$4
    shift 4
    serial=$((serial + 1))
    openssl req -new -config "$work/openssl.cnf" -key "$work/$name.key" -subj "$subject" -out "$work/$name.csr"
    local by=(-CA "$issuer.pem" -CAkey "$work/$issuer.key")
    if [ "$issuer" = self ]; then by=(-key "$work/$name.key"); fi
    openssl x509 -req -in "$work/$name.csr" -set_serial "$serial" -days 36500 -extfile "$work/openssl.cnf" -extensions "$section" \
        "${by[@]}" "$@" -out "$name.pem" 2>/dev/null
}

key root rsa; certificate root "/CN=Root" root self -sha256
key ca p384; certificate ca "/O=Example/CN=CA" ca root -sha256
key short rsa; certificate short "/CN=Short CA" short ca -sha384
key pss rsa; certificate pss "/CN=PSS CA" ca root -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
for name in leaf revoked plain reasons indirect critical; do
    key $name p256
    section=$name
    if [ "$name" = revoked ]; then section=leaf; fi
    certificate $name "/CN=$name" $section ca -sha384
done
key deep p256; certificate deep "/CN=deep" plain pss -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
key crlissuer p256; certificate crlissuer "/CN=CRL issuer" crlissuer ca -sha384
key responder p256; certificate responder "/CN=Responder" responder ca -sha384
key checked rsa; certificate checked "/CN=Checked responder" checked ca -sha384

cd "$work"
dated() { openssl x509 -in "$OLDPWD/$1.pem" -noout -serial | cut -d= -f2; }
: > index
for name in leaf revoked plain reasons indirect; do
    state=V when=
    if [ $name = revoked ]; then state=R when=261101120000Z,keyCompromise; fi
    printf '%s\t99991231235959Z\t%s\t%s\tunknown\t/CN=%s\n' $state "$when" "$(dated $name)" $name >> index
done
echo 1000 > crlnumber
cd "$OLDPWD"

response() { # NAME CERTIFICATE RESPONDER [OPTION...]
    local name=$1 certificate=$2 responder=$3
    shift 3
    openssl ocsp -issuer ca.pem -cert "$certificate.pem" -no_nonce -reqout "$work/$name.req" 2>/dev/null
    openssl ocsp -index "$work/index" -CA ca.pem -rsigner "$responder.pem" -rkey "$work/$responder.key" -reqin "$work/$name.req" \
        -respout "$name.ocsp.der" -ndays 36500 "$@" 2>/dev/null
}
response good leaf responder
cp "$work/good.req" leaf.request.der
response revoked revoked responder
response by-key leaf responder -resp_key_id
response without-certificates leaf responder -resp_no_certs
response by-ca leaf ca
response by-checked leaf checked -rmd sha512
response unknown critical responder
openssl ocsp -issuer ca.pem -sha256 -cert leaf.pem -no_nonce -reqout "$work/sha256.req" 2>/dev/null
openssl ocsp -index "$work/index" -CA ca.pem -rsigner responder.pem -rkey "$work/responder.key" -reqin "$work/sha256.req" \
    -respout by-sha256.ocsp.der -ndays 36500 2>/dev/null

list() { # NAME SECTION
    (cd "$work" && openssl ca -config openssl.cnf -name database -gencrl -crlexts "$2" -cert "$OLDPWD/ca.pem" -keyfile ca.key -out list.pem) 2>/dev/null
    openssl crl -in "$work/list.pem" -outform DER -out "$1.crl.der"
}
list plain list
list point list_point
list reasons list_reasons
openssl crl -in plain.crl.der -inform DER -out plain.crl.pem
date +%s > now
