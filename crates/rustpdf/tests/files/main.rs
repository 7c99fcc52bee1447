//! Files that are signed, and what is left of them when something goes wrong. `scripts/setup-tests.sh` makes the keys.

mod batch;
mod child;
mod common;
mod control;
mod in_place;
mod interrupted;
mod large;
mod many;
mod outputs;
mod permissions;
mod sessions;
