//! ISO 32000-2, 7.7 and 12.7: the catalog, the pages and the form.

mod budget;
mod catalog;
mod field;
mod field_tree;
mod form;
mod geometry;
mod page;
mod payload;
mod unlisted;

pub(crate) use budget::Budget;
pub(crate) use catalog::{Catalog, is_pdf_a};
pub(crate) use field::{Field, FieldKind};
pub(crate) use form::{Form, Place};
pub(crate) use geometry::{PageGeometry, intersection, rectangle};
pub(crate) use page::{Page, page_of_widget};
pub(crate) use payload::is_wrapper;
pub(crate) use unlisted::{UnlistedField, unlisted_signature_fields};
