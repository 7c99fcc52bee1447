#!/usr/bin/env bash
# Starts the services, with their files in FOLDER, and prints their addresses as one line of JSON:
#   start.sh FOLDER [--port N] [--parent PID] [--idle SECONDS] [--megabytes N]
# They end by themselves when the process that called this script ends, or after an hour without a request.
#   --port       the port; a free one by default. The addresses in the certificates contain it.
#   --parent     another process to end with; 0 for none
#   --idle       seconds without a request after which they end
#   --megabytes  size of the large revocation list; 1 by default
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?usage: start.sh FOLDER [--port N] [--parent PID] [--idle SECONDS] [--megabytes N]}"
folder=$(cd "$1" && pwd)
"$here/venv/bin/python" "$here/server.py" "$folder" --parent "$PPID" "${@:2}" </dev/null >"$folder/server.log" 2>&1 &
for _ in $(seq 600); do
  if grep -qs "\"pids\": \[$!\]" "$folder/services.json"; then # and not that of an earlier run
    cat "$folder/services.json"
    exit 0
  fi
  kill -0 $! 2>/dev/null || break
  sleep 0.05
done
cat "$folder/server.log" >&2
exit 1
