//! A page of a PDF becomes a form XObject of an update. ISO 32000-2, 8.10.
//!
//! Copied are the page's content and all objects that its resources lead to: no annotations, actions or optional content.

use std::collections::BTreeMap;

use crate::document::{Catalog, Page, PageGeometry};
use crate::error::{Code, Error, Result};
use crate::file::{File, IndirectObject};
use crate::io::Io;
use crate::limits;
use crate::points::Points;
use crate::revision::UpdateBuilder;
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name, Source};
use crate::syntax::{Dictionary, Object, ObjectId, Value, write};

/// Entries of a stream dictionary that the copy leaves out: they lead elsewhere, or the copy has its own.
const LEFT_OUT: [&str; 9] =
    ["Length", "StructParent", "StructParents", "Metadata", "PieceInfo", "OPI", "Alternates", "Ref", "LastModified"];

/// A page that was copied into an update.
pub(crate) struct ImportedPage {
    pub(crate) geometry: PageGeometry,
    /// Entries of the form XObject that are as the page has them: `/Resources`, `/Group`, `/Filter`, `/DecodeParms`.
    entries: Vec<(Name, Vec<u8>)>,
    data: Vec<u8>,
}

impl ImportedPage {
    /// Copies what a page of `pdf` needs into `update`.
    ///
    /// Errors: `ERR_APPEARANCE_PDF`, `ERR_PAGE_NUMBER`.
    pub(crate) async fn copy(pdf: &[u8], number: i32, update: &mut UpdateBuilder<'_>) -> Result<ImportedPage> {
        if pdf.len() > limits::APPEARANCE_PDF {
            return Err(refused(format!("it has more than {} bytes", limits::APPEARANCE_PDF)));
        }
        // Held in memory as the update of a document without bytes: a host is asked nothing.
        let io = Io::new().with_document(None, 0)?.with_appended(pdf);
        io.renew_work();
        import(&io, number, update).await.map_err(|error| match error.code() {
            Code::AppearancePdf | Code::PageNumber => error,
            _ => refused(error.found()),
        })
    }

    /// Adds the page as a form XObject that has this box and matrix.
    pub(crate) fn put(self, update: &mut UpdateBuilder<'_>, bbox: [Points; 4], matrix: Option<&str>) -> ObjectId {
        let id = update.new_id();
        let mut form = DictionaryWriter::of_type(Name("XObject"));
        form.pair(Name("Subtype"), Name("Form")).pair(Name("BBox"), Source(&super::rectangle(bbox)));
        form.optional(Name("Matrix"), matrix.map(|matrix| Source(matrix.as_bytes())));
        for (key, value) in &self.entries {
            form.pair(*key, Source(value));
        }
        update.put_stream(id, form.finish(), self.data);
        id
    }
}

async fn import(io: &Io, number: i32, update: &mut UpdateBuilder<'_>) -> Result<ImportedPage> {
    let file = File::open(io, None).await?;
    if file.is_damaged() {
        return Err(refused("it is damaged"));
    }
    if file.encryption.is_some() {
        return Err(refused("it is encrypted"));
    }
    let catalog = Catalog::open(&file).await?;
    let number = Page::number(&file, &catalog, number).await?;
    let page = Page::find(&file, &catalog, number).await?.ok_or_else(|| refused("the page is not an object of its own"))?.loaded;
    let geometry = PageGeometry::read(&file, &page).await?;
    let mut copying = Copying { file: &file, update, numbers: BTreeMap::new(), open: Vec::new(), bytes: 0 };
    let (mut entries, data) = copying.content(&page).await?;
    if let Some((resources, holder)) = inherited(&file, &page, "Resources").await? {
        entries.push((Name("Resources"), copying.text(&resources, &holder.source, &[])));
    }
    if let Some(group) = page.dictionary().and_then(|entries| entries.object("Group")) {
        entries.push((Name("Group"), copying.text(group, &page.source, &[])));
    }
    copying.finish().await?;
    Ok(ImportedPage { geometry, entries, data })
}

/// An entry of a page or of a node above it (7.7.3.4), and the object that has it.
async fn inherited(file: &File, page: &IndirectObject, key: &str) -> Result<Option<(Object, IndirectObject)>> {
    let mut node = Some(page.clone());
    for _ in 0..limits::TREE_DEPTH {
        let Some(held) = node.take() else { break };
        let Some(entries) = held.dictionary() else { break };
        if let Some(object) = entries.object(key) {
            return Ok(Some((object.clone(), held.clone())));
        }
        node = file.entry(entries, "Parent", &held).await?;
    }
    Ok(None)
}

/// Objects on their way into the update.
struct Copying<'a, 'f> {
    file: &'a File,
    update: &'a mut UpdateBuilder<'f>,
    /// New numbers of the objects.
    numbers: BTreeMap<ObjectId, ObjectId>,
    /// Objects that are still to be copied.
    open: Vec<ObjectId>,
    bytes: usize,
}

impl Copying<'_, '_> {
    /// The content of the page, with the filters that it has. Several streams become one.
    async fn content(&mut self, page: &IndirectObject) -> Result<(Vec<(Name, Vec<u8>)>, Vec<u8>)> {
        let Some(entries) = page.dictionary() else { return Err(refused("the page is not a dictionary")) };
        let Some(contents) = self.file.entry(entries, "Contents", page).await? else { return Ok((Vec::new(), Vec::new())) };
        if contents.stream.is_some() {
            let mut entries = Vec::new();
            if let Some(dictionary) = contents.dictionary() {
                refuse_external(dictionary)?;
                for key in ["Filter", "DecodeParms"] {
                    if let Some(object) = dictionary.object(key) {
                        entries.push((Name(key), self.text(object, &contents.source, &[])));
                    }
                }
            }
            let data = self.file.stream_data(&contents).await?;
            return Ok((entries, self.charged(data)?));
        }
        let mut joined = Vec::new();
        for item in contents.object.value.as_array().unwrap_or_default() {
            if let Some(part) = self.file.resolve(item, &contents).await?.filter(|part| part.stream.is_some()) {
                let part = self.file.decoded_stream(&part).await?;
                joined.extend(self.charged(part)?);
                joined.push(b'\n');
            }
        }
        Ok((Vec::new(), joined))
    }

    fn charged(&mut self, data: Vec<u8>) -> Result<Vec<u8>> {
        self.bytes = self.bytes.saturating_add(data.len());
        match self.bytes > limits::APPEARANCE_PDF {
            true => Err(refused(format!("the page has more than {} bytes", limits::APPEARANCE_PDF))),
            false => Ok(data),
        }
    }

    /// The source text of an object with new numbers in its references. Entries of `left_out` become null.
    fn text(&mut self, object: &Object, source: &[u8], left_out: &[&str]) -> Vec<u8> {
        let mut splice = Splice::new(source, object);
        let mut open: Vec<&Object> = Vec::new();
        match &object.value {
            Value::Dictionary(dictionary) => {
                for entry in dictionary.entries.iter() {
                    match left_out.iter().any(|key| entry.key == key.as_bytes()) {
                        true => splice.set(dictionary, &object.span, std::str::from_utf8(&entry.key).unwrap_or_default(), b"null"),
                        false => open.push(&entry.object),
                    }
                }
            }
            _ => open.push(object),
        }
        while let Some(object) = open.pop() {
            match &object.value {
                Value::Reference(id) => {
                    let id = self.number(*id);
                    splice.replace(&object.span, &write::reference(id));
                }
                Value::Array(items) => open.extend(items.iter()),
                Value::Dictionary(dictionary) => open.extend(dictionary.entries.iter().map(|entry| &entry.object)),
                _ => {}
            }
        }
        splice.finish()
    }

    /// The new number of an object, which is copied later.
    fn number(&mut self, id: ObjectId) -> ObjectId {
        if let Some(known) = self.numbers.get(&id) {
            return *known;
        }
        let new = self.update.new_id();
        self.numbers.insert(id, new);
        self.open.push(id);
        new
    }

    /// Copies all objects that something copied refers to.
    async fn finish(mut self) -> Result<()> {
        while let Some(id) = self.open.pop() {
            if self.numbers.len() > limits::APPEARANCE_OBJECTS {
                return Err(refused(format!("the page needs more than {} objects", limits::APPEARANCE_OBJECTS)));
            }
            let Some(new) = self.numbers.get(&id).copied() else { continue };
            let Some(loaded) = self.file.load(id).await? else {
                self.update.put(new, b"null".to_vec());
                continue;
            };
            let kind = loaded.dictionary().and_then(|entries| entries.name("Type"));
            match kind {
                // A way out of the page.
                Some(b"Page" | b"Pages" | b"Catalog" | b"StructElem" | b"StructTreeRoot" | b"Annot") => {
                    self.update.put(new, b"null".to_vec());
                    continue;
                }
                Some(b"OCG" | b"OCMD") => return Err(refused("it has optional content")),
                _ => {}
            }
            if loaded.stream.is_none() {
                let text = self.text(&loaded.object, &loaded.source, &[]);
                let text = self.charged(text)?;
                self.update.put(new, text);
                continue;
            }
            if let Some(entries) = loaded.dictionary() {
                refuse_external(entries)?;
            }
            let text = self.text(&loaded.object, &loaded.source, &LEFT_OUT);
            let data = self.file.stream_data(&loaded).await?;
            let (text, data) = (self.charged(text)?, self.charged(data)?);
            self.update.put_stream(new, text, data);
        }
        Ok(())
    }
}

/// Errors: `ERR_APPEARANCE_PDF` for a stream whose data is in another file (7.3.8.2), or that is shown at times only (8.11).
fn refuse_external(entries: &Dictionary) -> Result<()> {
    match (entries.get("F"), entries.get("OC")) {
        (None, None) => Ok(()),
        (Some(_), _) => Err(refused("a part of it is in another file")),
        (None, Some(_)) => Err(refused("it has optional content")),
    }
}

fn refused(found: impl Into<String>) -> Error {
    Code::AppearancePdf.because(format!("the PDF for the appearance cannot be used: {}", found.into()))
}
