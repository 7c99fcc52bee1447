//! Names of fields that a caller may have meant: equal but for case, white space, Unicode normalization, or the index that XFA gives.

use crate::document::{Field, FieldKind};
use crate::limits;
use crate::unicode;

/// The field whose name is nearly `name`, or ends with it: first of the empty signature fields, then of the signed ones, then of the others.
pub(super) fn nearest<'f>(name: &str, fields: impl Iterator<Item = &'f Field>) -> Option<&'f Field> {
    let wanted = folded(name);
    if wanted.is_empty() {
        return None;
    }
    let rank = |field: &Field| match field.kind {
        FieldKind::Signature if field.value.is_none() => 0,
        FieldKind::Signature => 1,
        _ => 2,
    };
    let is_near = |field: &Field| {
        let full = folded(&field.name);
        full.strip_suffix(wanted.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    fields.filter(|field| is_near(field)).min_by_key(|field| rank(field))
}

/// The name without what people do not see or do not tell apart.
fn folded(name: &str) -> String {
    let plain = unicode::folded(name);
    plain.replace("[0]", "").chars().filter(|character| !is_ignored(*character)).collect()
}

/// Whether a character shows nothing, or only separates words.
fn is_ignored(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '-' | '_' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The name of a field for a message.
pub(super) fn quoted(name: &str) -> String {
    let (_, most) = limits::LISTED_NAMES;
    let cut = if name.chars().nth(most).is_some() { "…" } else { "" };
    format!("`{}{cut}`", name.chars().take(most).collect::<String>())
}

/// The names of the empty signature fields among `fields`, for a message.
pub(super) fn empty_fields<'f>(fields: impl Iterator<Item = &'f Field>) -> String {
    let (most, _) = limits::LISTED_NAMES;
    let names: Vec<_> =
        fields.filter(|field| field.kind == FieldKind::Signature && field.value.is_none()).map(|field| quoted(&field.name)).collect();
    match names.len() {
        0 => "it has no empty signature field".to_owned(),
        count if count > most => format!("its empty signature fields are {} and {} more", names[..most].join(", "), count - most),
        1 => format!("its only empty signature field is {}", names.join("")),
        _ => format!("its empty signature fields are {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::file::IndirectObject;
    use crate::syntax::{Object, ObjectId, Value};

    fn field(name: &str, kind: FieldKind) -> Field {
        let object = Object { value: Value::Null, span: 0..0 };
        let loaded = IndirectObject { id: ObjectId::new(1, 0), source: Arc::default(), object, stream: None };
        Field { name: name.to_owned(), kind, value: None, loaded }
    }

    #[test]
    fn names_that_are_nearly_the_same() {
        for (given, existing, near) in [
            ("Sign here", "Sign here ", true),
            ("sign_here", "Sign here", true),
            ("SIGNATURE1", "Signature1", true),
            ("SignatureField1", "form1[0].Page1[0].SignatureField1[0]", true),
            ("Page1.SignatureField1", "form1[0].Page1[0].SignatureField1[0]", true),
            ("Pr\u{e9}nom", "Pre\u{301}nom", true),
            ("\u{ff33}ig", "Sig", true),
            ("Sign\u{a0}here", "Sign here", true),
            ("Sig\u{200b}", "Sig", true),
            ("Field1", "form1[0].SignatureField1[0]", false),
            ("Sig[1]", "Sig[0]", false),
            ("Signature2", "Signature1", false),
            (" ", "Sig", false),
        ] {
            let fields = [field(existing, FieldKind::Signature)];
            assert_eq!(nearest(given, fields.iter()).is_some(), near, "{given} {existing}");
        }
    }

    #[test]
    fn an_empty_signature_field_is_nearer() {
        let fields = [field("Sig ", FieldKind::Text), field("sig", FieldKind::Signature)];
        assert_eq!(nearest("Sig", fields.iter()).unwrap().name, "sig");
    }

    #[test]
    fn names_in_messages() {
        assert_eq!(quoted("a "), "`a `");
        assert_eq!(quoted(&"n".repeat(101)), format!("`{}…`", "n".repeat(100)));
        let fields: Vec<_> = (0..25).map(|number| field(&number.to_string(), FieldKind::Signature)).collect();
        assert!(empty_fields(fields.iter()).ends_with("`19` and 5 more"));
        assert_eq!(empty_fields(fields[..1].iter()), "its only empty signature field is `0`");
        assert_eq!(empty_fields([field("t", FieldKind::Text)].iter()), "it has no empty signature field");
    }
}
