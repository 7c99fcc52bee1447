//! X.509 certificates (RFC 5280): parsed once, kept as the bytes that they came in.
//!
//! Elements, object identifiers, times and keys are read by `der`, `const-oid`, `x509-cert` and `spki`. The model of a whole certificate in
//! `x509-cert` owns every value of every extension: it takes half of the time of a small signature and a tenth of the module.

mod certificate;
mod chain;
mod elements;
pub(crate) mod extensions;
pub(crate) mod name;
pub(crate) mod pem;
mod pss;
mod public_key;
mod signed;
mod subject;
mod summary;
pub(crate) mod time;

pub use public_key::Curve;
pub use summary::CertificateSummary;

pub(crate) use certificate::Certificate;
pub(crate) use chain::Chain;
pub(crate) use elements::Elements;
pub(crate) use extensions::{DistributionPoint, Extension, REASONS};
pub(crate) use pss::PssParameters;
pub(crate) use public_key::PublicKey;
pub(crate) use signed::Signed;
pub(crate) use subject::name_of;
