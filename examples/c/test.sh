#!/usr/bin/env bash
# Builds the examples. Signs visibly by one call. Signs with the token of the tests under valgrind, into a new file and in place, and lets pdfsig judge; then has it
# refuse an output that exists and a file that is not a PDF.
set -euo pipefail
cd "$(dirname "$0")/../.."
token=tests/.build/token pki=tests/pki/certificates out=tests/.build/examples prefix=$PWD/target/capi/prefix
scripts/apt.sh gcc pkg-config libjansson-dev libssl-dev libp11-kit-dev poppler-utils valgrind
scripts/install-capi.sh "$prefix"
mkdir -p $out

# shellcheck disable=SC2046 # flags are words
gcc -std=gnu11 -O1 -g -Wall -Wextra -Wpedantic -Werror examples/c/sign.c examples/c/store.c -o $out/sign -Wl,-rpath,"$prefix/lib" \
  $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs rustpdf jansson libcrypto) $(pkg-config --cflags p11-kit-1)

# shellcheck disable=SC2046
gcc -std=gnu11 -O1 -g -Wall -Wextra -Wpedantic -Werror examples/c/visible.c -o $out/visible -Wl,-rpath,"$prefix/lib" \
  $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs rustpdf libcrypto)

visible=(valgrind --quiet --leak-check=full --error-exitcode=9 $out/visible tests/vectors/documents/pages.pdf $out/visible.pdf
  $pki/rsa.pem $pki/chain.pem $pki/rsa.key)
"${visible[@]}" tests/vectors/files/logo-alpha.png | grep -q '"page":5,.*"rect":\[28.346,28.346,226.771,85.039\]'
python3 tests/judges/judge_pdfsig.py --root $pki/root.pem $out/visible.pdf
pdftotext $out/visible.pdf - | grep -q 'Reason: Approved'
! "${visible[@]}" $pki/rsa.pem 2>$out/no.message
grep -q '^ERR_IMAGE: ' $out/no.message

export SOFTHSM2_CONF=$token/softhsm2.conf PKCS11_PIN=1234
openssl x509 -in $pki/chain.pem -outform DER -out $out/chain.der
words=(/usr/lib/softhsm/libsofthsm2.so rustpdf rsa $token/rsa.der $out/chain.der)
rm -f $out/c.pdf $out/no.pdf
# No memory of the library may be lost; the token's library keeps some of its own.
sign() {
  valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9 --suppressions=examples/c/softhsm.supp \
    $out/sign "${words[@]}" "$@"
}
sign tests/vectors/documents/pages.pdf $out/c.pdf
python3 tests/judges/judge_pdfsig.py --root $pki/root.pem $out/c.pdf
sign $out/c.pdf $out/c.pdf
python3 tests/judges/judge_pdfsig.py --root $pki/root.pem $out/c.pdf

! $out/sign "${words[@]}" tests/vectors/documents/pages.pdf $out/c.pdf 2>$out/no.message
grep -q 'c.pdf: File exists$' $out/no.message
echo 'no PDF' >$out/no.txt
! $out/sign "${words[@]}" $out/no.txt $out/no.pdf 2>$out/no.message
grep -q '^ERR_NOT_A_PDF: ' $out/no.message
[ ! -e $out/no.pdf ]
[ -z "$(find $out -name '.*rustpdf*')" ] # nothing is left behind
echo 'C: signed visibly, into a new file and in place, judged, and refused an output that exists and a file that is not a PDF'
