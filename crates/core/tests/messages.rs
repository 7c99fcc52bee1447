//! Messages reach terminals and logs: text of others in them is escaped.

mod common;

use common::{Document, memory, moment, options, prepared, run};
use rustpdf_core::{Credentials, Machine, Session, SigningOptions};

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
    assert!(message.contains(r"`e\1b[31mvil\07`") && !message.contains(is_raw), "{message}");
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

/// Passwords, keys and texts of the document are in no message.
#[test]
fn secrets() {
    let encrypted = file("../../tests/vectors/documents/encrypted/aes-256.pdf");
    let session = Machine::prepare(memory(&encrypted), moment(), None, options(r#"{"password": "SECRET-1"}"#));
    let mut messages = vec![refusal(session, &encrypted)];

    let document = Document::new().bytes();
    let key = file("../../tests/pki/certificates/rsa.key");
    let parts: Vec<String> = String::from_utf8(key.clone()).unwrap().lines().map(|line| line[..line.len().min(16)].to_owned()).collect();
    let certificate = file("../../tests/vectors/certificates/rsa.der");
    for (certificate, chain) in [(key.clone(), vec![]), (certificate, vec![key])] {
        let credentials = Credentials { certificate, chain };
        messages.push(refusal(Machine::prepare(memory(&document), moment(), Some(credentials), options("{}")), &document));
    }
    let sealed = prepared(&document, options("{}")).unwrap().serialize(b"SECRET-2 of thirty-two bytes, or more").unwrap();
    messages.push(Session::unseal(&sealed, b"SECRET-3 of thirty-two bytes, or more").unwrap_err().to_string());

    // A document full of texts, cut at each byte and with each byte of it changed.
    let told = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/Lang(SECRET-4)/AcroForm<</Fields[4 0 R]/DA(SECRET-5)>>>>")
        .with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/SECRET-6(SECRET-7)/Contents 5 0 R>>")
        .with(4, "<</FT/Tx/T(a)/V(SECRET-8)>>")
        .with(5, "<</Length 10>>stream\n(SECRET-9)\nendstream")
        .bytes();
    let strict = r#"{"strict": true, "reason": "SECRET-10"}"#;
    let cut = (0..told.len()).map(|end| told[..end].to_vec());
    let changed = (0..told.len()).map(|at| {
        let mut changed = told.clone();
        changed[at] ^= 1;
        changed
    });
    for document in cut.chain(changed) {
        messages.extend(prepared(&document, options(strict)).err().map(|error| error.to_string()));
    }
    assert!(messages.len() > 500, "{}", messages.len());
    for message in messages {
        assert!(!message.contains("SECRET") && !parts[1..parts.len() - 1].iter().any(|part| message.contains(part)), "{message}");
    }
}
