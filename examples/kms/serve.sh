#!/usr/bin/env bash
# Starts all key stores that have a server here, makes keys in them, certifies those by the authority of the tests, and prints one line of JSON
# that says where everything is. Ends when its standard input does, or after ten minutes. For the tests of every language.
# Needs what scripts/setup-tests.sh makes. KMS_VERBOSE=1 shows what the servers say.
set -euo pipefail
cd "$(dirname "$0")"
. ./environment.sh
exec timeout 600 node test/serve.mjs
