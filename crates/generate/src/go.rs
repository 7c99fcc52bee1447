//! The types of the Go module.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use rustpdf_core::schema::STARTS;
use rustpdf_core::{Code, HOST_ERRORS, NAMES, WarningCode};

use crate::frames::{Frame, Frames, Kind as Wire, operation_of};
use crate::model::{Field, Kind, Model, Presence, Struct};
use crate::text::{capital, code, line_comment, snake};

const WIDTH: usize = 100;

/// Words that Go writes in capitals.
const INITIALISMS: [&str; 27] = [
    "cms", "crl", "dns", "dss", "ecdsa", "http", "id", "mac", "mdp", "ocsp", "oid", "pdf", "pid", "pin", "pkcs1", "pkcs11", "pss", "qr",
    "rsa", "sha256", "sha384", "sha512", "tls", "uri", "url", "utc", "xfa",
];

/// Objects that callers get as they are. `Warning` is among the types.
const EXPORTED: [&str; 5] = ["CertificateSummary", "LockInfo", "FieldInfo", "SignatureInfo", "DocumentInfo"];

/// Objects that a host fills in whole: for the core an absent text is not an empty one.
const WHOLE: [&str; 2] = ["Stat", "Process"];

/// The file of types.
pub fn file(model: &Model) -> String {
    let mut file = String::from(
        "// Code generated from the core by scripts/generate.sh. DO NOT EDIT.\n\npackage rustpdf\n\nimport (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"strings\"\n)\n",
    );
    for enumeration in &model.enumerations {
        let (name, underlying) = (&enumeration.name, if enumeration.is_numeric() { "int" } else { "string" });
        file += &format!("\n{}type {name} {underlying}\n\nconst (\n", comment(name, &enumeration.doc, "names", ""));
        for variant in &enumeration.values {
            let own = format!("{name}{}", pascal(&variant.name));
            file += &format!("{}\t{own} {name} = {}\n", comment(&own, &variant.doc, "means", "\t"), variant.value);
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
    file += ")\n\n// groups maps codes to their groups.\nvar groups = map[ErrorCode]string{\n";
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
    file += ")\n\n// Errors that the package itself raises.\n";
    for error in HOST_ERRORS {
        let parameters = error.parameters();
        let name = format!("hostErr{}", pascal(error.name));
        let list = if parameters.is_empty() { String::new() } else { format!("{} any", parameters.join(", ")) };
        let message = parameters.iter().fold(error.message(), |message, name| message.replace(&format!("{{{name}}}"), "%v"));
        let rest: String = parameters.iter().map(|name| format!(", {name}")).collect();
        // Finding and remedy have a line each.
        let text = format!("{message:?}").replacen("; ", ";\"+\n\t\t\" ", 1);
        let message = if parameters.is_empty() { text } else { format!("fmt.Sprintf({text}{rest})") };
        file += &format!("\nfunc {name}({list}) *Error {{\n\treturn newError(Err{}, {message})\n}}\n", pascal(&code(error.code.as_str())));
    }
    file += "\n// goNames replaces names in messages of the core by those of Go.\nvar goNames = strings.NewReplacer(\n";
    for name in NAMES {
        file += &format!("\t\"`{name}`\", \"`{}`\",\n", name.split('.').map(pascal).collect::<Vec<_>>().join("."));
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
    let name = struct_name(&structure.name);
    let mut text = format!("\n{}type {name} struct {{\n", comment(&name, &structure.doc, "contains", ""));
    for field in &structure.fields {
        let kind = match &field.kind {
            Kind::Boolean => "bool".into(),
            Kind::Integer => "int".into(),
            Kind::Long => "int64".into(),
            Kind::Number => "float64".into(),
            Kind::WarningCode => "WarningCode".into(),
            Kind::Text => "string".into(),
            Kind::Bytes => "HexBytes".into(),
            Kind::Longs => "[]int64".into(),
            Kind::Numbers => "[]float64".into(),
            Kind::NumberLists => "[][]float64".into(),
            Kind::Texts => "[]string".into(),
            Kind::BytesList => "[]HexBytes".into(),
            Kind::TextMap => "map[string]string".into(),
            Kind::Structs(name) if name == "TimestampService" => format!("{name}s"),
            Kind::Struct(name) => format!("*{}", struct_name(name)),
            Kind::Enumeration(name) => name.clone(),
            Kind::Structs(name) => format!("[]{}", struct_name(name)),
        };
        let omitted = if field.presence == Presence::Always { "" } else { ",omitempty" };
        let doc = match field.doc.split(". ").next() {
            Some(first) if is_on(field) => format!("{}. On by default: {} turns it off.", first.trim_end_matches('.'), opposite(field)),
            _ => field.doc.replace("`''`", "NoText"),
        };
        let doc = match field.name.as_str() {
            "margin" => format!("{doc} NoMargin is a distance of 0."),
            _ => doc,
        };
        let doc = match (structure.name.as_str(), &field.presence) {
            // Of a switch and of numbers the type says so, or its zero value is the default.
            ("Appearance" | "AppearanceBorder", Presence::Default(value)) if value.is_string() || value.is_f64() => {
                format!("{doc} Default: {}.", value.to_string().trim_matches('"'))
            }
            _ => doc,
        };
        text += &line_comment(&doc, "\t// ", WIDTH);
        text += &format!("\t{} {kind} `json:\"{}{omitted}\"`\n", pascal(&field.name), field.name);
        if is_on(field) {
            text += &format!(
                "\t// {} turns {} off, which an absent value leaves on.\n\t{} bool `json:\"-\" off:\"{}\"`\n",
                opposite(field),
                pascal(&field.name),
                opposite(field),
                field.name
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
        "\n// MarshalJSON returns the options as the core reads them.\nfunc (o {name}) MarshalJSON() ([]byte, error) {{\n\ttype plain {name}\n\twire := struct {{\n\t\tplain\n"
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

/// Whether a switch is on by default.
fn is_on(field: &Field) -> bool {
    field.presence == Presence::Default(true.into())
}

/// The switch that turns off one that is on by default.
fn opposite(field: &Field) -> &'static str {
    match field.name.as_str() {
        "pades" => "PlainCMS",
        "checkSignature" => "SkipSignatureCheck",
        "online" => "Offline",
        other => panic!("Go needs a name for not {other}"),
    }
}

/// A name as Go writes it, with initialisms in capitals.
fn pascal(name: &str) -> String {
    let word = |word: &str| if INITIALISMS.contains(&word) { word.to_uppercase() } else { capital(word) };
    snake(name).split('_').map(word).collect()
}

/// The name of a type as Go writes it.
fn struct_name(name: &str) -> String {
    if name.ends_with("Pdf") { pascal(name) } else { name.to_owned() }
}

/// A comment as godoc wants it: a sentence that begins with the name. The plural verb is that of several things.
fn comment(name: &str, doc: &str, plural_verb: &'static str, indent: &str) -> String {
    let words: Vec<&str> = doc.split_whitespace().collect();
    let first = words.first().copied().unwrap_or_default();
    let is_name = first.chars().skip(1).any(|letter| letter.is_uppercase() || letter.is_numeric());
    let rest = if is_name { doc.to_owned() } else { uncapital(doc) };
    // The noun is the last word before the first that belongs to it.
    let ends = |word: &&str| ["of", "that", "for", "from", "without", "listed", "but"].contains(word);
    let head: Vec<&str> = words.iter().copied().take_while(|word| !ends(word)).collect();
    let noun = head.iter().position(|word| word.ends_with([':', ',', '.'])).map_or(head.last(), |end| head.get(end));
    let is_plural = noun.is_some_and(|noun| noun.trim_end_matches([':', ',', '.']).ends_with('s'));
    let has_article = ["A", "An", "The"].contains(&first);
    let verb = match () {
        () if is_plural && name.ends_with("Options") => "are",
        () if is_plural || first.ends_with("ing") && words.get(1) != Some(&"of") => plural_verb,
        () if is_name || has_article => "is",
        () if words.get(1) == Some(&"of") => "is the",
        () if first.starts_with(['A', 'E', 'I', 'O', 'U']) => "is an",
        () => "is a",
    };
    line_comment(&format!("{name} {verb} {rest}"), &format!("{indent}// "), WIDTH)
}

/// The same text with a small letter in front.
fn uncapital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The file of frames.
pub fn frames(frames: &Frames) -> String {
    let mut file = String::from(
        "// Code generated from the core by scripts/generate.sh. DO NOT EDIT.\n\npackage rustpdf\n\nimport \"encoding/json\"\n",
    );
    let is_exported = |frame: &&Frame| EXPORTED.contains(&frame.name.as_str());
    let offered = frames.frames.iter().filter(|frame| frame.name != "Warning" && !is_exported(frame));
    let operations = operation_fields(frames);
    let used: Vec<&str> =
        offered.clone().flat_map(|frame| &frame.fields).chain(&operations).filter_map(|field| text(&field.kind)).collect();
    for texts in frames.texts.iter().filter(|texts| used.contains(&texts.name.as_str())) {
        let (name, is_public) = (text_name(&texts.name), PUBLIC_TEXTS.contains(&texts.name.as_str()));
        let described = |name: &str, doc: &str, indent: &str| match is_public {
            true => line_comment(&format!("{name} means: {}", uncapital(doc)), &format!("{indent}// "), WIDTH),
            false => line_comment(doc, &format!("{indent}// "), WIDTH),
        };
        let head = if is_public {
            line_comment(&format!("{name} names {}", uncapital(&texts.doc)), "// ", WIDTH)
        } else {
            described(&name, &texts.doc, "")
        };
        file += &format!("\n{head}type {name} string\n\nconst (\n");
        for (value, doc) in &texts.values {
            let constant = format!("{name}{}", pascal(value));
            file += &format!("{}\t{constant} {name} = \"{value}\"\n", described(&constant, doc, "\t"));
        }
        file += ")\n";
    }
    let operations_offered: BTreeSet<_> = offered.clone().filter_map(|frame| operation_of(&frame.name)).collect();
    file += "\n// Names of operations in start and call frames.\nconst (\n";
    for name in operations_offered {
        file += &format!("\toperation{} = \"{name}\"\n", pascal(name));
    }
    file += ")\n";
    for frame in offered {
        let operation = "\t// Name of the operation.\n\tOperation string `json:\"operation\"`\n";
        let head = match frame.name.as_str() {
            "Start" => operation,
            name if STARTS.iter().any(|(_, start)| *start == name) => "\tstartFrame\n",
            name if operation_of(name).is_some() => operation,
            _ => "",
        };
        file += &object(&frame.name, &frame.doc, &frame.fields, head);
    }
    let name = "\t// Name of the operation.\n\tOp string `json:\"op\"`\n";
    file += &object("Operation", "An operation on files: its name, and the fields of that operation.", &operations, name);
    for frame in frames.frames.iter().filter(is_exported) {
        file += &exported(frame);
    }
    file += "\n// newStep returns an empty frame of the step of this name; nil for a name that is not known.\nfunc newStep(name string) any {\n\tswitch name {\n";
    for (step, frame) in &frames.steps {
        file += &format!("\tcase \"{step}\":\n\t\treturn new({})\n", frame_name(frame));
    }
    formatted(&(file + "\tdefault:\n\t\treturn nil\n\t}\n}\n"))
}

/// All fields of operations. One that an operation has without a value is optional.
fn operation_fields(frames: &Frames) -> Vec<crate::frames::Field> {
    let mut fields = frames.operation_fields();
    for field in &mut fields {
        let mut same = frames.operations.iter().flat_map(|(_, operation)| &operation.fields).filter(|one| one.name == field.name);
        field.optional = same.any(|one| one.optional);
    }
    fields
}

/// The name of the text of a few values that a kind is or has.
fn text(kind: &Wire) -> Option<&str> {
    match kind {
        Wire::OneOf(name) => Some(name),
        Wire::List(item) | Wire::Map(item) | Wire::Nullable(item) => text(item),
        _ => None,
    }
}

fn object(name: &str, doc: &str, fields: &[crate::frames::Field], head: &str) -> String {
    let mut text = format!("\n{}type {} struct {{\n{head}", line_comment(doc, "// ", WIDTH), frame_name(name));
    for field in fields {
        let whole = WHOLE.contains(&name);
        let kind = if whole && field.kind == Wire::Small { "uint32".into() } else { wire(&field.kind) };
        let optional = field.optional && !whole;
        // An absent text is empty, a list nil, and a switch off, except in an answer, where its absence means that it is unknown.
        let pointer = match field.kind {
            Wire::Small | Wire::Number | Wire::Pair | Wire::Object(_) => true,
            Wire::Boolean => name == "AnswerFrame" || name == "ResultFrame",
            _ => false,
        };
        let kind = if optional && pointer { format!("*{kind}") } else { kind };
        let omitted = if optional { ",omitzero" } else { "" };
        text += &line_comment(&field.doc, "\t// ", WIDTH);
        text += &format!("\t{} {kind} `json:\"{}{omitted}\"`\n", pascal(&field.name), field.name);
    }
    text + "}\n"
}

/// A struct that callers get. An absent text or number is empty or 0.
fn exported(frame: &Frame) -> String {
    let mut text = format!("\n{}type {} struct {{\n", comment(&frame.name, &frame.doc, "contains", ""), frame.name);
    for field in &frame.fields {
        let kind = match &field.kind {
            Wire::Object(name) if field.optional => format!("*{name}"),
            Wire::Object(name) => name.clone(),
            Wire::List(item) => match &**item {
                Wire::Object(name) => format!("[]{name}"),
                item => format!("[]{}", wire(item)),
            },
            _ if field.name == "xref" => "XrefKind".into(),
            _ if field.name == "certified" || field.name == "docMdp" => "Certification".into(),
            kind => wire(kind),
        };
        let omitted = if field.optional { ",omitzero" } else { "" };
        text += &line_comment(&field.doc, "\t// ", WIDTH);
        text += &format!("\t{} {kind} `json:\"{}{omitted}\"`\n", pascal(&field.name), field.name);
    }
    text + "}\n"
}

fn frame_name(name: &str) -> String {
    type_name(name, "Frame")
}

/// Texts that callers get from a session.
const PUBLIC_TEXTS: [&str; 1] = ["SessionState"];

/// The type of a text of a few values.
fn text_name(name: &str) -> String {
    if PUBLIC_TEXTS.contains(&name) { name.to_owned() } else { type_name(name, "Kind") }
}

/// These types are not exported. A name of one word, which a function or a variable may have, gets a second.
fn type_name(name: &str, second: &str) -> String {
    let word = !name.chars().skip(1).any(char::is_uppercase);
    format!("{}{}", uncapital(name), if word { second } else { "" })
}

fn wire(kind: &Wire) -> String {
    match kind {
        Wire::Boolean => "bool".into(),
        Wire::Small => "int".into(),
        Wire::Number => "int64".into(),
        Wire::Text => "string".into(),
        Wire::OneOf(name) => text_name(name),
        Wire::Hex | Wire::Path => "HexBytes".into(),
        Wire::Pair => "[2]int64".into(),
        Wire::List(item) if **item == Wire::Pair => "[]byteRange".into(),
        Wire::List(item) => format!("[]{}", wire(item)),
        Wire::Map(item) => format!("map[string]{}", wire(item)),
        Wire::Nullable(item) => format!("*{}", wire(item)),
        Wire::Object(name) if name == "Warning" => name.clone(), // the public type has its fields
        Wire::Object(name) if name == "ExtensionOptions" => "json.RawMessage".into(), // likewise
        Wire::Object(name) => frame_name(name),
        Wire::Public(name) if name == "ErrorGroup" => "string".into(),
        Wire::Public(name) if name == "Report" || name == "SigningRequest" => format!("*{name}"),
        Wire::Public(name) if name == "SigningOptions" => "json.RawMessage".into(), // the core checks them
        Wire::Public(name) => name.clone(),
        Wire::Any => "json.RawMessage".into(),
    }
}
