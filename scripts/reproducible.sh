# Sourced, in the root of the repository, by the scripts that build artifacts: the same sources give the same bytes in any folder, and no
# path of the machine is in them. Panic messages and debug information carry paths otherwise.
CARGO_ENCODED_RUSTFLAGS=
for prefix in "$PWD=/rustpdf" "${CARGO_HOME:-$HOME/.cargo}=/cargo"; do
  CARGO_ENCODED_RUSTFLAGS+="${CARGO_ENCODED_RUSTFLAGS:+$'\x1f'}--remap-path-prefix=$prefix"
done
export CARGO_ENCODED_RUSTFLAGS
# An incremental build is divided into other units, and so has other bytes.
export CARGO_INCREMENTAL=0
