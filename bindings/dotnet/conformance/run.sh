#!/usr/bin/env bash
# The agent of tests/conformance; scripts/build-tests.sh compiled it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
dotnet build/Conformance.dll
