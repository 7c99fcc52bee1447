//! Documents with an integrity code (ISO/TS 32004): it is verified before they are signed, and made again with the signature.

mod common;

use common::{memory, moment, options, prepared, right_answer, run};
use rustpdf_core::{
    Ambient, Answer, Credentials, DocumentInfo, FailureKind, Machine, OutputLocation, Result, Signatory, SignedUpdate, Step, WarningCode,
};

/// Made by pyHanko: `tests/documents/make.py`. Codes over SHA-256, SHA-384 and SHA-512 of SHA-3, in a trailer or attached to a signature.
const DOCUMENTS: [&str; 4] = ["mac", "mac-signed", "mac-sha3", "mac-xref-stream"];

/// A time at which the certificates of the vectors are valid, in seconds since 1970.
const VALID: i64 = 1_795_569_600;

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

fn machine(document: &[u8], ambient: Ambient, signatories: Vec<Signatory>) -> Machine<rustpdf_core::SignedDocument> {
    Machine::sign(memory(document), ambient, signatories, OutputLocation::Update, None)
}

fn sign_in_turn(document: &[u8], ambient: Ambient, signatories: Vec<Signatory>) -> Result<Vec<SignedUpdate>> {
    Ok(run(machine(document, ambient, signatories), document, |_| vec![1; 256])?.signed)
}

fn sign(document: &[u8], json: &str) -> Result<SignedUpdate> {
    sign_in_turn(document, moment(), vec![signatory(json)]).map(|mut signed| signed.remove(0))
}

fn inspect(document: &[u8]) -> Result<DocumentInfo> {
    run(Machine::inspect(memory(document), Some("user".into())), document, |_| vec![])
}

/// Code and message of the refusal to sign.
fn refusal(document: &[u8]) -> (&'static str, String) {
    let error = sign(document, r#"{"password": "user"}"#).expect_err("signed");
    (error.code().as_str(), error.to_string())
}

fn find(bytes: &[u8], text: &str) -> usize {
    bytes.windows(text.len()).rposition(|window| window == text.as_bytes()).unwrap_or_else(|| panic!("there is no {text}"))
}

fn count(bytes: &[u8], text: &str) -> usize {
    bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
}

/// `document` with the last `from` replaced by as many bytes.
fn replaced(document: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut changed = document.to_vec();
    let at = find(document, from);
    changed[at..at + from.len()].copy_from_slice(format!("{to:0$}", from.len()).as_bytes());
    changed
}

#[test]
fn the_code_is_made_again_with_every_signature() {
    for name in DOCUMENTS {
        let mut document = document(name);
        let before = inspect(&document).unwrap().signatures.len();
        for (number, json) in [
            r#"{"password": "user", "certify": 2, "fieldName": "approval.director"}"#,
            r#"{"password": "owner", "digestAlgorithm": "sha384", "strict": true}"#,
            r#"{"password": "user", "digestAlgorithm": "sha512", "pades": false}"#,
        ]
        .into_iter()
        .enumerate()
        {
            // Only the first signature can certify.
            let json = if before > 0 { json.replace(r#""certify": 2, "#, "") } else { json.into() };
            let ambient = Ambient { now: VALID, ..moment() };
            let signed = sign_in_turn(&document, ambient, vec![signatory(&json)]);
            let signed = signed.unwrap_or_else(|error| panic!("{name}, {number}: {error}")).remove(0);
            assert_eq!(count(&signed.update, "/AuthCode <</MACLocation /AttachedToSig /SigObjRef"), 1, "{name}");
            assert_eq!(count(&signed.update, "/AuthCode"), 1, "{name}: that of the document is not kept");
            assert_eq!(signed.report.container_length, Some(signed.report.container_size), "{name}");
            assert!(signed.report.warnings.iter().all(|warning| warning.code == WarningCode::ChainIncomplete), "{name}");
            document.extend(signed.update);
        }
        let found = inspect(&document).unwrap();
        assert_eq!(found.signatures.len(), before + 3, "{name}");
        assert!(found.signatures.iter().all(|signature| signature.signer.is_some()), "{name}");
        assert_eq!(count(&document, "/AuthCode"), before + 4);
    }
}

#[test]
fn signers_in_turn_make_a_code_each() {
    let document = document("mac");
    let turns = || vec![signatory(r#"{"password": "user"}"#), signatory("{}"), signatory(r#"{"digestAlgorithm": "sha384"}"#)];
    let signed = sign_in_turn(&document, moment(), turns()).unwrap();
    let mut whole = document.clone();
    for signed in &signed {
        whole.extend(&signed.update);
        sign(&whole, r#"{"password": "user"}"#).unwrap();
    }
    // Everything follows from the entropy, and the key of the code does.
    assert_eq!(sign_in_turn(&document, moment(), turns()).unwrap(), signed);
    let other = sign_in_turn(&document, Ambient { entropy: [8; 32], ..moment() }, turns()).unwrap();
    assert_ne!(other[0].update, signed[0].update);
}

/// The document is read once: the digest of the code belongs to the same pass as that of the signature. SHA-3 is the exception.
#[test]
fn one_pass_verifies_and_signs() {
    for name in DOCUMENTS {
        let document = document(name);
        let mut machine = machine(&document, moment(), vec![signatory(r#"{"password": "user"}"#)]);
        let (mut answer, mut parts) = (Answer::Start, Vec::new());
        loop {
            let step = machine.next(answer).unwrap();
            if let Step::Digest(request) = &step {
                parts.push(request.parts.len());
            }
            answer = match right_answer(&step, &document, &|_| vec![1; 256]) {
                Some(answer) => answer,
                None => break,
            };
        }
        assert_eq!(parts, [if name == "mac-sha3" { 1 } else { 2 }], "{name}");
    }
}

#[test]
fn a_document_that_was_changed_is_refused() {
    for name in ["mac", "mac-xref-stream", "mac-sha3", "mac-signed"] {
        let document = document(name);
        // What a signature contains besides its value and the code is covered by neither.
        let contents = if name == "mac-signed" { find(&document, "/Contents <") } else { document.len() };
        let end = contents + document[contents..].iter().position(|byte| *byte == b'>').unwrap_or(0);
        for at in (0..contents).chain(end..document.len()).step_by(487) {
            let mut changed = document.clone();
            changed[at] ^= 1;
            // Without a trailer that can be read the document is not encrypted for any reader, and the report warns.
            if let Ok(signed) = sign(&changed, r#"{"password": "user"}"#) {
                assert!(signed.report.warnings.iter().any(|warning| warning.code == WarningCode::XrefRebuilt), "{name}: byte {at}");
                assert_eq!(count(&signed.update, "/Encrypt"), 0, "{name}: byte {at}");
            }
        }
        // A byte of a page's content, which nothing else would notice.
        let mut changed = document.clone();
        changed[find(&document, "endstream") - 10] ^= 1;
        if name != "mac-xref-stream" {
            assert_eq!(refusal(&changed).0, "ERR_MAC_INVALID", "{name}");
        }
    }
}

#[test]
fn a_code_that_was_removed_is_missed() {
    let document = document("mac");
    let refused = |document: &[u8], found: &str| {
        let (code, message) = refusal(document);
        assert!(code == "ERR_MAC_INVALID" && message.contains(found), "{found}: {message}");
    };
    let no_code = replaced(&document, "/AuthCode", "/AuthNone");
    refused(&no_code, "must have one");
    refused(&replaced(&document, "/KDFSalt", "/KDFNone"), "no /KDFSalt");
    // The permissions require it, and their copy in /Perms is encrypted.
    let permitted = replaced(&replaced(&no_code, "/KDFSalt", "/KDFNone"), "/P -4100", "/P -4");
    refused(&permitted, "must have one");
    // Without them it is a document like others.
    let without = replaced(&permitted, "/Perms", "/None");
    assert_eq!(count(&sign(&without, r#"{"password": "user"}"#).unwrap().update, "/AuthCode"), 0);
    assert!(inspect(&no_code).is_ok());
}

#[test]
fn a_code_that_is_not_one_is_told() {
    let (standalone, attached) = (document("mac"), document("mac-signed"));
    for (document, from, to, found) in [
        (&standalone, "/MACLocation /Standalone", "/MACLocation /Elsewhere", "neither /Standalone nor"),
        (&standalone, "/MAC <", "/MAX <", "no string /MAC"),
        (&standalone, "/ByteRange [0", "/ByteRange [1", "not an array of two ranges"),
        (&attached, "/SigObjRef 15 0 R", "/SigObjRef 1 0 R", "no string /Contents"),
        (&attached, "/SigObjRef 15 0 R", "/SigObjRef 99", "not a reference"),
        (&attached, "/SigObjRef 15 0 R", "/SigObjRef 99 0 R", "no signature"),
        // id-pdfMacData in the container, which is not covered.
        (&attached, "062881FA040102", "062881FA040103", "does not contain the integrity code"),
        // The recipient is another kind.
        (&standalone, "3146A344", "3146A444", "cannot be read"),
    ] {
        let (code, message) = refusal(&replaced(document, from, to));
        assert!(code == "ERR_MAC_INVALID" && message.contains(found), "{from}: {message}");
    }
    // Bytes of the key, of what is authenticated, and of the code itself.
    let token = find(&standalone, "/MAC <") + 6;
    for digit in [150, 320, 560, 640] {
        let mut changed = standalone.clone();
        changed[token + digit] = if changed[token + digit] == b'0' { b'1' } else { b'0' };
        assert_eq!(refusal(&changed).0, "ERR_MAC_INVALID", "{digit}");
    }
}

#[test]
fn algorithms_that_are_not_known_are_named() {
    let document = document("mac");
    for (from, to, found) in [
        ("2A864886F70D0209A10D", "2A864886F70D020BA10D", "1.2.840.113549.2.11"),
        ("A10D06096086480165030402", "A10D06096086480165030403", "2.16.840.1.101.3.4.3.1"),
        ("060960864801650304012D", "0609608648016503040105", "2.16.840.1.101.3.4.1.5"),
        ("A00806062881FA040101", "A00806062881FA040104", "1.0.32004.1.4"),
    ] {
        let at = find(&document, "/MAC <");
        let place = at + document[at..].windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
        let mut changed = document.clone();
        changed[place..place + from.len()].copy_from_slice(to.as_bytes());
        let (code, message) = refusal(&changed);
        assert!(code == "ERR_MAC_ALGORITHM" && message.contains(found), "{from}: {message}");
    }
}

/// A program that does not know of the code updates the document and keeps it, or leaves it out.
#[test]
fn a_code_that_is_not_over_the_whole_document_is_refused() {
    for name in ["mac", "mac-signed"] {
        let document = document(name);
        let text = String::from_utf8_lossy(&document).into_owned();
        let trailer = text.rsplit_once("trailer <<").or_else(|| text.rsplit_once("trailer\n<<")).unwrap().1;
        let (trailer, rest) = trailer.split_once("startxref").unwrap();
        let previous = rest.split_once("%%EOF").unwrap().0.trim();
        let entries = trailer.trim().strip_suffix(">>").unwrap();
        let entries = entries.split_once("/Prev").map_or(entries, |(entries, _)| entries);
        let update = |entries: &str| {
            let tail = format!("xref\n0 0\ntrailer\n<<{entries} /Prev {previous}>>\nstartxref\n{}\n%%EOF\n", document.len());
            [document.as_slice(), tail.as_bytes()].concat()
        };
        let (code, message) = refusal(&update(entries));
        assert!(code == "ERR_MAC_INVALID" && message.contains("does not cover the whole"), "{name}: {message}");
        let (code, message) = refusal(&update(&entries.replace("/AuthCode", "/AuthNone")));
        assert!(code == "ERR_MAC_INVALID" && message.contains("must have one"), "{name}: {message}");
    }
}

#[test]
fn passwords_and_sizes_are_checked_first() {
    let document = document("mac");
    let code = |json: &str| sign(&document, json).unwrap_err().code().as_str();
    assert_eq!(code("{}"), "ERR_PASSWORD_MISSING");
    assert_eq!(code(r#"{"password": "wrong"}"#), "ERR_PASSWORD_WRONG");
    let needed = sign(&document, r#"{"password": "user"}"#).unwrap().report.container_size;
    assert_eq!(code(&format!(r#"{{"password": "user", "containerSize": {}}}"#, needed - 1)), "ERR_CONTAINER_SIZE");
    let larger = sign(&document, &format!(r#"{{"password": "user", "containerSize": {}}}"#, needed + 100)).unwrap();
    assert_eq!(larger.report.container_length, Some(needed));
}

#[test]
fn two_phases_are_refused() {
    let options = || options(r#"{"password": "user"}"#);
    let path = format!("{}/../../tests/vectors/certificates/rsa.der", env!("CARGO_MANIFEST_DIR"));
    let credentials = Credentials { certificate: std::fs::read(path).unwrap(), chain: vec![] };
    for name in DOCUMENTS {
        let document = document(name);
        let error = prepared(&document, options()).unwrap_err();
        assert!(error.code().as_str() == "ERR_ENCRYPTION_MAC" && error.to_string().contains("one call"), "{error}");
        let machine = Machine::prepare(memory(&document), moment(), Some(credentials.clone()), options());
        assert_eq!(run(machine, &document, |_| vec![]).unwrap_err().code().as_str(), "ERR_ENCRYPTION_MAC");
    }
}

/// After the failure of a later signer the session has the signature of the first, with its code, and no key.
#[test]
fn what_is_left_of_a_failure_has_its_code() {
    let document = document("mac");
    let mut machine = machine(&document, moment(), vec![signatory(r#"{"password": "user"}"#), signatory("{}")]);
    let (mut answer, mut signers) = (Answer::Start, 0);
    while let Ok(step) = machine.next(answer) {
        signers += usize::from(matches!(step, Step::Sign { .. }));
        answer = match signers {
            2 => Answer::Failed(FailureKind::Other),
            _ => right_answer(&step, &document, &|_| vec![1; 256]).unwrap(),
        };
    }
    let session = machine.unfinished().unwrap();
    let whole = [document.as_slice(), &session.finished().unwrap()[0].update].concat();
    sign(&whole, r#"{"password": "user"}"#).unwrap();
}
