#!/usr/bin/env bash
# Certifies a public key: leaf.sh PKI NAME PUBLIC.pem OUT.pem [KEY_USAGE [FIRST_DAY DAYS]]
# PKI is a folder made by make.sh. The private key is not needed, so it may lie in a token.
# The certificate is valid from 2020 to 2060 unless the arguments say otherwise. OpenSSL 3.0 sets the first day of a certificate
# over a bare public key to today, so it runs under faketime.
set -euo pipefail
pki=$1 name=$2 public=$3 out=$4 usage=${5:-digitalSignature,nonRepudiation} first=${6:-2020-01-01} days=${7:-14610}
printf '%s\n' basicConstraints=critical,CA:false "keyUsage=critical,$usage" subjectKeyIdentifier=hash authorityKeyIdentifier=keyid |
  TZ=UTC faketime -f "$first 00:00:00" openssl x509 -new -force_pubkey "$public" -subj "/C=EU/O=rustpdf tests/CN=$name" \
    -CA "$pki/issuing.pem" -CAkey "$pki/issuing.key" -set_serial "0x01$(openssl rand -hex 15)" -days "$days" -sha256 \
    -extfile /dev/stdin -out "$out"
