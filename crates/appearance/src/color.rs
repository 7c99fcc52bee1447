//! Colours of options.

use std::fmt;

/// A colour of sRGB, `#rrggbb` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Color {
    /// Black.
    pub const BLACK: Color = Color::new(0, 0, 0);
    /// White.
    pub const WHITE: Color = Color::new(0xff, 0xff, 0xff);

    /// A colour of three components.
    pub const fn new(red: u8, green: u8, blue: u8) -> Color {
        Color { red, green, blue }
    }

    /// Reads `#rrggbb`, with digits of either case.
    pub fn parse(text: &str) -> Option<Color> {
        let mut rgb = [0; 3];
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        base16ct::mixed::decode(digits, &mut rgb).ok()?;
        Some(Color::new(rgb[0], rgb[1], rgb[2]))
    }

    /// The colour that covers `ground` by 65 %: black on white becomes the grey of labels.
    pub(crate) fn subdued(self, ground: Color) -> Color {
        let mix = |over: u8, under: u8| ((u32::from(over) * 65 + u32::from(under) * 35 + 50) / 100) as u8;
        Color::new(mix(self.red, ground.red), mix(self.green, ground.green), mix(self.blue, ground.blue))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl serde::Serialize for Color {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Color {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^#[0-9a-fA-F]{6}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_written() {
        assert_eq!(Color::parse("#1B4888"), Some(Color::new(0x1b, 0x48, 0x88)));
        assert_eq!(Color::new(0x1b, 0x48, 0x88).to_string(), "#1b4888");
        for wrong in ["1b4888", "#fff", "#1b488g", "#1b488\u{e9}", "", "#"] {
            assert_eq!(Color::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Color::BLACK.subdued(Color::WHITE), Color::new(89, 89, 89));
    }
}
