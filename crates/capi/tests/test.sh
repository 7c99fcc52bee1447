#!/usr/bin/env bash
# Compiles the tests of the C interface against an installed library and runs them under AddressSanitizer: once with that library, and once
# with the one of scripts/build-capi.sh --panic. The library itself is not instrumented; its memory is the sanitizer's, so leaks and wrong
# frees are noticed. The program of the README signs with the shared library and with the static one, and pdfsig judges.
set -euo pipefail
cd "$(dirname "$0")/../../.."
prefix=$PWD/target/capi/prefix panicking=$PWD/target/capi/panic out=$PWD/target/capi/tests pki=tests/pki/certificates
scripts/apt.sh gcc libc6-dev libjansson-dev libssl-dev openssl pkg-config poppler-utils
scripts/install-capi.sh "$prefix"
mkdir -p "$out"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig ASAN_OPTIONS=detect_leaks=1:exitcode=86 RUST_BACKTRACE=0
flags=(-std=gnu11 -O1 -g -Wall -Wextra -Wpedantic -Werror -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)

# shellcheck disable=SC2046 # flags are words
for program in misuse threads sign; do
  gcc "${flags[@]}" crates/capi/tests/{$program,host}.c -o "$out/$program" $(pkg-config --cflags --libs rustpdf jansson libcrypto) -pthread
done
readelf -d "$out/misuse" | grep -q 'NEEDED.*\[librustpdf\.so\.0\]' # by its SONAME

LD_LIBRARY_PATH=$prefix/lib "$out/misuse"
LD_LIBRARY_PATH=$prefix/lib "$out/threads"
LD_LIBRARY_PATH=$prefix/lib "$out/sign"
ln -sfn librustpdf.so "$panicking/librustpdf.so.0"
LD_LIBRARY_PATH=$panicking "$out/threads" panic 2>"$out/panics" || { cat "$out/panics" >&2 && exit 1; }

for mistake in leak:'detected memory leaks' twice:'attempting double-free'; do
  status=0
  LD_LIBRARY_PATH=$prefix/lib "$out/misuse" ${mistake%%:*} 2>"$out/noticed" || status=$?
  [ $status = 86 ] && grep -q "${mistake#*:}" "$out/noticed" || { cat "$out/noticed" >&2 && echo "not noticed: ${mistake%%:*}" >&2 && exit 1; }
done

sed -n '/^```c$/,/^```$/{//!p}' crates/capi/README.md >"$out/readme.c"
# shellcheck disable=SC2046
gcc "${flags[@]}" "$out/readme.c" -o "$out/readme-shared" $(pkg-config --cflags --libs rustpdf libcrypto)
# The static library of rustpdf, with the others shared.
# shellcheck disable=SC2046
gcc "${flags[@]}" "$out/readme.c" -o "$out/readme-static" \
  $(pkg-config --static --cflags --libs rustpdf | sed 's/-lrustpdf/-l:librustpdf.a/') $(pkg-config --libs libcrypto)
! readelf -d "$out/readme-static" | grep -q librustpdf
for kind in shared static; do
  LD_LIBRARY_PATH=$prefix/lib "$out/readme-$kind" tests/vectors/documents/pages.pdf $pki/rsa.pem $pki/chain.pem $pki/rsa.key >"$out/$kind.pdf"
  python3 tests/judges/judge_pdfsig.py --root $pki/root.pem "$out/$kind.pdf"
done
echo 'C: misuse, threads, panics, and the program of the README, shared and static, judged'
