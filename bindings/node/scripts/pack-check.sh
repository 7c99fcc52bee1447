#!/usr/bin/env bash
# Packs the package and that of this machine's native core as npm would deliver them, and lets publint and attw look at them.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"; node scripts/native.js forget-them' EXIT # also where packing was stopped
for package in . ../node-native/*/; do
  (cd "$package" && npm pack --silent --pack-destination "$folder" >/dev/null)
done
for packed in "$folder"/*.tgz; do publint --strict "$packed"; done
attw --profile node16 --exclude-entrypoints streamed -- "$folder"/rustpdf-[0-9]*.tgz # the native core has no types: what loads it has them; a script that waits for its module is no CommonJS
