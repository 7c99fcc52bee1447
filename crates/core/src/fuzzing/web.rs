//! Responses of servers to a run that raises a signature.

use super::{Memory, ambient, memory};
use crate::commit::OutputLocation;
use crate::error::{Code, Result};
use crate::io::{Answer, HttpAnswer, HttpBody, HttpFailure, HttpRequest, HttpResponse, Step};
use crate::limits;
use crate::machine::Machine;
use crate::operation::ExtendedDocument;
use crate::options::{ExtensionOptions, RevocationSource, TimestampOptions, ValidationOptions};
use crate::report::Level;

/// A B-T signature whose certificates name services (`tests/vectors`, `level-b-t`).
const DOCUMENT: &[u8] = include_bytes!("../../tests/data/levels/b-t.pdf");
/// A time at which its certificates are valid.
const NOW: i64 = 1_796_104_800;

/// The next response of an input: its kind, the length of its body in two bytes, and the body.
fn response(data: &mut &[u8]) -> std::result::Result<HttpBody, HttpFailure> {
    let Some((&[kind, high, low], rest)) = data.split_first_chunk() else { return Err(HttpFailure::Connect) };
    let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
    let (body, rest) = rest.split_at(length);
    *data = rest;
    match kind & 7 {
        0..=3 => Ok(HttpBody { status: 200, body: body.to_vec(), cached: kind & 8 != 0, retry_after: None }),
        4 => Ok(HttpBody { status: 429, retry_after: Some(u32::from(kind >> 3)), ..HttpBody::default() }),
        5 => Ok(HttpBody { status: 503, ..HttpBody::default() }),
        6 => Err(HttpFailure::Timeout),
        _ => Err(HttpFailure::TooLarge),
    }
}

/// Raises the document by the options that the first byte chooses, with the responses that follow. Returns how many requests were sent.
fn raised(choice: u8, mut data: &[u8]) -> (Result<ExtendedDocument>, usize) {
    let is_set = |bit: u8| choice >> bit & 1 == 1;
    let options = ExtensionOptions {
        level: if is_set(0) { Level::BLta } else { Level::BLt },
        minimum_level: Some(Level::BT),
        timestamp: Some(TimestampOptions::of(1 + u32::from(is_set(1)))),
        validation: Some(ValidationOptions {
            prefer: if is_set(2) { RevocationSource::Crl } else { RevocationSource::Ocsp },
            revocation_age: is_set(3).then_some(3600),
            ocsp_nonce: is_set(4),
            ..ValidationOptions::default()
        }),
        ..ExtensionOptions::default()
    };
    let ambient = crate::operation::Ambient { now: NOW, ..ambient() };
    let mut machine = Machine::extend(memory(DOCUMENT), ambient, options, OutputLocation::Update, None, None);
    let mut sent = 0;
    let outcome = Memory::new(DOCUMENT).run(|mut answer| {
        loop {
            match machine.next(answer)? {
                Step::Http { requests } => {
                    sent += requests.len();
                    let respond = |request: &HttpRequest| HttpResponse { id: request.id, outcome: response(&mut data) };
                    answer = Answer::Http(HttpAnswer { now: NOW, responses: requests.iter().map(respond).collect() });
                }
                step => return Ok(step),
            }
        }
    });
    (outcome, sent)
}

/// What comes is the same each time, within the limits; the document is at a level that the options accept, or as it was.
pub fn http(data: &[u8]) -> bool {
    let Some((choice, data)) = data.split_first() else { return false };
    let (outcome, sent) = raised(*choice, data);
    assert!(sent <= limits::HTTP_REQUESTS);
    let (again, _) = raised(*choice, data);
    match (outcome, again) {
        (Ok(raised), Ok(again)) => {
            assert_eq!(raised.update, again.update);
            let report = raised.report;
            assert!(report.level >= Some(Level::BT) && report.revisions <= 2);
            assert_eq!(report.revisions == 0, raised.update.is_empty());
            report.level > Some(Level::BT)
        }
        (Err(error), Err(again)) => {
            assert_eq!(error.code(), again.code());
            assert_ne!(error.code(), Code::Internal, "{error}");
            false
        }
        _ => panic!("one run came to another end than the other"),
    }
}
