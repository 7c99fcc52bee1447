//! The types of the Python package.

use std::collections::BTreeSet;

use rustpdf_core::schema::{CALLS, STARTS};
use rustpdf_core::{Code, HOST_ERRORS, NAMES, WarningCode};

use crate::frames::{DOCUMENT_INFO, Field as Wired, Frame, Frames, Kind as Wire};
use crate::model::{Field, GROUPS, Kind, Model, Presence, Struct};
use crate::text::{capital, snake, wrap};

/// Width of documentation.
const WIDTH: usize = 120;

/// Width of a line for the formatter.
const LINE: usize = 140;

/// The module of types.
pub fn file(model: &Model) -> String {
    let mut file = String::from(
        "\"\"\"Types that cross the border to the core. Generated from the core by scripts/generate.sh.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         import dataclasses\n\
         from collections.abc import Mapping, Sequence\n\
         from dataclasses import dataclass\n\
         from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict\n\n\
         if TYPE_CHECKING:\n    from ._arguments import BytesLike, Certificate, FileContent\n\n",
    );
    for enumeration in &model.enumerations {
        let values: Vec<_> = enumeration.values.iter().map(|variant| variant.value.to_string()).collect();
        file += &alias(&enumeration.name, &values, &enumeration.doc_with_numbers());
    }
    let groups: Vec<_> = GROUPS.iter().map(|(group, _)| quoted(group.as_str())).collect();
    file += &alias("ErrorGroup", &groups, "Part that has to change after an error: the file, an option, the answer, ….");
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
    for (name, class) in [("SigningOptions", "OptionKeywords"), ("ExtensionOptions", "ExtensionKeywords")] {
        file += &keywords(model.structs.iter().find(|structure| structure.name == name).expect("there are options"), class);
    }
    let names: Vec<_> = HOST_ERRORS.iter().map(|error| quoted(&snake(error.name))).collect();
    file += "\n\n";
    file += &alias("HostErrorName", &names, "Name of an error that the package itself raises.");
    file += "HOST_ERRORS: Final[Mapping[HostErrorName, tuple[ErrorCode, str]]] = {\n";
    for error in HOST_ERRORS {
        file +=
            &format!("    \"{}\": (\n        \"{}\",\n        \"{}\",\n    ),\n", snake(error.name), error.code.as_str(), error.message());
    }
    file += "}\n\"\"\"Errors that the package itself raises: the code, and the message, whose parameters are in braces.\"\"\"\n\n";
    file += "NAMES: Final[Mapping[str, str]] = {\n";
    for name in NAMES {
        file += &format!("    \"{name}\": \"{}\",\n", name.split('.').map(snake).collect::<Vec<_>>().join("."));
    }
    file + "}\n\"\"\"Names in messages of the core, and as Python spells them.\"\"\"\n"
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
        let doc = match &field.presence {
            Presence::Default(value) if is_drawn(structure) => format!("{} Default: `{}`.", spelled(&field.doc), literal(value)),
            _ => spelled(&field.doc),
        };
        let kind = match &field.kind {
            Kind::Bytes if is_file(structure) => "FileContent".into(),
            Kind::Bytes if structure.given => "BytesLike".into(),
            other => kind(other),
        };
        let kind = match &field.presence {
            Presence::Always if field.secret => format!("{kind} = dataclasses.field(repr=False)"),
            Presence::Always => kind,
            Presence::Default(_) if matches!(field.kind, Kind::TextMap) => {
                format!("{kind} = dataclasses.field(default_factory=dict, repr=False)")
            }
            Presence::Optional if field.secret => format!("{kind} | None = dataclasses.field(default=None, repr=False)"),
            Presence::Optional => format!("{kind} | None = None"),
            Presence::Default(_) if is_drawn(structure) => format!("{kind} | None = None"),
            Presence::Default(value) => format!("{kind} = {}", literal(value)),
        };
        text += &format!("    {}: {kind}\n{}", snake(&field.name), docstring(&doc, "    "));
    }
    if !structure.given {
        text += "\n";
        text += &from_wire(structure);
    }
    text
}

/// Whether the core acts on the presence of a field, so that one with its default must be left out.
fn is_drawn(structure: &Struct) -> bool {
    structure.name == "Appearance"
}

/// Whether the bytes of a type are those of files.
fn is_file(structure: &Struct) -> bool {
    structure.name.starts_with("Appearance")
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Boolean => "bool".into(),
        Kind::Integer | Kind::Long => "int".into(),
        Kind::Number => "float".into(),
        Kind::WarningCode => "WarningCode".into(),
        Kind::Text => "str".into(),
        Kind::Bytes => "bytes".into(),
        Kind::Longs => "tuple[int, ...]".into(),
        Kind::Numbers => "Sequence[float]".into(),
        Kind::NumberLists => "Sequence[Sequence[float]]".into(),
        Kind::Texts => "Sequence[str]".into(),
        // The package takes what it takes for certificates elsewhere, and translates it.
        Kind::BytesList => "Sequence[Certificate]".into(),
        Kind::TextMap => "Mapping[str, str]".into(),
        Kind::Struct(name) | Kind::Enumeration(name) => name.clone(),
        Kind::Structs(name) => format!("Sequence[{name}]"),
    }
}

/// The options as keywords of a call, or as a mapping.
fn keywords(options: &Struct, class: &str) -> String {
    let doc = format!("{} as keywords of a call, or as a mapping: each has the meaning of the field of that name.", options.name);
    let mut text = format!("\n\nclass {class}(TypedDict, total=False):\n{}\n", docstring(&doc, "    "));
    for field in &options.fields {
        let kind = match &field.kind {
            Kind::Struct(name) => format!("{name} | Mapping[str, Any]"),
            Kind::Structs(name) => format!("Sequence[{name} | Mapping[str, Any]]"),
            other => kind(other),
        };
        let optional = if matches!(field.presence, Presence::Default(_)) { "" } else { " | None" };
        text += &format!("    {}: {kind}{optional}\n", snake(&field.name));
    }
    text
}

/// The module of facts that `inspect` returns. It is one of its own, because few programs load it.
pub fn facts(frames: &Frames) -> String {
    let mut file = String::from(
        "\"\"\"Facts of a document. Generated from the core by scripts/generate.sh.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from collections.abc import Mapping\n\
         from dataclasses import dataclass\n\
         from typing import Any\n\n\
         from ._generated import Level, Warning\n",
    );
    for name in DOCUMENT_INFO.into_iter().filter(|name| *name != "Warning") {
        file += &information(frames.frame(name));
    }
    file
}

/// The class of a frame that a call returns.
fn information(frame: &Frame) -> String {
    let mut text =
        format!("\n\n@dataclass(frozen=True, kw_only=True, slots=True)\nclass {}:\n{}\n", frame.name, docstring(&frame.doc, "    "));
    let mut read = String::new();
    for field in &frame.fields {
        let (name, kind) = (snake(&field.name), field_type(&field.kind));
        let kind = if field.optional { format!("{kind} | None = None") } else { kind };
        text += &format!("    {name}: {kind}\n{}", docstring(&field.doc, "    "));
        read += &format!("            {name}={},\n", read_field(field));
    }
    text + &format!(
        "\n    @classmethod\n    def _from_wire(cls, wire: Mapping[str, Any]) -> {}:\n        return cls(\n{read}        )\n",
        frame.name
    )
}

fn field_type(kind: &Wire) -> String {
    match kind {
        Wire::List(item) => format!("tuple[{}, ...]", field_type(item)),
        other => wire(other),
    }
}

fn read_field(field: &Wired) -> String {
    let value = if field.optional { format!("wire.get(\"{}\")", field.name) } else { format!("wire[\"{}\"]", field.name) };
    match &field.kind {
        Wire::List(item) => match &**item {
            Wire::Object(name) => format!("tuple(map({name}._from_wire, {value}))"),
            _ => format!("tuple({value})"),
        },
        Wire::Object(name) if field.optional => format!("None if {value} is None else {name}._from_wire(wire[\"{}\"])", field.name),
        _ => value,
    }
}

fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Bool(true) => "True".into(),
        serde_json::Value::Bool(false) => "False".into(),
        serde_json::Value::Array(_) => "()".into(),
        other => other.to_string(),
    }
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
        (Kind::Numbers, false) => format!("tuple(wire[\"{name}\"]) if \"{name}\" in wire else None"),
        (Kind::Longs | Kind::Numbers, _) => format!("tuple(wire[\"{name}\"])"),
        (Kind::Structs(kind), true) => format!("tuple(map({kind}._from_wire, wire[\"{name}\"]))"),
        (Kind::Structs(kind), false) => format!("tuple(map({kind}._from_wire, wire.get(\"{name}\", ())))"),
        (Kind::Struct(kind), false) => format!("{kind}._from_wire(wire[\"{name}\"]) if \"{name}\" in wire else None"),
        (_, true) => format!("wire[\"{name}\"]"),
        (_, false) => format!("wire.get(\"{name}\")"),
    }
}

/// Documentation that spells options as Python does.
fn spelled(doc: &str) -> String {
    NAMES.iter().fold(doc.to_owned(), |doc, name| doc.replace(&format!("`{name}`"), &format!("`{}`", snake(name))))
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

/// The module of frames.
pub fn frames(frames: &Frames) -> String {
    let all = || frames.frames.iter().chain(frames.operations.iter().map(|(_, operation)| operation)).flat_map(|frame| &frame.fields);
    let imported: BTreeSet<_> = all().filter_map(|field| imported(&field.kind)).collect();
    let texts: BTreeSet<_> = all().filter_map(|field| text(&field.kind)).collect();
    let mut file = format!(
        "\"\"\"Headers of the frames that cross the border to the core: types only. Generated from the core by scripts/generate.sh.\n\n\
         Import this module under `TYPE_CHECKING` alone: `typing_extensions` may be missing at run time.\n\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from collections.abc import Mapping\n\
         from typing import Any, Literal, TypeAlias\n\n\
         from typing_extensions import NotRequired, TypedDict, final\n\n\
         from ._generated import {}\n\n",
        imported.into_iter().collect::<Vec<_>>().join(", ")
    );
    let names = |operations: &[(&str, &str)]| operations.iter().map(|(operation, _)| quoted(operation)).collect::<Vec<_>>();
    file += &alias("StartOperation", &names(&STARTS), "An operation that a start frame names.");
    file += &alias("CallOperation", &names(&CALLS), "An operation that a call frame names.");
    for used in frames.texts.iter().filter(|one| texts.contains(one.name.as_str())) {
        let values: Vec<_> = used.values.iter().map(|(value, _)| quoted(value)).collect();
        file += &alias(&used.name, &values, &used.doc);
    }
    file.pop(); // a class brings its own two lines
    for frame in &frames.frames {
        let step = frames.steps.iter().find(|(_, name)| *name == frame.name).map(|(step, _)| ("step", step.as_str()));
        file += &typed(&frame.name, &frame.doc, step, &frame.fields);
    }
    for (op, operation) in &frames.operations {
        file += &typed(&operation_type(operation), &operation.doc, Some(("op", op)), &operation.fields);
    }
    file += "\n\n";
    let union: Vec<_> = frames.operations.iter().map(|(_, operation)| operation_type(operation)).collect();
    file += &self::union("Operation", &union, "An operation on files.");
    file += "\n";
    let union: Vec<_> = frames.steps.iter().map(|(_, name)| name.clone()).collect();
    file + &self::union("StepFrame", &union, "A step of the core.")
}

fn operation_type(operation: &Frame) -> String {
    format!("{}Operation", capital(&operation.name))
}

fn union(name: &str, types: &[String], doc: &str) -> String {
    let line = format!("{name}: TypeAlias = {}\n", types.join(" | "));
    let definition = match line.chars().count() <= LINE {
        true => line,
        false => format!("{name}: TypeAlias = (\n    {}\n)\n", types.join("\n    | ")),
    };
    format!("{definition}{}", docstring(doc, ""))
}

/// A type of one frame, which names itself in a field.
fn typed(name: &str, doc: &str, tag: Option<(&str, &str)>, fields: &[Wired]) -> String {
    let kind = |field: &Wired| {
        let kind = wire(&field.kind);
        if field.optional { format!("NotRequired[{kind} | None]") } else { kind }
    };
    // A class cannot have a field `from`, which is a keyword.
    if fields.iter().any(|field| field.name == "from") {
        let tag = tag.map(|(tag, value)| format!("\"{tag}\": Literal[\"{value}\"]"));
        let fields = fields.iter().map(|field| format!("\"{}\": {}", field.name, quoted(&kind(field)).replace("\"str\"", "str")));
        let fields: Vec<_> = tag.into_iter().chain(fields).collect();
        return format!("\n\n{name} = TypedDict(\"{name}\", {{{}}})\n{}", fields.join(", "), docstring(doc, ""));
    }
    // A type checker tells two operations of the same name apart by their fields only if no class adds some.
    let mark = if tag.is_some_and(|(tag, _)| tag == "op") { "@final\n" } else { "" };
    let mut text = format!("\n\n{mark}class {name}(TypedDict):\n{}\n", docstring(doc, "    "));
    if let Some((tag, value)) = tag {
        text += &format!("    {tag}: Literal[\"{value}\"]\n");
    }
    for field in fields {
        text += &format!("    {}: {}\n{}", field.name, kind(field), docstring(&field.doc, "    "));
    }
    text
}

fn wire(kind: &Wire) -> String {
    match kind {
        Wire::Boolean => "bool".into(),
        Wire::Small | Wire::Number => "int".into(),
        Wire::Text | Wire::Hex | Wire::Path => "str".into(),
        Wire::Pair => "tuple[int, int]".into(),
        Wire::List(item) => format!("list[{}]", wire(item)),
        Wire::Map(item) => format!("dict[str, {}]", wire(item)),
        Wire::Nullable(item) => format!("{} | None", wire(item)),
        Wire::Object(name) | Wire::Public(name) if is_class(name) => "Mapping[str, Any]".into(),
        Wire::Object(name) | Wire::OneOf(name) | Wire::Public(name) => name.clone(),
        Wire::Any => "Any".into(),
    }
}

/// Whether a public type is a class, which the package translates.
fn is_class(name: &str) -> bool {
    matches!(name, "SigningOptions" | "ExtensionOptions" | "SigningRequest" | "Report")
}

/// The public type that a field imports.
fn imported(kind: &Wire) -> Option<&str> {
    match kind {
        Wire::Public(name) if !is_class(name) => Some(name),
        Wire::List(item) | Wire::Map(item) | Wire::Nullable(item) => imported(item),
        _ => None,
    }
}

/// The text of a few values that a field may have.
fn text(kind: &Wire) -> Option<&str> {
    match kind {
        Wire::OneOf(name) => Some(name),
        Wire::List(item) | Wire::Map(item) | Wire::Nullable(item) => text(item),
        _ => None,
    }
}
