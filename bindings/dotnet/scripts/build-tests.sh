#!/usr/bin/env bash
# Compiles the tests into build/, with what they use of xunit and the adapters for key stores, and the agent of tests/conformance.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
# The examples of keystores/README.md are methods of a class of the tests, which has the names that they use.
{
  echo 'namespace RustPdf.Tests.KeyStores; public sealed partial class ReadmeTests { private static async System.Threading.Tasks.Task Run() {'
  echo 'await System.Threading.Tasks.Task.Yield();'
  sed -n '/^```csharp$/,/^```$/{s/^```csharp$/{/;s/^```$/}/;p}' keystores/README.md
  echo '} }'
} >build/ReadmeTests.cs
sed -i '1i #nullable enable\nusing Amazon.KeyManagementService;\nusing RustPdf.KeyStores;' build/ReadmeTests.cs
sources=$(find tests/Minimal tests/RustPdf.Tests keystores build/ReadmeTests.cs -name '*.cs' | sort)
# shellcheck disable=SC2086 # names without blanks
csc -target:exe -r:build/RustPdf.dll -out:build/RustPdf.Tests.dll $sources
csc -target:exe -r:build/RustPdf.dll -out:build/Conformance.dll conformance/Agent.cs
