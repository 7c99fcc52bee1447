//! Templates of text and QR code.

use unicode_bidi::{BidiClass, bidi_class};

use crate::error::{Code, DrawError, Result};
use crate::labels::Language;
use crate::options::Appearance;
use crate::options::read::longer;
use crate::values::{CertificateNames, Values};
use crate::{date, limits};

/// A line of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) spans: Vec<Span>,
    pub(crate) kind: Kind,
    pub(crate) role: Role,
}

impl Line {
    /// The text of all spans.
    pub(crate) fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// Text of one weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) bold: bool,
}

/// Size of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing but the label: small and subdued.
    Label,
    /// Bold as a whole: large.
    Heading,
    /// Anything else.
    Body,
}

/// Reason for which a line may be left out if there is no room. In this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Nothing but the label.
    Label,
    /// Has the location, and not the name.
    Location,
    /// Has the reason, and not the name.
    Reason,
    /// Never left out.
    Fixed,
}

/// Enclose a value that is beside other text, so that its direction does not change the order of
/// that (UAX #9, 2.4).
const ISOLATE: char = '\u{2068}';
const END: char = '\u{2069}';

/// Lines of a text, and the name that decides its direction.
#[derive(Debug, Default)]
pub(crate) struct Text {
    pub(crate) lines: Vec<Line>,
    /// The name, if the template has it.
    pub(crate) name: Option<String>,
}

/// Checks the syntax of a template. Errors: `ERR_APPEARANCE_TEXT`, `ERR_OPTION_VALUE`.
pub(crate) fn check(option: &'static str, template: &str) -> Result<()> {
    if longer(template, limits::TEXT) {
        return Err(Code::OptionValue.because(format!("`appearance.{option}` has more than {} characters", limits::TEXT)));
    }
    parse(option, template).map(|_| ())
}

/// The text of an appearance with its values.
///
/// Errors: `ERR_APPEARANCE_TEXT`, `ERR_OPTION_VALUE`, and `ERR_APPEARANCE_FIT` for more characters
/// than any box holds.
pub(crate) fn text(appearance: &Appearance, language: &Language, values: &Values) -> Result<Text> {
    let source = Source { option: "text", appearance, language: Some(language), values };
    let mut text = Text::default();
    if appearance.text.is_empty() {
        return Ok(text);
    }
    let mut length = 0;
    for pieces in parse("text", &appearance.text)? {
        let mut spans: Vec<Span> = Vec::new();
        let mut complete = true;
        let has = |value: &Known| pieces.iter().any(|piece| piece.content == Content::Value(value.clone()));
        for piece in &pieces {
            let found = match &piece.content {
                Content::Text(text) => text.clone(),
                Content::Value(value) => {
                    let found = plain(&source.value(value)?);
                    complete &= !found.is_empty();
                    let label = plain_literal(&source.label(value));
                    match label.is_empty() && pieces.len() == 1 {
                        true => found,
                        false => format!("{label}{ISOLATE}{found}{END}"),
                    }
                }
            };
            match spans.last_mut().filter(|span| span.bold == piece.bold) {
                Some(span) => span.text += &found,
                None => spans.push(Span { text: found, bold: piece.bold }),
            }
        }
        if !complete {
            continue;
        }
        // Only text from right to left needs isolates.
        if !spans.iter().any(|span| span.text.chars().any(|c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL))) {
            spans.iter_mut().for_each(|span| span.text.retain(|c| !matches!(c, ISOLATE | END)));
        }
        let only = |value: Known| matches!(&pieces[..], [piece] if piece.content == Content::Value(value));
        let kind = match pieces.is_empty() {
            true => Kind::Body,
            false if only(Known::Label) && !pieces[0].bold => Kind::Label,
            false if pieces.iter().all(|piece| piece.bold) => Kind::Heading,
            false => Kind::Body,
        };
        let role = match () {
            () if has(&Known::Name) => Role::Fixed,
            () if only(Known::Label) => Role::Label,
            () if has(&Known::Location) => Role::Location,
            () if has(&Known::Reason) => Role::Reason,
            () => Role::Fixed,
        };
        if has(&Known::Name) {
            text.name = Some(source.value(&Known::Name)?);
        }
        let line = Line { spans, kind, role };
        length += line.text().chars().count();
        text.lines.push(line);
    }
    if length > limits::TEXT {
        return Err(Code::AppearanceFit
            .because(format!("the text has {length} characters with its values, and at most {} are drawn", limits::TEXT))
            .with_remedy("Shorten `text` or its values."));
    }
    Ok(text)
}

/// The text of the QR code. Empty values stay empty. Errors: `ERR_APPEARANCE_TEXT`,
/// `ERR_OPTION_VALUE`.
pub(crate) fn qr(template: &str, appearance: &Appearance, values: &Values) -> Result<String> {
    let source = Source { option: "qr", appearance, language: None, values };
    let mut text = String::new();
    for (number, pieces) in parse("qr", template)?.into_iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        for piece in pieces {
            match piece.content {
                Content::Text(literal) => text += &literal,
                Content::Value(value) => text += &source.value(&value)?,
            }
        }
    }
    Ok(text)
}

/// A value that templates know.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    Label,
    Name,
    Date,
    Reason,
    Location,
    Contact,
    Field,
    Serial,
    Subject(String),
    Issuer(String),
}

const NAMES: &str =
    "{label}, {name}, {date}, {reason}, {location}, {contact}, {field}, {serial}, and attributes such as {subject.O} and {issuer.CN}";

impl Known {
    fn parse(name: &str) -> Option<Known> {
        let attribute = |name: &str| {
            let known =
                (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
            known.then(|| name.to_owned())
        };
        Some(match name {
            "label" => Known::Label,
            "name" => Known::Name,
            "date" => Known::Date,
            "reason" => Known::Reason,
            "location" => Known::Location,
            "contact" => Known::Contact,
            "field" => Known::Field,
            "serial" => Known::Serial,
            _ => match name.split_once('.')? {
                ("subject", name) => Known::Subject(attribute(name)?),
                ("issuer", name) => Known::Issuer(attribute(name)?),
                _ => return None,
            },
        })
    }
}

/// A piece of a line.
struct Piece {
    content: Content,
    bold: bool,
}

#[derive(PartialEq, Eq)]
enum Content {
    Text(String),
    Value(Known),
}

fn parse(option: &'static str, template: &str) -> Result<Vec<Vec<Piece>>> {
    let wrong = |found: &str| Code::AppearanceText.because(format!("`appearance.{option}` {found}"));
    let styled = option == "text";
    let mut lines = Vec::new();
    for line in template.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut bold = false;
        let mut flush = |literal: &mut String, bold: bool, value: Option<Known>| {
            if !literal.is_empty() {
                let literal = std::mem::take(literal);
                pieces.push(Piece { content: Content::Text(if styled { plain_literal(&literal) } else { literal }), bold });
            }
            if let Some(value) = value {
                pieces.push(Piece { content: Content::Value(value), bold });
            }
        };
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            if rest.starts_with("{{") || rest.starts_with("}}") {
                literal.push(first);
                rest = &rest[2..];
            } else if styled && rest.starts_with("**") {
                flush(&mut literal, bold, None);
                bold = !bold;
                rest = &rest[2..];
            } else if let Some(inner) = rest.strip_prefix('{') {
                let end = inner.find('}').ok_or_else(|| {
                    wrong("has a `{` without a `}` on the same line").with_remedy("Write `{{` for a brace that is not a value.")
                })?;
                let name = &inner[..end];
                let value = Known::parse(name).ok_or_else(|| {
                    let name: String = name.chars().take(40).collect();
                    wrong(&format!("has an unknown value {{{name}}}; the known ones are {NAMES}"))
                })?;
                flush(&mut literal, bold, Some(value));
                rest = &inner[end + 1..];
            } else if first == '}' {
                return Err(wrong("has a `}` without a `{`").with_remedy("Write `}}` for a brace that is not a value."));
            } else {
                literal.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        flush(&mut literal, bold, None);
        if bold {
            return Err(wrong("has a `**` without a second one on the same line").with_remedy("Close bold text on each line with `**`."));
        }
        lines.push(pieces);
    }
    Ok(lines)
}

/// A value on one line. Control characters become spaces. Overrides of the text direction are left
/// out (UAX #9, 2): a value could reorder the following text with them.
fn plain(value: &str) -> String {
    plain_literal(value).trim().to_owned()
}

fn plain_literal(value: &str) -> String {
    let shown = value.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'));
    shown.map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

/// Source of values.
struct Source<'a> {
    option: &'static str,
    appearance: &'a Appearance,
    /// Labels, if values carry them.
    language: Option<&'a Language>,
    values: &'a Values,
}

impl Source<'_> {
    fn value(&self, value: &Known) -> Result<String> {
        let values = self.values;
        let labels = &self.appearance.labels;
        Ok(match value {
            Known::Label => match (&labels.signed_by, self.language) {
                (Some(label), _) => label.clone(),
                (None, Some(language)) => language.signed_by.to_owned(),
                (None, None) => String::new(),
            },
            Known::Name => match (&values.name, &values.certificate) {
                (Some(name), _) => name.clone(),
                (None, Some(certificate)) => CertificateNames::attribute(&certificate.subject, "CN"),
                (None, None) => {
                    return Err(self
                        .unknown("{name}", "neither `name` nor the certificate is")
                        .with_remedy("Give `name` or the certificate when the session begins, or leave {name} out of the template."));
                }
            },
            Known::Date => date::format(&self.appearance.date_format, values.now, values.utc_offset_minutes.into())?,
            Known::Reason => values.reason.clone().unwrap_or_default(),
            Known::Location => values.location.clone().unwrap_or_default(),
            Known::Contact => values.contact.clone().unwrap_or_default(),
            Known::Field => values.field.clone().unwrap_or_default(),
            Known::Serial => self.certificate("{serial}")?.serial.clone(),
            Known::Subject(name) => CertificateNames::attribute(&self.certificate("{subject.…}")?.subject, name),
            Known::Issuer(name) => CertificateNames::attribute(&self.certificate("{issuer.…}")?.issuer, name),
        })
    }

    /// The label that a value carries, with its separator.
    fn label(&self, value: &Known) -> String {
        let Some(language) = self.language else { return String::new() };
        let labels = &self.appearance.labels;
        let label = match value {
            Known::Reason => labels.reason.as_deref().unwrap_or(language.reason),
            Known::Location => labels.location.as_deref().unwrap_or(language.location),
            _ => "",
        };
        if label.is_empty() { String::new() } else { format!("{label}{}", language.separator) }
    }

    fn certificate(&self, value: &str) -> Result<&CertificateNames> {
        self.values.certificate.as_ref().ok_or_else(|| {
            self.unknown(value, "the certificate is not")
                .with_remedy(format!("Give the certificate when the session begins, or leave {value} out of the template."))
        })
    }

    fn unknown(&self, value: &str, found: &str) -> DrawError {
        Code::AppearanceText.because(format!("`appearance.{}` has {value}, and {found} known yet", self.option))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::language;

    fn values() -> Values {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Values {
            now: 1_795_961_107,
            reason: Some("I approve".into()),
            certificate: Some(CertificateNames {
                subject: vec![pair("CN", "Zoë"), pair("O", "Firma")],
                issuer: vec![pair("CN", "CA")],
                serial: "0a1b".into(),
            }),
            ..Values::default()
        }
    }

    fn lines(text: &str, values: &Values) -> Result<Vec<String>> {
        let appearance = Appearance { text: text.into(), ..Appearance::default() };
        Ok(super::text(&appearance, language("en").unwrap(), values)?.lines.iter().map(Line::text).collect())
    }

    #[test]
    fn the_default_leaves_out_empty_values() {
        let appearance = Appearance::default();
        let text = super::text(&appearance, language("en").unwrap(), &values()).unwrap();
        let shown: Vec<_> = text.lines.iter().map(|line| (line.text(), line.kind, line.role)).collect();
        assert_eq!(
            shown,
            [
                ("Digitally signed by".into(), Kind::Label, Role::Label),
                ("Zoë".into(), Kind::Heading, Role::Fixed),
                ("2026-11-29 14:05:07 UTC".into(), Kind::Body, Role::Fixed),
                ("Reason: I approve".into(), Kind::Body, Role::Reason),
            ]
        );
        assert_eq!(text.name.as_deref(), Some("Zoë"));
    }

    #[test]
    fn templates_have_values_braces_and_bold() {
        let values = values();
        assert_eq!(lines("{{{subject.O}}} **{issuer.CN}**\r\n{serial} {subject.C}\n", &values).unwrap(), ["{Firma} CA", ""]);
        assert_eq!(lines("a\u{202e}b {subject.o}", &values).unwrap(), ["ab Firma"]);
        assert_eq!(lines("", &values).unwrap(), [] as [&str; 0]);
        let control = Values { name: Some(" a\nb\u{202e}\u{1} ".into()), ..values };
        assert_eq!(lines("{name}", &control).unwrap(), ["a b"]);
        let hebrew = Values { reason: Some("אישור ABC 7".into()), ..control };
        assert_eq!(lines("{reason}\n{name} 1", &hebrew).unwrap(), ["Reason: \u{2068}אישור ABC 7\u{2069}", "a b 1"]);
    }

    #[test]
    fn wrong_templates_are_refused() {
        let unknown = Values::default();
        for (text, part) in [
            ("{nmae}", "unknown value {nmae}; the known ones are {label}, {name}"),
            ("{subject}", "unknown value"),
            ("{subject.a b}", "unknown value"),
            ("{name", "`{` without"),
            ("name}", "`}` without"),
            ("**{date}", "`**` without"),
            ("{name}", "neither `name` nor the certificate is known yet"),
            ("{subject.O}", "{subject.…}, and the certificate is not known yet"),
            ("{issuer.O}", "{issuer.…}"),
            ("{serial}", "{serial}"),
        ] {
            let error = lines(text, &unknown).unwrap_err();
            assert_eq!(error.code(), Code::AppearanceText);
            assert!(error.found().contains(part), "{error}");
        }
        let long = Values { reason: Some("x".repeat(5000)), ..values() };
        assert_eq!(lines("{reason}", &long).unwrap_err().code(), Code::AppearanceFit);
    }

    #[test]
    fn qr_codes_have_no_labels() {
        let appearance = Appearance::default();
        assert_eq!(qr("{reason}|{location}|**{serial}\n{label}", &appearance, &values()).unwrap(), "I approve||**0a1b\n");
    }
}
