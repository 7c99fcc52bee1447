//! One object, one part: an object that the update changes must not serve as something else too, which would change with it.

use super::pages::Pages;
use super::plan::Planning;
use crate::error::{Code, Error, Result};
use crate::file::IndirectObject;
use crate::limits;
use crate::syntax::{Object, ObjectId, Value};

/// Keys whose arrays get a reference to the new field.
const LISTS: [&[u8]; 2] = [b"Annots", b"Fields"];

impl Planning<'_> {
    /// Refuses a document in which an overridden object is its `/Encrypt` too, or an array that gets a reference is the value of another key
    /// than `/Annots` and `/Fields`, in the catalog, the form, the page or a node above it, or the `/Kids` of a field.
    ///
    /// Errors: `ERR_OBJECT_BROKEN`, and what loading an object gives.
    pub(super) async fn check_parts(&self, pages: &Pages<'_>) -> Result<()> {
        let file = self.file;
        if let Some(id) = file.xref.trailer.get("Encrypt").and_then(Value::as_reference)
            && self.update.overrides(id)
        {
            return Err(two_parts(id));
        }
        let arrays = self.update.arrays();
        if arrays.is_empty() {
            return Ok(());
        }
        if let Some(id) = arrays.iter().find(|id| self.form.fields.kid_arrays.contains(id)) {
            return Err(two_parts(*id));
        }
        let check = |holder: &IndirectObject| used_otherwise(holder, arrays).map_or(Ok(()), |id| Err(two_parts(id)));
        [Some(&self.catalog.loaded), self.form.loaded.as_ref()].into_iter().flatten().try_for_each(check)?;
        for (_, page) in pages.iter() {
            let mut node = Some(page.loaded.clone());
            for _ in 0..limits::PAGE_ANCESTORS {
                let Some(held) = node.take() else { break };
                check(&held)?;
                if let Some(dictionary) = held.dictionary() {
                    node = match file.entry(dictionary, "Parent", &held).await {
                        // A node above the page is not needed for the signature.
                        Err(error) if error.is_damage() => None,
                        node => node?,
                    };
                }
            }
        }
        Ok(())
    }
}

/// One of `arrays` to which a key other than those of [`LISTS`] refers.
fn used_otherwise(holder: &IndirectObject, arrays: &[ObjectId]) -> Option<ObjectId> {
    let mut open: Vec<(&Object, bool)> = vec![(&holder.object, false)];
    while let Some((object, is_list)) = open.pop() {
        match &object.value {
            Value::Reference(id) if !is_list && arrays.contains(id) => return Some(*id),
            Value::Array(items) => open.extend(items.iter().map(|item| (item, false))),
            Value::Dictionary(dictionary) => {
                open.extend(dictionary.entries.iter().map(|entry| (&entry.object, LISTS.contains(&entry.key.as_slice()))));
            }
            _ => {}
        }
    }
    None
}

fn two_parts(id: ObjectId) -> Error {
    Code::ObjectBroken.because("an object that has to be changed serves as another part of the document too").within(id)
}
