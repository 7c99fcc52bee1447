//! Prints the table of error codes in the form that is asked for: `markdown` for docs/errors.md, `typescript` for the npm package.

use rustpdf_core::{Code, Group, WarningCode};

const GROUPS: [(Group, &str); 8] = [
    (Group::File, "The document cannot be signed as it is; the same call fails again."),
    (Group::Options, "An option is wrong, or does not fit the document or another option."),
    (Group::Certificate, "The certificate or its chain cannot be used."),
    (Group::Answer, "What came back from the key holder was refused. Nothing was changed, and another answer may be given."),
    (Group::Session, "A saved session cannot be resumed or completed."),
    (Group::Limit, "Something in the document is larger or deeper than what is read."),
    (Group::Misuse, "Calls in the wrong order or of the wrong type: fixable by reading the calling code."),
    (Group::Internal, "A bug of rustpdf. Please report it."),
];

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("markdown") => markdown(),
        Some("typescript") => typescript(),
        _ => {
            eprintln!("usage: error_table markdown|typescript");
            std::process::exit(2);
        }
    }
}

fn markdown() {
    println!("# Errors\n");
    println!(
        "Generated from `crates/core/src/error.rs` by `scripts/generate.sh`. The codes are the same in every language and never change"
    );
    println!("their meaning. A message says what was found, often with its numbers, then what to do.");
    for (group, meaning) in GROUPS {
        println!("\n## {}\n\n{meaning}\n\n| code | what was found | what to do |\n|---|---|---|", group.as_str());
        for code in Code::ALL.iter().filter(|code| code.group() == group) {
            println!("| `{}` | {} | {} |", code.as_str(), code.sentence().replace('|', "\\|"), code.remedy().replace('|', "\\|"));
        }
    }
    println!("\n## Warnings\n\nA warning stops nothing: it is in the report.\n\n| code | what it means |\n|---|---|");
    for code in WarningCode::ALL {
        println!("| `{}` | {} |", code.as_str(), code.sentence());
    }
}

fn typescript() {
    println!("// Generated from crates/core/src/error.rs by scripts/generate.sh.\n");
    println!("/** Every code, with its group. */\nexport const ERROR_GROUPS = {{");
    for code in Code::ALL {
        let mut sentence = code.sentence().to_owned();
        sentence[..1].make_ascii_uppercase();
        println!("\t/** {sentence}; {}. */\n\t{}: \"{}\",", code.remedy(), code.as_str(), code.group().as_str());
    }
    println!(
        "}} as const;\n\n/** The stable code of an error, the same in every language. */\nexport type ErrorCode = keyof typeof ERROR_GROUPS;\n"
    );
    println!("/** The stable code of a warning, the same in every language. */\nexport type WarningCode =");
    for (index, code) in WarningCode::ALL.iter().enumerate() {
        let end = if index + 1 == WarningCode::ALL.len() { ";" } else { "" };
        println!("\t| \"{}\"{end}", code.as_str());
    }
}
