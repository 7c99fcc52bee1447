//! Schemas of everything that crosses the border, with its documentation: from them `crates/generate` writes the types of the other languages.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};
use serde_json::{Map, Value};

use crate::wire::frames;
use crate::{Certification, DocumentInfo, Report, SigningOptions, SigningRequest};

/// Schemas of the public types: options, requests and reports.
pub fn schemas() -> [Schema; 3] {
    [schema_for!(SigningOptions), schema_for!(SigningRequest), schema_for!(Report)]
}

/// Sections of docs/protocol.md that list frames.
pub const SECTIONS: [(&str, &[&str]); 6] = [
    (
        "start",
        &[
            "Start",
            "SignStart",
            "PrepareStart",
            "ResumeStart",
            "CompleteStart",
            "InspectStart",
            "RecoverStart",
            "OpenLedgerStart",
            "CloseLedgerStart",
        ],
    ),
    ("parts of a start", &["PartLength", "FileLocation", "OutputPlace", "SignatoryStart", "LedgerPlace", "LedgerJob", "JobState"]),
    (
        "step",
        &[
            "ReadStep",
            "VerifyRequest",
            "DigestRequest",
            "DigestPart",
            "DigestProgress",
            "SignStep",
            "HttpStep",
            "HttpRequest",
            "StoreRequest",
            "StoreProgress",
            "DoneStep",
            "ErrorStep",
            "ErrorFrame",
        ],
    ),
    ("answer", &["AnswerFrame", "Matches", "ResponseFrame", "ResultFrame", "Stat", "Process"]),
    ("result", &["SkippedResult", "SessionResult", "RecoveredResult", "LedgerResult", "SessionsResult"]),
    ("call", &["CompleteCall", "SerializeCall", "OpenCall"]),
];

/// Schemas of all frames by name. [`SECTIONS`] has their order.
pub fn frames() -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    let generator = &mut generator;
    generator.subschema_for::<frames::Start>();
    generator.subschema_for::<frames::SignStart>();
    generator.subschema_for::<frames::PrepareStart>();
    generator.subschema_for::<frames::ResumeStart>();
    generator.subschema_for::<frames::CompleteStart>();
    generator.subschema_for::<frames::InspectStart>();
    generator.subschema_for::<frames::RecoverStart>();
    generator.subschema_for::<frames::OpenLedgerStart>();
    generator.subschema_for::<frames::CloseLedgerStart>();
    generator.subschema_for::<frames::StepFrame<'static>>();
    generator.subschema_for::<frames::AnswerFrame>();
    generator.subschema_for::<frames::SkippedResult>();
    generator.subschema_for::<frames::SessionResult<'static>>();
    generator.subschema_for::<frames::RecoveredResult>();
    generator.subschema_for::<frames::LedgerResult>();
    generator.subschema_for::<frames::SessionsResult>();
    generator.subschema_for::<DocumentInfo>();
    generator.subschema_for::<frames::CompleteCall>();
    generator.subschema_for::<frames::SerializeCall>();
    generator.subschema_for::<frames::OpenCall>();
    generator.take_definitions(true)
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
            "description": "Changes that a certified document permits (ISO 32000-2, table 257).",
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

    #[test]
    fn the_fields_that_are_described_are_those_that_are_read() {
        use crate::wire::frames::*;
        macro_rules! fields {
            ($($name:ident),* $(,)?) => { [$((stringify!($name), $name::FIELDS)),*] };
        }
        let read = fields![
            PartLength,
            Start,
            SignStart,
            SignatoryStart,
            PrepareStart,
            ResumeStart,
            CompleteStart,
            InspectStart,
            RecoverStart,
            OpenLedgerStart,
            CloseLedgerStart,
            FileLocation,
            OutputPlace,
            LedgerPlace,
            LedgerJob,
            JobState,
            CompleteCall,
            SerializeCall,
            OpenCall,
            AnswerFrame,
            ResponseFrame,
            ResultFrame,
        ];
        let frames = frames();
        for (name, fields) in read.into_iter().chain([("Matches", crate::Matches::FIELDS), ("Report", Report::FIELDS)]) {
            let mut described: Vec<_> = frames[name]["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let mut fields = fields.to_vec();
            described.sort_unstable();
            fields.sort_unstable();
            assert_eq!(described, fields, "{name}");
        }
    }

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
            assert_eq!(SigningOptions::from_value(given, &|_| None).unwrap_err().code(), Code::OptionValue, "{path:?}");
        }
    }

    #[test]
    fn the_defaults_that_are_described_are_those_that_are_taken() {
        let described = properties().into_iter().filter(|(path, _)| path.len() == 1);
        let described = described.filter_map(|(path, property)| Some((path[0].to_owned(), property.get("default")?.clone()))).collect();
        assert_eq!(SigningOptions::from_value(Value::Object(described), &|_| None).unwrap(), SigningOptions::default());
    }
}
