#!/usr/bin/env bash
# Compiles the library, its tests, its bench and its examples, and runs them. Needs scripts/setup.sh, and of the repository
# scripts/setup-tests.sh, scripts/build-capi.sh, once as it is and once with --panic, and the built npm package: its command line checks the
# records of requests.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
. scripts/tools.sh
rm -rf build
scripts/build.sh
scripts/build-tests.sh
dotnet build/RustPdf.Tests.dll

echo '… with a core that panics'
mkdir build/panic
cp build/*.dll ../../target/capi/panic/librustpdf.so build/panic/
RUST_BACKTRACE=0 RUSTPDF_PANIC=1 dotnet build/panic/RustPdf.Tests.dll PanicTests StoreTests DigestTests

echo '… the README'
scripts/readme.sh

echo '… the examples of the documentation comments'
scripts/examples.sh

echo '… the bench'
bench/run.sh startup
bench/run.sh small 0.2
