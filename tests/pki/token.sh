#!/usr/bin/env bash
# Makes a SoftHSM2 token in the folder $1 with certificates from the PKI in the folder $2 (made by make.sh):
#   01 rsa  02 p256  03 p384  04 p521  05 ed25519            generated inside; their certificates are $1/NAME.pem
#   11 rsa-imported  12 p256-imported  15 ed25519-imported   the PKI's own keys rsa, p256, ed25519, which so exist in memory as well
# Use it with SOFTHSM2_CONF=$1/softhsm2.conf; token label rustpdf, PIN 1234.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?usage: token.sh DIR PKI}" && token=$(cd "$1" && pwd) && pki=$(cd "${2:?usage: token.sh DIR PKI}" && pwd)
recipe=$(cat "$here/token.sh" "$here/leaf.sh" "$pki/issuing.pem" | sha256sum) # a new PKI has other keys: its token is another one
[ "$(cat "$token/done" 2>/dev/null)" != "$recipe" ] || exit 0
rm -rf "$token/done" "$token/tokens"
mkdir "$token/tokens"
export SOFTHSM2_CONF=$token/softhsm2.conf
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$token" >"$SOFTHSM2_CONF"
softhsm2-util --init-token --free --label rustpdf --so-pin 87654321 --pin 1234 >/dev/null
tool=(pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label rustpdf --login --pin 1234)

certify() { # name: gives it a certificate over $token/NAME.pub.pem
  "$here/leaf.sh" "$pki" "$1" "$token/$1.pub.pem" "$token/$1.pem"
  openssl x509 -in "$token/$1.pem" -outform DER -out "$token/$1.der"
}

generate_rsa() { # id
  "${tool[@]}" --keypairgen --id "$1" --label rsa --key-type rsa:2048 --usage-sign &>/dev/null
  "${tool[@]}" --read-object --type pubkey --id "$1" 2>/dev/null | openssl pkey -pubin -inform DER -out "$token/rsa.pub.pem"
  certify rsa
}

# pkcs11-tool exports no key of P-384 or Ed25519, but prints the point of each that it makes: behind the start of its
# SubjectPublicKeyInfo that is the public key.
generate_ec() { # id, name, key type, size of the point in bytes, that start
  local point
  point=$("${tool[@]}" --keypairgen --id "$1" --label "$2" --key-type "$3" --usage-sign 2>/dev/null | sed -n 's/ *EC_POINT: *//p')
  perl -e 'print pack "H*", shift' "$5${point: -2 * $4}" | openssl pkey -pubin -inform DER -out "$token/$2.pub.pem"
  certify "$2"
}

import() { # id, name of a signer of the PKI
  softhsm2-util --import "$pki/$2.key" --token rustpdf --pin 1234 --label "$2-imported" --id "$1" >/dev/null
}

generate_rsa 01
generate_ec 02 p256 EC:prime256v1 65 3059301306072a8648ce3d020106082a8648ce3d030107034200
generate_ec 03 p384 EC:secp384r1 97 3076301006072a8648ce3d020106052b81040022036200
generate_ec 04 p521 EC:secp521r1 133 30819b301006072a8648ce3d020106052b8104002303818600
generate_ec 05 ed25519 EC:edwards25519 32 302a300506032b6570032100
import 11 rsa
import 12 p256
import 15 ed25519
echo "$recipe" >"$token/done"
