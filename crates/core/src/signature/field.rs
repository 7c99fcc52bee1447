//! The signature field: chosen by name, and signed where it exists. ISO 32000-2, 12.7.5.5.

use super::plan::Planning;
use crate::document::{Budget, Field, FieldKind, Form};
use crate::error::{Code, Error, Result};
use crate::options::{FieldLock, SigningOptions};
use crate::report::WarningCode;
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name};
use crate::syntax::{ObjectId, write};

/// The name of the field to sign, and the field if it exists.
///
/// Errors: `ERR_FIELD_NAME`, `ERR_FIELD_NOT_SIGNATURE`, `ERR_FIELD_SIGNED`, `ERR_FORM`.
pub(super) fn choose<'f>(form: &'f Form, options: &SigningOptions) -> Result<(String, Option<&'f Field>)> {
    let Some(name) = &options.field_name else {
        let free = (1_u32..).map(|number| format!("Signature{number}")).find(|name| !form.names.contains(name));
        return Ok((free.unwrap_or_default(), None));
    };
    if let Some(field) = form.field(name) {
        let refused = |code: Code| Err(Error::from(code).within(field.loaded.id));
        if field.kind != FieldKind::Signature {
            return refused(Code::FieldNotSignature);
        }
        if field.value.is_some() {
            return refused(Code::FieldSigned);
        }
        if field.loaded.dictionary().is_none() {
            let found = "the field is written within another object, and cannot be changed by itself";
            return Err(Code::Form.because(found).within(field.loaded.id));
        }
        return Ok((name.clone(), Some(field)));
    }
    if form.names.contains(name) {
        return Err(Code::FieldName.because("the document has a group of fields of this name"));
    }
    match name.is_empty() || name.contains('.') {
        true => Err(Code::FieldName.into()),
        false => Ok((name.clone(), None)),
    }
}

impl Planning<'_> {
    /// Sets the value of an existing field. Returns the lock of its signature: the field's own `/Lock`, else that of the options.
    pub(super) async fn sign_field(&mut self, field: &Field, signature: ObjectId) -> Result<Option<(FieldLock, Option<i64>)>> {
        let loaded = &field.loaded;
        let Some(entries) = loaded.dictionary() else { return Err(Code::Form.into()) };
        let mut splice = Splice::new(&loaded.source, &loaded.object);
        splice.set(entries, &loaded.object.span, "V", &write::reference(signature));
        let mut lock = None;
        if let Some(own) = self.file.entry(entries, "Lock", loaded).await?
            && let Some(lock_entries) = own.dictionary()
        {
            let permissions = self.file.entry(lock_entries, "P", &own).await?.and_then(|p| p.object.value.as_integer());
            let read = FieldLock::read(self.file, &mut Budget::new(), lock_entries, &own).await?;
            let read = read.ok_or_else(|| Code::Form.because("the /Lock of the field has no /Action").within(loaded.id))?;
            lock = Some((read, permissions));
        } else if let Some(given) = &self.input.options.lock {
            // To give a field a /Lock is more than to fill it in, and a difference analysis would blame the earlier signature.
            if self.existing.is_empty() {
                let id = self.add_lock(given);
                splice.set(entries, &loaded.object.span, "Lock", &write::reference(id));
            } else {
                self.warnings.push(WarningCode::Lock.plain());
            }
            lock = Some((given.clone(), None));
        }
        self.update.replace(loaded, splice)?;
        Ok(lock)
    }

    /// Adds a signature field lock dictionary (table 236), which must be an indirect object.
    pub(super) fn add_lock(&mut self, lock: &FieldLock) -> ObjectId {
        let id = self.update.new_id();
        let mut dictionary = DictionaryWriter::of_type(Name("SigFieldLock"));
        lock.write(&mut dictionary);
        self.update.put(id, dictionary.finish());
        id
    }
}
