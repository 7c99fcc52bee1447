//! ISO 32000-2, 7.7 and 12.7: the catalog, the pages and the form.

mod catalog;
mod field;
mod form;
mod page;

pub(crate) use catalog::Catalog;
pub(crate) use field::{Field, FieldKind};
pub(crate) use form::{Form, Place};
pub(crate) use page::Page;
