#!/usr/bin/env bash
# Signs with keys in a PIV card: pivcard is the card, vsmartcard-vpcd its reader, and pcscd and OpenSC lead to it. Runs the commands of
# docs/key-stores/pkcs11.md as they are. Then a wrong PIN, a locked one, and a card that is pulled during a batch.
# Needs what scripts/setup-tests.sh makes, and the built npm package; the first build of pivcard takes a minute. All servers are children of this script.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
scripts/apt.sh pcscd vsmartcard-vpcd opensc opensc-pkcs11 yubico-piv-tool openssl faketime iproute2 libclang1-14 libclang-common-14-dev
cargo build --quiet --locked --manifest-path tests/tokens/pivcard/Cargo.toml --target-dir target/pivcard
pivcard=$PWD/target/pivcard/debug/pivcard page=$PWD/docs/key-stores/pkcs11.md

# vpcd listens on all addresses, so it gets a network of its own. This pcscd sees no driver of another reader, and its socket is in the folder: a pcscd of
# this machine goes on undisturbed.
mkdir "$work/pcscd" "$work/card" "$work/unsigned" "$work/signed" "$work/said"
cp /usr/lib/pcsc/drivers/serial/libifdvpcd.so "$work/"
sed "s|/usr/lib/pcsc/drivers/serial|$work|" /etc/reader.conf.d/vpcd >"$work/readers"
# shellcheck disable=SC2016 # the other shell expands it
unshare --net --mount sh -euc '
  ip link set lo up
  mount -t tmpfs tmpfs /run
  mkdir /run/pcscd
  mount --bind "$0/pcscd" /run/pcscd
  mount -t tmpfs tmpfs /usr/lib/pcsc/drivers
  exec pcscd --foreground --config "$0/readers"' "$work" >"$work/said/pcscd" 2>&1 &
pcscd=$!
export PCSCLITE_CSOCK_NAME=$work/pcscd/pcscd.comm
await 10 test -S "$PCSCLITE_CSOCK_NAME" || { cat "$work/said/pcscd" >&2 && exit 1; }
await 10 nsenter -t $pcscd -n sh -c 'ss -ltn | grep -q :35963'

has_card() { opensc-tool -l 2>/dev/null | grep -q ' Yes '; }
has_no_card() { ! has_card; }
insert() {
  nsenter -t $pcscd -n "$pivcard" "$work/card" >>"$work/said/card" 2>&1 &
  card=$!
  await 10 has_card
}
pull() {
  kill $card
  wait $card 2>/dev/null || true
  await 10 has_no_card
}
insert

pin=123456 wrong=654321
export RUSTPDF_PIN=$pin
yubico-piv-tool() { command yubico-piv-tool --reader Virtual "$@"; }
uri() { echo "pkcs11:$1?module-name=opensc-pkcs11.so"; }

# Runs the command of the page that begins so, in the folder of this test.
by_page() { # beginning, argument…
  local command
  command=$(grep -F -m 1 -- "    $1" "$page") || { echo "$page has no command $1" >&2 && exit 1; }
  shift
  (
    rustpdf() { node "$OLDPWD/bindings/node/dist/cli.js" "$@"; }
    cd "$work"
    eval "$command" '"$@"' >>said/page 2>&1
  )
}

judged() { # file…
  tests/judges/venv/bin/python tests/judges/judge.py --only pdfsig,pyhanko --root "$pki/root.pem" --crl "$pki/root.crl" --crl "$pki/issuing.crl" "$@" >"$work/judged" || { cat "$work/judged" >&2 && exit 1; }
}

sign() { # name, id, option…
  rustpdf sign "$document" -o "$work/$1.pdf" --force --key "$(uri "id=%$2")" --chain "$pki/chain.pem" --audit "$work/records" "${@:3}" >>"$work/said/sign" 2>&1
}

refused() { # code and words, id: the command line says so, and writes nothing
  local status=0
  rm -f "$work/refused.pdf"
  sign refused "$2" || status=$?
  tail -n 1 "$work/said/sign" >"$work/last"
  [ $status = 1 ] && grep -q "$1" "$work/last" && [ ! -e "$work/refused.pdf" ] || { echo "not $1:" >&2 && cat "$work/last" >&2 && exit 1; }
}

# From new keys to signatures that the judges accept: 9C by the commands of the page, the others likewise.
cp "$document" "$work/in.pdf"
cp "$pki/chain.pem" "$work/ca.pem"
by_page 'yubico-piv-tool -s 9c -A ECCP256'
by_page 'openssl req -x509'
by_page 'openssl x509 -new'
by_page 'yubico-piv-tool -s 9c -a import-certificate'
by_page "rustpdf csr --subject '/O=Example Ltd/CN=Example Ltd signing' --key 'pkcs11:id=%02"
openssl req -in "$work/signer.csr" -noout -verify 2>&1 | grep -q 'verify OK'
openssl req -in "$work/signer.csr" -noout -pubkey | cmp - "$work/signer.pub.pem"
tests/pki/leaf.sh "$pki" 'PIV 9C' "$work/signer.pub.pem" "$work/signer.pem"
by_page 'yubico-piv-tool -s 9c -a import-certificate'
by_page "rustpdf sign in.pdf -o out.pdf --key 'pkcs11:id=%02"
for slot in 9a:RSA2048 9e:ECCP384; do
  name=$work/${slot%:*}
  yubico-piv-tool -s "${slot%:*}" -A "${slot#*:}" -a generate -o "$name.pub.pem" >>"$work/said/tool" 2>&1
  tests/pki/leaf.sh "$pki" "PIV ${slot%:*}" "$name.pub.pem" "$name.pem"
  yubico-piv-tool -s "${slot%:*}" -a import-certificate -i "$name.pem" >>"$work/said/tool" 2>&1
done
sign rsa 01
sign pss 01 --signature-algorithm rsa-pss --digest-algorithm sha384
sign p256 02 --digest-algorithm sha512
RUSTPDF_PIN='' sign p384 04 --digest-algorithm sha256 # no PIN, and a digest that is shorter than the order
judged "$work"/{out,rsa,pss,p256,p384}.pdf
echo 'ok  PIV card: 9A by RSA and PSS, 9C by P-256 and a PIN for each signature, 9E by P-384 and no PIN'

# Wrong PINs. Those of a wrong length cost no try.
for malformed in 4321 123456789; do
  RUSTPDF_PIN=$malformed refused 'ERR_PKCS11_PIN_WRONG: the token refused the PIN (' 02
  RUSTPDF_SIGNING_PIN=$malformed refused 'ERR_PKCS11_PIN_WRONG: the token refused the PIN for signatures (' 02
done
RUSTPDF_SIGNING_PIN=$wrong refused 'ERR_PKCS11_PIN_WRONG: the token refused the PIN for signatures (CKR_PIN_INCORRECT): it does not tell how many' 02
sign after 02
RUSTPDF_PIN=$wrong refused 'ERR_PKCS11_PIN_WRONG: .*CKR_PIN_INCORRECT): it does not tell how many tries are left' 01
RUSTPDF_PIN=$wrong refused 'ERR_PKCS11_PIN_WRONG: .*CKR_PIN_INCORRECT): one try is left, then the token locks' 01
RUSTPDF_PIN=$wrong refused 'ERR_PKCS11_PIN_LOCKED: the PIN is locked: no try is left; unlock it by the PUK' 01
for id in 01 02; do refused 'ERR_PKCS11_PIN_LOCKED: the PIN is locked: no try is left; unlock it by the PUK' $id; done
by_page 'yubico-piv-tool -a unblock-pin' -P 12345678 -N $pin
for id in 01 02; do sign "after$id" $id; done
judged "$work"/after{,01,02}.pdf
echo 'ok  PIV card: malformed and wrong PINs, a locked one, and one that was unlocked'

# The card is pulled during a batch, and inserted again. OpenSC 0.23 may never return from a call of which the first command fails before pcscd knows that
# the card is gone. So the batch is stopped until pcscd knows.
count=24
for number in $(seq -w $count); do cp "$document" "$work/unsigned/$number.pdf"; done
has_lines() { [ "$(grep -c "$1" "$2")" -ge "$3" ]; }
batch() { # id: this shell becomes the command line
  exec node bindings/node/dist/cli.js sign-many "$work"/unsigned/*.pdf --output-dir "$work/signed" --ledger "$work/ledger" --key "$(uri "id=%$1")" --chain "$pki/chain.pem" --audit "$work/records"
}
ended() { ! kill -0 "$1" 2>/dev/null; }
for id in 01 02; do
  rm -f "$work/ledger" "$work"/signed/*
  (batch $id) >"$work/said/pulled" 2>"$work/said/failed" &
  batch=$!
  trap 'finish; kill -KILL $batch 2>/dev/null || true' EXIT # it may be stopped, or stay in OpenSC
  await 30 has_lines '^signed' "$work/said/pulled" 4
  kill -STOP $batch
  pull
  kill -CONT $batch
  await 60 ended $batch
  trap finish EXIT
  status=0
  wait $batch || status=$?
  signed=$(grep -c '^signed' "$work/said/pulled") gone=$(grep -c 'ERR_PKCS11_GONE' "$work/said/failed" || true)
  [ $status = 1 ] && [ "$gone" -ge 1 ] && [ $((signed + gone)) = $count ] && [ "$(find "$work/signed" -type f | wc -l)" = "$signed" ] ||
    { echo "status $status, $signed signed, $gone gone:" >&2 && ls -A "$work/signed" >&2 && cat "$work/said/failed" >&2 && exit 1; }
  refused 'ERR_PKCS11_TOKEN: the PKCS#11 module sees no token' $id
  insert
  (batch $id) >"$work/said/again" 2>&1
  [ "$(grep -c '^signed' "$work/said/again")" = "$gone" ] && [ "$(grep -c '^skipped' "$work/said/again")" = "$signed" ] || { cat "$work/said/again" >&2 && exit 1; }
  judged "$work"/signed/*.pdf
  echo "ok  PIV card, pulled: $signed signed, $gone failed by ERR_PKCS11_GONE; inserted again: $gone signed"
done

# A program that keeps its key while the card is pulled.
coproc KEPT { exec node tests/tokens/kept.mjs "$(uri id=%02)" "$document" "$pki/chain.pem" "$work/kept.pdf" 2>&1; }
expect() { # outcome
  local said
  echo >&"${KEPT[1]}"
  read -r -t 30 said <&"${KEPT[0]}" || said=nothing
  [ "$said" = "$1" ] || { echo "not $1: $said" >&2 && exit 1; }
}
expect signed
pull
expect ERR_PKCS11_GONE
insert
expect signed
judged "$work/kept.pdf"
echo 'ok  PIV card: one key object, before and after'

rustpdf audit verify "$work/records" >/dev/null
for text in $pin $wrong 4321 123456789 12345678; do
  if grep -rqw $text "$work/said" "$work/records" "$work/ledger"; then echo "an output has a PIN" >&2 && exit 1; fi
done
echo 'ok  PIV card: the records are whole; no output has a PIN'
