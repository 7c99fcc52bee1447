#!/usr/bin/env bash
# npm run bench: figures, on this machine, against their aims. Installs what it needs; a second run builds little.
# Its options are told in bindings/node/bench/main.js, what was measured in docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/reproducible.sh # what is measured is what is published

echo '… getting ready' >&2
{
  scripts/apt.sh g++ make openssl valgrind # the compiler is for pkcs11js
  scripts/setup-wasm.sh
  scripts/npm-ci.sh
  [ -e target/wasm-pack/rustpdf_bg.wasm ] || rm -f bindings/node/wasm/inline.js # with the names of its functions; else it is built again
  npm run --silent build -w rustpdf
  cargo bench --quiet --locked --no-run --package rustpdf --package rustpdf-core
  case " $* " in *' --only '*) ;; *) all=yes ;; esac
  case "${all:-}$*" in yes* | *languages*)
    for language in python dotnet go; do bindings/$language/scripts/setup.sh; done
    scripts/build-capi.sh
    for language in python dotnet; do bindings/$language/scripts/build.sh; done
    ;;
  esac
  case "${all:-}$*" in yes* | *levels*) tests/judges/setup.sh && tests/services/setup.sh ;; esac
  case " $* " in *' --peers '* | *' peers '*) tests/peers/setup.sh ;; esac
} >&2

exec node bindings/node/bench/main.js "$@"
