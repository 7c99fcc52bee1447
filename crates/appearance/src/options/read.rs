//! Reading of drawing options from JSON, with their bounds.

use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use super::{Align, Alpha, Appearance, Border, Font, Image, Labels, Place};
use crate::bytes::Bytes;
use crate::color::Color;
use crate::error::{Code, Result};
use crate::pdf::decimal;
use crate::{date, labels, limits, template};

/// Bytes of a part of the frame by its name.
pub(crate) type Parts<'a> = &'a dyn Fn(&str) -> Option<Bytes>;

impl<'de> Deserialize<'de> for Appearance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Appearance::from_value(Value::deserialize(deserializer)?, &|_| None).map_err(D::Error::custom)
    }
}

impl Appearance {
    /// Reads the options of a JSON text, with bytes in hexadecimal digits.
    ///
    /// Errors: `ERR_OPTION_UNKNOWN`, `ERR_OPTION_VALUE`, `ERR_APPEARANCE_TEXT`.
    pub fn from_json(text: &str) -> Result<Appearance> {
        match serde_json::from_str(text) {
            Ok(value) => Appearance::from_value(value, &|_| None),
            Err(_) => Err(Code::OptionValue.because("`appearance` is not JSON")),
        }
    }

    /// Reads the options of a frame. A key with `null` counts as absent.
    ///
    /// Errors: `ERR_OPTION_UNKNOWN`, `ERR_OPTION_VALUE`, `ERR_APPEARANCE_TEXT`.
    pub(crate) fn from_value(value: Value, parts: Parts<'_>) -> Result<Appearance> {
        let Value::Object(map) = value else { return Err(Code::OptionValue.because("`appearance` is not an object")) };
        let mut entries = Entries { prefix: "appearance.", map, parts };
        let default = Appearance::default();
        let appearance = Appearance {
            text: entries.text("text")?.unwrap_or(default.text),
            language: entries.text("language")?.unwrap_or(default.language),
            labels: entries
                .nested("labels", "appearance.labels.", |entries| {
                    Ok(Labels {
                        signed_by: entries.text("signedBy")?,
                        reason: entries.text("reason")?,
                        location: entries.text("location")?,
                    })
                })?
                .unwrap_or_default(),
            date_format: entries.text("dateFormat")?.unwrap_or(default.date_format),
            font: entries.list("font", "appearance.font[].", limits::FONTS, |entries| {
                let regular =
                    entries.bytes("regular")?.ok_or_else(|| Code::OptionValue.because("`appearance.font[].regular` is missing"))?;
                let bold = entries.bytes("bold")?;
                let index = entries.number("index")?.unwrap_or(0.0);
                if !(0.0..=65535.0).contains(&index) || index.fract() != 0.0 {
                    return Err(Code::OptionValue.because("`appearance.font[].index` is not the number of a font"));
                }
                Ok(Font { regular, bold, index: index as u32 })
            })?,
            font_size: entries.number("fontSize")?.unwrap_or(default.font_size),
            color: entries.color("color")?.unwrap_or(default.color),
            align: entries.choice("align", &[("start", Align::Start), ("center", Align::Center), ("end", Align::End)])?.unwrap_or_default(),
            image: entries.nested("image", "appearance.image.", |entries| {
                Ok(Image {
                    data: entries.bytes("data")?.ok_or_else(|| Code::OptionValue.because("`appearance.image.data` is missing"))?,
                    place: entries
                        .choice(
                            "place",
                            &[
                                ("start", Place::Start),
                                ("end", Place::End),
                                ("top", Place::Top),
                                ("behind", Place::Behind),
                                ("only", Place::Only),
                            ],
                        )?
                        .unwrap_or_default(),
                    share: entries.number("share")?,
                    alpha: entries.choice("alpha", &[("mask", Alpha::Mask), ("soft", Alpha::Soft)])?.unwrap_or_default(),
                })
            })?,
            strokes: entries.strokes("strokes")?,
            qr: entries.text("qr")?,
            background: entries.color("background")?,
            border: entries.nested("border", "appearance.border.", |entries| {
                let default = Border::default();
                Ok(Border {
                    width: entries.number("width")?.unwrap_or(default.width),
                    color: entries.color("color")?.unwrap_or(default.color),
                })
            })?,
            accent: match entries.peek("accent") {
                Some("none") => {
                    entries.take("accent");
                    None
                }
                _ => entries.color("accent")?.or(default.accent),
            },
        };
        entries.finish()?;
        appearance.check()?;
        Ok(appearance)
    }

    /// Checks bounds that hold whatever the values are.
    ///
    /// Errors: `ERR_OPTION_VALUE`, `ERR_APPEARANCE_TEXT`.
    pub(crate) fn check(&self) -> Result<()> {
        labels::language(&self.language)?;
        date::check(&self.date_format)?;
        template::check("text", &self.text)?;
        if let Some(qr) = &self.qr {
            template::check("qr", qr)?;
        }
        let labels = [("signedBy", &self.labels.signed_by), ("reason", &self.labels.reason), ("location", &self.labels.location)];
        if let Some((name, _)) = labels.iter().find(|(_, label)| label.as_ref().is_some_and(|label| longer(label, limits::LABEL))) {
            return Err(Code::OptionValue.because(format!("`appearance.labels.{name}` has more than {} characters", limits::LABEL)));
        }
        if self.font.len() > limits::FONTS {
            return Err(Code::OptionValue.because(format!("`appearance.font` has {} fonts, more than {}", self.font.len(), limits::FONTS)));
        }
        within("fontSize", self.font_size, &limits::FONT_SIZE)?;
        if let Some(share) = self.image.as_ref().and_then(|image| image.share) {
            within("image.share", share, &limits::SHARE)?;
        }
        if let Some(border) = &self.border {
            within("border.width", border.width, &limits::BORDER)?;
        }
        let mut points = 0;
        for stroke in &self.strokes {
            points += stroke.len() / 2;
            if stroke.is_empty() || stroke.len() % 2 != 0 {
                return Err(Code::OptionValue.because("a list of `appearance.strokes` is empty, or has an x without a y"));
            }
            if !stroke.iter().all(|number| number.abs() <= limits::COORDINATE) {
                return Err(
                    Code::OptionValue.because(format!("a number of `appearance.strokes` is beyond ±{}", decimal(limits::COORDINATE)))
                );
            }
        }
        if points > limits::POINTS {
            return Err(Code::OptionValue
                .because(format!("`appearance.strokes` has {points} points, and at most {} are drawn", limits::POINTS))
                .with_remedy("Leave out points that are close to others."));
        }
        Ok(())
    }
}

/// Whether a text has more than `most` characters.
pub(crate) fn longer(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_some()
}

fn within(name: &str, value: f64, range: &RangeInclusive<f64>) -> Result<()> {
    match range.contains(&value) {
        true => Ok(()),
        false => Err(Code::OptionValue.because(format!(
            "`appearance.{name}` must lie between {} and {}",
            decimal(*range.start()),
            decimal(*range.end())
        ))),
    }
}

/// Entries of a JSON object, each taken once. Those left over are unknown.
struct Entries<'p> {
    prefix: &'static str,
    map: Map<String, Value>,
    parts: Parts<'p>,
}

impl Entries<'_> {
    fn wrong<T>(&self, key: &str, kind: &str) -> Result<T> {
        Err(Code::OptionValue.because(format!("`{}{key}` is not {kind}", self.prefix)))
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.map.remove(key).filter(|value| !value.is_null())
    }

    fn peek(&self, key: &str) -> Option<&str> {
        self.map.get(key).and_then(Value::as_str)
    }

    fn text(&mut self, key: &str) -> Result<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => self.wrong(key, "a text"),
        }
    }

    fn number(&mut self, key: &str) -> Result<Option<f64>> {
        match self.take(key) {
            None => Ok(None),
            Some(value) => match value.as_f64() {
                Some(number) => Ok(Some(number)),
                None => self.wrong(key, "a number"),
            },
        }
    }

    fn color(&mut self, key: &str) -> Result<Option<Color>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        match value.as_str().and_then(Color::parse) {
            Some(color) => Ok(Some(color)),
            None => self.wrong(key, if key == "accent" { "a colour `#rrggbb` or `none`" } else { "a colour `#rrggbb`" }),
        }
    }

    /// Bytes: hexadecimal, or `{"part": NAME}` for a part of the frame.
    fn bytes(&mut self, key: &str) -> Result<Option<Bytes>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let bytes = match &value {
            Value::String(digits) => base16ct::mixed::decode_vec(digits).ok().map(Bytes::from),
            Value::Object(part) => part.get("part").and_then(Value::as_str).and_then(self.parts),
            _ => None,
        };
        bytes.map_or_else(|| self.wrong(key, "bytes"), |bytes| Ok(Some(bytes)))
    }

    fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        if let Some((_, choice)) = choices.iter().find(|(name, _)| value.as_str() == Some(name)) {
            return Ok(Some(*choice));
        }
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
        Err(Code::OptionValue.because(format!("`{}{key}` is none of {}", self.prefix, names.join(", "))))
    }

    fn nested<T>(&mut self, key: &str, prefix: &'static str, read: impl FnOnce(&mut Entries) -> Result<T>) -> Result<Option<T>> {
        match self.take(key) {
            None => Ok(None),
            Some(value) => match self.object(value, prefix, read) {
                Some(read) => read.map(Some),
                None => self.wrong(key, "an object"),
            },
        }
    }

    fn list<T>(&mut self, key: &str, prefix: &'static str, most: usize, mut read: impl FnMut(&mut Entries) -> Result<T>) -> Result<Vec<T>> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let Value::Array(items) = value else { return self.wrong(key, "a list") };
        if items.len() > most {
            return Err(Code::OptionValue.because(format!("`{}{key}` has {} entries, more than {most}", self.prefix, items.len())));
        }
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            match self.object(item, prefix, &mut read) {
                Some(read) => list.push(read?),
                None => return self.wrong(key, "a list of objects"),
            }
        }
        Ok(list)
    }

    fn object<T>(&self, value: Value, prefix: &'static str, read: impl FnOnce(&mut Entries) -> Result<T>) -> Option<Result<T>> {
        let Value::Object(map) = value else { return None };
        let mut entries = Entries { prefix, map, parts: self.parts };
        Some(read(&mut entries).and_then(|value| entries.finish().map(|()| value)))
    }

    fn strokes(&mut self, key: &str) -> Result<Vec<Vec<f64>>> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let strokes = value.as_array().and_then(|strokes| {
            let stroke = |stroke: &Value| stroke.as_array()?.iter().map(Value::as_f64).collect::<Option<Vec<_>>>();
            strokes.iter().map(stroke).collect::<Option<Vec<_>>>()
        });
        strokes.map_or_else(|| self.wrong(key, "a list of lists of numbers"), Ok)
    }

    fn finish(&self) -> Result<()> {
        // The least name, so that the order of the map does not matter.
        match self.map.keys().min() {
            None => Ok(()),
            Some(key) => {
                let key: String = key.chars().take(100).collect();
                Err(Code::OptionUnknown.because(format!("there is no option `{}{key}`", self.prefix)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(value: Value) -> (Code, String) {
        let error = Appearance::from_value(value, &|_| None).unwrap_err();
        (error.code(), error.found().to_owned())
    }

    #[test]
    fn an_empty_object_is_the_default() {
        let default = Appearance::default();
        assert_eq!(Appearance::from_value(json!({"accent": null}), &|_| None).unwrap(), default);
        assert_eq!(serde_json::from_str::<Appearance>(&serde_json::to_string(&default).unwrap()).unwrap(), default);
    }

    fn every_option() -> Value {
        json!({
            "text": "{name}", "language": "de-AT", "labels": {"signedBy": "a", "reason": "b", "location": ""}, "dateFormat": "yyyy",
            "font": [{"regular": "00ff", "bold": "01", "index": 2}], "fontSize": 9.5, "color": "#102030", "align": "end",
            "image": {"data": "00", "place": "behind", "share": 0.3, "alpha": "soft"}, "strokes": [[1.0, 2.0, 3.5, 4.0]], "qr": "{serial}",
            "background": "#ffffff", "border": {"width": 1.5, "color": "#000000"}, "accent": "none",
        })
    }

    #[test]
    fn every_option_is_read_as_it_is_written() {
        let given = every_option();
        let read = Appearance::from_value(given.clone(), &|_| None).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), given);
    }

    #[cfg(feature = "schema")]
    #[test]
    fn the_schema_has_every_option() {
        let schema = schemars::schema_for!(Appearance);
        let names = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<std::collections::BTreeSet<_>>());
        assert_eq!(names(&schema.as_value()["properties"]), names(&every_option()));
        // Each default of the schema is the default.
        let properties = schema.as_value()["properties"].as_object().unwrap();
        let defaults = properties.iter().filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone()))).collect();
        assert_eq!(Appearance::from_value(Value::Object(defaults), &|_| None).unwrap(), Appearance::default());
        println!("{}", serde_json::to_string_pretty(&schema).unwrap());
    }

    #[test]
    fn wrong_options_are_named() {
        assert_eq!(found(json!({"xyz": 1})), (Code::OptionUnknown, "there is no option `appearance.xyz`".into()));
        assert_eq!(found(json!({"image": {"data": "00", "x": 1}})).1, "there is no option `appearance.image.x`");
        assert_eq!(found(json!({"font": [{"regular": "00", "y": 1}]})).1, "there is no option `appearance.font[].y`");
        for (value, part) in [
            (json!([]), "`appearance` is not an object"),
            (json!({"text": false}), "`appearance.text` is not a text"),
            (json!({"fontSize": "7"}), "`appearance.fontSize` is not a number"),
            (json!({"fontSize": 5}), "`appearance.fontSize` must lie between 6 and 144"),
            (json!({"color": "red"}), "`appearance.color` is not a colour `#rrggbb`"),
            (json!({"accent": false}), "`none`"),
            (json!({"align": "left"}), "`appearance.align` is none of `start`, `center`, `end`"),
            (json!({"image": {"data": {"part": "p9"}}}), "`appearance.image.data` is not bytes"),
            (json!({"image": {}}), "`appearance.image.data` is missing"),
            (json!({"image": {"data": "00", "share": 2}}), "`appearance.image.share` must lie between"),
            (json!({"strokes": [[1, 2, 3]]}), "has an x without a y"),
            (json!({"strokes": [1]}), "is not a list of lists of numbers"),
            (json!({"strokes": [[1e9, 0]]}), "is beyond"),
            (json!({"strokes": vec![vec![0; 2 * limits::POINTS + 2]]}), "100001 points"),
            (json!({"font": {}}), "`appearance.font` is not a list"),
            (json!({"font": [{"bold": "00"}]}), "`appearance.font[].regular` is missing"),
            (json!({"font": [{"regular": "00", "index": -1}]}), "index"),
            (json!({"labels": {"reason": "x".repeat(257)}}), "`appearance.labels.reason` has more than 256 characters"),
            (json!({"border": {"width": 0}}), "`appearance.border.width` must lie"),
            (json!({"dateFormat": "q"}), "dateFormat"),
            (json!({"language": "xx"}), "`appearance.language`"),
        ] {
            let (code, found) = found(value);
            assert_eq!(code, Code::OptionValue, "{found}");
            assert!(found.contains(part), "{found}");
        }
    }

    #[test]
    fn bytes_are_parts_of_the_frame() {
        let parts = |name: &str| (name == "p0").then(|| Bytes::from(vec![1, 2]));
        let read = Appearance::from_value(json!({"image": {"data": {"part": "p0"}}}), &parts).unwrap();
        assert_eq!(&*read.image.unwrap().data, [1, 2]);
    }
}
