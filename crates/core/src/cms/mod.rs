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
pub use attributes::{CommitmentType, Policy};
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

/// One certificate, in bytes. The largest seen in the wild (hundreds of alternative names) stay below 32 KiB.
pub(crate) const CERTIFICATE: usize = 64 << 10;
/// Certificates of a chain, the signer's own not counted. Real chains have two to four.
pub(crate) const CHAIN: usize = 32;
/// One element of a chain, in bytes: a PEM bundle of [`CHAIN`] certificates as large as they may be, with text between.
pub(crate) const BUNDLE: usize = 4 << 20;
/// A container from elsewhere, in bytes. Embedded revocation lists make some of a few megabytes; as the largest `/Contents`.
pub(crate) const CONTAINER: usize = 16 << 20;
/// Certificates of a container from elsewhere. Those with whole trust lists in them hold dozens.
pub(crate) const CONTAINER_CERTIFICATES: usize = 256;
/// Attributes, signed or not, of a container from elsewhere. Long-term archives carry a few dozen.
pub(crate) const ATTRIBUTES: usize = 256;
/// Elements of indefinite length in one another (X.690, 8.1.3.6). Streaming writers make six to eight.
pub(crate) const NESTING: usize = 32;
/// Elements in the outer layers of a container from elsewhere, certificates and signed attributes counted as one each.
pub(crate) const ELEMENTS: usize = 16 << 10;
/// Extensions of a certificate. Real ones have about ten.
pub(crate) const EXTENSIONS: usize = 128;
/// Attributes of a distinguished name. Real ones have about ten.
pub(crate) const NAME_ATTRIBUTES: usize = 128;
/// Claimed roles of a signer.
pub(crate) const ROLES: usize = 64;
/// A claimed role, or the address of a policy, in bytes.
pub(crate) const TEXT: usize = 4 << 10;
/// An RSA modulus, in bits. Below it is broken or deprecated (SP 800-131A), above it verification takes a second.
pub(crate) const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// The largest public exponent of RSA, as `ring` and Go bound it: a larger one makes verification slow on purpose.
pub(crate) const EXPONENT: u64 = (1 << 33) - 1;

#[cfg(test)]
mod tests;
