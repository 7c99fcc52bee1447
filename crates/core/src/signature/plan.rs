//! What a signature changes in the document: which objects are new, which are overridden, and with what.

use super::dictionary::SignatureDictionary;
use super::existing::{ExistingSignature, certification, has_usage_rights};
use super::extensions::{self, Uses};
use super::mdp::reference_array;
use super::seed_value::{self, SignerFacts, Signing};
use crate::document::{Budget, Catalog, Field, FieldKind, Form, Page, Place};
use crate::error::{Code, Error, Result};
use crate::file::{File, Loaded};
use crate::options::{FieldLock, SigningOptions};
use crate::report::{Warning, WarningCode};
use crate::syntax::splice::Splice;
use crate::syntax::{Dictionary, Object, ObjectId, Value, write};

/// One object of the update.
pub(crate) struct Change {
    pub(crate) id: ObjectId,
    /// Without its stream. Strings are plain: they are encrypted, where the document is, when the update is written.
    pub(crate) body: Vec<u8>,
    /// The data of a stream, whose `/Length` is added.
    pub(crate) stream: Option<Vec<u8>>,
}

/// Everything that the update will hold, and what is told of it.
pub(crate) struct SignaturePlan {
    pub(crate) signature_id: ObjectId,
    pub(crate) dictionary: SignatureDictionary,
    /// All other objects.
    pub(crate) changes: Vec<Change>,
    /// One more than the largest object number of the update.
    pub(crate) next_number: u32,
    pub(crate) field: String,
    pub(crate) new_field: bool,
    /// Whether the new field's widget stands on a page.
    pub(crate) on_page: bool,
    pub(crate) warnings: Vec<Warning>,
}

/// What the plan needs beside document and options.
pub(crate) struct Terms<'a> {
    pub(crate) options: &'a SigningOptions,
    /// The bytes to reserve for the container.
    pub(crate) container_size: usize,
    /// `/M`.
    pub(crate) date: &'a str,
    pub(crate) uses: Uses,
    pub(crate) digest_algorithm: &'a str,
    /// Who signs; none where another makes the container.
    pub(crate) signer: Option<&'a SignerFacts<'a>>,
}

/// An update in the making.
struct Draft<'f> {
    file: &'f File,
    changes: Vec<Change>,
    next_number: u32,
    warnings: Vec<Warning>,
}

impl SignaturePlan {
    /// Plans the signature.
    ///
    /// Errors: `ERR_CERTIFIED`, `ERR_ALREADY_CERTIFIED`, `ERR_CERTIFY_NOT_FIRST`, `ERR_FIELD_LOCKED`, `ERR_FIELD_NAME`, `ERR_FIELD_SIGNED`,
    /// `ERR_FIELD_NOT_SIGNATURE`, `ERR_SEED_VALUE`, `ERR_PAGE_NUMBER`, and what loading an object gives.
    pub(crate) async fn make(
        file: &File,
        catalog: &Catalog,
        form: &Form,
        existing: &[ExistingSignature],
        terms: &Terms<'_>,
    ) -> Result<SignaturePlan> {
        let options = terms.options;
        permit(certification(file, catalog).await?, existing, options)?;
        let (name, field) = choose_field(form, options)?;
        if let Some(locking) = existing.iter().find(|signature| signature.locks.iter().any(|(lock, _)| lock.locks(&name))) {
            return Err(Code::FieldLocked.because("the signature of an earlier field locks this one").within_object(locking.loaded.id));
        }

        let mut warnings = Vec::new();
        if let Some(field) = field {
            let signing = Signing { options, digest_algorithm: terms.digest_algorithm, signer: terms.signer };
            warnings = seed_value::check(file, field, &signing).await?;
        }

        // Before a number is given: what the page refers to is not to be taken.
        let page = match field {
            Some(_) => None,
            None => Some(Page::find(file, catalog, options.page).await?),
        };
        if has_usage_rights(file, catalog).await? {
            warnings.push(WarningCode::UsageRights.plain());
        }
        let mut draft = Draft { file, changes: Vec::new(), next_number: file.xref.next_number()?, warnings };
        let signature_id = draft.new_id();
        let lock = match field {
            Some(field) => draft.sign_field(field, existing, signature_id, options).await?,
            None => options.lock.clone().map(|lock| (lock, None)),
        };
        let new_field = match &page {
            None => None,
            Some(page) => Some(draft.add_field(page.as_ref(), catalog, existing, &name, signature_id, options).await?),
        };
        draft.update_form_and_catalog(catalog, form, existing, new_field, signature_id, terms).await?;
        form.warn(options.clear_need_appearances, &mut draft.warnings);

        let references = reference_array(options.certify, lock.as_ref().map(|(lock, permissions)| (lock, *permissions)), catalog.loaded.id);
        let dictionary = SignatureDictionary::write(options, terms.container_size, terms.date, references.as_deref());
        Ok(SignaturePlan {
            signature_id,
            dictionary,
            changes: draft.changes,
            next_number: draft.next_number,
            field: name,
            new_field: new_field.is_some(),
            on_page: matches!(page, Some(Some(_))),
            warnings: draft.warnings,
        })
    }
}

/// Whether the document lets itself be signed, and certified where that is asked (12.8.2.2).
fn permit(certified: Option<i64>, existing: &[ExistingSignature], options: &SigningOptions) -> Result<()> {
    // Validators differ in whether a DocMDP reference counts that /Perms does not point at: what either forbids is not done.
    let certifies = |signature: &&ExistingSignature| signature.doc_mdp.is_some();
    if options.certify.is_some() {
        if certified.is_some() || existing.iter().any(|signature| certifies(&signature)) {
            return Err(Code::AlreadyCertified.into());
        }
        if !existing.is_empty() {
            return Err(Code::CertifyNotFirst.into());
        }
    }
    if certified == Some(1) || existing.iter().any(|signature| signature.doc_mdp == Some(1)) {
        return Err(Code::Certified.into());
    }
    match existing.iter().find(|signature| signature.locks.iter().any(|(_, permissions)| *permissions == Some(1))) {
        Some(sealing) => {
            Err(Code::Certified.because("an earlier signature locks the document against all changes").within_object(sealing.loaded.id))
        }
        None => Ok(()),
    }
}

/// The name of the field to sign, and the field where it is there already.
fn choose_field<'f>(form: &'f Form, options: &SigningOptions) -> Result<(String, Option<&'f Field>)> {
    let Some(name) = &options.field_name else {
        let free = (1_u32..).map(|number| format!("Signature{number}")).find(|name| !form.names.contains(name));
        return Ok((free.unwrap_or_default(), None));
    };
    if let Some(field) = form.field(name) {
        let refused = |code: Code| Err(Error::from(code).within_object(field.loaded.id));
        if field.kind != FieldKind::Signature {
            return refused(Code::FieldNotSignature);
        }
        if field.value.is_some() {
            return refused(Code::FieldSigned);
        }
        if field.loaded.dictionary().is_none() {
            let found = "the field is written within another object, and cannot be changed by itself";
            return Err(Code::Form.because(found).within_object(field.loaded.id));
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

impl Draft<'_> {
    fn new_id(&mut self) -> ObjectId {
        let number = self.file.unreferenced(self.next_number);
        self.next_number = number + 1;
        ObjectId::new(number, 0)
    }

    /// Adds an object, or overrides one. An array that serves as two things (`/Fields` and `/Annots`) is changed once.
    fn put(&mut self, id: ObjectId, body: Vec<u8>) {
        if !self.changes.iter().any(|change| change.id == id) {
            self.changes.push(Change { id, body, stream: None });
        }
    }

    /// Overrides an object by the changes to it, if there are any.
    fn replace(&mut self, loaded: &Loaded, splice: Splice<'_>) -> Result<()> {
        if splice.is_empty() {
            return Ok(());
        }
        if loaded.stream.is_some() {
            return Err(Code::ObjectBroken.because("a dictionary that has to be changed is that of a stream").within_object(loaded.id));
        }
        // The catalog as its own page, or a page as the form: only one of the two changes would count.
        if self.changes.iter().any(|change| change.id == loaded.id) {
            return Err(Code::ObjectBroken.because("one dictionary serves as two that have to be changed").within_object(loaded.id));
        }
        self.put(loaded.id, splice.finish());
        Ok(())
    }

    /// Puts the signature into a field that is there, and returns what it locks: its own `/Lock`, else that of the options.
    async fn sign_field(
        &mut self,
        field: &Field,
        existing: &[ExistingSignature],
        signature: ObjectId,
        options: &SigningOptions,
    ) -> Result<Option<(FieldLock, Option<i64>)>> {
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
            let read = read.ok_or_else(|| Code::Form.because("the /Lock of the field has no /Action").within_object(loaded.id))?;
            lock = Some((read, permissions));
        } else if let Some(given) = &options.lock {
            // To give a field a /Lock is more than to fill it in, and a difference analysis would blame the earlier signature.
            if existing.is_empty() {
                let id = self.lock_object(given);
                splice.set(entries, &loaded.object.span, "Lock", &write::reference(id));
            } else {
                self.warnings.push(WarningCode::Lock.plain());
            }
            lock = Some((given.clone(), None));
        }
        self.replace(loaded, splice)?;
        Ok(lock)
    }

    /// The signature field lock dictionary (table 236), which must be an indirect object.
    fn lock_object(&mut self, lock: &FieldLock) -> ObjectId {
        let id = self.new_id();
        self.put(id, [b"<</Type /SigFieldLock ", lock.entries().as_slice(), b">>"].concat());
        id
    }

    /// Makes an invisible field that is its own widget, and lists it on its page.
    async fn add_field(
        &mut self,
        page: Option<&Page>,
        catalog: &Catalog,
        existing: &[ExistingSignature],
        name: &str,
        signature: ObjectId,
        options: &SigningOptions,
    ) -> Result<ObjectId> {
        let id = self.new_id();
        // PDF/A wants an appearance of every widget, also of one without area (ISO 19005-1, 6.9).
        let appearance = self.new_id();
        let body = b"<</Type /XObject /Subtype /Form /BBox [0 0 0 0]>>".to_vec();
        self.changes.push(Change { id: appearance, body, stream: Some(Vec::new()) });
        let mut body = b"<</Type /Annot /Subtype /Widget /FT /Sig /T ".to_vec();
        body.extend(write::text_string(name));
        body.extend_from_slice(b" /Rect [0 0 0 0] /F 132"); // Print and Locked
        if let Some(page) = page {
            body.extend_from_slice(b" /P ");
            body.extend(write::reference(page.loaded.id));
        }
        body.extend_from_slice(b" /V ");
        body.extend(write::reference(signature));
        body.extend_from_slice(b" /AP <</N ");
        body.extend(write::reference(appearance));
        body.extend_from_slice(b">>");
        if let Some(lock) = &options.lock {
            let lock = self.lock_object(lock);
            body.extend_from_slice(b" /Lock ");
            body.extend(write::reference(lock));
        }
        body.extend_from_slice(b">>");
        self.put(id, body);
        if let Some(page) = page {
            self.list_on_page(page, catalog, existing, id).await?;
        }
        Ok(id)
    }

    async fn list_on_page(&mut self, page: &Page, catalog: &Catalog, existing: &[ExistingSignature], widget: ObjectId) -> Result<()> {
        let Page { loaded: page, neighbours } = page;
        let Some(entries) = page.dictionary() else { return Err(Code::PageTree.into()) };
        let mut splice = Splice::new(&page.source, &page.object);
        match self.shared_annotations(entries, page, neighbours).await? {
            // Another page has the same array: what is added to it would stand on both.
            Some(array) => {
                let mut own = Splice::new(&array.source, &array.object);
                own.push(&array.object.span, &write::reference(widget));
                splice.set(entries, &page.object.span, "Annots", &own.finish());
            }
            None => self.push_reference(&mut splice, page, entries, &page.object, "Annots", widget).await?,
        }
        // A page with annotations in a tagged document needs /Tabs /S (ISO 14289-1, 7.18.3). After a signature the change of the page
        // would be found by a difference analysis, and that signature called invalid. PDF 2.0 has orders that serve as well.
        let ordered = match entries.name("Tabs") {
            Some(order) => order == b"S" || catalog.version >= (2, 0),
            None => false,
        };
        if catalog.tagged && !ordered {
            if existing.is_empty() {
                splice.set(entries, &page.object.span, "Tabs", b"/S");
            } else {
                self.warnings.push(WarningCode::Tabs.plain());
            }
        }
        self.replace(page, splice)
    }

    /// The array of annotations, where it is an object of its own that a page nearby has as well.
    async fn shared_annotations(&self, entries: &Dictionary, page: &Loaded, neighbours: &[ObjectId]) -> Result<Option<Loaded>> {
        let Some(annotations) = entries.object("Annots").filter(|object| object.value.as_reference().is_some()) else { return Ok(None) };
        self.file.prefetch(neighbours.iter().copied()).await?;
        for neighbour in neighbours {
            let other = self.file.load(*neighbour).await?;
            let other = other.as_ref().and_then(|other| other.dictionary()?.get("Annots"));
            if other == Some(&annotations.value) {
                return Ok(self.file.resolve(annotations, page).await?.filter(|array| array.object.value.as_array().is_some()));
            }
        }
        Ok(None)
    }

    /// Adds `reference` to the array `key` of `entries`: in place where it is direct, by overriding the array where it is an object of its own.
    async fn push_reference(
        &mut self,
        splice: &mut Splice<'_>,
        holder: &Loaded,
        entries: &Dictionary,
        dictionary: &Object,
        key: &str,
        reference: ObjectId,
    ) -> Result<()> {
        let reference = write::reference(reference);
        match entries.object(key) {
            Some(object) if matches!(object.value, Value::Array(_)) => splice.push(&object.span, &reference),
            Some(object) if matches!(object.value, Value::Reference(_)) => match self.file.resolve(object, holder).await? {
                Some(array) if array.object.value.as_array().is_some() => {
                    let mut inner = Splice::new(&array.source, &array.object);
                    inner.push(&array.object.span, &reference);
                    self.put(array.id, inner.finish());
                }
                _ => splice.set(entries, &dictionary.span, key, &[b"[", reference.as_slice(), b"]"].concat()),
            },
            _ => splice.set(entries, &dictionary.span, key, &[b"[", reference.as_slice(), b"]"].concat()),
        }
        Ok(())
    }

    /// Lists the new field in the form, sets `/SigFlags`, and overrides the catalog where it has to know of something.
    async fn update_form_and_catalog(
        &mut self,
        catalog: &Catalog,
        form: &Form,
        existing: &[ExistingSignature],
        new_field: Option<ObjectId>,
        signature: ObjectId,
        terms: &Terms<'_>,
    ) -> Result<()> {
        let root = &catalog.loaded;
        let entries = catalog.dictionary();
        let mut splice = Splice::new(&root.source, &root.object);
        let clear = form.need_appearances && terms.options.clear_need_appearances;
        if clear && !existing.is_empty() {
            self.warnings.push(WarningCode::NeedAppearancesCleared.plain());
        }
        match (&form.place, &form.loaded) {
            (Place::Direct, Some(loaded)) => self.update_form(&mut splice, loaded, new_field, clear).await?,
            (Place::Indirect, Some(loaded)) => {
                // Of a key given twice some readers take the first: then both are to lead to the form that has the signature.
                if entries.entries.iter().filter(|entry| entry.key == b"AcroForm").count() > 1 {
                    splice.set(entries, &root.object.span, "AcroForm", &write::reference(loaded.id));
                }
                let mut inner = Splice::new(&loaded.source, &loaded.object);
                self.update_form(&mut inner, loaded, new_field, clear).await?;
                self.replace(loaded, inner)?;
            }
            _ => {
                let fields = new_field.map(write::reference).unwrap_or_default();
                let id = self.new_id();
                self.put(id, [b"<</Fields [", fields.as_slice(), b"] /SigFlags 3>>"].concat());
                splice.set(entries, &root.object.span, "AcroForm", &write::reference(id));
            }
        }
        if terms.options.certify.is_some() {
            self.point_at_certification(&mut splice, catalog, signature).await?;
        }
        let (extensions, warnings) = extensions::needed(self.file, catalog, &terms.uses).await?;
        self.warnings.extend(warnings);
        if let Some(value) = extensions {
            splice.set(entries, &root.object.span, "Extensions", &value);
        }
        self.replace(root, splice)
    }

    /// Changes the form dictionary by `splice`, which is of its own object or of the catalog around it.
    async fn update_form(
        &mut self,
        splice: &mut Splice<'_>,
        form: &Loaded,
        new_field: Option<ObjectId>,
        clear_need_appearances: bool,
    ) -> Result<()> {
        let Some(entries) = form.dictionary() else { return Err(Code::Form.into()) };
        if let Some(field) = new_field {
            self.push_reference(splice, form, entries, &form.object, "Fields", field).await?;
        }
        // Signatures exist, and the file is to be updated by appending only (table 225).
        let flags = self.file.entry(entries, "SigFlags", form).await?.and_then(|flags| flags.object.value.as_integer()).unwrap_or(0);
        if flags & 3 != 3 {
            splice.set(entries, &form.object.span, "SigFlags", format!("{}", flags | 3).as_bytes());
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
        match entries.object("Perms") {
            Some(object) if matches!(object.value, Value::Dictionary(_)) => {
                if let Value::Dictionary(permissions) = &object.value {
                    splice.set(permissions, &object.span, "DocMDP", &reference);
                }
            }
            Some(object) if let Some(loaded) = self.file.resolve(object, &catalog.loaded).await? => {
                let Some(permissions) = loaded.dictionary() else { return Err(Code::Catalog.because("/Perms is no dictionary")) };
                let mut inner = Splice::new(&loaded.source, &loaded.object);
                inner.set(permissions, &loaded.object.span, "DocMDP", &reference);
                self.replace(&loaded, inner)?;
            }
            _ => splice.set(entries, &catalog.loaded.object.span, "Perms", &[b"<</DocMDP ", reference.as_slice(), b">>"].concat()),
        }
        Ok(())
    }
}
