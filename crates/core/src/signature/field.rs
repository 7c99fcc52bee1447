//! The signature field: chosen by name, and signed where it exists. ISO 32000-2, 12.7.5.5.

use super::field_name;
use super::plan::Planning;
use crate::document::{Budget, Field, FieldKind, Form, UnlistedField};
use crate::error::{Code, Error, Result};
use crate::options::{FieldLock, SigningOptions};
use crate::report::{Warning, WarningCode};
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name};
use crate::syntax::{ObjectId, write};

/// The field to sign.
pub(super) struct Choice<'f> {
    pub(super) name: String,
    /// None for a new field.
    pub(super) field: Option<&'f Field>,
    /// Root field that the form has to list.
    pub(super) unlisted: Option<ObjectId>,
    pub(super) warnings: Vec<Warning>,
}

/// Chooses the field by the options. A free name begins with `kind`. `unlisted` are signature fields that the form does not list.
///
/// Errors: `ERR_FIELD_NAME`, `ERR_FIELD_MISSING`, `ERR_FIELD_NOT_SIGNATURE`, `ERR_FIELD_SIGNED`, `ERR_FORM`.
pub(super) fn choose<'f>(form: &'f Form, unlisted: &'f [UnlistedField], options: &SigningOptions, kind: &str) -> Result<Choice<'f>> {
    let new = |name: String, warnings| Choice { name, field: None, unlisted: None, warnings };
    let names = &form.fields.names;
    let Some(name) = &options.field_name else {
        let free = (1_u32..).map(|number| format!("{kind}{number}")).find(|name| !names.contains(name));
        return Ok(new(free.unwrap_or_default(), Vec::new()));
    };
    let named = form.named(name);
    if !named.is_empty() {
        let mut choice = Choice { name: name.clone(), field: Some(signable(&named)?), unlisted: None, warnings: Vec::new() };
        if named.len() > 1 {
            choice.warnings.push(WarningCode::FieldTwice.plain());
        }
        return Ok(choice);
    }
    if let Some((found, root)) = unlisted.iter().find(|found| found.field.name == *name).and_then(|found| Some((found, found.root?))) {
        let field = Some(signable(&[&found.field])?);
        return Ok(Choice { name: name.clone(), field, unlisted: Some(root), warnings: vec![WarningCode::FieldUnlisted.plain()] });
    }
    let all = || form.fields.terminal.iter().chain(unlisted.iter().map(|found| &found.field));
    if options.existing_field {
        return Err(Code::FieldMissing.because(format!("the document has no field of this name, and {}", field_name::empty_fields(all()))));
    }
    if names.contains(name) {
        return Err(Code::FieldName.because("the document has a group of fields of this name"));
    }
    let near = field_name::nearest(name, all()).map(|field| field_name::quoted(&field.name));
    match (name.is_empty() || name.contains('.'), near) {
        (true, Some(near)) => Err(Code::FieldName.because(format!("a new field cannot have this name, which is nearly that of {near}"))),
        (true, None) => Err(Code::FieldName.into()),
        (false, Some(near)) => {
            let found = format!("a new field was made, and its name is nearly that of {near}");
            Ok(new(name.clone(), vec![WarningCode::FieldName.because(found)]))
        }
        (false, None) => Ok(new(name.clone(), Vec::new())),
    }
}

/// The field to sign of those of one name. Fields of one name are one field (12.7.4.2): where one is signed, all are.
fn signable<'f>(named: &[&'f Field]) -> Result<&'f Field> {
    let refused = |code: Code, field: &Field| Err(Error::from(code).within(field.loaded.id));
    let signatures: Vec<_> = named.iter().filter(|field| field.kind == FieldKind::Signature).collect();
    if let Some(signed) = signatures.iter().find(|field| field.value.is_some()) {
        return refused(Code::FieldSigned, signed);
    }
    match (signatures.iter().find(|field| field.loaded.dictionary().is_some()), signatures.first(), named.first()) {
        (Some(field), ..) => Ok(field),
        (None, Some(field), _) => {
            let found = "the field is written within another object, and cannot be changed by itself";
            Err(Code::Form.because(found).within(field.loaded.id))
        }
        (None, None, Some(other)) => refused(Code::FieldNotSignature, other),
        (None, None, None) => Err(Code::Internal.into()),
    }
}

impl Planning<'_> {
    /// Sets the value of an existing field. Returns the lock of its signature: the field's own `/Lock`, else that of the options.
    pub(super) async fn sign_field(&mut self, field: &Field, signature: ObjectId) -> Result<Option<(FieldLock, Option<i64>)>> {
        let loaded = &field.loaded;
        let Some(entries) = loaded.dictionary() else { return Err(Code::Form.into()) };
        let kids = self.file.entry(entries, "Kids", loaded).await?;
        if kids.is_some_and(|kids| kids.object.value.as_array().is_some_and(|kids| !kids.is_empty())) {
            self.warnings.push(WarningCode::FieldWidgets.plain());
        }
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
        if let Some(appearance) = &self.input.options.appearance {
            self.show_field(field, appearance, &mut splice).await?;
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
