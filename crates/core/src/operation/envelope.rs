//! The envelope of saved sessions and batches: magic, version, kind, data, seal or check sum.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::limits;

/// Other versions are rejected, not interpreted.
const VERSION: u8 = 2;
const SEALED: u8 = b's';
const UNSEALED: u8 = b'u';
/// Length of HMAC-SHA-256 and of SHA-256, in bytes.
const CHECK: usize = 32;

/// A kind of saved value.
pub(super) struct Envelope {
    magic: &'static [u8],
    noun: &'static str,
    /// The most bytes that the saved value has.
    limit: usize,
}

pub(super) const SESSION: Envelope = Envelope { magic: b"rustpdf session ", noun: "session", limit: limits::SESSION };
pub(super) const BATCH: Envelope = Envelope { magic: b"rustpdf batch ", noun: "batch", limit: limits::BATCH };

impl Envelope {
    /// Encloses `data`: with a key under HMAC-SHA-256, without one under SHA-256. Both cover all bytes before them.
    ///
    /// Errors: `ERR_ARGUMENT` for a short key; `ERR_LIMIT` for a value that would not be read again.
    pub(super) fn enclose(&self, data: &[u8], key: Option<&[u8]>) -> Result<Vec<u8>> {
        check_key(key)?;
        let kind = if key.is_some() { SEALED } else { UNSEALED };
        let length = self.magic.len() + 2 + data.len() + CHECK;
        if length > self.limit {
            return Err(Code::Limit
                .because(format!("a saved {} has at most {} bytes, and this one needs {length}", self.noun, self.limit))
                .with_remedy("complete it in the process that began it, or save fewer sessions together"));
        }
        let mut saved = Vec::with_capacity(length);
        for part in [self.magic, &[VERSION, kind], data] {
            saved.extend_from_slice(part);
        }
        let check = match key {
            Some(key) => mac(key, &saved)?.finalize().into_bytes().to_vec(),
            None => DigestAlgorithm::Sha256.digest(&[&saved]),
        };
        saved.extend_from_slice(&check);
        Ok(saved)
    }

    /// Returns the data of a saved value. A seal is verified before any byte of the data is looked at.
    ///
    /// Errors: `ERR_ARGUMENT` for a short key, `ERR_SESSION_FORMAT`, `ERR_SESSION_VERSION`, `ERR_SESSION_DAMAGED`, and
    /// `ERR_SESSION_SEAL` for a wrong key, a change, or a value of the other kind.
    pub(super) fn open<'a>(&self, saved: &'a [u8], key: Option<&[u8]>) -> Result<&'a [u8]> {
        check_key(key)?;
        let noun = self.noun;
        let Some((version, rest)) = saved.strip_prefix(self.magic).and_then(<[u8]>::split_first) else {
            return Err(Code::SessionFormat.because(format!("this is not a saved {noun}")));
        };
        if *version != VERSION {
            return Err(Code::SessionVersion.because(format!("the {noun} has version {version} and this package reads version {VERSION}")));
        }
        if saved.len() > self.limit {
            return Err(Code::SessionDamaged.because(format!("the {noun} has more than {} bytes", self.limit)));
        }
        let changed = match (rest.first(), key) {
            (Some(&UNSEALED), Some(_)) => {
                return Err(Code::SessionSeal.because(format!("the {noun} is unsealed and was given to the call for sealed ones")));
            }
            (Some(&SEALED), None) => {
                return Err(Code::SessionSeal.because(format!("the {noun} is sealed and was given to the call for unsealed ones")));
            }
            (_, Some(_)) => Code::SessionSeal.because(format!("the key does not fit the {noun}, or the {noun} was changed")),
            (_, None) => self.damaged(),
        };
        let Some((covered, check)) = saved.split_last_chunk::<CHECK>().filter(|(covered, _)| covered.len() >= self.magic.len() + 2) else {
            return Err(changed);
        };
        let intact = match key {
            Some(key) => mac(key, covered)?.verify_slice(check).is_ok(),
            None => covered.get(self.magic.len() + 1) == Some(&UNSEALED) && DigestAlgorithm::Sha256.digest(&[covered]) == check,
        };
        match covered.get(self.magic.len() + 2..) {
            Some(data) if intact => Ok(data),
            _ => Err(changed),
        }
    }

    /// The error of data that cannot be read.
    pub(super) fn damaged(&self) -> Error {
        Code::SessionDamaged.because(format!("the saved {} is damaged", self.noun))
    }
}

/// Errors: `ERR_ARGUMENT`.
fn check_key(key: Option<&[u8]>) -> Result<()> {
    match key {
        Some(key) if key.len() < limits::SESSION_KEY => Err(Code::Argument
            .because(format!("a session key has {} bytes or more, and this one has {}", limits::SESSION_KEY, key.len()))
            .with_remedy(format!("give {} random bytes that stay secret", limits::SESSION_KEY))),
        _ => Ok(()),
    }
}

fn mac(key: &[u8], covered: &[u8]) -> Result<Hmac<Sha256>> {
    // HMAC takes a key of any length.
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Code::Internal)?;
    Ok(mac.chain_update(covered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_saved_that_is_not_read() {
        let most = vec![0; limits::SESSION - SESSION.magic.len() - 2 - CHECK];
        for key in [Some([7; limits::SESSION_KEY].as_slice()), None] {
            assert!(SESSION.open(&SESSION.enclose(&most, key).unwrap(), key).unwrap() == most);
            let more = [most.as_slice(), b"x"].concat();
            assert_eq!(SESSION.enclose(&more, key).unwrap_err().code(), Code::Limit);
        }
    }
}
