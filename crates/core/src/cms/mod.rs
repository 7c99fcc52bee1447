//! Cryptographic Message Syntax (RFC 5652) as PAdES requires it (EN 319 142-1, EN 319 122-1). Knows nothing of PDF.
//!
//! A signature is made in this order: certificate and chain are parsed (`x509`), the scheme is chosen (`crypto`),
//! [`SignedAttributes`] are made of the document's digest, the caller's key signs their bytes, the answer is verified
//! (`crypto::verify`), and [`signed_data()`] writes one container. [`check_container`] checks a foreign one. `timestamp` judges the token of a
//! timestamp service, and embeds it.
//!
//! ASN.1 is read and written by `der` and the types of `cms`. Where their models would reorder what must stay as it was issued
//! or signed, a small type of our own has `ANY` in that place, under the ASN.1 that it stands for.

mod attributes;
mod cades;
mod container;
mod describe;
mod ess;
mod foreign;
mod mac;
mod mac_digest;
mod signed_attributes;
mod signed_data;
mod signer_info;
mod size;
mod timestamp;

pub use attributes::{CommitmentType, SignaturePolicy};
pub use describe::ContainerSummary;

pub(crate) use attributes::AttributeOptions;
pub(crate) use container::{Expected, check_container};
pub(crate) use describe::summarise_container;
#[allow(unused_imports)] // until an operation makes timestamps
pub(crate) use foreign::{ContainerFacts, Unverified, container_digest_algorithm, container_facts, verify_container};
pub(crate) use mac::{MacKeys, MacToken};
pub(crate) use mac_digest::{MacDigest, MacHasher};
pub(crate) use signed_attributes::SignedAttributes;
pub(crate) use signed_data::signed_data;
pub(crate) use size::container_size;
#[allow(unused_imports)] // until an operation makes timestamps
pub(crate) use timestamp::{Refused, TimestampRequest, TimestampToken, read_response, signature_value, timestamp_room, with_timestamp};

#[cfg(test)]
mod tests;
