//! Documents that are encrypted: what opens them, what is read of them, and that what is written is encrypted as they are.

mod common;

use common::{Document, memory, moment, options, prepared, right_answer, run};
use rustpdf_core::{Answer, Credentials, DocumentInfo, Machine, OutputLocation, Result, Signatory, SignedUpdate, Step, WarningCode};

/// Made by qpdf and pyHanko: `tests/documents/make.py`.
fn document(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/vectors/documents/encrypted/{name}.pdf", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A signer of the vectors whose signature nobody checks, since it is none.
fn signatory(json: &str) -> Signatory {
    let path = format!("{}/../../tests/vectors/certificates/rsa.der", env!("CARGO_MANIFEST_DIR"));
    let credentials = Credentials { certificate: std::fs::read(path).unwrap(), chain: vec![] };
    let mut options = options(json);
    options.check_signature = false;
    Signatory { credentials, options }
}

fn sign_in_turn(document: &[u8], signatories: Vec<Signatory>) -> Result<Vec<SignedUpdate>> {
    let mut machine = Machine::sign(memory(document), moment(), signatories, OutputLocation::Update, None);
    let mut answer = Answer::Start;
    loop {
        answer = match machine.next(answer)? {
            Step::Sign { .. } => Answer::Sign(vec![1; 256]),
            Step::Done(document) => return Ok(document.signed),
            step => right_answer(&step, document, &|_| unreachable!()).unwrap(),
        };
    }
}

fn sign(document: &[u8], json: &str) -> Result<SignedUpdate> {
    sign_in_turn(document, vec![signatory(json)]).map(|mut signed| signed.remove(0))
}

fn inspect(document: &[u8], password: Option<&str>) -> Result<DocumentInfo> {
    run(Machine::inspect(memory(document), password.map(Into::into)), document, |_| vec![])
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// What hexadecimal says where the text is not encrypted.
fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

const BY_PASSWORD: [&str; 9] = [
    "rc4-40",
    "rc4-128",
    "rc4-128-crypt-filter",
    "aes-128",
    "aes-256-r5",
    "aes-256",
    "object-streams",
    "object-streams-aes-128",
    "plain-streams",
];

#[test]
fn both_passwords_open_and_what_is_written_is_read_again() {
    for name in BY_PASSWORD {
        for password in ["user", "owner"] {
            let mut document = document(name);
            for (field, reason) in [("approval.director", "a quiet reason"), ("Another", "ein (stiller) Grund: 合同")] {
                let json = format!(r#"{{"password": "{password}", "fieldName": "{field}", "reason": "{reason}"}}"#);
                let update = sign(&document, &json).unwrap_or_else(|error| panic!("{name}: {error}")).update;
                for text in [reason, "amount", "director", "Another", "Helv"] {
                    assert!(!contains(&update, text) && !contains(&update, &hexadecimal(text)), "{name}: {text} is not encrypted");
                }
                document.extend(update);
            }
            for password in ["user", "owner"] {
                let found = inspect(&document, Some(password)).unwrap();
                let names: Vec<_> = found.fields.iter().map(|field| (field.name.as_str(), field.r#type)).collect();
                assert_eq!(names, [("amount", "Tx"), ("Another", "Sig"), ("approval.director", "Sig")], "{name}");
                let reasons: Vec<_> = found.signatures.iter().map(|signature| signature.reason.as_deref().unwrap()).collect();
                assert_eq!(reasons, ["a quiet reason", "ein (stiller) Grund: 合同"], "{name}");
                assert!(found.signatures.iter().all(|signature| signature.signer.is_some()), "{name}: the container is plain");
                assert_eq!(found.warnings, [], "{name}");
            }
        }
    }
}

#[test]
fn the_right_password_is_asked_for() {
    for name in BY_PASSWORD.into_iter().chain(["aes-128-metadata-plain", "latin", "plain-strings"]) {
        let document = document(name);
        let code = |password| inspect(&document, password).unwrap_err().code().as_str();
        assert_eq!(code(None), "ERR_PASSWORD_MISSING", "{name}");
        for wrong in ["", "User", "users", &"x".repeat(200)] {
            assert_eq!(code(Some(wrong)), "ERR_PASSWORD_WRONG", "{name}");
        }
        assert_eq!(sign(&document, "{}").unwrap_err().code().as_str(), "ERR_PASSWORD_MISSING", "{name}");
        assert_eq!(sign(&document, r#"{"password": "no"}"#).unwrap_err().code().as_str(), "ERR_PASSWORD_WRONG", "{name}");
    }
    assert_eq!(inspect(&document("empty-user"), Some(&"x".repeat(5000))).unwrap_err().code().as_str(), "ERR_OPTION_VALUE");
}

#[test]
fn passwords_beyond_ascii() {
    for password in ["hôtel", "propriétaire"] {
        assert_eq!(inspect(&document("latin"), Some(password)).unwrap().fields.len(), 2, "{password}");
    }
}

#[test]
fn no_password_where_none_is_needed() {
    for password in [None, Some(""), Some("owner")] {
        assert_eq!(inspect(&document("empty-user"), password).unwrap().fields.len(), 2);
    }
    // Only what is attached is encrypted, and nothing of it is read.
    for password in [None, Some("user")] {
        let document = document("plain-but-attachments");
        assert_eq!(inspect(&document, password).unwrap().fields[0].name, "amount");
        let json = password.map_or("{}".into(), |password| format!(r#"{{"password": "{password}"}}"#));
        assert!(contains(&sign(&document, &json).unwrap().update, "/T (Signature1)"));
    }
    let plain = Document::new().bytes();
    assert!(sign(&plain, r#"{"password": "anything"}"#).is_ok());
}

/// The data of the stream that follows `text`.
fn stream_after(update: &[u8], text: &str) -> Vec<u8> {
    let at = update.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    let object = &update[at..];
    let start = object.windows(7).position(|window| window == b"stream\n").unwrap() + 7;
    let end = object.windows(10).position(|window| window == b"\nendstream").unwrap();
    object[start..end.max(start)].to_vec()
}

#[test]
fn filters_may_leave_strings_or_streams_plain() {
    let json = r#"{"password": "user", "fieldName": "New", "location": "Köln"}"#;
    let update = |name| sign(&document(name), json).unwrap().update;
    let appearance = |update: &[u8]| stream_after(update, "/Subtype /Form").len();

    let strings = update("plain-strings");
    assert!(contains(&strings, "/T (New)"));
    assert_eq!(appearance(&strings), 32, "an initialisation vector and a block of padding");
    let streams = update("plain-streams");
    assert!(!contains(&streams, "New"));
    assert_eq!(appearance(&streams), 0);
    assert_eq!(appearance(&update("aes-256")), 32);
    assert_eq!(appearance(&update("rc4-128")), 0);
}

#[test]
fn every_vector_is_another_and_all_follow_from_the_entropy() {
    let json = r#"{"password": "user", "reason": "same", "location": "same", "name": "same"}"#;
    let (document, once) = (document("aes-256"), |document: &[u8]| sign(document, json).unwrap().update);
    let update = once(&document);
    assert_eq!(update, once(&document));
    let text = String::from_utf8_lossy(&update).into_owned();
    let vector = |key: &str| text.split_once(&format!("{key} <")).unwrap().1[..32].to_owned();
    let vectors = [vector("/Reason"), vector("/Location"), vector("/Name"), vector("/M"), vector("/T")];
    assert!(vectors.iter().enumerate().all(|(index, vector)| !vectors[..index].contains(vector)), "{vectors:?}");
}

#[test]
fn who_signs_later_may_leave_the_password_out() {
    let document = document("aes-256");
    let turns = vec![signatory(r#"{"password": "user", "reason": "first"}"#), signatory(r#"{"reason": "second"}"#)];
    let signed = sign_in_turn(&document, turns).unwrap();
    let whole = [document.as_slice(), &signed[0].update, &signed[1].update].concat();
    assert_eq!(inspect(&whole, Some("user")).unwrap().signatures.len(), 2);
    let turns = vec![signatory("{}"), signatory(r#"{"password": "user"}"#)];
    assert_eq!(sign_in_turn(&document, turns).unwrap_err().code().as_str(), "ERR_PASSWORD_MISSING");
}

/// macOS hands over letters and accents apart, and a writer prepares the password (ISO 32000-2, 7.6.4.3.3).
#[test]
fn a_password_in_any_normal_form() {
    let document = std::fs::read(format!("{}/tests/data/passwords/nfc.pdf", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for password in ["p\u{e4}ssw\u{f6}rd", "pa\u{308}sswo\u{308}rd", "p\u{e4}s\u{ad}swo\u{308}rd", "ｐässwörd"] {
        assert!(inspect(&document, Some(password)).is_ok(), "{password:?}");
        let json = serde_json::json!({ "password": password }).to_string();
        assert!(sign(&document, &json).is_ok(), "{password:?}");
    }
    for password in ["password", "PÄSSWÖRD", ""] {
        assert_eq!(inspect(&document, Some(password)).unwrap_err().code().as_str(), "ERR_PASSWORD_WRONG", "{password:?}");
    }
}

#[test]
fn permissions_warn_a_user_and_not_the_owner() {
    for name in ["forbidden", "forbidden-rc4-40"] {
        let warned = |json: &str| sign(&document(name), json).unwrap().report.warnings.iter().any(|w| w.code == WarningCode::Permissions);
        assert!(warned("{}"), "{name}");
        assert!(!warned(r#"{"password": "owner"}"#), "{name}");
        assert_eq!(inspect(&document(name), None).unwrap().warnings[0].code, WarningCode::Permissions);
    }
    assert_eq!(
        sign(&document("empty-user"), "{}").unwrap().report.warnings.iter().filter(|w| w.code == WarningCode::Permissions).count(),
        0
    );
}

#[test]
fn what_cannot_be_opened_is_told() {
    let told = |document: &[u8]| {
        let error = inspect(document, Some("user")).unwrap_err();
        (error.code().as_str(), error.to_string())
    };
    let (code, message) = told(&document("certificate"));
    assert!(code == "ERR_ENCRYPTION_UNSUPPORTED" && message.contains("for certificates") && message.contains("Adobe.PubSec"), "{message}");
    let (code, message) = told(&document("gcm"));
    assert!(code == "ERR_ENCRYPTION_UNSUPPORTED" && message.contains("/V 6 and /R 7"), "{message}");
    let by = |entries: &str| told(&Document::new().trailer(&format!("/Encrypt<<{entries}>>")).bytes());
    let keys = "/O(00000000000000000000000000000000)/U(00000000000000000000000000000000)/P -4";
    for (entries, found) in [
        ("/Filter/Custom.Handler", "by the handler Custom.Handler"),
        ("/Filter/A#0a#1b", "by the handler A??"),
        ("/V 2/R 3", "without a name"),
        ("/Filter/Standard/V 3/R 3", "/V 3 and /R 3"),
        ("/Filter/Standard/V 5/R 4", "/V 5 and /R 4"),
        ("/Filter/Standard/V 4/R 4/StmF/A", "does not define"),
        ("/Filter/Standard/V 4/R 4/StmF/A/CF<</A<</CFM/AESV3>>>>", "/CFM /AESV3 under /V 4"),
        ("/Filter/Standard/V 4/R 4/StmF/A/CF<</A<<>>>>", "no /CFM"),
        ("/Filter/Standard/V 2/R 3", "dictionary is damaged"),
    ] {
        let (code, message) = by(entries);
        assert_eq!(code, "ERR_ENCRYPTION_UNSUPPORTED", "{entries}");
        assert!(message.contains(found), "{entries}: {message}");
    }
    assert_eq!(by(&format!("/Filter/Standard/V 2/R 3/Length 128{keys}")).0, "ERR_PASSWORD_WRONG");
}

#[test]
fn the_wrapper_of_an_encrypted_document_is_signed_with_a_warning() {
    let warned = |document: Document| {
        let session = prepared(&document.bytes(), options("{}")).unwrap();
        session.report().warnings.iter().any(|warning| warning.code.as_str() == "WARN_ENCRYPTED_PAYLOAD")
    };
    let wrapper = |catalog: &str, specification: &str| {
        Document::new().with(1, &format!("<</Type/Catalog/Pages 2 0 R{catalog}>>")).with(4, &format!("<</Type/Filespec{specification}>>"))
    };
    let tree = "/Collection<</View/H>>/Names<</EmbeddedFiles<</Kids[5 0 R]>>>>";
    let leaf = |document: Document| document.with(5, "<</Limits[(a)(a)]/Names[(a)4 0 R]>>");
    for specification in ["/AFRelationship/EncryptedPayload", "/EP<</Subtype/Custom>>"] {
        assert!(warned(wrapper("/AF[4 0 R]", specification)));
        assert!(warned(leaf(wrapper(tree, specification))));
    }
    assert!(!warned(leaf(wrapper(tree, "/AFRelationship/Source"))));
    // A tree that runs in a circle comes to an end.
    assert!(!warned(wrapper(tree, "").with(5, "<</Kids[5 0 R 5 0 R]>>")));
}

/// `document` with its catalog overridden, which gets these entries beside its own.
fn with_catalog(document: &[u8], entries: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(document);
    let between = |from: &str, to: &str| text.rsplit_once(from).unwrap().1.split_once(to).unwrap().0.trim().to_owned();
    let (trailer, previous) = (between("trailer <<", ">>\n"), between("startxref", "%%EOF"));
    let root = text.split_once("1 0 obj\n<<").unwrap().1.split_once(">>\nendobj").unwrap().0;
    let update = format!("1 0 obj\n<<{root}{entries}>>\nendobj\n");
    let tail = format!("xref\n1 1\n{:010} 00000 n \ntrailer <<{trailer} /Prev {previous} >>\n", document.len());
    [document, update.as_bytes(), tail.as_bytes(), format!("startxref\n{}\n%%EOF\n", document.len() + update.len()).as_bytes()].concat()
}

#[test]
fn many_strings_take_no_more_time_than_their_bytes() {
    let strings = "(a)<00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff>".repeat(20_000);
    let signatures = "<</Type/Sig/Contents<>/M(a)>>".repeat(20_000);
    for name in ["empty-user", "forbidden-rc4-40"] {
        let begun = std::time::Instant::now();
        let signed = sign(&with_catalog(&document(name), &format!("/X[{strings}{signatures}]")), r#"{"certify": 2}"#).unwrap();
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{name}: {:?}", begun.elapsed());
        assert_eq!(signed.update.windows(12).filter(|window| window == b"/Contents<>/").count(), 20_000);
    }
}

/// Who appends to an encrypted document and forgets to encrypt leaves plain text, which is not taken for encrypted text.
#[test]
fn strings_that_were_left_plain() {
    let document = with_catalog(&document("empty-user"), "/AcroForm<</Fields[<</T(left plain)/FT/Tx>>]>>");
    assert_eq!(inspect(&document, None).unwrap().fields[0].name, "left plain");
}

/// The first string of `/ID` is a part of the key, and a document without one must not be given one.
#[test]
fn a_document_without_an_identifier_keeps_its_key() {
    let mut document = document("no-identifier");
    let update = sign(&document, r#"{"password": "user", "reason": "kept"}"#).unwrap().update;
    assert!(contains(&update, "/ID [<>"));
    document.extend(update);
    assert_eq!(inspect(&document, Some("user")).unwrap().signatures[0].reason.as_deref(), Some("kept"));
}

#[test]
fn a_password_is_not_printed() {
    let options = options(r#"{"password": "hunter2"}"#);
    assert!(!format!("{options:?}").contains("hunter2"));
    let session = prepared(&document("empty-user"), common::options(r#"{"password": "owner"}"#)).unwrap();
    for saved in [session.to_live(), session.serialize(&[7; 32]), session.serialize_unsealed()] {
        assert!(!contains(&saved.unwrap(), "owner"));
    }
    let error = inspect(&document("aes-256"), Some("hunter2")).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn a_name_in_a_warning_is_not_saved() {
    let session = prepared(&document("empty-user"), options(r#"{"fieldName": "director"}"#)).unwrap();
    assert!(session.report().warnings.iter().any(|warning| warning.message.contains("approval.director")));
    for saved in [session.serialize(&[7; 32]), session.serialize_unsealed()] {
        assert!(!contains(&saved.unwrap(), "approval"));
    }
}

/// Strings and object streams are decrypted where the cross-reference is rebuilt, too.
#[test]
fn a_damaged_cross_reference() {
    for name in BY_PASSWORD {
        let text = document(name);
        let at = text.windows(9).rposition(|window| window == b"startxref").unwrap();
        let mut broken = [&text[..at], b"startxref\n7\n%%EOF\n"].concat();
        for reason in ["first", "second"] {
            let json = format!(r#"{{"password": "owner", "reason": "{reason}"}}"#);
            let update = sign(&broken, &json).unwrap_or_else(|error| panic!("{name}: {error}")).update;
            assert!(!contains(&update, reason), "{name}");
            broken.extend(update);
        }
        let found = inspect(&broken, Some("user")).unwrap();
        let reasons: Vec<_> = found.signatures.iter().map(|signature| signature.reason.as_deref().unwrap()).collect();
        assert_eq!(reasons, ["first", "second"], "{name}");
        assert!(found.fields.iter().any(|field| field.name == "approval.director"), "{name}");
        assert_eq!(inspect(&broken, None).unwrap_err().code().as_str(), "ERR_PASSWORD_MISSING", "{name}");
    }
}

/// Without a trailer nothing shows that a document is encrypted, but the password.
#[test]
fn a_lost_trailer() {
    let text = document("rc4-128");
    let at = text.windows(7).rposition(|window| window == b"trailer").unwrap();
    let broken = &text[..at];
    let error = sign(broken, r#"{"password": "user"}"#).unwrap_err();
    assert_eq!(error.code().as_str(), "ERR_XREF_BROKEN");
    assert!(error.to_string().contains("trailer is lost"), "{error}");
}
