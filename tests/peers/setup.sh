#!/usr/bin/env bash
# Installs the peers beside this file. A second run costs seconds.
set -euo pipefail
cd "$(dirname "$0")"
../../scripts/apt.sh python3-venv maven openjdk-17-jdk-headless poppler-utils libnss3-tools
[ -x venv/bin/python ] || python3 -m venv venv
cmp -s requirements.txt venv/requirements.txt || venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
cp requirements.txt venv/
../../scripts/npm-ci.sh tests/peers
if [ ! -f java/target/peers-1.jar ] || [ -n "$(find java/pom.xml java/src -newer java/target/peers-1.jar)" ]; then
  (cd java && mvn -q -B -Dstyle.color=never package)
fi
