//! New signature fields, each its own widget. ISO 32000-2, 12.5.6.19 and 12.7.5.5.

use super::pages::Pages;
use super::plan::Planning;
use super::visible::{self, Site};
use crate::appearance;
use crate::document::Page;
use crate::error::{Code, Result};
use crate::file::IndirectObject;
use crate::points::Points;
use crate::report::WarningCode;
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name, Source, Text};
use crate::syntax::{Dictionary, ObjectId, write};

/// Annotation flags (table 167): Print and Locked.
const FLAGS: i64 = 132;

/// A new field.
pub(super) struct NewField<'a> {
    pub(super) name: &'a str,
    /// Place of its page in the list of pages.
    pub(super) page: Option<usize>,
    /// The signature; none of an empty field.
    pub(super) value: Option<ObjectId>,
    /// Its box; none of an invisible field.
    pub(super) site: Option<&'a Site>,
    /// Its appearance stream; none for an empty one.
    pub(super) stream: Option<ObjectId>,
    pub(super) tooltip: Option<&'a str>,
}

/// A field in the update.
pub(super) struct AddedField {
    pub(super) id: ObjectId,
    /// Place of its page in the list of pages.
    pub(super) page: Option<usize>,
    /// `/Rect`; none of an invisible field.
    pub(super) rect: Option<[Points; 4]>,
}

impl Planning<'_> {
    /// Adds a field that is its own widget. [`Planning::list_widgets`] lists it on its page.
    ///
    /// `/Type`, `/Subtype`, `/FT` names, `/T`, `/TU`, `/Contents` text strings, `/Rect` array, `/F`, `/StructParent` integers, `/P`, `/V`
    /// references, `/AP` dictionary, `/Lock` reference (1.5).
    pub(super) fn add_field(&mut self, pages: &Pages<'_>, field: &NewField<'_>) -> ObjectId {
        let id = self.update.new_id();
        let rect = visible::rect(field.site);
        // PDF/A requires an appearance of every widget, also of one without area (ISO 19005-1, 6.9). Where nothing may change, a difference
        // analysis takes an appearance for a change.
        let normal = match (field.stream, self.is_closed) {
            (Some(stream), _) => Some(visible::normal(stream)),
            (None, true) => None,
            (None, false) => Some(visible::normal(appearance::put_empty(&mut self.update, &visible::bbox(field.site)))),
        };
        let lock = self.input.options.lock.as_ref().filter(|_| field.value.is_some()).map(|lock| self.add_lock(lock));
        let page = field.page.and_then(|page| pages.get(page)).map(|page| page.loaded.id);
        // An invisible field has no place in what is read (14.8.2.2).
        let structured = field.site.and(self.structure.as_mut());
        let tooltip = field.tooltip.or(structured.as_ref().map(|_| field.name));
        let key = structured.and_then(|structure| Some(structure.add(id, page?)));
        let mut widget = DictionaryWriter::of_type(Name("Annot"));
        widget
            .pair(Name("Subtype"), Name("Widget"))
            .pair(Name("FT"), Name("Sig"))
            .pair(Name("T"), Text(field.name))
            .optional(Name("TU"), tooltip.map(Text))
            .optional(Name("Contents"), tooltip.map(Text))
            .pair(Name("Rect"), Source(&rect))
            .pair(Name("F"), FLAGS)
            .optional(Name("P"), page)
            .optional(Name("StructParent"), key)
            .optional(Name("V"), field.value)
            .optional(Name("AP"), normal.as_deref().map(Source))
            .optional(Name("Lock"), lock);
        self.update.put(id, widget.finish());
        self.added.push(AddedField { id, page: field.page, rect: field.site.map(|site| site.rect) });
        id
    }

    /// Lists the widgets of all new fields on their pages.
    pub(super) async fn list_widgets(&mut self, pages: &Pages<'_>) -> Result<()> {
        for (at, page) in pages.iter() {
            let widgets: Vec<_> =
                self.added.iter().filter(|added| added.page == Some(at)).map(|added| write::reference(added.id)).collect();
            if !widgets.is_empty() {
                self.list_on_page(page, &widgets.join(&b' ')).await?;
            }
        }
        Ok(())
    }

    /// Lists widgets in `/Annots` of their page.
    async fn list_on_page(&mut self, page: &Page, widgets: &[u8]) -> Result<()> {
        let Page { loaded: page, neighbours } = page;
        let Some(entries) = page.dictionary() else { return Err(Code::PageTree.into()) };
        let mut splice = Splice::new(&page.source, &page.object);
        match self.shared_annotations(entries, page, neighbours).await? {
            // Another page has the same array: an addition to it would be on both.
            Some(array) => {
                let mut own = Splice::new(&array.source, &array.object);
                own.push(&array.object.span, widgets);
                splice.set(entries, &page.object.span, "Annots", &own.finish());
            }
            None => self.update.push_references(&mut splice, page, entries, &page.object, "Annots", widgets).await?,
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
