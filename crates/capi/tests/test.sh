#!/usr/bin/env bash
# Compiles the tests of the C interface and runs them under AddressSanitizer with the library that scripts/build-capi.sh made, once as it
# is and once with --panic. The library itself is not instrumented; its memory is the sanitizer's, so leaks and wrong frees are noticed.
set -euo pipefail
cd "$(dirname "$0")/../../.."
released=$PWD/bindings/dotnet/runtimes/linux-x64/native panicking=$PWD/target/capi/panic out=$PWD/target/capi/tests
scripts/apt.sh gcc libc6-dev libjansson-dev libssl-dev
mkdir -p "$out"
cd crates/capi/tests
for program in misuse threads; do
  gcc -std=gnu11 -O1 -g -Wall -Wextra -Wpedantic -Werror -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
    $program.c host.c -o "$out/$program" -I ../include -L "$released" -lrustpdf -ljansson -lcrypto -pthread
done
cd ../../..
export ASAN_OPTIONS=detect_leaks=1:exitcode=86 RUST_BACKTRACE=0

LD_LIBRARY_PATH=$released "$out/misuse"
LD_LIBRARY_PATH=$released "$out/threads"
LD_LIBRARY_PATH=$panicking "$out/threads" panic 2>"$out/panics" || { cat "$out/panics" >&2 && exit 1; }

for mistake in leak:'detected memory leaks' twice:'attempting double-free'; do
  status=0
  LD_LIBRARY_PATH=$released "$out/misuse" ${mistake%%:*} 2>"$out/noticed" || status=$?
  [ $status = 86 ] && grep -q "${mistake#*:}" "$out/noticed" || { cat "$out/noticed" >&2 && echo "not noticed: ${mistake%%:*}" >&2 && exit 1; }
done
