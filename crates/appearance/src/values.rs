//! Values of a template.

use serde_json::{Map, Value};

use crate::error::{Code, Result};
use crate::limits;
use crate::options::read::longer;

/// Values of a template, as a session knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// Time of the signature (`/M`), in seconds since 1970.
    pub now: i64,
    /// Offset of the printed time from UTC, in minutes, positive to the east.
    pub utc_offset_minutes: i32,
    /// Name of the signer, if an option gives it. Default: the common name of the certificate.
    pub name: Option<String>,
    /// Reason of the signature.
    pub reason: Option<String>,
    /// Place of the signature.
    pub location: Option<String>,
    /// Contact information of the signer.
    pub contact: Option<String>,
    /// Name of the signature field.
    pub field: Option<String>,
    /// Names of the certificate, if it is known.
    pub certificate: Option<CertificateNames>,
}

/// Names of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateNames {
    /// Attributes of the subject: short name, such as `CN`, and value.
    pub subject: Vec<(String, String)>,
    /// Attributes of the issuer.
    pub issuer: Vec<(String, String)>,
    /// Serial number, as hexadecimal digits.
    pub serial: String,
}

impl CertificateNames {
    /// Values of an attribute, one after the other.
    pub(crate) fn attribute(list: &[(String, String)], name: &str) -> String {
        let values = list.iter().filter(|(short, _)| short.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        values.collect::<Vec<_>>().join(", ")
    }
}

impl Values {
    /// Reads the values of a frame. Errors: `ERR_FRAME` that names the field.
    pub(crate) fn from_value(value: &Value) -> Result<Values> {
        let map = value.as_object().ok_or_else(|| wrong("values"))?;
        let certificate = match map.get("certificate").filter(|value| !value.is_null()) {
            None => None,
            Some(value) => {
                let map = value.as_object().ok_or_else(|| wrong("certificate"))?;
                let serial = text(map, "serial")?.unwrap_or_default();
                Some(CertificateNames { subject: attributes(map, "subject")?, issuer: attributes(map, "issuer")?, serial })
            }
        };
        let offset = map.get("utcOffsetMinutes").filter(|value| !value.is_null());
        let offset = offset.map_or(Some(0), Value::as_i64).filter(|offset| offset.abs() <= limits::UTC_OFFSET_MINUTES);
        Ok(Values {
            now: map.get("now").and_then(Value::as_i64).ok_or_else(|| wrong("now"))?,
            utc_offset_minutes: offset.and_then(|offset| offset.try_into().ok()).ok_or_else(|| wrong("utcOffsetMinutes"))?,
            name: text(map, "name")?,
            reason: text(map, "reason")?,
            location: text(map, "location")?,
            contact: text(map, "contact")?,
            field: text(map, "field")?,
            certificate,
        })
    }
}

fn text(map: &Map<String, Value>, key: &str) -> Result<Option<String>> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !longer(text, limits::VALUE) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(key)),
    }
}

fn attributes(map: &Map<String, Value>, key: &str) -> Result<Vec<(String, String)>> {
    let Some(value) = map.get(key) else { return Ok(Vec::new()) };
    let list = value.as_array().filter(|list| list.len() <= limits::ATTRIBUTES).ok_or_else(|| wrong(key))?;
    let pair = |pair: &Value| match pair.as_array()?.as_slice() {
        [Value::String(name), Value::String(value)] => Some((name.clone(), value.clone())),
        _ => None,
    };
    list.iter().map(pair).collect::<Option<_>>().ok_or_else(|| wrong(key))
}

fn wrong(key: &str) -> crate::error::DrawError {
    Code::Frame.because(format!("the header of a drawing has no valid `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_read() {
        let values = Values::from_value(&json!({
            "now": 7, "utcOffsetMinutes": -60, "name": "n", "field": "f", "other": 1,
            "certificate": {"subject": [["CN", "c"], ["OU", "a"], ["OU", "b"]], "issuer": [], "serial": "0a"},
        }))
        .unwrap();
        assert_eq!((values.now, values.utc_offset_minutes, values.name.as_deref(), values.reason), (7, -60, Some("n"), None));
        let certificate = values.certificate.unwrap();
        assert_eq!(CertificateNames::attribute(&certificate.subject, "ou"), "a, b");
        assert_eq!(certificate.serial, "0a");
        for (wrong, field) in [
            (json!({}), "now"),
            (json!({"now": 1.5}), "now"),
            (json!({"now": 1, "utcOffsetMinutes": 1440}), "utcOffsetMinutes"),
            (json!({"now": 1, "reason": 5}), "reason"),
            (json!({"now": 1, "certificate": {"subject": [["CN"]]}}), "subject"),
        ] {
            assert_eq!(Values::from_value(&wrong).unwrap_err().found(), format!("the header of a drawing has no valid `{field}`"));
        }
    }
}
