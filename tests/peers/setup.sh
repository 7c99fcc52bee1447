#!/usr/bin/env bash
# Installs the peers beside this file, and makes the keys and the small document that run.mjs uses. A second run costs seconds.
set -euo pipefail
cd "$(dirname "$0")"
../../scripts/apt.sh python3-venv openssl faketime maven openjdk-17-jdk-headless poppler-utils libnss3-tools
[ -x venv/bin/python ] || python3 -m venv venv
cmp -s requirements.txt venv/requirements.txt || venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
cp requirements.txt venv/
../../scripts/npm-ci.sh tests/peers
if [ ! -f java/target/peers-1.jar ] || [ -n "$(find java/pom.xml java/src -newer java/target/peers-1.jar)" ]; then
  (cd java && mvn -q -B -Dstyle.color=never package)
fi
../pki/make.sh ../.build/pki
python3 ../documents/make.py ../.build/documents
