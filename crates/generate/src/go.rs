//! The types of the Go module.

use std::io::Write;
use std::process::{Command, Stdio};

use rustpdf_core::{Code, WarningCode};

use crate::model::{Field, Kind, Model, Presence, Struct};
use crate::text::{capital, code, line_comment};

const WIDTH: usize = 120;

/// The file of types.
pub fn file(model: &Model) -> String {
    let mut file = String::from(
        "// Code generated from the core by scripts/generate.sh. DO NOT EDIT.\n\npackage rustpdf\n\nimport \"encoding/json\"\n",
    );
    for enumeration in &model.enumerations {
        let (name, underlying) = (&enumeration.name, if enumeration.is_numeric() { "int" } else { "string" });
        file += &format!("\n{}type {name} {underlying}\n\nconst (\n", comment(name, &enumeration.doc, ""));
        for variant in &enumeration.values {
            let own = format!("{name}{}", pascal(&variant.name));
            file += &format!("{}\t{own} {name} = {}\n", comment(&own, &variant.doc, "\t"), variant.value);
        }
        file += ")\n";
    }
    for structure in &model.structs {
        file += &self::structure(structure);
    }
    file += "\n// ErrorCode is the stable code of an error, the same in every language.\ntype ErrorCode string\n\nconst (\n";
    for known in Code::ALL {
        let name = format!("Err{}", pascal(&code(known.as_str())));
        let doc = format!("{}; {}.", capital(known.sentence()), known.remedy());
        file += &format!("{}\t{name} ErrorCode = \"{}\"\n", line_comment(&doc, "\t// ", WIDTH), known.as_str());
    }
    file += ")\n\n// groups tells whose turn it is when an error of a code comes.\nvar groups = map[ErrorCode]string{\n";
    for known in Code::ALL {
        file += &format!("\tErr{}: \"{}\",\n", pascal(&code(known.as_str())), known.group().as_str());
    }
    file += "}\n\n// WarningCode is the stable code of a warning, the same in every language.\ntype WarningCode string\n\nconst (\n";
    for known in WarningCode::ALL {
        let name = format!("Warn{}", pascal(&code(known.as_str())));
        file += &format!(
            "{}\t{name} WarningCode = \"{}\"\n",
            line_comment(&format!("{}.", capital(known.sentence())), "\t// ", WIDTH),
            known.as_str()
        );
    }
    formatted(&(file + ")\n"))
}

/// As gofmt wants it, which aligns what stands in columns.
fn formatted(file: &str) -> String {
    let child = Command::new("gofmt").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("gofmt is there: install Go");
    child.stdin.take().expect("it has an input").write_all(file.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the file is no Go");
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}

fn structure(structure: &Struct) -> String {
    let mut text = format!("\n{}type {} struct {{\n", comment(&structure.name, &structure.doc, ""), structure.name);
    for field in &structure.fields {
        let kind = match &field.kind {
            Kind::Boolean => "bool".into(),
            Kind::Integer => "int".into(),
            Kind::Long => "int64".into(),
            Kind::WarningCode => "WarningCode".into(),
            Kind::Text => "string".into(),
            Kind::Bytes => "HexBytes".into(),
            Kind::Longs => "[]int64".into(),
            Kind::Texts => "[]string".into(),
            Kind::Struct(name) => format!("*{name}"),
            Kind::Enumeration(name) => name.clone(),
            Kind::Structs(name) => format!("[]{name}"),
        };
        let omitted = if field.presence == Presence::Always { "" } else { ",omitempty" };
        // What is on is told by the switch that turns it off.
        let doc = match field.doc.split(". ").next() {
            Some(first) if is_on(field) => format!("{}. So it is where nothing is said.", first.trim_end_matches('.')),
            _ => field.doc.clone(),
        };
        text += &line_comment(&doc, "\t// ", WIDTH);
        text += &format!("\t{} {kind} `json:\"{}{omitted}\"`\n", pascal(&field.name), field.name);
        if is_on(field) {
            text += &format!(
                "\t// {} turns {} off: false is what Go takes where nothing is said.\n\t{} bool `json:\"-\"`\n",
                opposite(field),
                pascal(&field.name),
                opposite(field)
            );
        }
    }
    text += "}\n";
    let on: Vec<&Field> = structure.fields.iter().filter(|field| is_on(field)).collect();
    if on.is_empty() {
        return text;
    }
    let name = &structure.name;
    text += &format!(
        "\n// MarshalJSON writes the options as they cross the border to the core.\nfunc (o {name}) MarshalJSON() ([]byte, error) {{\n\ttype plain {name}\n\twire := struct {{\n\t\tplain\n"
    );
    for field in &on {
        text += &format!("\t\t{} *bool `json:\"{},omitempty\"`\n", pascal(&field.name), field.name);
    }
    text += "\t}{plain: plain(o)}\n";
    for field in &on {
        text += &format!("\tif o.{} {{\n\t\twire.{} = new(bool)\n\t}}\n", opposite(field), pascal(&field.name));
    }
    text + "\treturn json.Marshal(wire)\n}\n"
}

/// Whether a switch is on where nothing is said.
fn is_on(field: &Field) -> bool {
    field.presence == Presence::Default(true.into())
}

/// The switch that turns such a one off.
fn opposite(field: &Field) -> &'static str {
    match field.name.as_str() {
        "pades" => "PlainCMS",
        "checkSignature" => "SkipSignatureCheck",
        other => panic!("Go needs a name for not {other}"),
    }
}

/// A name as Go writes it, which keeps initials in capitals.
fn pascal(name: &str) -> String {
    let name = crate::text::pascal(name);
    if ["Oid", "Uri"].contains(&name.as_str()) { name.to_uppercase() } else { name }
}

/// A comment as godoc wants it, with the name in front.
fn comment(name: &str, doc: &str, indent: &str) -> String {
    let mut letters = doc.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    let is_name = doc.chars().nth(1).is_some_and(|second| !second.is_lowercase() && second != ' ');
    let rest = if is_name { doc.to_owned() } else { first + letters.as_str() };
    let joined = if rest.starts_with("what ") || rest.starts_with("which ") { "says" } else { "is" };
    line_comment(&format!("{name} {joined} {rest}"), &format!("{indent}// "), WIDTH)
}
