//! A virtual PIV card in the reader of vsmartcard-vpcd: `pivcard FOLDER`.
//!
//! The card is inserted when the program starts, and pulled when it is killed. Its memory is in the
//! folder, so it is the same card when it is inserted again.

#![forbid(unsafe_code)]

mod backends;
mod card;

use std::error::Error;
use std::path::PathBuf;

use piv_authenticator::{Authenticator, Options};
use trussed::virt::{StorageConfig, StoreConfig, with_platform};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: pivcard FOLDER")?);
    let store = StoreConfig {
        internal: StorageConfig::filesystem(folder.join("internal")),
        external: StorageConfig::filesystem(folder.join("external")),
        volatile: StorageConfig::ram(),
    };
    let reader = vpicc::connect()?;
    with_platform(store, |platform| {
        platform.run_client_with_backends("piv", backends::Dispatch::default(), backends::BACKENDS, |client| {
            reader.run(&mut card::Card::new(Authenticator::new(client, Options::new())))
        })
    })?;
    Ok(())
}
