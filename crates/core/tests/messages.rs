//! Messages reach terminals and logs: text of others in them is escaped.

mod common;

use common::{Document, memory, moment, options, run};
use rustpdf_core::{Credentials, Machine, SigningOptions};

fn file(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn refusal<T>(machine: Machine<T>, document: &[u8]) -> String {
    match run(machine, document, |_| vec![]) {
        Ok(_) => panic!("no error"),
        Err(error) => error.to_string(),
    }
}

fn is_raw(character: char) -> bool {
    character.is_control() || character == '\u{202e}'
}

#[test]
fn the_name_in_a_certificate_of_the_chain() {
    let document = Document::new().bytes();
    let credentials = Credentials {
        certificate: file("../../tests/vectors/certificates/rsa.der"),
        chain: vec![file("tests/data/messages/controls-in-the-name.pem")],
    };
    let message = refusal(Machine::prepare(memory(&document), moment(), Some(credentials), options("{}")), &document);
    assert!(message.contains(r"`e\u{1b}[31mvil\u{7}`") && !message.contains(is_raw), "{message}");
}

#[test]
fn the_handler_of_an_encrypted_document() {
    let document = Document::new().trailer("/Encrypt<</Filter/x#1b#5b31m#e2#80#ae>>").bytes();
    let message = refusal(Machine::prepare(memory(&document), moment(), None, options("{}")), &document);
    assert!(message.contains("by the handler x?") && !message.contains(is_raw), "{message}");
}

#[test]
fn an_option_that_does_not_exist() {
    for json in
        [r#"{"x\u001b[2J\u202e": 1}"#, r#"{"digestAlgorithm": "x\u009b2J\u202e"}"#, r#"{"lock": {"action": "all", "x\u001b[2J\u202e": 1}}"#]
    {
        let error = SigningOptions::from_json(json).unwrap_err().to_string();
        assert!(error.contains(r"\u{202e}") && !error.contains(is_raw), "{error}");
    }
}
