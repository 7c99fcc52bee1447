//! The types of the npm package.

use rustpdf_core::{Code, WarningCode};

use crate::model::{Enumeration, Kind, Model, Presence, Struct};
use crate::text::{capital, wrap};

const WIDTH: usize = 140;

/// The file of types.
pub fn file(model: &Model) -> String {
    let mut file = String::from("// Generated from the core by scripts/generate.sh.\n\nimport type { Bytes } from \"#engine\";\n");
    for enumeration in &model.enumerations {
        file += &format!("\n{}export type {} = {};\n", comment(&enumeration.doc_with_numbers(), ""), enumeration.name, union(enumeration));
    }
    for structure in &model.structs {
        file += &self::structure(structure);
    }
    file += "\n/** Every code, with its group. */\nexport const ERROR_GROUPS = {\n";
    for code in Code::ALL {
        let doc = format!("{}; {}.", capital(code.sentence()), code.remedy());
        file += &format!("{}\t{}: \"{}\",\n", comment(&doc, "\t"), code.as_str(), code.group().as_str());
    }
    file += "} as const;\n\n/** The stable code of an error, the same in every language. */\nexport type ErrorCode = keyof typeof ERROR_GROUPS;\n";
    file += "\n/** The stable code of a warning, the same in every language. */\nexport type WarningCode =";
    for code in WarningCode::ALL {
        file += &format!("\n\t| \"{}\"", code.as_str());
    }
    file + ";\n"
}

fn union(enumeration: &Enumeration) -> String {
    enumeration.values.iter().map(|variant| variant.value.to_string()).collect::<Vec<_>>().join(" | ")
}

fn structure(structure: &Struct) -> String {
    // What the call as a whole takes is added to it by hand.
    let name = if structure.name == "SigningOptions" { "SignatureOptions" } else { &structure.name };
    let mut text = format!("\n{}export interface {name} {{\n", comment(&structure.doc, ""));
    for field in &structure.fields {
        let kind = match &field.kind {
            Kind::Boolean => "boolean".into(),
            Kind::Integer | Kind::Long => "number".into(),
            Kind::WarningCode => "WarningCode".into(),
            Kind::Text => "string".into(),
            Kind::Bytes if structure.given => "Uint8Array | string".into(),
            Kind::Bytes => "Bytes".into(),
            Kind::Longs => "readonly number[]".into(),
            Kind::Texts => "readonly string[]".into(),
            Kind::Struct(name) | Kind::Enumeration(name) => name.clone(),
            Kind::Structs(name) => format!("readonly {name}[]"),
        };
        let mut doc = field.doc.clone();
        match &field.presence {
            Presence::Default(value) if !value.is_array() => doc += &format!(" Default: `{value}`."),
            _ if structure.given && matches!(field.kind, Kind::Bytes) => doc += " Bytes, or hexadecimal.",
            _ => {}
        }
        let readonly = if structure.given { "" } else { "readonly " };
        let optional = if field.presence == Presence::Always { "" } else { "?" };
        text += &format!("{}\t{readonly}{}{optional}: {kind};\n", comment(&doc, "\t"), field.name);
    }
    text + "}\n"
}

/// A TSDoc comment, on one line where there is room.
fn comment(doc: &str, indent: &str) -> String {
    let doc = doc.replace("*/", "*\u{2060}/");
    if indent.len() * 4 + doc.chars().count() + 7 <= WIDTH {
        return format!("{indent}/** {doc} */\n");
    }
    let lines = wrap(&doc, WIDTH - 8);
    let lines: String = lines.iter().map(|line| format!("{indent} * {line}\n")).collect();
    format!("{indent}/**\n{lines}{indent} */\n")
}
