//! Which fields a signature locks. ISO 32000-2, 12.7.5.5 (`/Lock`) and 12.8.2.4 (FieldMDP).

use crate::document::Budget;
use crate::error::Result;
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::options::{FieldLock, LockAction};
use crate::syntax::write::{DictionaryWriter, Name, Source};
use crate::syntax::{Dictionary, write};

impl FieldLock {
    /// Reads a `/Lock`, or the `/TransformParams` of a FieldMDP reference; none without a known `/Action`.
    ///
    /// Errors: `ERR_LIMIT`, and what loading an object gives.
    pub(super) async fn read(
        file: &File,
        budget: &mut Budget,
        dictionary: &Dictionary,
        holder: &IndirectObject,
    ) -> Result<Option<FieldLock>> {
        let action = match file.entry(dictionary, "Action", holder).await?.as_ref().and_then(|loaded| loaded.object.value.as_name()) {
            Some(b"All") => LockAction::All,
            Some(b"Include") => LockAction::Include,
            Some(b"Exclude") => LockAction::Exclude,
            _ => return Ok(None),
        };
        let mut fields = Vec::new();
        if let Some(array) = file.entry(dictionary, "Fields", holder).await? {
            let items = array.object.value.as_array().unwrap_or_default();
            file.io.charge(limits::WORK_RESOLVE * items.len() as u64)?;
            for item in items {
                if let Some(loaded) = file.resolve(item, &array).await?
                    && let Some(name) = loaded.object.value.as_string()
                {
                    let name = write::decode_text_string(name);
                    budget.keep_name(&name)?;
                    fields.push(name);
                }
            }
        }
        Ok(Some(FieldLock { action, fields }))
    }

    /// Whether the field of this full name is locked. A name in the list stands for all fields below it.
    pub(super) fn locks(&self, name: &str) -> bool {
        let listed =
            self.fields.iter().any(|field| name == field || name.strip_prefix(field.as_str()).is_some_and(|rest| rest.starts_with('.')));
        match self.action {
            LockAction::All => true,
            LockAction::Include => listed,
            LockAction::Exclude => !listed,
        }
    }

    /// Writes `/Action` and `/Fields`, which both dictionaries have.
    pub(super) fn write(&self, dictionary: &mut DictionaryWriter) {
        let action = match self.action {
            LockAction::All => "All",
            LockAction::Include => "Include",
            LockAction::Exclude => "Exclude",
        };
        dictionary.pair(Name("Action"), Name(action));
        if self.action != LockAction::All {
            let fields: Vec<_> = self.fields.iter().map(|field| write::text_string(field)).collect();
            dictionary.pair(Name("Fields"), Source(&write::array(&fields)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_what_is_below_it() {
        let lock = |action| FieldLock { action, fields: vec!["a.b".into()] };
        for (name, listed) in [("a.b", true), ("a.b.c", true), ("a.bc", false), ("a", false)] {
            assert_eq!(lock(LockAction::Include).locks(name), listed, "{name}");
            assert_eq!(lock(LockAction::Exclude).locks(name), !listed, "{name}");
            assert!(lock(LockAction::All).locks(name));
        }
    }
}
