//! What crosses the border, as the generators want to see it.

use rustpdf_core::schema::schemas;
use rustpdf_core::{Group, NAMES};
use serde_json::{Map, Value};

/// The groups of errors, and what each means.
pub const GROUPS: [(Group, &str); 10] = [
    (Group::File, "The document cannot be signed as it is; the same call fails again."),
    (Group::Options, "An option is wrong, or does not fit the document or another option."),
    (Group::Certificate, "The certificate or its chain cannot be used."),
    (Group::Answer, "The answer of the key holder was refused. Nothing was changed, and another answer may be given."),
    (Group::Session, "A saved session cannot be resumed or completed."),
    (Group::Key, "The key's store cannot be used as it is: its module, token, key, certificate or PIN."),
    (Group::Service, "A timestamp or revocation data cannot be had. The same call can succeed later."),
    (Group::Limit, "Something in the document is larger or deeper than the limits of reading."),
    (Group::Misuse, "Calls in the wrong order or of the wrong type: fixable by reading the calling code."),
    (Group::Internal, "A bug of rustpdf. Please report it."),
];

/// All types, in the order in which they are written.
pub struct Model {
    pub enumerations: Vec<Enumeration>,
    pub structs: Vec<Struct>,
}

/// A type with a few values.
pub struct Enumeration {
    pub name: String,
    pub doc: String,
    pub values: Vec<Variant>,
}

/// One of them.
pub struct Variant {
    /// In words joined by hyphens, such as `rsa-pkcs1`.
    pub name: String,
    /// What crosses the border: a text or a number.
    pub value: Value,
    pub doc: String,
}

/// A type with fields.
pub struct Struct {
    pub name: String,
    pub doc: String,
    pub fields: Vec<Field>,
    /// Whether the caller makes it (an option), and not rustpdf.
    pub given: bool,
}

/// A field.
pub struct Field {
    /// As it crosses the border, such as `digestAlgorithm`.
    pub name: String,
    pub doc: String,
    pub kind: Kind,
    pub presence: Presence,
    /// Bounds of its value, such as `1 to 4096 bytes`; empty if there are none.
    pub bounds: String,
    /// Whether it is not to be shown.
    pub secret: bool,
}

/// Whether a field is there.
#[derive(PartialEq)]
pub enum Presence {
    Always,
    /// Or left out.
    Optional,
    /// Or left out, which means this value.
    Default(Value),
}

/// What a field holds.
pub enum Kind {
    Boolean,
    /// A number that fits 32 bits.
    Integer,
    /// A number that may need 64.
    Long,
    /// A number with a fraction.
    Number,
    Text,
    /// Hexadecimal in the frames.
    Bytes,
    /// Of numbers that may need 64 bits.
    Longs,
    Numbers,
    /// Lists of numbers in a list.
    NumberLists,
    Texts,
    /// Each hexadecimal or a part in the frames.
    BytesList,
    /// Text by text.
    TextMap,
    /// The struct of this name.
    Struct(String),
    Structs(String),
    /// The enumeration of this name.
    Enumeration(String),
    /// A code of a warning, of which every language has a table.
    WarningCode,
}

impl Model {
    /// Reads the schemas of the core.
    pub fn of_the_core() -> Model {
        let mut model = Model { enumerations: Vec::new(), structs: Vec::new() };
        for (schema, given) in schemas().iter().zip([true, true, false, false, false]) {
            let root = schema.as_value();
            let definitions = root["$defs"].as_object().cloned().unwrap_or_default();
            let is_enumeration = |name: &str| definitions[name].get("oneOf").is_some();
            for (name, definition) in &definitions {
                match is_enumeration(name) {
                    // The codes have tables of their own, and so do the errors.
                    true if name == "WarningCode" || model.enumerations.iter().any(|known| known.name == *name) => {}
                    true => model.enumerations.push(enumeration(name, definition)),
                    false if model.structs.iter().any(|known| known.name == *name) => {}
                    false => model.structs.push(structure(name, definition, given, &is_enumeration)),
                }
            }
            let name = root["title"].as_str().expect("a schema has a title");
            model.structs.push(structure(name, root, given, &is_enumeration));
        }
        let given = model.structs.iter().filter(|structure| structure.given).flat_map(|structure| &structure.fields);
        for Field { name, .. } in given.filter(|field| field.name.contains(char::is_uppercase)) {
            let is_named = NAMES.iter().any(|known| known.rsplit('.').next() == Some(name));
            assert!(is_named, "{name} is an option of more than one word: add it to NAMES of the core");
        }
        model
    }

    /// The enumeration of this name.
    pub fn enumeration(&self, name: &str) -> &Enumeration {
        self.enumerations.iter().find(|known| known.name == name).expect("a field names an enumeration that is there")
    }
}

impl Enumeration {
    /// Whether its values are numbers.
    pub fn is_numeric(&self) -> bool {
        self.values.iter().all(|variant| variant.value.is_number())
    }

    /// Its words, with those of values that have no names.
    pub fn doc_with_numbers(&self) -> String {
        let numbers = self.values.iter().filter(|variant| variant.value.is_number());
        numbers.fold(self.doc.clone(), |doc, variant| format!("{doc} {}: {}", variant.value, variant.doc))
    }
}

fn enumeration(name: &str, definition: &Value) -> Enumeration {
    let variants = definition["oneOf"].as_array().expect("an enumeration has variants").iter();
    let values = variants.map(|variant| {
        let value = variant["const"].clone();
        let name = variant.get("title").unwrap_or(&value).as_str().expect("a number has a title");
        Variant { name: name.to_owned(), value: value.clone(), doc: doc(variant) }
    });
    Enumeration { name: name.to_owned(), doc: doc(definition), values: values.collect() }
}

fn structure(name: &str, definition: &Value, given: bool, is_enumeration: &dyn Fn(&str) -> bool) -> Struct {
    let required: Vec<&str> = definition["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = definition["properties"].as_object().expect("a struct has fields");
    let fields = properties.iter().map(|(name, property)| Field {
        name: name.clone(),
        doc: doc(property),
        kind: kind(property, is_enumeration),
        bounds: bounds(property),
        secret: property.get("writeOnly").is_some(),
        presence: match property.get("default").filter(|value| !value.is_null()) {
            Some(value) => Presence::Default(value.clone()),
            None if required.contains(&name.as_str()) => Presence::Always,
            None => Presence::Optional,
        },
    });
    Struct { name: name.to_owned(), doc: doc(definition), fields: fields.collect(), given }
}

/// Bounds of an option, by the keywords that `rustpdf_core::schema` names.
fn bounds(property: &Value) -> String {
    let number = |keyword: &str| property.get(keyword).and_then(Value::as_i64);
    let between = |least: Option<i64>, most: Option<i64>| match (least, most) {
        (None | Some(0), None) => None,
        (Some(least), None) => Some(format!("at least {least}")),
        (None | Some(0), Some(most)) => Some(format!("at most {most}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
    };
    let numbers = between(number("minimum"), number("maximum"));
    let items = number("maxItems").map(|most| format!("at most {most}, each"));
    let bytes = between(number("minBytes"), number("maxBytes")).map(|bytes| format!("{bytes} bytes"));
    numbers.into_iter().chain(items).chain(bytes).collect::<Vec<_>>().join(" ")
}

fn kind(property: &Value, is_enumeration: &dyn Fn(&str) -> bool) -> Kind {
    // What is optional is something or null, and what has words or a default of its own stands beside its type.
    let alternatives = property.get("anyOf").or(property.get("allOf")).and_then(Value::as_array);
    let property = alternatives.and_then(|some| some.first()).unwrap_or(property).as_object().expect("a property is an object");
    if let Some(name) = reference(property) {
        if name == "WarningCode" {
            return Kind::WarningCode;
        }
        return if is_enumeration(&name) { Kind::Enumeration(name) } else { Kind::Struct(name) };
    }
    let kinds = property["type"].as_array().cloned().unwrap_or_else(|| vec![property["type"].clone()]);
    let format = property.get("format").and_then(Value::as_str);
    match (kinds[0].as_str().expect("a type has a name"), format) {
        ("boolean", _) => Kind::Boolean,
        ("integer", Some("uint64" | "uint" | "int64")) => Kind::Long,
        ("integer", _) => Kind::Integer,
        ("number", _) => Kind::Number,
        ("string", Some("hex")) => Kind::Bytes,
        ("string", _) => Kind::Text,
        ("array", _) => match kind(&property["items"], is_enumeration) {
            Kind::Long => Kind::Longs,
            Kind::Number => Kind::Numbers,
            Kind::Numbers => Kind::NumberLists,
            Kind::Text => Kind::Texts,
            Kind::Bytes => Kind::BytesList,
            Kind::Struct(name) => Kind::Structs(name),
            _ => panic!("lists of this are not generated yet"),
        },
        ("object", _) => Kind::TextMap,
        (other, _) => panic!("a {other} is not generated yet"),
    }
}

fn reference(property: &Map<String, Value>) -> Option<String> {
    property.get("$ref")?.as_str()?.strip_prefix("#/$defs/").map(str::to_owned)
}

/// The words of the core, in one line. A link is a name elsewhere.
fn doc(schema: &Value) -> String {
    let words = schema["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace("[`", "`").replace("`]", "`")
}
