#!/usr/bin/env bash
# Installs the client library beside this file, and the store of the test. A second run costs nothing.
set -euo pipefail
cd "$(dirname "$0")"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error

version=4.0.0 build=../../tests/.build/s3
name=s3proxy-$version-jar-with-dependencies.jar
[ -e $build/$name ] || mvn -q -B -C -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact=org.gaul:s3proxy:$version:jar:jar-with-dependencies -DoutputDirectory=$build
ln -sf $name $build/s3proxy.jar
