//! A new signature field: an invisible field that is its own widget. ISO 32000-2, 12.5.6.19 and 12.7.5.5.

use super::plan::Planning;
use crate::document::Page;
use crate::error::{Code, Result};
use crate::file::IndirectObject;
use crate::report::WarningCode;
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name, Source, Text};
use crate::syntax::{Dictionary, ObjectId, write};

/// Annotation flags (table 167): Print and Locked.
const FLAGS: i64 = 132;

impl Planning<'_> {
    /// Adds a field with the signature as its value, and lists it on its page.
    ///
    /// `/Type`, `/Subtype`, `/FT` names, `/T` text string, `/Rect` array, `/F` integer, `/P`, `/V` references, `/AP` dictionary,
    /// `/Lock` reference (1.5).
    pub(super) async fn add_field(&mut self, page: Option<&Page>, name: &str, signature: ObjectId) -> Result<ObjectId> {
        let id = self.update.new_id();
        let empty = Source(b"[0 0 0 0]");
        // PDF/A requires an appearance of every widget, also of one without area (ISO 19005-1, 6.9). Where nothing may change, a difference
        // analysis takes an appearance for a change.
        let normal = match self.is_closed {
            true => None,
            false => {
                let appearance = self.update.new_id();
                let mut form = DictionaryWriter::of_type(Name("XObject"));
                form.pair(Name("Subtype"), Name("Form")).pair(Name("BBox"), empty);
                self.update.put_stream(appearance, form.finish(), Vec::new());
                let mut normal = DictionaryWriter::new();
                normal.pair(Name("N"), appearance);
                Some(normal.finish())
            }
        };
        let lock = self.input.options.lock.as_ref().map(|lock| self.add_lock(lock));
        let mut widget = DictionaryWriter::of_type(Name("Annot"));
        widget
            .pair(Name("Subtype"), Name("Widget"))
            .pair(Name("FT"), Name("Sig"))
            .pair(Name("T"), Text(name))
            .pair(Name("Rect"), empty)
            .pair(Name("F"), FLAGS)
            .optional(Name("P"), page.map(|page| page.loaded.id))
            .pair(Name("V"), signature)
            .optional(Name("AP"), normal.as_deref().map(Source))
            .optional(Name("Lock"), lock);
        self.update.put(id, widget.finish());
        if let Some(page) = page {
            self.list_on_page(page, id).await?;
        }
        Ok(id)
    }

    /// Lists the widget in `/Annots` of its page.
    async fn list_on_page(&mut self, page: &Page, widget: ObjectId) -> Result<()> {
        let Page { loaded: page, neighbours } = page;
        let Some(entries) = page.dictionary() else { return Err(Code::PageTree.into()) };
        let mut splice = Splice::new(&page.source, &page.object);
        match self.shared_annotations(entries, page, neighbours).await? {
            // Another page has the same array: an addition to it would be on both.
            Some(array) => {
                let mut own = Splice::new(&array.source, &array.object);
                own.push(&array.object.span, &write::reference(widget));
                splice.set(entries, &page.object.span, "Annots", &own.finish());
            }
            None => self.update.push_reference(&mut splice, page, entries, &page.object, "Annots", widget).await?,
        }
        // A page with annotations in a tagged document needs /Tabs /S (ISO 14289-1, 7.18.3). After a signature a difference analysis
        // would find the change of the page, and call that signature invalid. PDF 2.0 has further orders that serve.
        let ordered = match entries.name("Tabs") {
            Some(order) => order == b"S" || self.catalog.version >= (2, 0),
            None => false,
        };
        if self.catalog.tagged && !ordered {
            if self.existing.is_empty() {
                splice.set(entries, &page.object.span, "Tabs", b"/S");
            } else {
                self.warnings.push(WarningCode::Tabs.plain());
            }
        }
        if page.stream.is_none() {
            return self.update.replace(page, splice);
        }
        self.warnings.push(WarningCode::PageStream.plain());
        let data = self.file.stream_data(page).await?;
        self.update.replace_stream(page, splice, data)
    }

    /// The array of annotations, if it is an object that a page nearby refers to as well.
    async fn shared_annotations(
        &self,
        entries: &Dictionary,
        page: &IndirectObject,
        neighbours: &[ObjectId],
    ) -> Result<Option<IndirectObject>> {
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
}
