# Sourced, in the root of the repository, by the scripts that build WebAssembly. Sets `toolchain`, the compiler, and `wasm_flags`, the arguments of cargo.
#
# The standard library is built with the module: for size, and with panics that trap at once. A panic ends the instance in any case, and
# the host reports ERR_INTERNAL; its text would cost a fifteenth of the module. Both need options that Rust does not call stable yet, hence
# RUSTC_BOOTSTRAP with the pinned compiler.
. scripts/reproducible.sh

toolchain=stable # rustup's where it has the target and the source of the standard library, else Debian's (scripts/setup-wasm.sh)
sysroot=$(rustc +stable --print sysroot)/lib/rustlib
{ [ -d "$sysroot/src/rust/library" ] && [ -d "$sysroot/wasm32-unknown-unknown" ]; } || toolchain=web

export RUSTC_BOOTSTRAP=1
CARGO_ENCODED_RUSTFLAGS+=$'\x1f'-Zunstable-options$'\x1f'-Cpanic=immediate-abort$'\x1f'-Csymbol-mangling-version=legacy
wasm_flags=(--locked -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size)
