//! What `crates/generate` makes the types of the other languages of: the shapes of what they hand over and get, with their words.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};

use crate::{Certification, Report, SigningOptions, SigningRequest};

/// JSON schemas whose definitions are all that crosses the border, in the order of their fields.
pub fn schemas() -> [Schema; 3] {
    [schema_for!(SigningOptions), schema_for!(SigningRequest), schema_for!(Report)]
}

/// Bytes: in the frames they are hexadecimal.
pub(crate) struct Bytes;

impl JsonSchema for Bytes {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "hex" })
    }
}

/// A kind of cross-reference section (ISO 32000-2, 7.5.4 and 7.5.8).
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "it is what a report names by a text")]
pub(crate) enum XrefKind {
    /// A cross-reference table.
    Table,
    /// A cross-reference stream.
    Stream,
}

impl JsonSchema for Certification {
    fn schema_name() -> Cow<'static, str> {
        "Certification".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What may still be changed in a certified document (ISO 32000-2, table 257).",
            "oneOf": [
                { "title": "NoChanges", "description": "Nothing.", "const": Certification::NoChanges.level() },
                { "title": "FormFilling", "description": "Filling in forms and signing.", "const": Certification::FormFilling.level() },
                { "title": "Annotations", "description": "Annotations, too.", "const": Certification::Annotations.level() },
            ]
        })
    }
}

pub(crate) fn yes() -> bool {
    true
}

pub(crate) fn first() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use serde_json::{Value, json};

    /// The properties of the options and of what stands in them, each with the path to it.
    fn properties() -> Vec<(Vec<&'static str>, Value)> {
        let [options, ..] = schemas();
        let options = options.to_value();
        let of = |value: &Value, path: &[&'static str]| -> Vec<(Vec<&'static str>, Value)> {
            let properties = value["properties"].as_object().unwrap().clone().into_iter();
            properties.map(|(name, property)| ([path, &[name.leak() as &'static str]].concat(), property)).collect()
        };
        let nested = [("lock", "FieldLock"), ("policy", "SignaturePolicy")];
        let nested = nested.iter().flat_map(|(name, definition)| of(&options["$defs"][definition], &[name]));
        of(&options, &[]).into_iter().chain(nested).collect()
    }

    #[test]
    fn the_options_that_are_described_are_those_that_are_read() {
        let properties = properties();
        assert_eq!(properties.len(), 26);
        for (path, _) in properties {
            let mut given = json!({
                "lock": { "action": "all" },
                "policy": { "oid": "1.2.3", "digestAlgorithm": "sha256", "digest": "00".repeat(32) },
            });
            *path.iter().fold(&mut given, |inner, name| &mut inner[*name]) = json!([[]]);
            assert_eq!(SigningOptions::from_value(given).unwrap_err().code(), Code::OptionValue, "{path:?}");
        }
    }

    #[test]
    fn the_defaults_that_are_described_are_those_that_are_taken() {
        let described = properties().into_iter().filter(|(path, _)| path.len() == 1);
        let described = described.filter_map(|(path, property)| Some((path[0].to_owned(), property.get("default")?.clone()))).collect();
        assert_eq!(SigningOptions::from_value(Value::Object(described)).unwrap(), SigningOptions::default());
    }
}
