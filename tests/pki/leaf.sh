#!/usr/bin/env bash
# Certifies a public key: leaf.sh PKI NAME PUBLIC.pem OUT.pem [KEY_USAGE]
# PKI is a folder made by make.sh. The private key is not needed, so it may lie in a token.
set -euo pipefail
pki=$1 name=$2 public=$3 out=$4 usage=${5:-digitalSignature,nonRepudiation}
printf '%s\n' basicConstraints=critical,CA:false "keyUsage=critical,$usage" subjectKeyIdentifier=hash authorityKeyIdentifier=keyid |
  openssl x509 -new -force_pubkey "$public" -subj "/C=EU/O=rustpdf tests/CN=$name" -CA "$pki/issuing.pem" -CAkey "$pki/issuing.key" \
    -set_serial "0x01$(openssl rand -hex 15)" -days 1825 -sha256 -extfile /dev/stdin -out "$out"
