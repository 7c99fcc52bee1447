#!/usr/bin/env bash
# npm test: everything, from a bare machine. Stops at the first section that fails. The table of the judges comes last.
# npm run test:full (--full) runs it without samples, and sets RUSTPDF_TEST_FULL for its suites:
#     corpus of real files          all of them instead of 60
#     competing documents           all 12,430 instead of 600
#     documents made at random      2,048 new ones instead of the same 64
#     key stores                    all documents before three judges instead of one of each cell
#     tokens                        a PIV card, too
set -euo pipefail
cd "$(dirname "$0")/.."
sample=(--sample 60)
case "$*" in
  '') ;;
  --full) export RUSTPDF_TEST_FULL=1 && sample=() ;;
  *) echo 'usage: test.sh [--full]' >&2 && exit 2 ;;
esac

section() { # title, command…
  local title=$1 start=$SECONDS
  shift
  printf '\n━━━ %s\n' "$title"
  "$@" || { printf '━━━ %s: FAILED after %d s\n' "$title" $((SECONDS - start)) && exit 1; }
  printf '━━━ %s: %d s\n' "$title" $((SECONDS - start))
}

# The tests of key stores keep their documents here, for the table.
export RUSTPDF_KEYSTORES=$PWD/tests/.build/keystores
rm -rf "$RUSTPDF_KEYSTORES" && mkdir -p "$RUSTPDF_KEYSTORES"

section 'setup: WebAssembly' scripts/setup-wasm.sh
section 'setup: tools, judges, token' scripts/setup-tests.sh
section 'setup: npm packages' scripts/npm-ci.sh
section 'setup: Python' bindings/python/scripts/setup.sh
section 'setup: .NET' bindings/dotnet/scripts/setup.sh
section 'setup: Go' bindings/go/scripts/setup.sh

section 'generated files' scripts/generate.sh --check
section 'documentation: plain English' scripts/prose.mjs
section 'certificates: as tests/pki/make.sh makes them' tests/pki/check.sh
section 'documents: as tests/documents/make.py makes them' tests/judges/venv/bin/python tests/documents/make.py --check
section 'Rust: format' cargo fmt --all --check
section 'Rust: clippy' cargo clippy --locked --workspace --all-targets --features rustpdf-core/test-panic -- -D warnings
# In the workspace, a crate has the features that any other one asks of a dependency. Its users build it alone.
section 'Rust: the crate for applications, alone, by the oldest compiler' rustup run --install 1.89.0 cargo check --locked --package rustpdf --target-dir target/oldest
section 'Rust: tests' cargo test --locked --workspace --features rustpdf-core/test-panic

section 'TypeScript: build with the core as WebAssembly' npm run --silent build -w rustpdf
section 'vectors: as their scenarios say' node tests/vectors/make.mjs --check
section 'TypeScript: linter and types' npm run --silent check -w rustpdf
section 'TypeScript: tests' npm run --silent test -w rustpdf
section 'TypeScript: the packed package' npm run --silent pack-check -w rustpdf

section 'C ABI and the module for Go: build' scripts/build-capi.sh
section 'the module for Go: is the committed one that of the sources?' scripts/check-module.sh
section 'C ABI and the module for Go: build, with panics for the tests' scripts/build-capi.sh --panic
section 'C: misuse, threads and panics under AddressSanitizer' crates/capi/tests/test.sh
section 'Python: build, linter, types and tests' bindings/python/scripts/test.sh
section '.NET: build and tests' bindings/dotnet/scripts/test.sh
section 'Go: linter and tests' bindings/go/scripts/test.sh
section 'artifacts: the same bytes in another folder, and no path in them' scripts/test-reproducible.sh
section 'Rust, TypeScript and Python: 400 days ahead' scripts/test-ahead.sh
section 'languages: does their runner notice a wrong agent?' node --test tests/conformance/selftest.mjs
section 'languages: the vectors, and the sessions of each other' node tests/conformance/run.mjs

section 'examples' examples/test.sh
section 'tokens: a TPM, and a token on another machine' tests/tokens/run.sh ${RUSTPDF_TEST_FULL:+--full}

section 'judges: are they right?' tests/judges/selftest.sh
section 'key stores: store, language and algorithm' examples/kms/matrix.py "$RUSTPDF_KEYSTORES" ${RUSTPDF_TEST_FULL:+--full}
readers=(--sample 600)
[ -z "${RUSTPDF_TEST_FULL:-}" ] || readers=()
section 'readers: the text before and after a signature' tests/differential/run.sh "${readers[@]}"
section 'qpdf: the objects before and after a signature' tests/differential/run.sh --objects "${readers[@]}"
section 'visible signatures: renderers, readers and validators' tests/visible/run.sh ${RUSTPDF_TEST_FULL:+--full}
section 'corpus: is the judgement right?' tests/judges/venv/bin/python tests/corpus/selftest.py
section 'corpus: real files' tests/corpus/run.sh "${sample[@]}"
section 'levels: by the services, before the judges' tests/services/levels.sh
section 'judges: a signature of every kind' node tests/judges/sign_kinds.js tests/.build/signed
printf '\n━━━ judges: the verdicts\n'
exec tests/judges/venv/bin/python tests/judges/verdicts.py tests/.build/signed
