#!/usr/bin/env bash
# Signs, extends and renews at every level by the command line of the built package and the services, puts the files before the judges and
# compares with levels.json: levels.sh [--by pyhanko] [CASE…]
# Needs ./setup.sh, ../judges/setup.sh and `npm run build -w rustpdf`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$here/../.build/levels
rm -rf "$work" && mkdir -p "$work/services"
trap '"$here/stop.sh" "$work/services" || true' EXIT
"$here/start.sh" "$work/services" --parent $$ >/dev/null
"$here/../judges/venv/bin/python" "$here/levels.py" "$work" "$@"
