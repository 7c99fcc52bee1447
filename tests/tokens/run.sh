#!/usr/bin/env bash
# Signs with keys in tokens behind other modules than SoftHSM's: a TPM 2.0 (tpm2-pkcs11 over swtpm), and a token on another machine (p11-kit server and
# client). From the new key by the request for its certificate to a signature that pdfsig accepts. The command line reads key and certificate from the
# token. Then the network token is lost. With --full, a smartcard follows (card.sh).
# Needs what scripts/setup-tests.sh makes, and the built npm package. All servers are children of this script, and end with it.
set -euo pipefail
case "$*" in
  '' | --full) ;;
  *) echo 'usage: run.sh [--full]' >&2 && exit 2 ;;
esac
. "$(dirname "$0")/environment.sh"
scripts/apt.sh p11-kit swtpm swtpm-tools tpm2-tools tpm2-abrmd libtss2-tcti-tabrmd0 dbus libtpm2-pkcs11-1 libtpm2-pkcs11-tools opensc softhsm2 openssl faketime
export RUSTPDF_PIN=1234

# A key of a token gets its certificate, which goes into the token, and signs.
prove() { # title, module, token, key, id
  local title=$1 module=$2 token=$3 key=$4 id=$5 name=$work/$3-$4
  local uri="pkcs11:token=$token;object=$key?module-path=$module"
  rustpdf csr --subject "/O=rustpdf tests/CN=$token $key" --key "$uri" -o "$name.csr" >/dev/null
  openssl req -in "$name.csr" -noout -verify 2>&1 | grep -q 'verify OK'
  openssl req -in "$name.csr" -noout -pubkey >"$name.pub.pem"
  tests/pki/leaf.sh "$pki" "$token $key" "$name.pub.pem" "$name.pem"
  openssl x509 -in "$name.pem" -outform DER -out "$name.der"
  local cert=(--cert "$name.pem")
  if pkcs11-tool --module "$module" --token-label "$token" --login --pin 1234 --write-object "$name.der" --type cert --id "$id" --label "$key" >/dev/null 2>&1; then
    cert=() # it is read from the token
  fi
  for options in "${@:6}"; do
    # shellcheck disable=SC2086 # options are words
    rustpdf sign "$document" -o "$name.pdf" --force --key "$uri" "${cert[@]}" --chain "$pki/chain.pem" --audit "$work/records" $options >/dev/null
    python3 tests/judges/judge_pdfsig.py --root "$pki/root.pem" "$name.pdf" | grep -q '"ok": true' || { echo "pdfsig refuses $name.pdf" >&2 && exit 1; }
  done
  echo "ok  $title, $key: request, certificate${cert[*]+ (given)}, $(($# - 5)) signatures"
}

# A TPM: swtpm is the chip, tpm2-abrmd shares it, tpm2-pkcs11 is the module.
mkdir "$work/tpm" "$work/store"
port=$(python3 -c 'import socket; one, two = socket.socket(), socket.socket()
one.bind(("127.0.0.1", 0)); two.bind(("127.0.0.1", one.getsockname()[1] + 1)); print(one.getsockname()[1])')
swtpm socket --tpm2 --tpmstate "dir=$work/tpm" --ctrl "type=tcp,port=$((port + 1)),bindaddr=127.0.0.1" \
  --server "type=tcp,port=$port,bindaddr=127.0.0.1" --flags not-need-init,startup-clear >/dev/null 2>&1 &
export DBUS_SESSION_BUS_ADDRESS=unix:path=$work/bus
dbus-daemon --session --nofork --address="$DBUS_SESSION_BUS_ADDRESS" >/dev/null 2>&1 &
await 10 test -S "$work/bus"
root=()
[ "$(id -u)" != 0 ] || root=(--allow-root)
tpm2-abrmd --session "${root[@]}" --tcti="swtpm:host=127.0.0.1,port=$port" >/dev/null 2>&1 &
export TPM2TOOLS_TCTI=tabrmd:bus_type=session TPM2_PKCS11_TCTI=tabrmd:bus_type=session TPM2_PKCS11_STORE=$work/store TPM2_PKCS11_LOG_LEVEL=0
await 20 tpm2_getrandom 4
tpm2_ptool init --path "$work/store" >/dev/null
tpm2_ptool addtoken --pid 1 --label chip --userpin 1234 --sopin 5678 --path "$work/store" >/dev/null
for kind in rsa2048 ecc256; do
  tpm2_ptool addkey --algorithm $kind --label chip --key-label $kind --userpin 1234 --path "$work/store" >/dev/null
done
module=$(echo /usr/lib/*/libtpm2_pkcs11.so.1)
id() { pkcs11-tool --module "$1" --token-label "$2" --login --pin 1234 --list-objects --type privkey 2>/dev/null | awk -v label="$3" '/label:/{here = $2 == label} here && /ID:/{print $2; exit}'; }
prove 'TPM 2.0' "$module" chip rsa2048 "$(id "$module" chip rsa2048)" '' '--signature-algorithm rsa-pss' '--digest-algorithm sha384'
prove 'TPM 2.0' "$module" chip ecc256 "$(id "$module" chip ecc256)" ''

# A token on another machine: its module answers behind a socket, and the client cannot see its files.
export SOFTHSM2_CONF=$work/softhsm2.conf
mkdir "$work/tokens"
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\n' "$work" >"$SOFTHSM2_CONF"
softhsm=/usr/lib/softhsm/libsofthsm2.so
softhsm2-util --init-token --free --label remote --so-pin 87654321 --pin 1234 >/dev/null
for key in rsa:2048/01/rsa EC:prime256v1/02/p256 EC:secp521r1/03/p521; do
  IFS=/ read -r kind number label <<<"$key"
  pkcs11-tool --module $softhsm --token-label remote --login --pin 1234 --keypairgen --key-type "$kind" --id "$number" --label "$label" --usage-sign >/dev/null 2>&1
done
p11-kit server -f --provider $softhsm -n "$work/p11.sock" 'pkcs11:token=remote' >/dev/null 2>&1 &
server=$!
await 10 test -S "$work/p11.sock"
client=$(echo /usr/lib/*/pkcs11/p11-kit-client.so)
export P11_KIT_SERVER_ADDRESS=unix:path=$work/p11.sock
unset SOFTHSM2_CONF # so that nothing but the server knows the token
prove 'network token' "$client" remote rsa 01 '' '--signature-algorithm rsa-pss --digest-algorithm sha512'
prove 'network token' "$client" remote p256 02 ''
prove 'network token' "$client" remote p521 03 ''

# The token is lost: the error has the store's own code, and nothing half-written is left.
kill "$server"
await 5 bash -c "! kill -0 $server"
status=0
rustpdf sign "$document" -o "$work/lost.pdf" --key "pkcs11:token=remote;object=rsa?module-path=$client" --cert "$work/remote-rsa.pem" >/dev/null 2>"$work/said" || status=$?
[ $status = 1 ] && grep -q 'ERR_PKCS11_' "$work/said" && ! grep -q 1234 "$work/said" && [ ! -e "$work/lost.pdf" ] || { cat "$work/said" >&2 && exit 1; }
echo "ok  network token, lost: $(grep -o 'ERR_PKCS11_[A-Z_]*' "$work/said" | head -1), no file"
rustpdf audit verify "$work/records" >/dev/null
if grep -rqw 1234 "$work/records"; then echo 'a record has the PIN' >&2 && exit 1; fi
echo 'ok  the records of all of them are whole, and have no PIN'
[ -z "$*" ] || tests/tokens/card.sh
