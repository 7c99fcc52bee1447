#!/usr/bin/env bash
# The figures of bench.py, by the package as scripts/test.sh builds it.
exec "$(dirname "$0")/../.venv/bin/python" "$(dirname "$0")/bench.py" "$@"
