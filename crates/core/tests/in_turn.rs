//! Several who sign one document in turn: the same as one after the other, from one reading.

mod common;

use common::{Document, memory, moment, options, right_answer};
use rustpdf_core::{Answer, Credentials, DigestAlgorithm, Machine, OutputLocation, Result, Signatory, SignedUpdate, Step};

/// A signer of the vectors whose signature nobody checks, since it is none.
fn signatory(certificate: &str, json: &str) -> Signatory {
    let path = format!("{}/../../tests/vectors/certificates/{certificate}", env!("CARGO_MANIFEST_DIR"));
    let credentials = Credentials { certificate: std::fs::read(path).unwrap(), chain: vec![] };
    let mut options = options(json);
    options.check_signature = false;
    Signatory { credentials, options }
}

/// What is asked beside reads: who signs, and by which algorithms is digested.
#[derive(Default)]
struct Asked {
    signers: Vec<usize>,
    digests: Vec<(DigestAlgorithm, Vec<DigestAlgorithm>)>,
}

fn sign(document: &[u8], signatories: Vec<Signatory>, block: u64) -> (Result<Vec<SignedUpdate>>, Asked) {
    let mut machine = Machine::sign(memory(document), moment(), signatories, OutputLocation::Update, None).with_block(block);
    let (mut answer, mut asked) = (Answer::Start, Asked::default());
    loop {
        let step = match machine.next(answer) {
            Ok(step) => step,
            Err(error) => return (Err(error), asked),
        };
        match &step {
            Step::Sign { signer, .. } => asked.signers.push(*signer),
            Step::Digest(request) => asked.digests.push((request.parts[0].algorithm, request.keep.clone())),
            _ => {}
        }
        // r and s of some size, or an RSA signature.
        let raw = |length: usize| vec![1; length];
        answer = match step {
            Step::Sign { request, .. } => Answer::Sign(raw(if request.curve.is_some() { 96 } else { 256 })),
            Step::Done(document) => return (Ok(document.signed), asked),
            step => right_answer(&step, document, &|_| unreachable!()).unwrap(),
        };
    }
}

fn three() -> Vec<Signatory> {
    vec![
        signatory("rsa.der", "{}"),
        signatory("p384.pem", r#"{"reason": "second", "fieldName": "Second"}"#),
        signatory("rsa.der", r#"{"reason": "third"}"#),
    ]
}

#[test]
fn in_turn_is_one_after_the_other() {
    for document in [Document::new().bytes(), Document::new().with(5, &format!("({})", "x".repeat(200_000))).bytes()] {
        let mut expected = document.clone();
        for signatory in three() {
            let update = sign(&expected, vec![signatory], 8192).0.unwrap().remove(0).update;
            expected.extend(update);
        }
        for block in [1, 512, 8192, 1 << 20] {
            let (signed, asked) = sign(&document, three(), block);
            let updates: Vec<u8> = signed.unwrap().into_iter().flat_map(|signed| signed.update).collect();
            assert!([document.as_slice(), &updates].concat() == expected, "blocks of {block}");
            assert_eq!(asked.signers, [0, 1, 2]);
            use DigestAlgorithm::{Sha256, Sha384};
            assert_eq!(asked.digests, [(Sha256, vec![Sha384]), (Sha384, vec![Sha256]), (Sha256, vec![Sha384])]);
        }
    }
}

#[test]
fn nobody_signs_where_a_later_one_cannot() {
    let mut signatories = three();
    signatories[2].options.signer_roles = vec![String::new()];
    let (signed, asked) = sign(&Document::new().bytes(), signatories, 8192);
    assert!(signed.is_err());
    assert!(asked.signers.is_empty() && asked.digests.is_empty());
}

#[test]
fn how_many_may_sign() {
    let code = |count: usize| sign(&Document::new().bytes(), vec![signatory("rsa.der", "{}"); count], 8192).0.map_err(|error| error.code());
    assert_eq!(code(0).unwrap_err().as_str(), "ERR_OPTION_VALUE");
    assert_eq!(code(257).unwrap_err().as_str(), "ERR_OPTION_VALUE");
    assert_eq!(code(20).unwrap().len(), 20);
}
