#!/usr/bin/env bash
# Measures the package: bench/run.sh startup | small SECONDS | in-place FILE
set -euo pipefail
cd "$(dirname "$0")/.."
file=${2:-}
[ "${1:-}" != in-place ] || file=$(realpath "$OLDPWD/$2" 2>/dev/null || realpath "$2")
. scripts/tools.sh
if [ ! -e build/Bench.dll ] || [ bench/Bench.cs -nt build/Bench.dll ] || [ build/RustPdf.dll -nt build/Bench.dll ]; then
  csc -target:exe -r:build/RustPdf.dll -out:build/Bench.dll bench/Bench.cs
fi
dotnet build/Bench.dll "$1" ${file:+"$file"}
