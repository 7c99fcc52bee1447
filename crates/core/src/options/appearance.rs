//! Options of visible signatures: the place of the box, and its content. ISO 32000-2, 12.5.5 and 12.5.6.19.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Entries, SigningOptions};
use crate::error::{Code, Result};
use crate::limits;
use crate::points::Points;

/// Place of a visible signature, and its content.
///
/// Without `rect` and `position` the box is at the lower right corner of the page. A place is for a new field: an existing one keeps its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Appearance {
    /// Page of a new field: from 1, or from the end as -1 (the last). Default: that of the option `page`.
    pub page: Option<i32>,
    /// Box of a new field on the page as it is seen: left, bottom, right and top from the lower left corner, in `unit`.
    pub rect: Option<[Points; 4]>,
    /// Box of a new field by a corner of the page, instead of `rect`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub position: Option<BoxPosition>,
    /// Unit of `rect` and `position`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub unit: LengthUnit,
    /// Text that a viewer shows for the field, and that a screen reader speaks (`/TU`, `/Contents`). Default in a tagged document: its name.
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub tooltip: Option<String>,
    /// Page of a PDF as the appearance: alone, or behind the text if a drawing option is given. It keeps its proportions.
    pub pdf: Option<AppearancePdf>,
    /// Drawing options, as the module that draws takes them.
    #[cfg_attr(feature = "schema", schemars(flatten, with = "rustpdf_appearance::Appearance"))]
    pub drawing: Drawing,
}

/// Place of a box by a corner of the page as it is seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct BoxPosition {
    /// Corner.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub corner: BoxCorner,
    /// Width of the box. Default: 210 points.
    pub width: Option<Points>,
    /// Height of the box. Default: 60 points.
    pub height: Option<Points>,
    /// Distance of the box from both edges of the page. Default: 36 points.
    pub margin: Option<Points>,
}

/// Corner of a page as it is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "kebab-case"))]
pub enum BoxCorner {
    /// Lower right corner.
    #[default]
    BottomRight,
    /// Lower left corner.
    BottomLeft,
    /// Upper right corner.
    TopRight,
    /// Upper left corner.
    TopLeft,
}

/// Unit of lengths on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
pub enum LengthUnit {
    /// Point, 1/72 inch.
    #[default]
    Pt,
    /// Millimetre.
    Mm,
}

/// Page of a PDF that becomes an appearance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct AppearancePdf {
    /// The PDF.
    #[cfg_attr(feature = "schema", schemars(with = "crate::hex::Hex"))]
    pub data: Vec<u8>,
    /// Page: from 1, or from the end as -1 (the last). Default: 1.
    pub page: Option<i32>,
}

/// An empty signature field for a later signer.
///
/// A later signature that fills it in changes nothing else, so earlier signatures stay valid for every validator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct EmptyField {
    /// Name, without a dot.
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub name: String,
    /// Page: from 1, or from the end as -1 (the last). Default: that of the option `page`.
    pub page: Option<i32>,
    /// Box on the page as it is seen: left, bottom, right and top from the lower left corner, in `unit`.
    pub rect: Option<[Points; 4]>,
    /// Box by a corner of the page, instead of `rect`. Without either the box is at the lower right corner.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub position: Option<BoxPosition>,
    /// Unit of `rect` and `position`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub unit: LengthUnit,
    /// Text that a viewer shows for the field, and that a screen reader speaks (`/TU`, `/Contents`). Default in a tagged document: its name.
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub tooltip: Option<String>,
}

/// Drawing options as they were given. The module that draws reads them; the core hands them on.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    options: Map<String, Value>,
    parts: Vec<Vec<u8>>,
}

/// Place of a box, of whatever option.
pub(crate) struct Placement<'a> {
    pub(crate) page: i32,
    pub(crate) rect: Option<[Points; 4]>,
    pub(crate) position: Option<&'a BoxPosition>,
    unit: LengthUnit,
}

impl LengthUnit {
    /// A length of this unit, in points.
    fn points(self, length: Points) -> Points {
        match self {
            LengthUnit::Pt => length,
            LengthUnit::Mm => length.scaled(7200, 2540),
        }
    }
}

impl Placement<'_> {
    /// The box on a page of this size as it is seen: left, bottom, right, top.
    ///
    /// Errors: `ERR_APPEARANCE_BOX`.
    pub(crate) fn on(&self, [page_width, page_height]: [Points; 2]) -> Result<[Points; 4]> {
        let zero = Points::default();
        let [left, bottom, right, top] = match self.rect {
            Some(rect) => rect.map(|edge| self.unit.points(edge)),
            None => {
                let BoxPosition { corner, width, height, margin } = self.position.cloned().unwrap_or_default();
                let length = |given: Option<Points>, default: i32| given.map_or(Points::from(default), |given| self.unit.points(given));
                let (width, height, margin) = (length(width, 210), length(height, 60), length(margin, 36));
                let left = match corner {
                    BoxCorner::BottomLeft | BoxCorner::TopLeft => margin,
                    BoxCorner::BottomRight | BoxCorner::TopRight => page_width - margin - width,
                };
                let bottom = match corner {
                    BoxCorner::BottomLeft | BoxCorner::BottomRight => margin,
                    BoxCorner::TopLeft | BoxCorner::TopRight => page_height - margin - height,
                };
                [left, bottom, left + width, bottom + height]
            }
        };
        let least = Points::from(limits::BOX);
        if right - left < least || top - bottom < least {
            return Err(Code::AppearanceBox.because(format!("the box has {} by {} points", right - left, top - bottom)));
        }
        if left < zero || bottom < zero || right > page_width || top > page_height {
            return Err(Code::AppearanceBox.because(format!(
                "the box from {left}, {bottom} to {right}, {top} is not within the page, which has {page_width} by {page_height} points"
            )));
        }
        Ok([left, bottom, right, top])
    }
}

impl Appearance {
    pub(super) fn read(entries: &mut Entries<'_>) -> Result<Appearance> {
        Ok(Appearance {
            page: page(entries)?,
            rect: rect(entries)?,
            position: position(entries)?,
            unit: unit(entries)?,
            tooltip: entries.text("tooltip")?,
            pdf: entries.nested("pdf", |pdf| {
                let data = pdf.bytes("data")?.ok_or_else(|| Code::OptionValue.because("`appearance.pdf.data` is missing"))?;
                Ok(AppearancePdf { data, page: page(pdf)? })
            })?,
            drawing: Drawing::take(entries),
        })
    }

    pub(crate) fn placement(&self, page: i32) -> Placement<'_> {
        Placement { page: self.page.unwrap_or(page), rect: self.rect, position: self.position.as_ref(), unit: self.unit }
    }

    /// Whether the module that draws has something to draw.
    pub(crate) fn is_drawn(&self) -> bool {
        self.pdf.is_none() || !self.drawing.options.is_empty()
    }
}

impl EmptyField {
    pub(super) fn read(entries: &mut Entries<'_>) -> Result<EmptyField> {
        Ok(EmptyField {
            name: entries.text("name")?.ok_or_else(|| Code::OptionValue.because("a `name` is missing in `emptyFields`"))?,
            page: page(entries)?,
            rect: rect(entries)?,
            position: position(entries)?,
            unit: unit(entries)?,
            tooltip: entries.text("tooltip")?,
        })
    }

    pub(crate) fn placement(&self, page: i32) -> Placement<'_> {
        Placement { page: self.page.unwrap_or(page), rect: self.rect, position: self.position.as_ref(), unit: self.unit }
    }
}

impl Drawing {
    /// All entries that are left. Byte options of them are numbered parts.
    fn take(entries: &mut Entries<'_>) -> Drawing {
        let mut drawing = Drawing::default();
        let options = std::mem::take(&mut entries.map);
        for (key, mut value) in options {
            if !value.is_null() {
                drawing.number(&mut value, entries.part);
                drawing.options.insert(key, value);
            }
        }
        drawing
    }

    fn number(&mut self, value: &mut Value, part: &dyn Fn(&str) -> Option<Vec<u8>>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.number(item, part)),
            Value::Object(entries) => match entries.get("part").and_then(Value::as_str).and_then(part) {
                Some(bytes) => {
                    entries.insert("part".to_owned(), Value::String(self.parts.len().to_string()));
                    self.parts.push(bytes);
                }
                None => entries.values_mut().for_each(|entry| self.number(entry, part)),
            },
            _ => {}
        }
    }

    /// Drawing options as a JSON object, and the bytes that `{"part": NUMBER}` in it stand for.
    pub fn new(options: Map<String, Value>, parts: Vec<Vec<u8>>) -> Drawing {
        Drawing { options, parts }
    }

    /// Drawing options of a type that serializes to their JSON object, in which bytes are hexadecimal.
    ///
    /// Errors: `ERR_OPTION_VALUE` for anything else.
    pub fn of(options: &impl Serialize) -> Result<Drawing> {
        match serde_json::to_value(options) {
            Ok(Value::Object(options)) => Ok(Drawing { options, parts: Vec::new() }),
            _ => Err(Code::OptionValue.because("the drawing options are not an object")),
        }
    }

    /// The JSON object.
    pub fn options(&self) -> &Map<String, Value> {
        &self.options
    }

    /// The bytes.
    pub fn parts(&self) -> &[Vec<u8>] {
        &self.parts
    }
}

impl fmt::Debug for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drawing").field("options", &self.options).field("parts", &self.parts.len()).finish()
    }
}

/// Errors: `ERR_OPTION_VALUE`, `ERR_PAGE_NUMBER`.
pub(super) fn check(options: &SigningOptions) -> Result<()> {
    let appearance = options.appearance.iter();
    let places = appearance.clone().map(|appearance| ("appearance", appearance.placement(options.page)));
    let places = places.chain(options.empty_fields.iter().map(|field| ("emptyFields", field.placement(options.page))));
    for (name, place) in places {
        if place.rect.is_some() && place.position.is_some() {
            return Err(Code::OptionValue.because(format!("`{name}` has both `rect` and `position`")).with_remedy("give one of the two"));
        }
        if place.page == 0 {
            return Err(Code::PageNumber.because("page 0 was asked for and pages are counted from 1"));
        }
    }
    if options.empty_fields.len() > limits::EMPTY_FIELDS {
        let (count, most) = (options.empty_fields.len(), limits::EMPTY_FIELDS);
        return Err(Code::OptionValue.because(format!("`emptyFields` has {count} entries, and at the most {most} are taken")));
    }
    let tooltips = appearance.clone().map(|appearance| &appearance.tooltip).chain(options.empty_fields.iter().map(|field| &field.tooltip));
    let names = options.empty_fields.iter().map(|field| field.name.len());
    if tooltips.flatten().map(String::len).chain(names).any(|length| length > limits::TEXT) {
        return Err(Code::OptionValue.because(format!("a `tooltip` or a `name` has more than {} bytes", limits::TEXT)));
    }
    for appearance in appearance {
        if appearance.pdf.is_some() && appearance.drawing.options.contains_key("background") {
            return Err(Code::OptionValue
                .because("`appearance.background` would hide `appearance.pdf`")
                .with_remedy("leave one of the two out"));
        }
    }
    Ok(())
}

pub(super) fn page(entries: &mut Entries<'_>) -> Result<Option<i32>> {
    let Some(page) = entries.integer("page")? else { return Ok(None) };
    let found = |_| Code::PageNumber.because(format!("page {page} was asked for and pages are counted from 1"));
    i32::try_from(page).map(Some).map_err(found)
}

fn rect(entries: &mut Entries<'_>) -> Result<Option<[Points; 4]>> {
    let Some(value) = entries.take("rect") else { return Ok(None) };
    let numbers = value.as_array().map(|items| items.iter().filter_map(Value::as_f64).map(Points::new).collect::<Vec<_>>());
    match numbers.and_then(|numbers| numbers.try_into().ok()) {
        Some(rect) => Ok(Some(rect)),
        None => entries.wrong("rect", "a list of four numbers"),
    }
}

fn position(entries: &mut Entries<'_>) -> Result<Option<BoxPosition>> {
    entries.nested("position", |position| {
        Ok(BoxPosition {
            corner: match position.text("corner")?.as_deref() {
                None | Some("bottom-right") => BoxCorner::BottomRight,
                Some("bottom-left") => BoxCorner::BottomLeft,
                Some("top-right") => BoxCorner::TopRight,
                Some("top-left") => BoxCorner::TopLeft,
                Some(_) => return position.wrong("corner", "\"bottom-right\", \"bottom-left\", \"top-right\" or \"top-left\""),
            },
            width: length(position, "width")?,
            height: length(position, "height")?,
            margin: length(position, "margin")?,
        })
    })
}

fn length(entries: &mut Entries<'_>, key: &str) -> Result<Option<Points>> {
    let Some(value) = entries.take(key) else { return Ok(None) };
    match value.as_f64().map(Points::new) {
        Some(length) if length >= Points::default() => Ok(Some(length)),
        _ => entries.wrong(key, "a number from 0 on"),
    }
}

fn unit(entries: &mut Entries<'_>) -> Result<LengthUnit> {
    match entries.text("unit")?.as_deref() {
        None | Some("pt") => Ok(LengthUnit::Pt),
        Some("mm") => Ok(LengthUnit::Mm),
        Some(_) => entries.wrong("unit", "\"pt\" or \"mm\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn options(value: Value) -> Result<SigningOptions> {
        let options = SigningOptions::from_value(value, &|name| Some(name.as_bytes().to_vec()))?;
        options.check()?;
        Ok(options)
    }

    fn place(value: Value) -> Result<[f64; 4]> {
        let appearance = options(json!({ "appearance": value }))?.appearance.unwrap();
        Ok(appearance.placement(1).on([Points::from(595), Points::from(842)])?.map(Points::as_f64))
    }

    #[test]
    fn a_box_has_a_corner_a_size_and_a_margin() {
        assert_eq!(place(json!({})).unwrap(), [349.0, 36.0, 559.0, 96.0]);
        assert_eq!(place(json!({"position": {"corner": "top-left", "margin": 10}})).unwrap(), [10.0, 772.0, 220.0, 832.0]);
        let mm = json!({"unit": "mm", "position": {"corner": "bottom-left", "width": 50.8, "height": 25.4, "margin": 0}});
        assert_eq!(place(mm).unwrap(), [0.0, 0.0, 144.0, 72.0]);
        assert_eq!(place(json!({"rect": [0, 0, 595, 842]})).unwrap(), [0.0, 0.0, 595.0, 842.0]);
    }

    #[test]
    fn a_box_lies_within_the_page_and_has_a_size() {
        let rects =
            [json!([0, 0, 5.9, 10]), json!([0, 0, 596, 100]), json!([-1, 0, 100, 100]), json!([100, 0, 0, 100]), json!([0, 0, 1e300, 9])];
        for rect in rects {
            assert_eq!(place(json!({ "rect": rect })).unwrap_err().code(), Code::AppearanceBox, "{rect}");
        }
    }

    #[test]
    fn wrong_options_of_a_place_are_named() {
        let wrong = [
            json!({"rect": [1, 2, 3]}),
            json!({"rect": "all"}),
            json!({"rect": [0, 0, 9, 9], "position": {}}),
            json!({"position": {"corner": "middle"}}),
            json!({"position": {"width": -1}}),
            json!({"unit": "inch"}),
            json!({"pdf": {"page": 1}}),
            json!({"pdf": {"data": "00"}, "background": "#ffffff"}),
        ];
        for appearance in wrong {
            assert_eq!(options(json!({ "appearance": appearance })).unwrap_err().code(), Code::OptionValue, "{appearance}");
        }
        assert_eq!(options(json!({"appearance": {"page": 0}})).unwrap_err().code(), Code::PageNumber);
        assert_eq!(options(json!({"emptyFields": [{"page": 1}]})).unwrap_err().code(), Code::OptionValue);
        assert_eq!(options(json!({"emptyFields": [{"name": "a", "colour": 1}]})).unwrap_err().code(), Code::OptionUnknown);
    }

    #[test]
    fn bytes_of_drawing_options_are_numbered_parts() {
        let given = json!({"font": [{"regular": {"part": "b"}}], "image": {"data": {"part": "a"}}, "text": null, "qr": "x"});
        let drawing = options(json!({ "appearance": given })).unwrap().appearance.unwrap().drawing;
        // Entries come in the order of their names, or of the text where `serde_json` keeps that.
        let expected = json!({"font": [{"regular": {"part": "0"}}], "image": {"data": {"part": "1"}}, "qr": "x"});
        assert_eq!(Value::Object(drawing.options().clone()), expected);
        assert_eq!(drawing.parts(), [b"b", b"a"]);
    }

    #[test]
    fn a_page_of_a_pdf_alone_needs_no_drawing() {
        let drawn = |value: Value| options(json!({ "appearance": value })).unwrap().appearance.unwrap().is_drawn();
        assert!(!drawn(json!({"pdf": {"data": "00"}, "tooltip": "t"})));
        assert!(drawn(json!({"pdf": {"data": "00"}, "text": "t"})));
        assert!(drawn(json!({})));
    }
}
