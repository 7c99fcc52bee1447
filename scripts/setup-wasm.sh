#!/usr/bin/env bash
# Installs what turns the core into WebAssembly: the wasm32 standard library, wasm-bindgen and wasm-pack.
# A second run costs less than a second.
set -euo pipefail

bindgen=0.2.130 # the same as in Cargo.toml: the two halves of wasm-bindgen must agree to the letter
pack=0.15.1

# rustup's own target where it can be had; elsewhere Debian's compiler, whose standard library is built from Debian's source.
debian_toolchain() {
  local lib=/usr/lib/rustlib/wasm32-unknown-unknown/lib bin=lib/rustlib/x86_64-unknown-linux-gnu/bin
  if ! ls "$lib"/libstd-*.rlib >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends rustc-web rust-web-src
    local work
    work=$(mktemp -d)
    mkdir "$work/src"
    echo '#![no_std]' >"$work/src/lib.rs"
    printf '[package]\nname="empty"\nedition="2024"\n[workspace]\n[profile.release]\npanic="abort"\nopt-level="s"\n' >"$work/Cargo.toml"
    # Without the bitcode, link-time optimisation of what is built on this library fails.
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS='-C embed-bitcode=yes' cargo +stable build --quiet --manifest-path "$work/Cargo.toml" \
      --target-dir "$work/target" --release -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown
    mkdir -p "$lib"
    find "$work/target/wasm32-unknown-unknown/release/deps" -name 'lib*.rlib' ! -name 'libempty-*' -exec cp {} "$lib/" \;
    rm -rf "$work"
  fi
  mkdir -p "/usr/$bin"
  ln -sf "$(rustc +stable --print sysroot)/$bin/rust-lld" "/usr/$bin/rust-lld" # Debian's compiler comes without a linker for WASM
  rustup toolchain list | grep -q '^web' || rustup toolchain link web /usr
}

if [ ! -d "$(rustc +stable --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then
  rustup target add --toolchain stable wasm32-unknown-unknown >/dev/null 2>&1 || debian_toolchain
fi

has() { [ "$("$1" --version 2>/dev/null | awk '{print $2}')" = "$2" ]; }
# Not --locked: the lock file of this version names a crate that was withdrawn.
has wasm-bindgen $bindgen || cargo +stable install --quiet wasm-bindgen-cli --version $bindgen
has wasm-pack $pack || cargo +stable install --quiet wasm-pack --version $pack
