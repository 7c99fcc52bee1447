#!/usr/bin/env bash
# Signs with keys in every key store that has a server here, and lets the judges look. Needs what scripts/setup-tests.sh makes and
# the built package. KMS_VERBOSE=1 shows what the servers say.
set -euo pipefail
cd "$(dirname "$0")"
. ./environment.sh
exec node test/run.mjs
