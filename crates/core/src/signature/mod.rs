//! ISO 32000-2, 12.8: the signature field, its dictionary and what earlier signatures allow.

mod auth_code;
pub(crate) mod byte_range;
mod date;
mod dictionary;
mod empty_fields;
mod existing;
pub(crate) mod extensions;
mod field;
mod field_name;
mod form;
mod lock;
mod pages;
mod parts;
mod permissions;
mod plan;
mod reference;
mod security_store;
mod seed_value;
mod structure;
mod update;
mod visible;
mod widget;

pub(crate) use auth_code::{AuthCode, is_protected};
pub(crate) use date::pdf_date;
pub(crate) use dictionary::{DOCUMENT_TIMESTAMP, sub_filter};
pub(crate) use existing::{ExistingSignature, certification, existing_signatures};
pub(crate) use permissions::of_timestamp;
pub(crate) use plan::{PlanInput, SignaturePlan};
pub(crate) use security_store::{Element, Evidence, SecurityStore};
pub(crate) use seed_value::SignerCertificates;
pub(crate) use update::SignatureUpdate;
