//! Files beside a document, or of a run, that another process can have written: journals, ledgers and locks.

use serde::{Deserialize, Serialize};

use super::{Memory, ambient, credentials, sha256};
use crate::commit::{self, DocumentLocation, LedgerEntry, LedgerState, OutputLocation, RecoveryOutcome};
use crate::error::Code;
use crate::io::StorePath;
use crate::machine::Machine;
use crate::operation::Signatory;
use crate::options::SigningOptions;

const DOCUMENT: &str = "/d/document.pdf";
const JOURNAL: &str = "/d/.document.pdf.rustpdf";
const LEDGER: &str = "/d/ledger";
const LOCK: &str = "/d/ledger.lock";
/// Head of a journal.
const HEAD: &[u8] = b"rustpdf journal \x02";
/// Bytes of a document whose digest is in its journal.
const TAIL: usize = 1024;

/// Data of a journal.
#[derive(Serialize, Deserialize)]
struct Journal {
    length: u64,
    tail: Vec<u8>,
    writer: (String, String, String, u64, String),
    update: Vec<u8>,
}

fn path(path: &str) -> StorePath {
    StorePath(path.into())
}

/// A byte of choices, the length of a file in two bytes, big-endian, the file, and the data of its journal, whose digest of the file is made
/// right unless a bit says otherwise. A recovery leaves the document as it was or signed, or changes nothing.
pub fn journal(data: &[u8]) -> bool {
    let Some((&[choices, high, low], rest)) = data.split_first_chunk() else { return false };
    let (file, data) = rest.split_at(usize::from(u16::from_be_bytes([high, low])).min(rest.len()));
    let undo = choices & 1 == 1;
    let mut parsed = match postcard::take_from_bytes::<Journal>(data) {
        Ok((journal, [])) => Some(journal),
        _ => None,
    };
    if let Some(journal) = &mut parsed
        && let Some(before) = usize::try_from(journal.length).ok().and_then(|length| file.get(..length))
        && choices & 2 == 0
    {
        journal.tail = sha256(&before[before.len().saturating_sub(TAIL)..]);
    }
    let data = parsed.as_ref().map_or_else(|| data.to_vec(), |journal| postcard::to_allocvec(journal).expect("a journal"));

    let written = [HEAD, &sha256(&data), &data].concat();
    assert_eq!(commit::Journal::parse(&written).is_ok(), parsed.is_some());

    let mut memory = Memory::new(&[]);
    memory.disk.write(DOCUMENT, file);
    memory.disk.write(JOURNAL, &written);
    let recovered = recover(&mut memory, undo);
    let after = memory.disk.bytes(DOCUMENT).expect("the document").to_vec();
    let Ok(outcome) = recovered else {
        assert!(after == file && memory.disk.bytes(JOURNAL).is_some(), "a refused journal changed something");
        return false;
    };
    let journal = parsed.expect("a journal that was accepted");
    let (before, update) = after.split_at(journal.length as usize);
    assert!(before == &file[..before.len()], "the document itself");
    match outcome {
        RecoveryOutcome::Original => assert!(undo && update.is_empty()),
        RecoveryOutcome::Signed => assert!(!undo && update.starts_with(&journal.update) && (after == file || update == journal.update)),
        RecoveryOutcome::Nothing => panic!("the journal was not seen"),
    }
    assert_eq!(memory.disk.names(), [DOCUMENT]);
    assert!(matches!(recover(&mut memory, undo), Ok(RecoveryOutcome::Nothing)));
    true
}

fn recover(memory: &mut Memory, undo: bool) -> crate::error::Result<RecoveryOutcome> {
    let mut machine = Machine::recover(path(DOCUMENT), ambient(), undo, None);
    memory.run(|answer| machine.next(answer)).map(|recovered| recovered.outcome)
}

/// A byte of choices, the length of a ledger in two bytes, big-endian, the ledger, and a lock where a bit says that there is one. A ledger that
/// is refused stays as it is. In one that is opened a job is noted, and the next run finds it and what was there before.
pub fn ledger(data: &[u8]) -> bool {
    let Some((&[choices, high, low], rest)) = data.split_first_chunk() else { return false };
    let (file, lock) = rest.split_at(usize::from(u16::from_be_bytes([high, low])).min(rest.len()));
    let document: &[u8] = include_bytes!("../../../../tests/vectors/documents/classic.pdf");
    let mut memory = Memory::new(&[]);
    memory.disk.write(DOCUMENT, document);
    memory.disk.write(LEDGER, file);
    if choices & 1 == 1 {
        memory.disk.write(LOCK, lock);
    }
    let open = |memory: &mut Memory| {
        let mut machine = Machine::open_ledger(path(LEDGER), ambient());
        memory.run(|answer| machine.next(answer))
    };
    let opened = match open(&mut memory) {
        Ok(opened) => opened,
        Err(error) => {
            assert!(matches!(error.code(), Code::LedgerBusy | Code::LedgerFormat | Code::Limit), "{error}");
            assert_eq!(memory.disk.bytes(LEDGER), Some(file));
            return false;
        }
    };
    assert!(open(&mut memory).is_err_and(|error| error.code() == Code::LedgerBusy), "two runs use one ledger");

    let id = opened.states.keys().next().map_or("job", String::as_str).to_owned();
    let state = opened.states.get(&id).cloned();
    let entry = LedgerEntry { ledger: opened.ledger.clone(), id: id.clone(), state: state.clone() };
    let options = SigningOptions { check_signature: false, ..SigningOptions::default() };
    let signatory = Signatory { credentials: credentials(), options };
    let (document_path, output) = (DocumentLocation::Path(path(DOCUMENT)), OutputLocation::InPlace);
    let mut machine = Machine::sign(document_path, ambient(), vec![signatory], output, Some(entry));
    let signed = memory.run(|answer| machine.next(answer));
    match &signed {
        Ok(signed) => assert_eq!(signed.skipped, memory.disk.bytes(DOCUMENT) == Some(document)),
        Err(error) => assert_eq!(error.code(), Code::LedgerState, "{error}"),
    }
    let mut machine = Machine::close_ledger(opened.ledger);
    memory.run(|answer| machine.next(answer)).expect("a ledger that is closed");
    assert_eq!(memory.disk.names(), [DOCUMENT, LEDGER]);

    let mut expected = opened.states;
    if signed.is_ok() {
        // A job that was done before keeps the time of its entry.
        let renew_before = match state {
            Some(LedgerState::Signed { renew_before } | LedgerState::Signing { renew_before, .. })
                if signed.as_ref().is_ok_and(|signed| signed.skipped) =>
            {
                renew_before
            }
            _ => None,
        };
        expected.insert(id, LedgerState::Signed { renew_before });
    }
    assert_eq!(open(&mut memory).expect("the same ledger").states, expected);
    true
}
