//! The flags of the command line: one for every signing option except secrets, which have ways of their own.

use serde_json::Value;

use crate::model::{Enumeration, Field, Kind, Model, Presence, Struct};
use crate::text::kebab;

/// The table of flags, in TypeScript.
pub fn file(model: &Model) -> String {
    let mut file = String::from(
        "// Generated from the core by scripts/generate.sh.\n\n\
         /** A flag of the command line that sets a signing option. */\n\
         export interface SigningFlag {\n\
         \t/** The flag as it is typed, with a placeholder for its value. */\n\treadonly flag: string;\n\
         \t/** Path of the option, such as `policy.oid`. */\n\treadonly path: string;\n\
         \t/** Kind of the option's value. A list takes one entry from each flag. */\n\treadonly kind: \"boolean\" | \"number\" | \"text\" | \"list\";\n\
         \t/** One line for `--help`. */\n\treadonly help: string;\n}\n\n\
         /** A flag for every signing option except `password`. A boolean option that is on by default has a `--no-` flag. */\n\
         export const SIGNING_FLAGS: readonly SigningFlag[] = [\n",
    );
    for (path, field) in options(model) {
        let (kind, value) = kind(model, &field.kind);
        file += &format!(
            "\t{{\n\t\tflag: \"{}{value}\",\n\t\tpath: \"{}\",\n\t\tkind: \"{kind}\",\n\t\thelp: {},\n\t}},\n",
            flag(&path, field),
            path.join("."),
            Value::from(help(model, field)),
        );
    }
    file + "];\n"
}

/// Every option that holds a value, with the path to it.
fn options(model: &Model) -> Vec<(Vec<&str>, &Field)> {
    let fields = |name: &str| model.structs.iter().find(|known| known.name == name).map(|Struct { fields, .. }| fields);
    let mut all = Vec::new();
    // Places, files and empty fields have flags of their own.
    let own = ["appearance", "emptyFields", "page"];
    let given = fields("SigningOptions").expect("the options are a struct").iter();
    for field in given.filter(|field| !field.secret && !own.contains(&field.name.as_str())) {
        match &field.kind {
            Kind::Struct(name) => {
                let inner = fields(name).expect("an option is of a known type").iter();
                // Files and addresses have flags of their own.
                let inner = inner.filter(|inner| !matches!(inner.kind, Kind::BytesList | Kind::Structs(_)));
                all.extend(inner.map(|inner| (vec![field.name.as_str(), inner.name.as_str()], inner)));
            }
            _ => all.push((vec![field.name.as_str()], field)),
        }
    }
    all
}

/// `--policy-oid` for `policy.oid`; `--no-pades` for what is on by default; `--lock-field`, one of `lock.fields`.
fn flag(path: &[&str], field: &Field) -> String {
    let name: Vec<_> = path.iter().map(|part| kebab(part)).collect();
    let name = name.join("-");
    match &field.kind {
        Kind::Texts => format!("--{}", name.strip_suffix('s').expect("a list has a name in the plural")),
        _ if is_on(field) => format!("--no-{name}"),
        _ => format!("--{name}"),
    }
}

fn is_on(field: &Field) -> bool {
    field.presence == Presence::Default(true.into())
}

/// The kind of a flag, and the placeholder of its value.
fn kind(model: &Model, kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Boolean => ("boolean", ""),
        Kind::Integer | Kind::Long => ("number", " <number>"),
        Kind::Enumeration(name) if model.enumeration(name).is_numeric() => ("number", " <number>"),
        Kind::Enumeration(_) => ("text", " <name>"),
        Kind::Text => ("text", " <text>"),
        Kind::Bytes => ("text", " <hex>"),
        Kind::Texts => ("list", " <text>"),
        _ => panic!("the command line has no such option yet"),
    }
}

/// The first sentence of the documentation, or the one that says what happens without the option; then in
/// parentheses values, bounds and default.
fn help(model: &Model, field: &Field) -> String {
    let sentences: Vec<_> = field.doc.split_inclusive(". ").map(|sentence| sentence.trim_end().trim_end_matches('.')).collect();
    let after = |start: &str| sentences.iter().find_map(|sentence| sentence.strip_prefix(start));
    let sentence = if is_on(field) { after("If false, ").expect("its opposite is documented") } else { sentences[0] };
    let mut facts = Vec::new();
    match &field.kind {
        Kind::Enumeration(name) => facts.push(values(model.enumeration(name))),
        Kind::Integer | Kind::Long if !field.bounds.is_empty() => facts.push(field.bounds.clone()),
        Kind::Texts => facts.push("repeatable".into()),
        _ => {}
    }
    match &field.presence {
        Presence::Default(value) if value.is_number() => facts.push(format!("default: {value}")),
        _ => facts.extend(after("Default: ").map(|default| format!("default: {default}"))),
    }
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join("; ")) };
    let help = format!("{}{facts}", small(&without_clauses(sentence)));
    let switches = options(model).into_iter().filter(|(_, field)| is_on(field));
    plain(&switches.fold(help, |help, (path, field)| help.replace(&format!("`{}: false`", path.join(".")), &flag(&path, field))))
}

fn values(enumeration: &Enumeration) -> String {
    let value = |text: &Value| text.as_str().map_or_else(|| text.to_string(), str::to_owned);
    let described = |doc: &str| format!(": {}", small(doc.trim_end_matches('.')));
    let values = enumeration.values.iter().map(|variant| match enumeration.is_numeric() {
        true => value(&variant.value) + &described(&variant.doc),
        false => value(&variant.value),
    });
    values.collect::<Vec<_>>().join(if enumeration.is_numeric() { "; " } else { ", " })
}

/// The text without Markdown.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// The sentence without references to clauses, such as ` (EN 319 122-1, 5.2.9)`.
fn without_clauses(sentence: &str) -> String {
    let mut rest = sentence;
    let mut text = String::new();
    while let Some((before, reference)) = rest.split_once(" (EN ").or_else(|| rest.split_once(" (ISO ")) {
        text += before;
        rest = reference.split_once(')').expect("a parenthesis ends").1;
    }
    text + rest
}

/// The text with a small letter in front, unless its first word is an abbreviation.
fn small(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}
