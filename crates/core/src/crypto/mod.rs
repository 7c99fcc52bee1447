//! Signature algorithms: chosen for a key, named for CMS, requested of a key store, verified.

mod algorithm;
mod request;
mod scheme;
pub(crate) mod verify;

pub use algorithm::SignatureAlgorithm;
pub use request::SigningRequest;

pub(crate) use algorithm::DigestInfo;
pub(crate) use scheme::Scheme;
