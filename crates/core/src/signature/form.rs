//! Changes of the interactive form and of the catalog. ISO 32000-2, 12.7.3, 12.8.6 and 7.12.

use super::extensions;
use super::plan::Planning;
use crate::document::{Catalog, Place};
use crate::error::{Code, Result};
use crate::file::IndirectObject;
use crate::report::WarningCode;
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name, Source};
use crate::syntax::{ObjectId, Value, write};

/// `/SigFlags` (table 225): SignaturesExist and AppendOnly.
const SIGNED_BY_APPENDING: i64 = 3;

impl Planning<'_> {
    /// Lists new fields, or one that was missing, in the form, sets `/SigFlags`, and overrides the catalog if it changes.
    pub(super) async fn update_form_and_catalog(&mut self, new_fields: &[ObjectId], signature: ObjectId) -> Result<()> {
        let (catalog, form) = (self.catalog, self.form);
        let root = &catalog.loaded;
        let entries = catalog.dictionary();
        let mut splice = Splice::new(&root.source, &root.object);
        let clear = form.need_appearances && self.input.options.clear_need_appearances;
        if clear && !self.existing.is_empty() {
            self.warnings.push(WarningCode::NeedAppearancesCleared.plain());
        }
        match (&form.place, &form.loaded) {
            (Place::Direct, Some(loaded)) => self.update_form(&mut splice, loaded, new_fields, clear).await?,
            (Place::Indirect, Some(loaded)) => {
                // Of a key given twice some readers take the first: then both are to lead to the form that has the signature.
                if entries.entries.iter().filter(|entry| entry.key == b"AcroForm").count() > 1 {
                    splice.set(entries, &root.object.span, "AcroForm", &write::reference(loaded.id));
                }
                let mut inner = Splice::new(&loaded.source, &loaded.object);
                self.update_form(&mut inner, loaded, new_fields, clear).await?;
                self.update.replace(loaded, inner)?;
            }
            _ => {
                let fields: Vec<_> = new_fields.iter().copied().map(write::reference).collect();
                let id = self.update.new_id();
                let mut dictionary = DictionaryWriter::new();
                dictionary.pair(Name("Fields"), Source(&write::array(&fields))).pair(Name("SigFlags"), SIGNED_BY_APPENDING);
                self.update.put(id, dictionary.finish());
                splice.set(entries, &root.object.span, "AcroForm", &write::reference(id));
            }
        }
        if self.input.options.certify.is_some() {
            self.point_at_certification(&mut splice, catalog, signature).await?;
        }
        let (extensions, warnings) = extensions::needed(self.file, catalog, &self.input.uses).await?;
        self.warnings.extend(warnings);
        if let Some(value) = extensions {
            splice.set(entries, &root.object.span, "Extensions", &value);
        }
        if let Some((store, evidence)) = self.input.store {
            self.validation = Some(store.extend(&mut self.update, catalog, &mut splice, evidence).await?);
        }
        self.update.replace(root, splice)
    }

    /// Changes the form dictionary by `splice`, which is of its own object or of the catalog around it.
    async fn update_form(
        &mut self,
        splice: &mut Splice<'_>,
        form: &IndirectObject,
        new_fields: &[ObjectId],
        clear_need_appearances: bool,
    ) -> Result<()> {
        let Some(entries) = form.dictionary() else { return Err(Code::Form.into()) };
        if !new_fields.is_empty() {
            let references: Vec<_> = new_fields.iter().copied().map(write::reference).collect();
            self.update.push_references(splice, form, entries, &form.object, "Fields", &references.join(&b' ')).await?;
        }
        let flags = self.file.entry(entries, "SigFlags", form).await?.and_then(|flags| flags.object.value.as_integer()).unwrap_or(0);
        // Optional (12.7.3, table 224), and a change that validators do not expect after an earlier signature.
        if flags & SIGNED_BY_APPENDING != SIGNED_BY_APPENDING && self.existing.is_empty() {
            splice.set(entries, &form.object.span, "SigFlags", (flags | SIGNED_BY_APPENDING).to_string().as_bytes());
        }
        if clear_need_appearances {
            splice.set(entries, &form.object.span, "NeedAppearances", b"false");
        }
        Ok(())
    }

    /// `/Perms` of the catalog, whose `/DocMDP` is the certification (12.8.6).
    async fn point_at_certification(&mut self, splice: &mut Splice<'_>, catalog: &Catalog, signature: ObjectId) -> Result<()> {
        let entries = catalog.dictionary();
        let reference = write::reference(signature);
        let given = entries.object("Perms");
        if let Some(object) = given
            && let Value::Dictionary(permissions) = &object.value
        {
            splice.set(permissions, &object.span, "DocMDP", &reference);
            return Ok(());
        }
        let loaded = match given {
            Some(object) => self.file.resolve(object, &catalog.loaded).await?,
            None => None,
        };
        match loaded {
            Some(loaded) => {
                let Some(permissions) = loaded.dictionary() else { return Err(Code::Catalog.because("/Perms is not a dictionary")) };
                let mut inner = Splice::new(&loaded.source, &loaded.object);
                inner.set(permissions, &loaded.object.span, "DocMDP", &reference);
                self.update.replace(&loaded, inner)?;
            }
            None => {
                let mut permissions = DictionaryWriter::new();
                permissions.pair(Name("DocMDP"), signature);
                splice.set(entries, &catalog.loaded.object.span, "Perms", &permissions.finish());
            }
        }
        Ok(())
    }
}
