//! The signatures that a document has already, and what they allow. ISO 32000-2, 12.8.2 and 12.8.6.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::document::{Budget, Catalog, FieldKind, Form};
use crate::error::Result;
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::options::FieldLock;
use crate::syntax::Dictionary;

/// A signature, and the first field that has it.
pub(crate) struct ExistingSignature {
    pub(crate) field: String,
    /// The signature dictionary.
    pub(crate) loaded: Arc<IndirectObject>,
    /// `/P` of its DocMDP reference, 2 where it has none.
    pub(crate) doc_mdp: Option<i64>,
    /// What its FieldMDP references lock, and the `/P` that PDF 2.0 allows beside it.
    pub(crate) locks: Vec<(FieldLock, Option<i64>)>,
}

/// Reads the signatures of all signed fields, each once.
///
/// Errors: `ERR_LIMIT`, and what loading an object gives.
pub(crate) async fn existing_signatures(file: &File, form: &Form) -> Result<Vec<ExistingSignature>> {
    let mut budget = Budget::new();
    let mut seen = BTreeSet::new();
    let mut signatures = Vec::new();
    for field in form.fields.terminal.iter().filter(|field| field.kind == FieldKind::Signature) {
        let Some(loaded) = &field.value else { continue };
        let Some(value) = loaded.dictionary() else { continue };
        if !seen.insert(Arc::as_ptr(loaded) as usize) {
            continue; // of several fields with one signature the first is enough
        }
        if seen.len() > limits::SIGNATURES {
            return Err(limits::exceeded("signatures", limits::SIGNATURES));
        }
        let (doc_mdp, locks) = references(file, &mut budget, value, loaded).await?;
        signatures.push(ExistingSignature { field: field.name.clone(), doc_mdp, locks, loaded: loaded.clone() });
    }
    Ok(signatures)
}

/// What the `/Reference` array of a signature dictionary says.
async fn references(
    file: &File,
    budget: &mut Budget,
    value: &Dictionary,
    holder: &IndirectObject,
) -> Result<(Option<i64>, Vec<(FieldLock, Option<i64>)>)> {
    let (mut doc_mdp, mut locks) = (None, Vec::new());
    let Some(array) = file.entry(value, "Reference", holder).await? else { return Ok((None, locks)) };
    for item in array.object.value.as_array().unwrap_or_default().iter().take(limits::REFERENCES) {
        let Some(reference) = file.resolve(item, &array).await? else { continue };
        let Some(entries) = reference.dictionary() else { continue };
        let parameters = file.entry(entries, "TransformParams", &reference).await?;
        let permissions = match parameters.as_ref().and_then(|p| p.dictionary().map(|entries| (entries, p))) {
            Some((entries, holder)) => file.entry(entries, "P", holder).await?.and_then(|p| p.object.value.as_integer()),
            None => None,
        };
        match entries.name("TransformMethod") {
            Some(b"DocMDP") => doc_mdp = Some(permissions.unwrap_or(2)),
            Some(b"FieldMDP") => {
                if let Some(parameters) = &parameters
                    && let Some(entries) = parameters.dictionary()
                    && let Some(locked) = FieldLock::read(file, budget, entries, parameters).await?
                {
                    locks.push((locked, permissions));
                }
            }
            _ => {}
        }
    }
    Ok((doc_mdp, locks))
}

/// The level of the certification that `/Perms` of the catalog points at (12.8.6); none where the document is not certified.
pub(crate) async fn certification(file: &File, catalog: &Catalog) -> Result<Option<i64>> {
    let Some(permissions) = file.entry(catalog.dictionary(), "Perms", &catalog.loaded).await? else { return Ok(None) };
    let Some(entries) = permissions.dictionary() else { return Ok(None) };
    let Some(signature) = file.entry(entries, "DocMDP", &permissions).await? else { return Ok(None) };
    let Some(value) = signature.dictionary() else { return Ok(None) };
    let (level, _) = references(file, &mut Budget::new(), value, &signature).await?;
    Ok(Some(level.unwrap_or(2)))
}

/// Whether a usage rights signature lets Acrobat Reader do more than it may (12.8.2.3). It ends with the first change that it does not know.
pub(super) async fn has_usage_rights(file: &File, catalog: &Catalog) -> Result<bool> {
    let permissions = file.entry(catalog.dictionary(), "Perms", &catalog.loaded).await?;
    let entries = permissions.as_ref().and_then(|permissions| permissions.dictionary());
    Ok(entries.is_some_and(|entries| entries.get("UR3").is_some() || entries.get("UR").is_some()))
}
