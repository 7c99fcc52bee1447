//! The tables of the docs.

use rustpdf_core::{Code, WarningCode};

use crate::frames::{Frame, Frames, Kind as Wire};
use crate::model::{Field, GROUPS, Kind, Model, Presence, Struct};

/// The page of codes.
pub fn errors() -> String {
    let mut page = String::from(
        "# Errors\n\nGenerated from `crates/core/src/error.rs` by `scripts/generate.sh`. The codes are the same in every language and never change\n\
         their meaning. A message has the finding, often with its numbers, and then the remedy.\n",
    );
    for (group, meaning) in GROUPS {
        page += &format!("\n## {}\n\n{meaning}\n\n| code | what was found | what to do |\n|---|---|---|\n", group.as_str());
        for code in Code::ALL.iter().filter(|code| code.group() == group) {
            page += &format!("| `{}` | {} | {} |\n", code.as_str(), cell(code.sentence()), cell(code.remedy()));
        }
    }
    page += "\n## Warnings\n\nA warning stops nothing: it is in the report.\n\n| code | what it means |\n|---|---|\n";
    for code in WarningCode::ALL {
        page += &format!("| `{}` | {} |\n", code.as_str(), cell(code.sentence()));
    }
    page
}

/// The page of options, requests and reports.
pub fn options(model: &Model) -> String {
    let mut page = String::from(
        "# Options, requests and reports\n\nGenerated from the core by `scripts/generate.sh`. Names are those of TypeScript; Python has `digest_algorithm` for `digestAlgorithm`,\n\
         .NET and Go have `DigestAlgorithm`. In Go, a switch of its own\nturns off each option that is on by default: `PlainCMS` for `pades`, `SkipSignatureCheck` for `checkSignature`.\n",
    );
    for structure in &model.structs {
        page += &format!("\n## {}\n\n{}\n\n| name | what it holds | |\n|---|---|---|\n", structure.name, structure.doc);
        for field in &structure.fields {
            page += &format!("| `{}` | {} | {} |\n", field.name, cell(&field.doc), cell(&holds(model, structure, field)));
        }
    }
    page
}

/// The kind, the values, the bounds and the default of a field.
fn holds(model: &Model, structure: &Struct, field: &Field) -> String {
    let kind = match &field.kind {
        Kind::Boolean => "`true` or `false`".into(),
        Kind::Integer | Kind::Long => "a whole number".into(),
        Kind::Number => "a number".into(),
        Kind::Numbers => "numbers".into(),
        Kind::NumberLists => "lists of numbers".into(),
        Kind::WarningCode => "[a code](errors.md#warnings)".into(),
        Kind::Text => "a text".into(),
        Kind::Bytes => "bytes".into(),
        Kind::Longs => "whole numbers".into(),
        Kind::Texts => "texts".into(),
        Kind::BytesList => "a list of bytes".into(),
        Kind::TextMap => "texts by name".into(),
        Kind::Struct(name) | Kind::Structs(name) => format!("[{name}](#{})", name.to_lowercase()),
        Kind::Enumeration(name) => {
            let values: Vec<_> = model.enumeration(name).values.iter().map(|variant| format!("`{}`", variant.value)).collect();
            values.join(", ").replace('"', "")
        }
    };
    let kind = if structure.given && !field.bounds.is_empty() { format!("{kind}, {}", field.bounds) } else { kind };
    match &field.presence {
        Presence::Default(value) if value.as_array().is_none() => format!("{kind}; default: `{value}`"),
        Presence::Always if structure.given => format!("{kind}; needed"),
        _ => kind,
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The page of the protocol: its text, and a table for each frame that the text names in a line `{{NAME}}`.
pub fn protocol(frames: &Frames) -> String {
    let mut page = String::new();
    for line in include_str!("protocol.md").lines() {
        match line.strip_prefix("{{").and_then(|line| line.strip_suffix("}}")) {
            Some("operations") => page += &operations(frames),
            Some("texts") => page += &texts(frames),
            Some(name) => page += &table(frames.frame(name)),
            None => page += &format!("{line}\n"),
        }
    }
    page
}

fn table(frame: &Frame) -> String {
    let mut text = format!("**`{}`**: {}\n\n", frame.name, frame.doc);
    if frame.fields.is_empty() {
        return text;
    }
    text += "| field | value | |\n|---|---|---|\n";
    for field in &frame.fields {
        let optional = if field.optional { ", or absent" } else { "" };
        text += &format!("| `{}` | {}{optional} | {} |\n", field.name, wire(&field.kind), cell(&field.doc));
    }
    text
}

fn operations(frames: &Frames) -> String {
    let mut text = String::from("| `op` | fields | what it does |\n|---|---|---|\n");
    for (op, operation) in &frames.operations {
        let field = |field: &crate::frames::Field| format!("`{}`{}", field.name, if field.optional { " (or null)" } else { "" });
        let fields: Vec<_> = operation.fields.iter().map(field).collect();
        text += &format!("| `{op}` | {} | {} |\n", fields.join(", "), cell(&operation.doc));
    }
    text
}

fn texts(frames: &Frames) -> String {
    let mut text = String::new();
    for texts in &frames.texts {
        let values: Vec<_> = texts.values.iter().map(|(value, doc)| format!("`{value}` ({})", doc.trim_end_matches('.'))).collect();
        text += &format!("- **`{}`**: {} {}.\n", texts.name, texts.doc, values.join("; "));
    }
    text
}

fn wire(kind: &Wire) -> String {
    match kind {
        Wire::Boolean => "`true` or `false`".into(),
        Wire::Small | Wire::Number => "a whole number".into(),
        Wire::Text => "a text".into(),
        Wire::Hex => "bytes, hexadecimal".into(),
        Wire::Path => "a path, hexadecimal".into(),
        Wire::Pair => "two whole numbers".into(),
        Wire::List(item) => format!("a list: {}", wire(item)),
        Wire::Map(item) => format!("an object of any names: {}", wire(item)),
        Wire::Object(name) => format!("`{name}`"),
        Wire::OneOf(name) => format!("[`{name}`](#texts)"),
        Wire::Nullable(item) => format!("{} or null", wire(item)),
        Wire::Public(name) if name == "WarningCode" => "[a code](errors.md#warnings)".into(),
        Wire::Public(name) if name == "ErrorCode" => "[a code](errors.md)".into(),
        Wire::Public(name) if name == "ErrorGroup" => "[a group](errors.md)".into(),
        // Texts of a few values have no section of their own: the rows of these name their values.
        Wire::Public(name) if ["DigestAlgorithm", "SignatureAlgorithm", "Curve"].contains(&name.as_str()) => {
            format!("[`{name}`](options.md#signingrequest)")
        }
        Wire::Public(name) if name == "Level" => format!("[`{name}`](options.md#signingoptions)"),
        Wire::Public(name) => format!("[`{name}`](options.md#{})", name.to_lowercase()),
        Wire::Any => "any value".into(),
    }
}
