//! Whole documents, from the first question to the last.

use super::{KEY, Memory, ambient, credentials, memory, raw_signature};
use crate::commit::OutputLocation;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::limits;
use crate::machine::Machine;
use crate::operation::{DocumentInfo, Session, Signatory, SignedUpdate};
use crate::options::{Appearance, Certification, EmptyField, FieldLock, LockAction, Password, SigningOptions};
use crate::report::{Warning, WarningCode};

/// Sizes of blocks that a choice has: what stands in a document lies across their ends.
const BLOCKS: [u64; 4] = [61, 512, 1000, 4096];
/// The password of the seeds that have one.
const PASSWORD: &str = "user";

/// What the first bytes of an input choose; an input that starts as a file does is one, with the choices of zeros.
fn chosen(data: &[u8]) -> ([u8; 4], &[u8]) {
    match data.split_first_chunk() {
        Some((choice, document)) if !data.starts_with(b"%PDF") => (*choice, document),
        _ => ([0; 4], data),
    }
}

fn options([a, b, c, _]: [u8; 4]) -> SigningOptions {
    let bit = |bit: u8| a >> bit & 1 == 1;
    let text = |set: bool, text: &str| set.then(|| text.to_owned());
    SigningOptions {
        pades: !bit(0),
        name: text(bit(1), "Zoë (née \\ O’Hara) 名"),
        reason: text(bit(2), "\u{fe}\u{ff}"),
        location: text(bit(2), ""),
        strict: bit(3),
        signing_time_attribute: bit(0) && bit(4),
        password: bit(5).then(|| Password::from(PASSWORD)),
        check_signature: !bit(6),
        certify: [None, Some(Certification::NoChanges), Some(Certification::FormFilling), Some(Certification::Annotations)]
            [usize::from(b & 3)],
        lock: match b >> 2 & 3 {
            1 => Some(FieldLock { action: LockAction::All, fields: Vec::new() }),
            2 => Some(FieldLock { action: LockAction::Include, fields: vec!["a.b".into()] }),
            3 => Some(FieldLock { action: LockAction::Exclude, fields: vec!["field".into()] }),
            _ => None,
        },
        field_name: [None, None, Some("field"), Some("a.b")][usize::from(b >> 4 & 3)].map(str::to_owned),
        page: i32::from(c & 7) + 1,
        appearance: (c >> 5 & 1 == 1).then(Appearance::new),
        empty_fields: if c >> 6 & 1 == 1 { vec![EmptyField::new("later")] } else { Vec::new() },
        container_size: [None, None, Some(4096), Some(8192)][usize::from(c >> 3 & 3)],
        ..SigningOptions::default()
    }
}

fn signed(document: &[u8], options: &SigningOptions, block: u64) -> Result<SignedUpdate> {
    let signatory = Signatory { credentials: credentials(), options: options.clone() };
    let mut machine = Machine::sign(memory(document), ambient(), vec![signatory], OutputLocation::Update, None).with_block(block);
    let mut document = Memory::new(document).run(|answer| machine.next(answer))?;
    assert_eq!(document.signed.len(), 1);
    Ok(document.signed.remove(0))
}

fn inspected(document: &[u8], password: Option<Password>, block: u64) -> Result<DocumentInfo> {
    let mut machine = Machine::inspect(memory(document), password).with_block(block);
    Memory::new(document).run(|answer| machine.next(answer))
}

/// Signs a document by the options that the first four bytes choose. What comes out is the same in blocks of any size and in two
/// phases, can be read, tells of one signature more, which covers all of it, and can be signed again.
pub fn sign(data: &[u8]) -> bool {
    let (choice, document) = chosen(data);
    let options = options(choice);
    let block = BLOCKS[usize::from(choice[3] & 3)];
    let first = signed(document, &options, limits::BLOCK);
    let other = signed(document, &options, block);
    let code = |outcome: &Result<SignedUpdate>| outcome.as_ref().map(|signed| signed.update.clone()).map_err(|error| error.code());
    assert_eq!(code(&first), code(&other), "in blocks of {block} bytes");
    let Ok(first) = first else { return false };
    assert_eq!(first.update, in_two_phases(document, &options));

    let whole = first.appended_to(document);
    let report = &first.report;
    assert_eq!(report.document_length, document.len() as u64);
    let [start, before, resume, after] = report.byte_range;
    assert!(start == 0 && before > report.document_length && resume + after == whole.len() as u64);
    assert_eq!((whole[before as usize], whole[resume as usize - 1]), (b'<', b'>'));

    // An earlier signature may be one that can be passed over in signing, and not be told of.
    if let Ok(earlier) = inspected(document, options.password.clone(), limits::BLOCK) {
        let now = inspected(&whole, options.password.clone(), limits::BLOCK).expect("what a signed document says");
        let covers = |signature: &&_| is_whole(signature, &report.field);
        assert_eq!(now.signatures.iter().filter(covers).count(), 1, "{}", report.field);
        // Damage may lie where only one of signing and telling looks; what was rebuilt once is whole.
        assert!(!is_rebuilt(&now.warnings) || is_rebuilt(&earlier.warnings) && !is_rebuilt(&report.warnings));
        if is_rebuilt(&earlier.warnings) == is_rebuilt(&report.warnings) {
            assert_eq!(now.signatures.len(), earlier.signatures.len() + 1);
            assert_eq!((now.pages, now.xref), (earlier.pages, report.xref.as_str()));
            assert_eq!(now.certified, report.certified.map(i64::from).or(earlier.certified));
        }
    }
    // Who can sign the document can sign it after another.
    let plain = SigningOptions { password: options.password.clone(), container_size: Some(4096), ..SigningOptions::default() };
    let alone = signed(document, &plain, block);
    match signed(&whole, &plain, block) {
        Ok(second) => {
            // A rebuilt cross-reference begins the count anew.
            let rebuilt = is_rebuilt(&report.warnings) || is_rebuilt(&second.report.warnings);
            assert!(second.report.revision > report.revision || rebuilt);
            // Both in turn by one machine, which shows the second what the first has left.
            let signatories = [&options, &plain].map(|options| Signatory { credentials: credentials(), options: options.clone() });
            let mut machine = Machine::sign(memory(document), ambient(), signatories.to_vec(), OutputLocation::Update, None);
            let both = Memory::new(document).run(|answer| machine.next(answer)).expect("two who can sign one after the other");
            let updates: Vec<&[u8]> = both.signed.iter().map(|signed| signed.update.as_slice()).collect();
            assert!(updates == [&first.update[..], &second.update], "two in turn");
        }
        // A level, or a lock of the field that was signed, may forbid it.
        Err(error) => assert!(
            alone.is_err() || error.code() == Code::Limit || matches!(error.code(), Code::Certified | Code::FieldLocked) && choice[1] != 0,
            "the second signature: {error}"
        ),
    }
    true
}

fn is_rebuilt(warnings: &[Warning]) -> bool {
    warnings.iter().any(|warning| warning.code == WarningCode::XrefRebuilt)
}

fn is_whole(signature: &crate::operation::SignatureInfo, field: &str) -> bool {
    signature.covers_whole_file && signature.field == field && signature.signer.is_some()
}

/// The update that comes of a session which is saved, resumed and completed.
fn in_two_phases(document: &[u8], options: &SigningOptions) -> Vec<u8> {
    let mut machine = Machine::prepare(memory(document), ambient(), Some(credentials()), options.clone());
    let session = Memory::new(document).run(|answer| machine.next(answer)).expect("the first phase");
    let sealed = session.serialize(&KEY).expect("a session");
    let unsealed = Session::unseal(&sealed, &KEY).expect("a session that was saved");
    let mut machine = Machine::resume(memory(document), ambient(), unsealed, false);
    let resumed = Memory::new(document).run(|answer| machine.next(answer)).expect("a session that was saved");
    // The name of a field of an encrypted document is not saved.
    assert!(resumed == session || resumed.report().field.is_empty());
    let request = resumed.request().expect("a request");
    assert_eq!(request.digest_algorithm, DigestAlgorithm::Sha512);
    resumed.complete_with_signature(&raw_signature(&request.data)).expect("the second phase").update
}

/// The facts that a document states of itself, with a password where the first byte chooses it, is the same in blocks of any size.
pub fn inspect(data: &[u8]) -> bool {
    let (choice, document) = chosen(data);
    let password = (choice[0] & 1 == 1).then(|| Password::from(PASSWORD));
    let [one, other] = [limits::BLOCK, BLOCKS[usize::from(choice[3] & 3)]].map(|block| inspected(document, password.clone(), block));
    let text = |read: &Result<DocumentInfo>| match read {
        Ok(info) => Ok(serde_json::to_string(info).expect("JSON")),
        Err(error) => Err(error.code()),
    };
    assert_eq!(text(&one), text(&other));
    one.is_ok()
}
