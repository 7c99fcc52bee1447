#!/usr/bin/env bash
# Packs the package as npm would deliver it, and lets publint and attw look at it.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --pack-destination "$folder" >/dev/null
publint --strict "$folder"/*.tgz
attw --profile node16 "$folder"/*.tgz
