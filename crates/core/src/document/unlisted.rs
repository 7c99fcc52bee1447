//! Signature fields on a page that the form does not list. ISO 32000-2, 12.7.3 requires `/Fields` to have the root fields.

use std::collections::BTreeSet;

use super::page::Pages;
use super::{Budget, Catalog, Field, FieldKind, Form};
use crate::error::Result;
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::syntax::{ObjectId, Value, write};

/// A signature field that the form does not list.
pub(crate) struct UnlistedField {
    pub(crate) field: Field,
    /// The root field, which the form can list; none where that is listed, and does not lead to the field.
    pub(crate) root: Option<ObjectId>,
}

/// The signature fields of the widgets on the first pages that the form does not list, in the order of the pages.
///
/// Errors: `ERR_LIMIT`. A page or an annotation that cannot be read is passed over.
pub(crate) async fn unlisted_signature_fields(file: &File, catalog: &Catalog, form: &Form) -> Result<Vec<UnlistedField>> {
    let (mut found, mut budget, mut visited, mut annotations) = (Vec::new(), Budget::new(), BTreeSet::new(), 0);
    let mut pages = Pages::new(file, catalog);
    for _ in 0..limits::SEARCHED_PAGES {
        let Some(page) = pages.next().await?.filter(|_| annotations < limits::SEARCHED_ANNOTATIONS) else { break };
        let Some(dictionary) = page.dictionary() else { continue };
        let Some(array) = readable(file.entry(dictionary, "Annots", &page).await)?.flatten() else { continue };
        let items = array.object.value.as_array().unwrap_or_default();
        let ids = items.iter().take(limits::SEARCHED_ANNOTATIONS - annotations).filter_map(|item| item.value.as_reference());
        let ids: Vec<ObjectId> = ids.filter(|id| !form.fields.listed.contains(id) && visited.insert(*id)).collect();
        annotations += items.len();
        let mut rest = ids.iter().copied();
        while rest.len() > 0 {
            let ahead = file.prefetch(rest.clone()).await?.max(1);
            for id in rest.by_ref().take(ahead) {
                if let Some(field) = readable(field_of(file, form, &mut budget, id).await)?.flatten()
                    && visited.insert(field.field.loaded.id) | (field.field.loaded.id == id)
                {
                    found.push(field);
                }
            }
        }
    }
    Ok(found)
}

/// The signature field that an annotation is a widget of.
async fn field_of(file: &File, form: &Form, budget: &mut Budget, widget: ObjectId) -> Result<Option<UnlistedField>> {
    let (mut chain, mut next, mut listed): (Vec<IndirectObject>, _, _) = (Vec::new(), Some(widget), false);
    while let Some(id) = next.take().filter(|id| chain.len() < limits::REFERENCES && chain.iter().all(|known| known.id != *id)) {
        listed |= form.fields.listed.contains(&id);
        let Some(loaded) = file.load(id).await? else { break };
        let Some(dictionary) = loaded.dictionary() else { break };
        if chain.is_empty() && dictionary.name("Subtype") != Some(b"Widget") {
            return Ok(None);
        }
        next = dictionary.get("Parent").and_then(Value::as_reference);
        chain.push(loaded);
    }
    // Of the widget and the fields above it, each with what it has of these keys.
    let (mut names, mut kind, mut value, mut own) = (Vec::new(), None, None, None);
    for (level, held) in chain.iter().enumerate() {
        let Some(dictionary) = held.dictionary() else { continue };
        if let Some(name) = file.entry(dictionary, "T", held).await?
            && let Some(name) = name.object.value.as_string()
        {
            names.push(write::decode_text_string(name));
            own.get_or_insert(level);
        }
        if kind.is_none()
            && let Some(held) = file.entry(dictionary, "FT", held).await?
        {
            kind = held.object.value.as_name().map(FieldKind::parse);
        }
        if value.is_none() {
            value = file.entry(dictionary, "V", held).await?.filter(|value| value.dictionary().is_some());
        }
    }
    let root = chain.last().map(|last| last.id);
    let (Some(own), Some(FieldKind::Signature)) = (own.and_then(|own| chain.into_iter().nth(own)), kind) else { return Ok(None) };
    names.reverse();
    let name = names.join(".");
    if name.len() > limits::TEXT {
        return Err(limits::exceeded("bytes in the name of a field", limits::TEXT));
    }
    let value = value.map(|value| budget.keep(value)).transpose()?.map(Into::into);
    let field = Field { name, kind: FieldKind::Signature, value, loaded: budget.keep(own)? };
    Ok(Some(UnlistedField { field, root: root.filter(|_| !listed) }))
}

/// None instead of the error of a damaged document.
fn readable<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if error.is_damage() => Ok(None),
        found => found.map(Some),
    }
}
