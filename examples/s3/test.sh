#!/usr/bin/env bash
# Signs what lies in a store of this machine, and lets a judge look. Needs what scripts/setup-tests.sh makes and the built package.
# S3_VERBOSE=1 shows what the store says.
set -euo pipefail
cd "$(dirname "$0")"
./setup.sh
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=secret-of-the-tests
# A proxy has no say on loopback; no library talks of Node 20.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
exec node --test --test-reporter=spec test/sign.test.mjs
