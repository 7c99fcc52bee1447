//! Schemas of everything that crosses the border, with its documentation: from them `crates/generate` writes the types of the other languages.
//!
//! Bounds of an option are those of JSON Schema (`minimum`, `maximum`, `maxItems`). The core bounds texts in
//! bytes of UTF-8, for which JSON Schema has no keyword: `minBytes` and `maxBytes` are those of a text, or
//! of each text in a list.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};
use serde_json::{Map, Value};

use crate::limits;
use crate::wire::frames;
use crate::{
    Certification, DigestAlgorithm, DocumentInfo, ExtensionOptions, ExtensionReport, Level, Report, SigningOptions, SigningRequest,
};

/// Schemas of the public types: options, requests and reports.
pub fn schemas() -> [Schema; 5] {
    [
        schema_for!(SigningOptions),
        schema_for!(ExtensionOptions),
        schema_for!(SigningRequest),
        schema_for!(Report),
        schema_for!(ExtensionReport),
    ]
}

/// Operations that a start frame names, and the frames with their fields.
pub const STARTS: [(&str, &str); 10] = [
    ("sign", "SignStart"),
    ("prepare", "PrepareStart"),
    ("resume", "ResumeStart"),
    ("complete", "CompleteStart"),
    ("inspect", "InspectStart"),
    ("extend", "ExtendStart"),
    ("timestamp", "ExtendStart"),
    ("recover", "RecoverStart"),
    ("openLedger", "OpenLedgerStart"),
    ("closeLedger", "CloseLedgerStart"),
];

/// Operations that a call frame names, and the frames with their fields.
pub const CALLS: [(&str, &str); 4] =
    [("complete", "CompleteCall"), ("serialize", "SerializeCall"), ("open", "OpenCall"), ("certify", "CertifyCall")];

/// Names of the other frames: parts of a start, steps, answers, results.
const OTHERS: [&str; 38] = [
    "PartLength",
    "FileLocation",
    "OutputPlace",
    "SignatoryStart",
    "LedgerPlace",
    "LedgerJob",
    "JobState",
    "ReadStep",
    "VerifyRequest",
    "DigestRequest",
    "DigestPart",
    "DigestProgress",
    "SignStep",
    "DrawStep",
    "DrawRequest",
    "DrawValues",
    "DrawCertificate",
    "HttpStep",
    "HttpRequest",
    "StoreRequest",
    "StoreProgress",
    "DoneStep",
    "ErrorStep",
    "ErrorFrame",
    "AnswerFrame",
    "DrawError",
    "Matches",
    "ResponseFrame",
    "ResultFrame",
    "Stat",
    "Process",
    "SkippedResult",
    "SessionResult",
    "RecoveredResult",
    "LedgerResult",
    "SessionsResult",
    "CertifyResult",
    "AuditRecord",
];

/// Names of all frames, in the order of docs/protocol.md.
pub fn frame_names() -> impl Iterator<Item = &'static str> {
    let frame = |(_, frame): (&'static str, &'static str)| frame;
    ["Start"].into_iter().chain(STARTS.map(frame)).chain(OTHERS).chain(CALLS.map(frame))
}

/// Schemas of all frames by name. [`frame_names`] has their order.
pub fn frames() -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    let generator = &mut generator;
    generator.subschema_for::<frames::Start>();
    generator.subschema_for::<frames::SignStart>();
    generator.subschema_for::<frames::PrepareStart>();
    generator.subschema_for::<frames::ResumeStart>();
    generator.subschema_for::<frames::CompleteStart>();
    generator.subschema_for::<frames::InspectStart>();
    generator.subschema_for::<frames::ExtendStart>();
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
    generator.subschema_for::<frames::CertifyResult>();
    generator.subschema_for::<DocumentInfo>();
    generator.subschema_for::<frames::CompleteCall>();
    generator.subschema_for::<frames::SerializeCall>();
    generator.subschema_for::<frames::OpenCall>();
    generator.subschema_for::<frames::CertifyCall>();
    generator.subschema_for::<AuditRecord>();
    generator.take_definitions(true)
}

/// A line of an audit folder: JSON, written by the host around each request to the key. No frame, and no step of the core.
///
/// Each process writes one file, whose name no other one has. A line names the digest of the line before it, so that no line can be altered,
/// left out or moved without a trace.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[expect(dead_code, reason = "the hosts write it")]
pub(crate) struct AuditRecord {
    /// SHA-256 of the line before it with its line end, in hexadecimal. 64 zeros in the first line.
    previous: String,
    /// Number of the line in its file, from 0.
    sequence: u64,
    /// `asked` before the key is asked, `signed` or `failed` after its answer.
    event: AuditEvent,
    /// Time in UTC, such as `2026-01-31T12:00:00.123Z`.
    time: String,
    /// For `signed` and `failed`: number of the line that asked.
    asked: Option<u64>,
    /// Identifier of the key, as the key store names it.
    key_id: Option<String>,
    /// `documentName` of the request.
    document_name: Option<String>,
    /// `documentDigest` of the request.
    document_digest: Option<String>,
    /// `fieldName` of the request.
    field_name: Option<String>,
    /// `certificateDigest` of the request.
    certificate_digest: Option<String>,
    /// `signatureAlgorithm` of the request.
    signature_algorithm: Option<String>,
    /// `digestAlgorithm` of the request.
    digest_algorithm: Option<String>,
    /// Digest of what the key is asked to sign, by that algorithm.
    digest: Option<String>,
    /// For `signed`: SHA-256 of the signature value.
    signature_digest: Option<String>,
    /// For `failed`: the type of the error, or its code. Its message can contain anything, and is left out.
    error: Option<String>,
    /// For `signed` and `failed`: time that the key took, in microseconds.
    duration: Option<u64>,
}

/// A kind of line in an audit folder.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "the hosts write it")]
pub(crate) enum AuditEvent {
    /// The key is about to be asked.
    Asked,
    /// The key signed.
    Signed,
    /// The key did not sign.
    Failed,
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
                { "title": "NoChanges", "description": "No changes.", "const": Certification::NoChanges.level() },
                { "title": "FormFilling", "description": "Filling in forms and signing.", "const": Certification::FormFilling.level() },
                { "title": "Annotations", "description": "Filling in forms, signing and annotations.", "const": Certification::Annotations.level() },
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

pub(crate) fn highest() -> Level {
    Level::BLta
}

pub(crate) fn sha256() -> DigestAlgorithm {
    DigestAlgorithm::Sha256
}

pub(crate) fn max_crl() -> u32 {
    limits::CRL
}

/// A timestamp service of the caller (RFC 3161). Its address and header fields stay in the process: neither a session nor a report has them.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the core knows the number of services only")]
pub(crate) struct TimestampService {
    /// Address, `http` or `https`.
    #[schemars(extend("writeOnly" = true))]
    pub(crate) url: String,
    /// Header fields of each request, such as `Authorization`.
    #[schemars(default, extend("writeOnly" = true))]
    pub(crate) headers: BTreeMap<String, String>,
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
            ExtendStart,
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
            CertifyCall,
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
        let nested =
            [("lock", "FieldLock"), ("policy", "SignaturePolicy"), ("timestamp", "TimestampOptions"), ("validation", "ValidationOptions")];
        let nested = nested.iter().flat_map(|(name, definition)| of(&options["$defs"][definition], &[name]));
        let all = of(&options, &[]).into_iter().chain(nested);
        // Of services the core reads the number, which the hosts make of the list.
        all.filter(|(path, _)| *path != ["timestamp", "services"]).collect()
    }

    /// The options, read and checked.
    fn checked(options: Value) -> crate::Result<SigningOptions> {
        let options = SigningOptions::from_value(options, &|_| None)?;
        options.check().map(|()| options)
    }

    /// Options with one value, and those that it requires.
    fn with(path: &[&'static str], value: Value) -> Value {
        let mut options = match path[0] {
            "lock" => json!({ "lock": { "action": "all" } }),
            "policy" => json!({ "policy": { "oid": "1.2.3", "digestAlgorithm": "sha256", "digest": "00".repeat(32) } }),
            _ => json!({}),
        };
        *path.iter().fold(&mut options, |inner, name| &mut inner[*name]) = value;
        options
    }

    /// Whether a property is of this type, or null.
    fn is(property: &Value, kind: &str) -> bool {
        property["type"] == kind || property["type"][0] == kind
    }

    #[test]
    fn the_options_that_are_described_are_those_that_are_read() {
        let properties = properties();
        assert_eq!(properties.len(), 47);
        for (path, _) in properties {
            assert_eq!(checked(with(&path, json!([[]]))).unwrap_err().code(), Code::OptionValue, "{path:?}");
        }
    }

    #[test]
    fn the_bounds_that_are_described_are_those_that_are_enforced() {
        for (path, property) in properties() {
            let value = |keyword: &str, size: i64| match keyword {
                "minimum" | "maximum" => json!(size),
                "maxItems" if path == ["emptyFields"] => (0..size).map(|number| json!({ "name": number.to_string() })).collect(),
                "maxItems" => json!(vec!["00"; size as usize]),
                _ if is(&property, "array") => json!(["x".repeat(size as usize)]),
                _ => json!("x".repeat(size as usize)),
            };
            for (keyword, beyond) in [("minimum", -1), ("maximum", 1), ("maxItems", 1), ("minBytes", -1), ("maxBytes", 1)] {
                let Some(bound) = property.get(keyword).and_then(Value::as_i64) else { continue };
                assert!(checked(with(&path, value(keyword, bound))).is_ok(), "{path:?}: {keyword}");
                assert!(checked(with(&path, value(keyword, bound + beyond))).is_err(), "{path:?}: {keyword}");
            }
        }
    }

    #[test]
    fn every_option_has_bounds() {
        let free = properties().into_iter().filter(|(_, property)| {
            let has = |keyword| property.get(keyword).is_some();
            is(property, "string") && !has("maxBytes")
                || is(property, "array") && !(has("maxItems") && has("maxBytes"))
                || is(property, "integer") && !has("minimum")
        });
        let free: Vec<_> = free.map(|(path, _)| path.join(".")).collect();
        // Pages, which the document bounds, object identifiers, a digest of the length of its algorithm, and lists whose elements have the limits of their kinds.
        let lists = ["emptyFields", "validation.certificates", "validation.crls", "validation.ocsps", "validation.trust"];
        let others = ["page", "commitmentType", "policy.oid", "policy.digest", "timestamp.policy"];
        assert!(free.iter().all(|path| lists.contains(&path.as_str()) || others.contains(&path.as_str())), "{free:?}");
        assert_eq!(free.len(), lists.len() + others.len());
    }

    #[test]
    fn the_operations_that_are_described_are_those_that_are_known() {
        let frame = |operation: &str| {
            let header = json!({ "operation": operation }).to_string();
            [&(header.len() as u32).to_be_bytes(), header.as_bytes()].concat()
        };
        let text = |frame: Vec<u8>| String::from_utf8_lossy(&frame).into_owned();
        let start = |operation: &str| text(crate::wire::Machine::start(&frame(operation)).next(&frame("")));
        let call = |operation: &str| text(crate::wire::call(&frame(operation)));
        assert!(start("other").contains("names no operation") && call("other").contains("names no operation"));
        for (operation, _) in STARTS {
            assert!(!start(operation).contains("names no operation"), "{operation}");
        }
        for (operation, _) in CALLS {
            assert!(!call(operation).contains("names no operation"), "{operation}");
        }
    }

    #[test]
    fn the_defaults_that_are_described_are_those_that_are_taken() {
        let described = properties().into_iter().filter(|(path, _)| path.len() == 1);
        let described = described.filter_map(|(path, property)| Some((path[0].to_owned(), property.get("default")?.clone()))).collect();
        assert_eq!(SigningOptions::from_value(Value::Object(described), &|_| None).unwrap(), SigningOptions::default());
    }
}
