# Sourced by run.sh and card.sh: a folder and children that end with the script, and functions of both.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d)
finish() {
  local status=$? children
  [ $status = 0 ] || [ ! -d "$work/said" ] || tail -n 3 "$work"/said/* >&2
  children=$(jobs -pr)
  # shellcheck disable=SC2086 # a word for each child
  [ -z "$children" ] || kill $children 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
pki=$PWD/tests/pki/certificates document=$PWD/tests/vectors/documents/pages.pdf
rustpdf() { node bindings/node/dist/cli.js "$@"; }

await() { # seconds, command…: until it succeeds
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "not in time: $*" >&2 && return 1; }
    sleep 0.2
  done
}
