//! Cryptographic Message Syntax (RFC 5652) as PAdES asks for it (EN 319 142-1, EN 319 122-1). Knows nothing of PDF.
//!
//! A signature is made in this order: [`Certificate`] and [`Chain`] are parsed, [`Scheme`] is chosen,
//! [`SignedAttributes`] are made of the document's digest, their bytes are signed by the key holder
//! ([`SigningRequest`]), the answer is checked ([`check`]), and [`signed_data()`] puts all into one container.
//!
//! ASN.1 is read and written by `der` and the types of `cms`, `x509-cert` and `spki`. Where their models would put in order
//! what must stay as it was issued or signed (names, certificates, signed attributes), a small type of our own has `ANY`
//! in that place, under the ASN.1 that it stands for.

mod algorithm;
mod attributes;
mod ber;
mod cades;
mod certificate;
mod chain;
pub(crate) mod check;
mod describe;
mod ess;
mod name;
mod pem;
mod pss;
mod public_key;
mod request;
mod scheme;
mod signed_attributes;
mod signed_data;
mod signer_info;
mod size;
mod time;

pub use algorithm::{Curve, DigestAlgorithm, Hasher, SignatureAlgorithm};
pub use attributes::{CommitmentType, SignaturePolicy};
pub use describe::{CertificateSummary, ContainerSummary};
pub use request::SigningRequest;

pub(crate) use attributes::AttributeOptions;
pub(crate) use certificate::Certificate;
pub(crate) use chain::Chain;
pub(crate) use describe::summarise_container;
pub(crate) use scheme::Scheme;
pub(crate) use signed_attributes::SignedAttributes;
pub(crate) use signed_data::signed_data;
pub(crate) use size::container_size;

#[cfg(test)]
mod tests;
