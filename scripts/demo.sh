#!/usr/bin/env bash
# npm run demo: signs a contract with an RSA key that was made inside a PKCS#11 token and cannot leave it. Works in a fresh clone
# and installs what it needs; a second run takes seconds. All that it makes lies in demo-output/.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/demo-output
mkdir -p "$out"
: >"$out/demo.log"

stage() { # title, command…
  local title=$1 start=${EPOCHREALTIME/[.,]/} tenths
  shift
  printf '  %-56s' "$title"
  if ! "$@" >>"$out/demo.log" 2>&1; then
    printf '   failed:\n'
    tail -n 40 "$out/demo.log" >&2
    exit 1
  fi
  tenths=$(((${EPOCHREALTIME/[.,]/} - start) / 100000))
  printf '%7d.%d s\n' $((tenths / 10)) $((tenths % 10))
}

export SOFTHSM2_CONF=$out/token/softhsm2.conf PKCS11_PIN=1234
module=/usr/lib/softhsm/libsofthsm2.so

make_token() { # the key pair is generated inside: neither sensitive nor extractable can be turned off later
  [ ! -e "$out/token/done" ] || return 0
  rm -rf "$out/token" && mkdir -p "$out/token/tokens"
  printf 'directories.tokendir = %s/token/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$out" >"$SOFTHSM2_CONF"
  softhsm2-util --init-token --free --label demo --so-pin 87654321 --pin $PKCS11_PIN &&
    pkcs11-tool --module $module --token-label demo --login --pin $PKCS11_PIN --keypairgen --key-type rsa:2048 --id 01 --label contracts --usage-sign &&
    pkcs11-tool --module $module --token-label demo --read-object --type pubkey --id 01 | openssl pkey -pubin -inform DER -out "$out/token/public.pem" &&
    touch "$out/token/done"
}

make_certificates() { # a CA of our own certifies the token's public key; the private one is not needed for that
  [ ! "$out/signer.pem" -nt "$out/token/public.pem" ] || return 0
  openssl req -x509 -newkey rsa:2048 -noenc -keyout "$out/ca.key" -subj '/O=Demo/CN=Demo CA' -days 3650 -out "$out/ca.pem" \
    -addext keyUsage=critical,keyCertSign,cRLSign &&
    printf '%s\n' basicConstraints=critical,CA:false keyUsage=critical,digitalSignature,nonRepudiation authorityKeyIdentifier=keyid |
    openssl x509 -new -force_pubkey "$out/token/public.pem" -subj '/O=Lumen Instruments/CN=Lumen Instruments Contracts' \
      -CA "$out/ca.pem" -CAkey "$out/ca.key" -days 730 -sha256 -extfile /dev/stdin -out "$out/signer.pem"
}

trust_ca() { # for pdfsig, in a database of its own
  rm -rf "$out/trusted" && mkdir "$out/trusted" &&
    certutil -N --empty-password -d "sql:$out/trusted" && certutil -A -n 'Demo CA' -t CT,C,C -i "$out/ca.pem" -d "sql:$out/trusted"
}

echo 'Getting ready'
stage 'tools: SoftHSM2, Poppler, a compiler' scripts/apt.sh softhsm2 opensc poppler-utils libnss3-tools openssl g++ make
stage 'tools: Rust for WebAssembly (minutes, the first time)' scripts/setup-wasm.sh
stage 'npm packages' scripts/npm-ci.sh
stage 'the core and the package (minutes, the first time)' npm run --silent build -w rustpdf
stage 'a token, with an RSA-2048 key generated inside' make_token
stage 'a CA, and a certificate over the public key in the token' make_certificates
stage 'a contract of three pages' node examples/demo/document.mjs "$out/contract.pdf"

node examples/demo/sign.mjs $module demo contracts "$out/signer.pem" "$out/ca.pem" "$out/contract.pdf" "$out/signed.pdf"

printf '\nWhat pdfsig says (it trusts the CA)\n'
trust_ca >>"$out/demo.log" 2>&1
pdfsig -nssdir "sql:$out/trusted" "$out/signed.pdf" | sed -n 's/^  - /  /p'

printf '\nThe signed contract: demo-output/signed.pdf\n'
