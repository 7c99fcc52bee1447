//! Unencrypted wrapper documents. ISO 32000-2, 7.6.7.

use std::sync::Arc;

use super::catalog::Catalog;
use crate::error::Result;
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::syntax::Object;

/// Whether the document is a wrapper, whose embedded file is the document that its reader is to see.
///
/// Errors: what loading the lists of files gives.
pub(crate) async fn is_wrapper(file: &File, catalog: &Catalog) -> Result<bool> {
    let (root, entries) = (&catalog.loaded, catalog.dictionary());
    let mut open: Vec<(Object, Arc<IndirectObject>)> = Vec::new();
    if let Some(associated) = file.entry(entries, "AF", root).await? {
        open.extend(items(associated));
    }
    // A wrapper is a collection with its payload alone; the attachments of any other document are not looked through.
    if entries.get("Collection").is_some()
        && let Some(names) = file.entry(entries, "Names", root).await?
        && let Some(tree) = names.dictionary().and_then(|names| names.object("EmbeddedFiles"))
    {
        open.push((tree.clone(), Arc::new(names.clone())));
    }
    for _ in 0..limits::EMBEDDED_FILES {
        let Some((item, holder)) = open.pop() else { return Ok(false) };
        // A broken attachment does not stand against a signature.
        let Ok(Some(loaded)) = file.resolve(&item, &holder).await else { continue };
        let Some(entries) = loaded.dictionary() else { continue };
        if entries.name("AFRelationship") == Some(b"EncryptedPayload") || entries.get("EP").is_some() {
            return Ok(true);
        }
        // A node of the name tree (7.9.6); the strings among its names are passed over.
        for key in ["Names", "Kids"] {
            if let Some(list) = file.entry(entries, key, &loaded).await? {
                open.extend(items(list));
            }
        }
    }
    Ok(false)
}

/// The first items of an array, the last of them first.
fn items(array: IndirectObject) -> Vec<(Object, Arc<IndirectObject>)> {
    let array = Arc::new(array);
    let items = array.object.value.as_array().unwrap_or_default().iter().take(limits::EMBEDDED_FILES);
    items.rev().map(|item| (item.clone(), array.clone())).collect()
}
