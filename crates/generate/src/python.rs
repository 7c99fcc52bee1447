//! The types of the Python package.

use rustpdf_core::{Code, WarningCode};

use crate::model::{Field, GROUPS, Kind, Model, Presence, Struct};
use crate::text::{capital, snake, wrap};

const WIDTH: usize = 120;

/// The module of types.
pub fn file(model: &Model) -> String {
    let mut file = String::from(
        "\"\"\"What crosses the border to the core. Generated from the core by scripts/generate.sh.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         import dataclasses\n\
         from collections.abc import Mapping, Sequence\n\
         from dataclasses import dataclass\n\
         from typing import Any, Final, Literal, TypeAlias\n\n",
    );
    for enumeration in &model.enumerations {
        let values: Vec<_> = enumeration.values.iter().map(|variant| variant.value.to_string()).collect();
        file += &alias(&enumeration.name, &values, &enumeration.doc_with_numbers());
    }
    let groups: Vec<_> = GROUPS.iter().map(|(group, _)| quoted(group.as_str())).collect();
    file +=
        &alias("ErrorGroup", &groups, "Whose turn it is when an error comes: whether the file, an option, the answer, … has to change.");
    let codes: Vec<_> = Code::ALL.iter().map(|code| quoted(code.as_str())).collect();
    file += &alias("ErrorCode", &codes, "The stable code of an error, the same in every language.");
    let codes: Vec<_> = WarningCode::ALL.iter().map(|code| quoted(code.as_str())).collect();
    file += &alias("WarningCode", &codes, "The stable code of a warning, the same in every language.");
    file += "ERROR_GROUPS: Final[Mapping[ErrorCode, ErrorGroup]] = {\n";
    for code in Code::ALL {
        let doc = format!("{}; {}.", capital(code.sentence()), code.remedy());
        file += &wrap(&doc, WIDTH - 6).iter().map(|line| format!("    # {line}\n")).collect::<String>();
        file += &format!("    \"{}\": \"{}\",\n", code.as_str(), code.group().as_str());
    }
    file += "}\n\"\"\"Every code of an error, with its group.\"\"\"\n";
    // A class is used by those after it alone: what holds others comes last.
    for structure in &model.structs {
        file += &self::structure(structure);
    }
    file
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn alias(name: &str, values: &[String], doc: &str) -> String {
    let line = format!("{name}: TypeAlias = Literal[{}]\n", values.join(", "));
    let definition = match line.chars().count() <= WIDTH {
        true => line,
        false => format!("{name}: TypeAlias = Literal[\n{}]\n", values.iter().map(|value| format!("    {value},\n")).collect::<String>()),
    };
    format!("{definition}{}\n", docstring(doc, ""))
}

fn structure(structure: &Struct) -> String {
    let mut text = format!(
        "\n\n@dataclass(frozen=True, kw_only=True, slots=True)\nclass {}:\n{}\n",
        structure.name,
        docstring(&structure.doc, "    ")
    );
    for field in &structure.fields {
        let kind = match &field.kind {
            Kind::Boolean => "bool".into(),
            Kind::Integer | Kind::Long => "int".into(),
            Kind::WarningCode => "WarningCode".into(),
            Kind::Text => "str".into(),
            Kind::Bytes => "bytes".into(),
            Kind::Longs => "tuple[int, ...]".into(),
            Kind::Texts => "Sequence[str]".into(),
            Kind::Struct(name) | Kind::Enumeration(name) => name.clone(),
            Kind::Structs(name) => format!("tuple[{name}, ...]"),
        };
        let kind = match &field.presence {
            Presence::Always => kind,
            Presence::Optional if field.secret => format!("{kind} | None = dataclasses.field(default=None, repr=False)"),
            Presence::Optional => format!("{kind} | None = None"),
            Presence::Default(value) => format!("{kind} = {}", literal(value)),
        };
        text += &format!("    {}: {kind}\n{}", snake(&field.name), docstring(&field.doc, "    "));
    }
    text += "\n";
    text += &if structure.given { to_wire(structure) } else { from_wire(structure) };
    text
}

fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Bool(true) => "True".into(),
        serde_json::Value::Bool(false) => "False".into(),
        serde_json::Value::Array(_) => "()".into(),
        other => other.to_string(),
    }
}

/// What is given goes over the border as JSON, without what is left out.
fn to_wire(structure: &Struct) -> String {
    let mut text = String::from("    def _to_wire(self) -> dict[str, Any]:\n        wire: dict[str, Any] = {\n");
    for field in &structure.fields {
        let name = snake(&field.name);
        let (open, close) = if field.presence == Presence::Always { ("", "") } else { ("None if self.{} is None else ", "") };
        let value = match &field.kind {
            Kind::Bytes => format!("{}self.{name}.hex(){close}", open.replace("{}", &name)),
            Kind::Struct(_) => format!("{}self.{name}._to_wire(){close}", open.replace("{}", &name)),
            Kind::Texts => format!("list(self.{name})"),
            _ => format!("self.{name}"),
        };
        text += &format!("            \"{}\": {value},\n", field.name);
    }
    text + "        }\n        return {key: value for key, value in wire.items() if value is not None}\n"
}

fn from_wire(structure: &Struct) -> String {
    let mut text =
        format!("    @classmethod\n    def _from_wire(cls, wire: Mapping[str, Any]) -> {}:\n        return cls(\n", structure.name);
    for field in &structure.fields {
        text += &format!("            {}={},\n", snake(&field.name), read(field));
    }
    text + "        )\n"
}

fn read(field: &Field) -> String {
    let (name, always) = (&field.name, field.presence == Presence::Always);
    match (&field.kind, always) {
        (Kind::Bytes, true) => format!("bytes.fromhex(wire[\"{name}\"])"),
        (Kind::Bytes, false) => format!("bytes.fromhex(wire[\"{name}\"]) if \"{name}\" in wire else None"),
        (Kind::Longs, _) => format!("tuple(wire[\"{name}\"])"),
        (Kind::Structs(kind), _) => format!("tuple(map({kind}._from_wire, wire[\"{name}\"]))"),
        (_, true) => format!("wire[\"{name}\"]"),
        (_, false) => format!("wire.get(\"{name}\")"),
    }
}

/// A docstring, on one line where there is room.
fn docstring(doc: &str, indent: &str) -> String {
    if indent.len() + doc.chars().count() + 6 <= WIDTH {
        return format!("{indent}\"\"\"{doc}\"\"\"\n");
    }
    let lines = wrap(doc, WIDTH - indent.len() - 3);
    let text = lines.join(&format!("\n{indent}"));
    format!("{indent}\"\"\"{text}\n{indent}\"\"\"\n")
}
