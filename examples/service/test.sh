#!/usr/bin/env bash
# Starts the service, has a document signed over HTTP in two phases with a new start of the documents' side between them, and lets
# pdfsig judge; then sees that what is wrong is refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts/apt.sh curl
material=tests/.build out=tests/.build/examples
export SERVICE_KEY_PORT=18102 SERVICE_DOCUMENTS_PORT=18101 SERVICE_SECONDS=300 SERVICE_SECRET=of-the-test NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
SERVICE_SESSION_KEY=$(printf 'of-the-test' | sha256sum | cut -d' ' -f1)
export SERVICE_SESSION_KEY # both starts have it
base=http://127.0.0.1:$SERVICE_DOCUMENTS_PORT
mkdir -p $out
rm -rf $material/service

start() {
  : >$out/service.log # what an earlier one said is not to be taken for this one's
  examples/service/run.sh >$out/service.log 2>&1 &
  service=$!
  for _ in $(seq 100); do
    [ "$(grep -c '^key: \|^documents: ' $out/service.log)" = 2 ] && return 0
    sleep 0.1
  done
  cat $out/service.log
  return 1
}
stop() {
  kill "$service"
  wait "$service" || true
}
trap 'stop 2>/dev/null || true' EXIT
expect() { # status, curl's arguments
  local wanted=$1 status
  shift
  status=$(curl --silent --max-time 60 --output $out/service.answer --write-out '%{http_code}' "$@")
  [ "$status" = "$wanted" ] || { echo "$status came and not $wanted: $*"; cat $out/service.answer; exit 1; }
}

start
expect 201 --data-binary @tests/vectors/documents/pages.pdf $base/documents
document=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["document"])' <$out/service.answer)
expect 404 $base"$document"
stop

start # nothing but files is left of the first half
expect 200 --data '' $base"$document"/signature
expect 200 $base"$document"
cp $out/service.answer $out/service.pdf
python3 tests/judges/judge_pdfsig.py --root tests/pki/certificates/root.pem $out/service.pdf

expect 409 --data '' $base"$document"/signature
expect 422 --data 'no PDF' $base/documents
grep -q ^ERR_NOT_A_PDF: $out/service.answer
expect 404 --data '' $base/documents/00000000000000000000000000000000/signature
expect 401 --data '{}' http://127.0.0.1:$SERVICE_KEY_PORT/sign
expect 400 --data 'no JSON' -H 'authorization: Bearer of-the-test' http://127.0.0.1:$SERVICE_KEY_PORT/sign
echo 'service: signed in two phases, judged, and refused what is wrong'
