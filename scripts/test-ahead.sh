#!/usr/bin/env bash
# Runs tests as they will run 400 days from now, so that a certificate, a list or an expectation that holds only today fails now.
# Needs what the earlier sections of scripts/test.sh install and build.
#
# libfaketime gives the processes their later clock. Left out:
#     Go                    asks the kernel for the time without the C library, so libfaketime does not reach it
#     .NET                  uses the certificates of tests/pki, whose dates are compared here
#     Chromium, workerd     are sandboxed, or linked statically
#     other tests           of files, accidents and memory: they take minutes, and sign with the same certificates
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The monotonic clock is ahead as well. With FAKETIME_DONT_FAKE_MONOTONIC libfaketime 0.9.10 makes Python's `time.sleep` fail.
ahead() { faketime -f +400d "$@"; }

# A program that libfaketime does not reach would pass unseen.
is_ahead() { # words of a program that prints the seconds since 1970
  local now seconds
  now=$(date +%s)
  seconds=$(ahead "$@")
  [ "$seconds" -gt $((now + 399 * 86400)) ] || { echo "the clock of $1 is not ahead: $seconds" && exit 1; }
}
is_ahead date +%s
is_ahead node -p 'Math.floor(Date.now() / 1000)'
is_ahead bindings/python/.venv/bin/python -c 'import time; print(int(time.time()))'

echo '… the maker of certificates and lists gives the committed dates on each day'
ahead tests/pki/check.sh 2>/dev/null # faketime in it warns that it is nested

echo '… Rust'
cargo test --quiet --locked --workspace --features rustpdf-core/test-panic --no-run --message-format=json >"$work/built.json"
export SOFTHSM2_CONF=$PWD/tests/.build/token/softhsm2.conf # as .cargo/config.toml has it
rust() { # package, target, arguments: not by cargo, which would build anew for the times of files
  local executable
  executable=$(node -e '
    const [file, ...wanted] = process.argv.slice(1);
    const built = require("node:fs").readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    const is = ({ executable, manifest_path: path, target }) => executable && path.endsWith(`/${wanted[0]}/Cargo.toml`) && target.name === wanted[1];
    console.log(built.find(is).executable);' "$work/built.json" "$1" "$2")
  "$executable" --list "${@:3}" | grep ': test$' >/dev/null || { echo "$1 has no tests $2 ${*:3}" && exit 1; }
  (cd "$1" && ahead "$executable" --quiet "${@:3}")
}
rust crates/core rustpdf_core cms::
rust crates/core session
rust crates/core seed_values
rust crates/core vectors
rust crates/rustpdf token

echo '… Node'
tests=(/{cli,encrypted,errors,in_turn,pkcs11,readme,same-bytes,session,sign}.test.ts)
(cd bindings/node && ahead npx vitest run --reporter=dot --project=wasm "${tests[@]}")

echo '… Python'
tests=({errors,pkcs11,readme,session,sign}.py)
(cd bindings/python && ahead .venv/bin/python -m pytest "${tests[@]/#/tests/test_}")

echo '… the vectors'
ahead node tests/conformance/run.mjs rust node-wasm node-native python
