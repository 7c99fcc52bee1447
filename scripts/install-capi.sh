#!/usr/bin/env bash
# Builds the library for C and installs it below PREFIX: install-capi.sh PREFIX. DESTDIR goes before it, for packages.
# Writes include/rustpdf.h, lib/librustpdf.so (with its SONAME), lib/librustpdf.a and lib/pkgconfig/rustpdf.pc.
set -euo pipefail
[ $# = 1 ] || { echo "usage: scripts/install-capi.sh PREFIX" >&2 && exit 2; }
root=${DESTDIR:-}$(realpath -ms "$1")
cd "$(dirname "$0")/.."
. scripts/reproducible.sh

cargo +stable build --quiet --locked --release --package rustpdf-capi
cargo +stable rustc --quiet --locked --release --package rustpdf-capi --crate-type staticlib
version=$(sed -n 's/^#define RUSTPDF_VERSION "\(.*\)"$/\1/p' crates/capi/include/rustpdf.h)
soname=librustpdf.so.$(sed -n 's/^const ABI: &str = "\(.*\)";$/\1/p' crates/capi/build.rs)

install -D -m 644 crates/capi/include/rustpdf.h "$root/include/rustpdf.h"
install -D -m 755 target/release/librustpdf_capi.so "$root/lib/librustpdf.so.$version"
ln -sfn "librustpdf.so.$version" "$root/lib/$soname"
ln -sfn "$soname" "$root/lib/librustpdf.so"
install -D -m 644 target/release/librustpdf_capi.a "$root/lib/librustpdf.a"
mkdir -p "$root/lib/pkgconfig"
cat >"$root/lib/pkgconfig/rustpdf.pc" <<PC
prefix=\${pcfiledir}/../..
includedir=\${prefix}/include
libdir=\${prefix}/lib

Name: rustpdf
Description: PDF signing for keys that never leave the HSM
Version: $version
Cflags: -I\${includedir}
Libs: -L\${libdir} -lrustpdf
Libs.private: -lgcc_s -lpthread -lm -ldl
PC
