#!/usr/bin/env bash
# Ends the services that start.sh started in FOLDER: stop.sh FOLDER
set -euo pipefail
kill "$(sed -E 's/.*"pids": \[([0-9]+)\].*/\1/' "${1:?usage: stop.sh FOLDER}/services.json")"
