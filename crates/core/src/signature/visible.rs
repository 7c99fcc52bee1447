//! The box and the appearance of a visible signature. ISO 32000-2, 12.5.2, 12.5.5 and 12.7.5.5.

use super::pages::Pages;
use super::plan::Planning;
use super::widget::AddedField;
use crate::appearance;
use crate::document::{Field, PageGeometry, intersection, is_pdf_a, page_of_widget, rectangle};
use crate::error::{Code, Result};
use crate::file::IndirectObject;
use crate::io::{DrawCertificate, DrawRequest, DrawValues};
use crate::limits;
use crate::options::{Appearance, Placement};
use crate::points::Points;
use crate::report::WarningCode;
use crate::syntax::ObjectId;
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name};

/// Place of a box on a page.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Left, bottom, right and top in points, as seen.
    pub(super) seen: [Points; 4],
    /// The same in user space: `/Rect`.
    pub(super) rect: [Points; 4],
    /// Quarter turns clockwise by which the page is shown.
    pub(super) turns: u8,
}

impl Site {
    /// Width and height in points, as seen.
    pub(super) fn size(&self) -> [Points; 2] {
        let [left, bottom, right, top] = self.seen;
        [right - left, top - bottom]
    }

    /// The place of a new field on a page of `pages`.
    ///
    /// Errors: `ERR_APPEARANCE_BOX`, `ERR_PAGE_TREE` where no annotation can be listed on the page.
    pub(super) async fn of(pages: &Pages<'_>, page: Option<usize>, place: &Placement<'_>) -> Result<Site> {
        let Some(page) = page.and_then(|page| pages.get(page)) else {
            return Err(Code::PageTree.because("the page is not an object of its own, so no visible field can be on it"));
        };
        let geometry = PageGeometry::read(pages.file, &page.loaded).await?;
        let seen = place.on(geometry.size())?;
        Ok(Site { seen, rect: geometry.to_user_space(seen), turns: geometry.turns() })
    }
}

/// The widget of an existing field.
struct Widget {
    loaded: IndirectObject,
    /// Whether it is an object of its own, beside the field.
    apart: bool,
}

impl Planning<'_> {
    /// Sets the appearance of an existing field, whose changes `splice` collects. The box stays as it is.
    ///
    /// Errors: `ERR_APPEARANCE_BOX`, those of [`Planning::appearance_stream`].
    pub(super) async fn show_field(&mut self, field: &Field, appearance: &Appearance, splice: &mut Splice<'_>) -> Result<()> {
        let Widget { loaded, apart } = self.widget_of(field).await?;
        let Some(entries) = loaded.dictionary() else { return Err(Code::Form.into()) };
        if apart && !self.existing.is_empty() {
            return Err(Code::AppearanceBox
                .because("the widget of the field is an object of its own, and its change would break the earlier signature")
                .with_remedy("sign another field, or leave `appearance` out")
                .within(loaded.id));
        }
        let rect = rectangle(self.file, entries, "Rect", &loaded).await?;
        let rect = rect.ok_or_else(|| {
            let found = Code::AppearanceBox.because("the field has a box without area").within(loaded.id);
            found.with_remedy("sign another field, or leave `appearance` out")
        })?;
        let geometry = match page_of_widget(self.file, self.catalog, &loaded).await? {
            Some(page) => PageGeometry::read(self.file, &page).await?,
            None => PageGeometry::default(),
        };
        let site = Site { seen: geometry.to_seen(rect), rect, turns: geometry.turns() };
        let [width, height] = site.size();
        if width < Points::from(limits::BOX) || height < Points::from(limits::BOX) {
            return Err(Code::AppearanceBox
                .because(format!("the box of the field has {width} by {height} points"))
                .with_remedy("sign another field, or leave `appearance` out")
                .within(loaded.id));
        }
        let stream = self.appearance_stream(appearance, &field.name, &site).await?;
        let normal = normal(stream);
        match apart {
            false => splice.set(entries, &loaded.object.span, "AP", &normal),
            true => {
                let mut own = Splice::new(&loaded.source, &loaded.object);
                own.set(entries, &loaded.object.span, "AP", &normal);
                self.update.replace(&loaded, own)?;
            }
        }
        self.site = Some(site);
        Ok(())
    }

    /// The field itself, or the first of its widgets that has a box.
    async fn widget_of(&self, field: &Field) -> Result<Widget> {
        let Some(entries) = field.loaded.dictionary() else { return Err(Code::Form.into()) };
        if entries.get("Rect").is_none()
            && let Some(kids) = self.file.entry(entries, "Kids", &field.loaded).await?
        {
            for kid in kids.object.value.as_array().unwrap_or_default().iter().take(limits::REFERENCES) {
                if let Some(loaded) = self.file.resolve(kid, &kids).await?
                    && kid.value.as_reference().is_some()
                    && loaded.dictionary().is_some_and(|entries| entries.get("Rect").is_some())
                {
                    return Ok(Widget { loaded, apart: true });
                }
            }
        }
        Ok(Widget { loaded: field.loaded.clone(), apart: false })
    }

    /// Adds the appearance stream of the signature.
    ///
    /// Errors: those of the module that draws, `ERR_APPEARANCE_PDF`, `ERR_PAGE_NUMBER`.
    pub(super) async fn appearance_stream(&mut self, appearance: &Appearance, field: &str, site: &Site) -> Result<ObjectId> {
        let drawn = match appearance.is_drawn() {
            true => Some(self.file.io.draw(self.draw_request(appearance, field, site).await?).await?),
            false => None,
        };
        let mut layers = Vec::new();
        if let Some(pdf) = &appearance.pdf {
            layers.push((pdf.data.as_slice(), pdf.page.unwrap_or(1)));
        }
        if let Some(drawn) = &drawn {
            layers.push((drawn.as_slice(), 1));
        }
        appearance::put(&mut self.update, layers, site.size(), site.turns).await
    }

    async fn draw_request(&self, appearance: &Appearance, field: &str, site: &Site) -> Result<DrawRequest> {
        let options = self.input.options;
        let certificate = self.input.signer.map(|signer| {
            let [subject, issuer] = signer.certificate.names();
            DrawCertificate { subject, issuer, serial: signer.certificate.serial_octets().to_vec() }
        });
        // The common name, else the organisation.
        let named = certificate.as_ref().and_then(|certificate| {
            let named = |kind: &str| certificate.subject.iter().find(|(key, _)| key == kind).map(|(_, value)| value.clone());
            named("CN").or_else(|| named("O"))
        });
        let values = DrawValues {
            now: self.input.now,
            utc_offset_minutes: options.utc_offset_minutes,
            name: options.name.clone().or(named),
            reason: options.reason.clone(),
            location: options.location.clone(),
            contact: options.contact_info.clone(),
            field: field.to_owned(),
            certificate,
        };
        let [width, height] = site.size();
        let drawing = &appearance.drawing;
        // Only an image can need what PDF/A forbids. The metadata is not read for text.
        let pdf_a = drawing.options().contains_key("image") && is_pdf_a(self.file, self.catalog).await?;
        Ok(DrawRequest { appearance: drawing.options().clone(), width, height, values, pdf_a, parts: drawing.parts().to_vec() })
    }

    /// Warns if a box on a page overlaps a widget of it, or a new field. One warning covers all boxes.
    ///
    /// Errors: what loading an object gives.
    pub(super) async fn warn_of_overlap(&mut self, pages: &Pages<'_>, page: usize, rect: [Points; 4]) -> Result<()> {
        if self.warnings.iter().any(|warning| warning.code == WarningCode::WidgetsOverlap) {
            return Ok(());
        }
        let overlaps = |added: &AddedField| added.page == Some(page) && added.rect.is_some_and(|other| intersection(rect, other).is_some());
        if self.added.iter().any(overlaps) {
            self.warnings.push(WarningCode::WidgetsOverlap.plain());
            return Ok(());
        }
        let Some(page) = pages.get(page) else { return Ok(()) };
        let Some(entries) = page.loaded.dictionary() else { return Ok(()) };
        let Some(annotations) = self.file.entry(entries, "Annots", &page.loaded).await? else { return Ok(()) };
        let items = annotations.object.value.as_array().unwrap_or_default();
        let mut ids = items.iter().take(limits::OVERLAPPING).filter_map(|item| item.value.as_reference()).collect::<Vec<_>>().into_iter();
        while ids.len() > 0 {
            let ahead = self.file.prefetch(ids.as_slice().iter().copied()).await?.max(1);
            for id in ids.by_ref().take(ahead) {
                let Some(loaded) = self.file.load(id).await? else { continue };
                let Some(entries) = loaded.dictionary().filter(|entries| entries.name("Subtype") == Some(b"Widget")) else { continue };
                // A hidden widget (table 167, bits 2 and 6) covers nothing.
                if entries.integer("F").unwrap_or(0) & 0b10_0010 == 0
                    && let Some(other) = rectangle(self.file, entries, "Rect", &loaded).await?
                    && intersection(rect, other).is_some()
                {
                    self.warnings.push(WarningCode::WidgetsOverlap.plain());
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// The appearance dictionary with this normal appearance (12.5.5). PDF/A permits no other (ISO 19005-2, 6.3.3).
pub(super) fn normal(stream: ObjectId) -> Vec<u8> {
    let mut dictionary = DictionaryWriter::new();
    dictionary.pair(Name("N"), stream);
    dictionary.finish()
}

/// `/Rect` of a widget.
pub(super) fn rect(site: Option<&Site>) -> Vec<u8> {
    appearance::rectangle(site.map_or([Points::default(); 4], |site| site.rect))
}

/// `/BBox` of an appearance stream without content.
pub(super) fn bbox(site: Option<&Site>) -> Vec<u8> {
    let zero = Points::default();
    let [width, height] = site.map_or([zero; 2], Site::size);
    appearance::rectangle([zero, zero, width, height])
}
