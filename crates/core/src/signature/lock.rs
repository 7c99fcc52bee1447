//! Which fields a signature locks. ISO 32000-2, 12.7.5.5 (`/Lock`) and 12.8.2.4 (FieldMDP).

use crate::document::Budget;
use crate::error::Result;
use crate::file::{File, Loaded};
use crate::options::{FieldLock, LockAction};
use crate::syntax::{Dictionary, write};

impl FieldLock {
    /// Reads a `/Lock`, or the `/TransformParams` of a FieldMDP reference; none without a known `/Action`.
    ///
    /// Errors: `ERR_LIMIT`, and what loading an object gives.
    pub(super) async fn read(file: &File, budget: &mut Budget, dictionary: &Dictionary, holder: &Loaded) -> Result<Option<FieldLock>> {
        let action = match file.entry(dictionary, "Action", holder).await?.as_ref().and_then(|loaded| loaded.object.value.as_name()) {
            Some(b"All") => LockAction::All,
            Some(b"Include") => LockAction::Include,
            Some(b"Exclude") => LockAction::Exclude,
            _ => return Ok(None),
        };
        let mut fields = Vec::new();
        if let Some(array) = file.entry(dictionary, "Fields", holder).await? {
            for item in array.object.value.as_array().unwrap_or_default() {
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

    /// `/Action` and `/Fields`, as both dictionaries have them.
    pub(super) fn entries(&self) -> Vec<u8> {
        let mut out = b"/Action /".to_vec();
        out.extend_from_slice(match self.action {
            LockAction::All => b"All",
            LockAction::Include => b"Include",
            LockAction::Exclude => b"Exclude",
        });
        if self.action != LockAction::All {
            out.extend_from_slice(b" /Fields [");
            for (index, field) in self.fields.iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                out.extend(write::text_string(field));
            }
            out.push(b']');
        }
        out
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
