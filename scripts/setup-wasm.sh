#!/usr/bin/env bash
# Installs what turns the core into WebAssembly: the source of the standard library, wasm-bindgen and wasm-pack.
# A second run costs less than a second.
set -euo pipefail

bindgen=0.2.130 # the same as in Cargo.toml: the two halves of wasm-bindgen must agree to the letter
pack=0.15.1

# Debian's compiler with the source of its standard library, for a machine whose rustup cannot add that source to its own.
debian_toolchain() {
  local bin=lib/rustlib/x86_64-unknown-linux-gnu/bin
  if ! [ -d /usr/lib/rustlib/src/rust/library ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends rustc-web rust-web-src
  fi
  mkdir -p "/usr/$bin" /usr/lib/rustlib/wasm32-unknown-unknown/lib # wasm-pack looks for the folder of the target
  ln -sf "$(rustc +stable --print sysroot)/$bin/rust-lld" "/usr/$bin/rust-lld" # Debian's compiler comes without a linker for WASM
  rustup toolchain list | grep -q '^web' || rustup toolchain link web /usr
}

sysroot=$(rustc +stable --print sysroot)/lib/rustlib
if [ ! -d "$sysroot/src/rust/library" ] || [ ! -d "$sysroot/wasm32-unknown-unknown" ]; then
  { rustup component add --toolchain stable rust-src && rustup target add --toolchain stable wasm32-unknown-unknown; } >/dev/null 2>&1 || debian_toolchain
fi

has() { [ "$("$1" --version 2>/dev/null | awk '{print $2}')" = "$2" ]; }
# Not --locked: the lock file of this version names a crate that was withdrawn.
has wasm-bindgen $bindgen || cargo +stable install --quiet wasm-bindgen-cli --version $bindgen
has wasm-pack $pack || cargo +stable install --quiet wasm-pack --version $pack
