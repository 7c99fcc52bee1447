//! Fields of the form. ISO 32000-2, 12.7.4.

use std::sync::Arc;

use crate::file::IndirectObject;

/// A terminal field: one that holds a value.
pub(crate) struct Field {
    /// The partial names from the root on, joined by dots (12.7.4.2).
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
    /// The dictionary of a signature field that is an object of its own. Of any other field only the object that it stands in is
    /// kept, for it is never changed.
    pub(crate) loaded: IndirectObject,
    /// The value of a signature field, its own or that of the nearest ancestor that has one: `/V` is inheritable (table 226).
    pub(crate) value: Option<Arc<IndirectObject>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Signature,
    Button,
    Text,
    Choice,
    Unknown,
}

impl FieldKind {
    pub(crate) fn parse(name: &[u8]) -> Self {
        match name {
            b"Sig" => FieldKind::Signature,
            b"Btn" => FieldKind::Button,
            b"Tx" => FieldKind::Text,
            b"Ch" => FieldKind::Choice,
            _ => FieldKind::Unknown,
        }
    }

    /// The name of `/FT`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            FieldKind::Signature => "Sig",
            FieldKind::Button => "Btn",
            FieldKind::Text => "Tx",
            FieldKind::Choice => "Ch",
            FieldKind::Unknown => "",
        }
    }
}
