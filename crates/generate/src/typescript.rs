//! The types of the npm package.

use rustpdf_core::schema::{CALLS, STARTS};
use rustpdf_core::{Code, HOST_ERRORS, WarningCode};

use crate::frames::{Field, Frames, Kind as Wire};
use crate::model::{Enumeration, Kind, Model, Presence, Struct};
use crate::text::{capital, wrap};

const WIDTH: usize = 140;

/// The file of types.
pub fn file(model: &Model) -> String {
    let mut file = String::from("// Generated from the core by scripts/generate.sh.\n\nimport type { Bytes } from \"#bytes\";\n");
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
    file += "} as const;\n\n/** The stable code of an error, the same in every language. */\nexport type ErrorCode = keyof typeof ERROR_GROUPS;\n\n/** Part of a call that has to change after an error: the document, an option, the answer, … */\nexport type ErrorGroup = (typeof ERROR_GROUPS)[ErrorCode];\n";
    file += "\n/** The stable code of a warning, the same in every language. */\nexport type WarningCode =";
    for code in WarningCode::ALL {
        file += &format!("\n\t| \"{}\"", code.as_str());
    }
    file += ";\n\n/** Errors that the package itself raises: the code, and the message with its parameters in braces. */\nexport const HOST_ERRORS = {\n";
    for error in HOST_ERRORS {
        let (code, message) = (error.code.as_str(), error.message());
        let line = format!("\t{}: [\"{code}\", \"{message}\"],\n", error.name);
        file += &match line.chars().count() + 2 <= WIDTH {
            true => line,
            false => format!("\t{}: [\n\t\t\"{code}\",\n\t\t\"{message}\",\n\t],\n", error.name),
        };
    }
    file + "} as const;\n"
}

fn union(enumeration: &Enumeration) -> String {
    enumeration.values.iter().map(|variant| variant.value.to_string()).collect::<Vec<_>>().join(" | ")
}

fn structure(structure: &Struct) -> String {
    let mut text = format!("\n{}export interface {} {{\n", comment(&structure.doc, ""), structure.name);
    for field in &structure.fields {
        let kind = match &field.kind {
            Kind::Boolean => "boolean".into(),
            Kind::Integer | Kind::Long | Kind::Number => "number".into(),
            Kind::WarningCode => "WarningCode".into(),
            Kind::Text => "string".into(),
            Kind::Bytes if structure.given => "Uint8Array | string".into(),
            Kind::Bytes => "Bytes".into(),
            Kind::Longs | Kind::Numbers => "readonly number[]".into(),
            Kind::NumberLists => "readonly (readonly number[])[]".into(),
            Kind::Texts => "readonly string[]".into(),
            // As a certificate is taken elsewhere: bytes, PEM text, or an `X509Certificate`.
            Kind::BytesList => "readonly (Uint8Array | ArrayBuffer | string | { readonly raw: Uint8Array })[]".into(),
            Kind::TextMap => "Readonly<Record<string, string>>".into(),
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

/// The file of frames.
pub fn frames(frames: &Frames) -> String {
    let mut file = String::from(
        "// Headers of the frames that cross the border to the core. Generated from the core by scripts/generate.sh.\n\n\
         import type {\n\tCurve,\n\tDigestAlgorithm,\n\tErrorCode,\n\tErrorGroup,\n\tExtensionOptions,\n\tLevel,\n\tReport,\n\tSignatureAlgorithm,\n\tSigningOptions,\n\tWarningCode,\n\
         } from \"./generated.js\";\n\n\
         /** A request for a raw signature, as it crosses the border. */\nexport interface RequestFrame {\n\tdata?: string;\n\tdigest: string;\n\tdigestInfo?: string;\n\
         \tdigestAlgorithm: DigestAlgorithm;\n\tsignatureAlgorithm: SignatureAlgorithm;\n\tsaltLength?: number;\n\tcurve?: Curve;\n\
         \tdocumentDigest?: string;\n\tdocumentName?: string;\n\tfieldName?: string;\n\tcertificateDigest?: string;\n}\n",
    );
    file += &names("An operation that a start frame names.", "StartOperation", &STARTS);
    file += &names("An operation that a call frame names.", "CallOperation", &CALLS);
    for texts in &frames.texts {
        let values = texts.values.iter().map(|(value, _)| format!("\"{value}\"")).collect::<Vec<_>>().join(" | ");
        file += &format!("\n{}export type {} = {values};\n", comment(&texts.doc, ""), texts.name);
    }
    for frame in &frames.frames {
        file += &format!("\n{}export interface {} {{\n{}}}\n", comment(&frame.doc, ""), frame.name, fields(&frame.fields));
    }
    file += "\n/** An operation on files. */\nexport type Operation =";
    for (op, operation) in &frames.operations {
        let fields: Vec<_> = operation.fields.iter().map(inline).collect();
        file += &format!("\n\t| {{ op: \"{op}\"; {} }}", fields.join("; "));
    }
    file += ";\n\n/** A step: its name, then its fields. */\nexport type StepFrame =";
    for (step, frame) in &frames.steps {
        file += &format!("\n\t| ({{ step: \"{step}\" }} & {frame})");
    }
    file + ";\n"
}

fn names(doc: &str, name: &str, operations: &[(&str, &str)]) -> String {
    let names: Vec<_> = operations.iter().map(|(operation, _)| format!("\"{operation}\"")).collect();
    // Broken as the formatter breaks it.
    let line = format!("export type {name} = {};\n", names.join(" | "));
    let line = if line.len() > WIDTH + 1 { format!("export type {name} =\n\t| {};\n", names.join("\n\t| ")) } else { line };
    format!("\n{}{line}", comment(doc, ""))
}

fn fields(fields: &[Field]) -> String {
    fields.iter().map(|field| format!("{}\t{};\n", comment(&field.doc, "\t"), inline(field))).collect()
}

fn inline(field: &Field) -> String {
    let mark = if field.optional { "?" } else { "" };
    let null = if field.optional { " | null" } else { "" };
    format!("{}{mark}: {}{null}", field.name, wire(&field.kind))
}

fn wire(kind: &Wire) -> String {
    match kind {
        Wire::Boolean => "boolean".into(),
        Wire::Small | Wire::Number => "number".into(),
        Wire::Text => "string".into(),
        // Bytes in a header become hexadecimal when it is written.
        Wire::Hex | Wire::Path => "string | Uint8Array".into(),
        Wire::Pair => "[number, number]".into(),
        Wire::List(item) => match wire(item) {
            item if item.contains('|') => format!("({item})[]"),
            item => format!("{item}[]"),
        },
        Wire::Map(item) => format!("Record<string, {}>", wire(item)),
        Wire::Nullable(item) => format!("{} | null", wire(item)),
        Wire::Object(name) | Wire::OneOf(name) => name.clone(),
        Wire::Public(name) if name == "SigningRequest" => "RequestFrame".into(),
        Wire::Public(name) => name.clone(),
        Wire::Any => "unknown".into(),
    }
}
