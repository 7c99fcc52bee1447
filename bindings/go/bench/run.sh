#!/usr/bin/env bash
# The figures of internal/bench: run.sh startup | small SECONDS | in-place FILE. The program is built where it is not.
set -euo pipefail
module=$(cd "$(dirname "$0")/.." && pwd)
(cd "$module" && go build -o .tools/bench ./internal/bench)
exec "$module/.tools/bench" "$@"
