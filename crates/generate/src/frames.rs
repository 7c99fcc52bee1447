//! Frames as the generators use them: every object that crosses the border, by its schema.

use rustpdf_core::schema::{self, CALLS, STARTS};
use serde_json::{Map, Value};

/// All frames, each after those that it contains.
pub struct Frames {
    pub frames: Vec<Frame>,
    /// Texts that a field may have: name, documentation, values with theirs.
    pub texts: Vec<Texts>,
    /// Operations of `store`: the value of `op`, and its other fields. Two operations have the same value.
    pub operations: Vec<(String, Frame)>,
    /// Names of step frames, by the value of `step`.
    pub steps: Vec<(String, String)>,
}

/// A text of a few values.
pub struct Texts {
    pub name: String,
    pub doc: String,
    pub values: Vec<(String, String)>,
}

/// An object.
pub struct Frame {
    pub name: String,
    pub doc: String,
    pub fields: Vec<Field>,
}

/// A field of an object.
pub struct Field {
    pub name: String,
    pub doc: String,
    pub kind: Kind,
    /// Whether it may be absent or null.
    pub optional: bool,
}

/// The value of a field, as JSON has it.
#[derive(Clone, PartialEq)]
pub enum Kind {
    Boolean,
    /// A number of 32 bits.
    Small,
    /// A number of 64 bits.
    Number,
    Text,
    /// Bytes as hexadecimal text.
    Hex,
    /// The bytes of a path as hexadecimal text.
    Path,
    /// Offset and length.
    Pair,
    List(Box<Kind>),
    Map(Box<Kind>),
    /// An entry of a list that may be null.
    Nullable(Box<Kind>),
    /// A frame.
    Object(String),
    /// A text of a few values.
    OneOf(String),
    /// A type of the public interface, written beside the frames.
    Public(String),
    Any,
}

/// Types of the public interface that frames contain.
const PUBLIC: [&str; 10] = [
    "SigningOptions",
    "SigningRequest",
    "Report",
    "DigestAlgorithm",
    "SignatureAlgorithm",
    "Curve",
    "ErrorCode",
    "ErrorGroup",
    "Level",
    "WarningCode",
];

impl Frames {
    /// Reads the schemas of the core.
    pub fn of_the_core() -> Frames {
        let schemas = schema::frames();
        // Two operations can have one frame.
        let mut known = std::collections::BTreeSet::new();
        let order = schema::frame_names().filter(move |name| known.insert(*name)).chain(DOCUMENT_INFO);
        let frame = |name: &str| {
            let schema = schemas.get(name).unwrap_or_else(|| panic!("there is no frame {name}"));
            Frame { name: name.to_owned(), doc: doc(schema), fields: fields(schema, &schemas) }
        };
        let texts = schemas.iter().filter(|(name, schema)| is_text(schema) && !PUBLIC.contains(&name.as_str()));
        let operations = schemas["Operation"]["oneOf"].as_array().expect("operations are alternatives").iter().map(|schema| {
            let op = constant(schema, "op");
            let name = schema.get("title").and_then(Value::as_str).unwrap_or(&op).to_owned();
            let fields = fields(schema, &schemas).into_iter().filter(|field| field.name != "op").collect();
            (op, Frame { name, doc: doc(schema), fields })
        });
        let steps = schemas["StepFrame"]["oneOf"].as_array().expect("steps are alternatives").iter();
        Frames {
            frames: order.into_iter().map(frame).collect(),
            texts: texts.map(|(name, schema)| texts_of(name, schema)).collect(),
            operations: operations.collect(),
            steps: steps.map(|schema| (constant(schema, "step"), reference(schema).expect("a step is a frame"))).collect(),
        }
    }

    /// The frame of this name.
    pub fn frame(&self, name: &str) -> &Frame {
        self.frames.iter().find(|frame| frame.name == name).unwrap_or_else(|| panic!("there is no frame {name}"))
    }

    /// All fields that operations have, each once. It is optional if an operation lacks it.
    pub fn operation_fields(&self) -> Vec<Field> {
        let mut all: Vec<Field> = Vec::new();
        for field in self.operations.iter().flat_map(|(_, operation)| &operation.fields) {
            if all.iter().all(|known| known.name != field.name) {
                let doc = if field.doc == "Path." { "Path of a file or folder.".into() } else { field.doc.clone() };
                all.push(Field { name: field.name.clone(), doc, kind: field.kind.clone(), optional: true });
            }
        }
        all
    }
}

/// The operation that a start or call frame names, by the name of the frame.
pub fn operation_of(frame: &str) -> Option<&'static str> {
    STARTS.into_iter().chain(CALLS).find(|(_, known)| *known == frame).map(|(operation, _)| operation)
}

/// Results of `inspect`.
pub const DOCUMENT_INFO: [&str; 6] = ["CertificateSummary", "LockInfo", "FieldInfo", "SignatureInfo", "Warning", "DocumentInfo"];

fn is_text(schema: &Value) -> bool {
    let values = schema.get("oneOf").and_then(Value::as_array);
    let listed = |schema: &Value| schema["type"] == "string" && (schema.get("const").is_some() || schema.get("enum").is_some());
    listed(schema) || values.is_some_and(|values| values.iter().all(listed))
}

fn texts_of(name: &str, schema: &Value) -> Texts {
    let values = schema.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![schema.clone()]);
    let values = values.iter().map(|value| (value["const"].as_str().expect("a text is a constant").to_owned(), doc(value)));
    Texts { name: name.to_owned(), doc: doc(schema), values: values.collect() }
}

fn constant(schema: &Value, tag: &str) -> String {
    schema["properties"][tag]["const"].as_str().expect("an alternative has a tag").to_owned()
}

fn fields(schema: &Value, schemas: &Map<String, Value>) -> Vec<Field> {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let field = |(name, property): (&String, &Value)| {
        let (kind, nullable) = kind(property, schemas);
        Field { name: name.clone(), doc: doc(property), kind, optional: nullable || !required.contains(&name.as_str()) }
    };
    properties.iter().map(field).collect()
}

/// The kind of a value, and whether it may be null.
fn kind(property: &Value, schemas: &Map<String, Value>) -> (Kind, bool) {
    if let Some(alternatives) = property.get("anyOf").and_then(Value::as_array) {
        return (kind(&alternatives[0], schemas).0, true);
    }
    if let Some(name) = reference(property) {
        let text = schemas.get(&name).is_some_and(is_text);
        let kind = match name.as_str() {
            "Certification" => Kind::Small,
            known if PUBLIC.contains(&known) => Kind::Public(name),
            _ if text => Kind::OneOf(name),
            _ => Kind::Object(name),
        };
        return (kind, false);
    }
    let kinds: Vec<&str> = match &property["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return (Kind::Any, false),
    };
    let format = property.get("format").and_then(Value::as_str);
    let kind = match (kinds[0], format) {
        ("boolean", _) => Kind::Boolean,
        ("integer", Some("uint64" | "uint" | "int64")) => Kind::Number,
        ("integer", _) => Kind::Small,
        ("number", _) => Kind::Any,
        ("string", Some("hex")) => Kind::Hex,
        ("string", Some("path")) => Kind::Path,
        ("string", _) => Kind::Text,
        ("object", _) => Kind::Map(Box::new(self::kind(&property["additionalProperties"], schemas).0)),
        ("array", _) if property["prefixItems"][0]["type"] == "string" => Kind::List(Box::new(Kind::Text)),
        ("array", _) if property.get("prefixItems").is_some() || property.get("maxItems").is_some_and(|most| *most == 2) => Kind::Pair,
        ("array", _) => Kind::List(Box::new(match self::kind(&property["items"], schemas) {
            (item, true) => Kind::Nullable(Box::new(item)),
            (item, false) => item,
        })),
        (other, _) => panic!("a {other} is not generated yet"),
    };
    (kind, kinds.contains(&"null"))
}

fn reference(property: &Value) -> Option<String> {
    property.get("$ref")?.as_str()?.strip_prefix("#/$defs/").map(str::to_owned)
}

/// The documentation of the core, in one line. A link is a name elsewhere.
fn doc(schema: &Value) -> String {
    let words = schema["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace("[`", "`").replace("`]", "`")
}
