//! The tables of the docs.

use rustpdf_core::{Code, WarningCode};

use crate::model::{GROUPS, Kind, Model, Presence, Struct};

/// The page of codes.
pub fn errors() -> String {
    let mut page = String::from(
        "# Errors\n\nGenerated from `crates/core/src/error.rs` by `scripts/generate.sh`. The codes are the same in every language and never change\n\
         their meaning. A message says what was found, often with its numbers, then what to do.\n",
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
         .NET and Go have `DigestAlgorithm`. In Go what is on by default is\nturned off by a switch of its own: `PlainCMS` for `pades`, `SkipSignatureCheck` for `checkSignature`.\n",
    );
    for structure in &model.structs {
        page += &format!("\n## {}\n\n{}\n\n| name | what it holds | |\n|---|---|---|\n", structure.name, structure.doc);
        for field in &structure.fields {
            page += &format!(
                "| `{}` | {} | {} |\n",
                field.name,
                cell(&field.doc),
                cell(&holds(model, structure, &field.kind, &field.presence))
            );
        }
    }
    page
}

/// The kind, the values, and the default of a field.
fn holds(model: &Model, structure: &Struct, kind: &Kind, presence: &Presence) -> String {
    let kind = match kind {
        Kind::Boolean => "`true` or `false`".into(),
        Kind::Integer | Kind::Long => "a whole number".into(),
        Kind::WarningCode => "[a code](errors.md#warnings)".into(),
        Kind::Text => "a text".into(),
        Kind::Bytes => "bytes".into(),
        Kind::Longs => "whole numbers".into(),
        Kind::Texts => "texts".into(),
        Kind::Struct(name) | Kind::Structs(name) => format!("[{name}](#{})", name.to_lowercase()),
        Kind::Enumeration(name) => {
            let values: Vec<_> = model.enumeration(name).values.iter().map(|variant| format!("`{}`", variant.value)).collect();
            values.join(", ").replace('"', "")
        }
    };
    match presence {
        Presence::Default(value) if value.as_array().is_none() => format!("{kind}; default: `{value}`"),
        Presence::Always if structure.given => format!("{kind}; needed"),
        _ => kind,
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
