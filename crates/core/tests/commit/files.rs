//! Odd file systems, odd files in a journal's place, journals of other users, and documents that change meanwhile.

use rustpdf_core::{DocumentLocation, FailureKind, FileKind, Machine, Operation, OutputLocation, RecoveryOutcome};

use crate::crash::leftovers;
use crate::disk::Disk;
use crate::host::{Process, Run, run};
use crate::interleavings::interrupted;
use crate::scene::*;

type Refuses = fn(&Operation) -> Option<FailureKind>;

/// File systems without hard links, by what they answer.
pub const WITHOUT_LINKS: [Refuses; 3] = [
    |operation| matches!(operation, Operation::Link { .. }).then_some(FailureKind::Denied),
    |operation| matches!(operation, Operation::Link { .. }).then_some(FailureKind::Unsupported),
    |operation| matches!(operation, Operation::Link { .. }).then_some(FailureKind::Other),
];

#[test]
fn without_hard_links() {
    let expected = signed(&document(), 1);
    for refuses in WITHOUT_LINKS {
        for (location, name) in [(OutputLocation::InPlace, DOCUMENT), (output(OUTPUT, false), OUTPUT)] {
            let mut disk = disk();
            disk.refuses = refuses;
            run(&mut disk, &Process::new(1), sign(1, location.clone())).signed();
            assert!(disk.bytes(name) == Some(&expected) && disk.is_durable(name));
            assert_eq!(leftovers(&disk, &[DOCUMENT, name]), [] as [&str; 0]);
        }
        // A file that is there is left alone.
        let mut disk = disk().with(OUTPUT, b"there");
        disk.refuses = refuses;
        let ended = run(&mut disk, &Process::new(1), sign(1, output(OUTPUT, false)));
        assert!(ended.error().is_some() && ended.signatures == 0);
        assert_eq!(disk.bytes(OUTPUT).unwrap(), b"there");
    }
}

#[test]
fn a_folder_that_cannot_be_synced() {
    for kind in [FailureKind::Other, FailureKind::Denied, FailureKind::Unsupported] {
        for (location, name) in [(OutputLocation::InPlace, DOCUMENT), (output(OUTPUT, false), OUTPUT)] {
            let mut disk = disk();
            disk.refuses = match kind {
                FailureKind::Other => |operation| matches!(operation, Operation::SyncFolder { .. }).then_some(FailureKind::Other),
                FailureKind::Denied => |operation| matches!(operation, Operation::SyncFolder { .. }).then_some(FailureKind::Denied),
                _ => |operation| matches!(operation, Operation::SyncFolder { .. }).then_some(FailureKind::Unsupported),
            };
            let ended = run(&mut disk, &Process::new(1), sign(1, location.clone()));
            match name {
                // The journal must be on the disk before the document changes.
                DOCUMENT => {
                    assert_eq!(ended.error().unwrap().failure(), Some(0));
                    assert!(disk.bytes(DOCUMENT) == Some(&document()));
                }
                _ => assert!(ended.signed().signed.len() == 1),
            }
            assert_eq!(leftovers(&disk, &[DOCUMENT, name]), [] as [&str; 0]);
        }
    }
}

#[test]
fn a_read_only_folder_is_noticed_before_a_key_signs() {
    for location in [OutputLocation::InPlace, output(OUTPUT, false), output("/work/../work/./out.pdf", true)] {
        let mut disk = disk();
        disk.own("/work", 0o555, 0, 0);
        let ended = run(&mut disk, &Process::new(1), sign(1, location));
        assert_eq!(ended.error().unwrap().failure(), Some(0), "{:?}", ended.error());
        assert_eq!(ended.signatures, 0);
        assert_eq!(disk.listing(), [DOCUMENT]);
    }
}

#[test]
fn a_read_only_document_is_noticed_before_a_key_signs() {
    let mut disk = disk();
    disk.own(DOCUMENT, 0o444, 1000, 1000);
    let ended = run(&mut disk, &Process::new(1), sign(1, OutputLocation::InPlace));
    assert_eq!((ended.error().unwrap().failure(), ended.signatures), (Some(0), 0));
}

/// A name of a document that leaves no room for that of its journal.
#[test]
fn a_name_that_is_too_long_for_a_journal_is_noticed_before_a_key_signs() {
    let name = "x".repeat(250);
    let mut disk = Disk::new().with(&name, &document());
    let machine = Machine::sign(file(&name), moment(1), signatories(1), OutputLocation::InPlace, None);
    let ended = run(&mut disk, &Process::new(1), machine);
    assert!(ended.error().is_some());
    assert_eq!(ended.signatures, 0, "{:?}", ended.error());
    assert_eq!(disk.listing(), [name.as_str()]);
    assert!(disk.bytes(&name) == Some(&document()));
    // Into a new file it can be signed.
    let machine = Machine::sign(file(&name), moment(1), signatories(1), output(OUTPUT, false), None);
    run(&mut disk, &Process::new(1), machine).signed();
}

/// Name of a call, and the call.
type Call = (&'static str, fn(&mut Disk) -> crate::host::Ended);

/// The three calls that meet a journal.
fn calls() -> [Call; 3] {
    [
        ("recover", |disk| then(disk, recover(DOCUMENT, false))),
        ("undo", |disk| then(disk, recover(DOCUMENT, true))),
        ("sign", |disk| then(disk, sign(2, OutputLocation::InPlace))),
    ]
}

#[test]
fn what_is_not_a_file_in_a_journals_place() {
    for kind in [FileKind::Link, FileKind::Other, FileKind::Folder] {
        for (name, call) in calls() {
            let (with_journal, ..) = interrupted();
            let mut disk = disk();
            // The link leads to a journal that would count.
            let bytes = with_journal.bytes(JOURNAL).unwrap().to_vec();
            disk = disk.with("elsewhere", &bytes);
            disk.put(JOURNAL, kind, if kind == FileKind::Link { b"elsewhere" } else { b"" }, 0o644, 1000, 1000);
            let ended = call(&mut disk);
            assert_eq!(ended.code(), "ERR_JOURNAL_DAMAGED", "{name}, {kind:?}");
            assert!(ended.error().unwrap().to_string().contains("/work/.document.pdf.rustpdf"), "{name}: {}", ended.error().unwrap());
            assert_eq!(ended.signatures, 0);
            assert!(disk.bytes(DOCUMENT) == Some(&document()) && disk.bytes("elsewhere") == Some(&bytes), "{name}, {kind:?}");
            assert_eq!(leftovers(&disk, &[DOCUMENT, "elsewhere"]), [JOURNAL], "{name}, {kind:?}");
        }
    }
}

/// A journal that must not count: the error has this code, says this, and nothing changes.
fn refused(change: impl Fn(&mut Disk), code: &str, says: &[&str]) {
    for (name, call) in calls() {
        let (mut disk, ..) = interrupted();
        change(&mut disk);
        let before = disk.listing();
        let torn = disk.bytes(DOCUMENT).unwrap().to_vec();
        let ended = call(&mut disk);
        assert_eq!(ended.code(), code, "{name}: {:?}", ended.error());
        let text = ended.error().unwrap().to_string();
        assert!(says.iter().all(|part| text.contains(part)), "{name}: {text}");
        assert!(text.contains("/work/.document.pdf.rustpdf"), "{name}: {text}");
        assert_eq!(disk.listing(), before, "{name}");
        assert!(disk.bytes(DOCUMENT) == Some(&torn), "{name}");
        assert_eq!(ended.signatures, 0);
    }
}

#[test]
fn journals_that_others_can_have_written() {
    refused(|disk| disk.put_link(JOURNAL, "another name"), "ERR_JOURNAL_OWNER", &["another name"]);
    refused(
        |disk| {
            disk.put_link(JOURNAL, "another name");
            disk.put_link(JOURNAL, "a third name");
        },
        "ERR_JOURNAL_OWNER",
        &["another name"],
    );
    for mode in [0o620, 0o602, 0o666] {
        refused(|disk| disk.own(JOURNAL, mode, 1000, 1000), "ERR_JOURNAL_OWNER", &["written by other users"]);
    }
    refused(|disk| disk.own(JOURNAL, 0o644, 1007, 1000), "ERR_JOURNAL_OWNER", &["1007"]);
    let users = b"root:x:0:0:root:/root:/bin/bash\nmallory:x:1007:1007::/home/mallory:/bin/sh\n";
    refused(
        |disk| {
            disk.put("/etc/passwd", FileKind::File, users, 0o644, 0, 0);
            disk.own(JOURNAL, 0o644, 1007, 1000);
        },
        "ERR_JOURNAL_OWNER",
        &["mallory"],
    );
    refused(|disk| disk.own(JOURNAL, 0o600, 1007, 1007), "ERR_JOURNAL_OWNER", &["1007"]);
}

#[test]
fn damaged_journals() {
    let (disk, ..) = interrupted();
    let whole = disk.bytes(JOURNAL).unwrap().to_vec();
    let mut spoiled = vec![vec![], whole[..whole.len() - 1].to_vec(), [&whole[..], b"x"].concat(), vec![0; whole.len()]];
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut other = whole.clone();
        other[at] ^= 1;
        spoiled.push(other);
    }
    for bytes in spoiled {
        refused(|disk| disk.overwrite(JOURNAL, &bytes, true), "ERR_JOURNAL_DAMAGED", &["damaged"]);
    }
}

/// The owner of the document, and root, accept the journal of another user by naming that user.
#[test]
fn a_journal_of_another_user_that_is_named() {
    let users = b"root:x:0:0:root:/root:/bin/bash\nalice:x:1007:1007::/home/alice:/bin/sh\n";
    let owner = Process::new(5);
    let root = Process { user: 0, group: 0, ..Process::new(5) };
    let stranger = Process { user: 1010, group: 1010, ..Process::new(5) };
    for (process, named, list, accepted) in [
        (&owner, "alice", true, true),
        (&owner, "1007", true, true),
        (&owner, "1007", false, true),
        (&owner, "alice", false, false),
        (&owner, "bob", true, false),
        (&owner, "1008", true, false),
        (&root, "alice", true, true),
        (&stranger, "alice", true, false),
    ] {
        let (mut disk, _, first) = interrupted();
        if list {
            disk.put("/etc/passwd", FileKind::File, users, 0o644, 0, 0);
        }
        disk.own(JOURNAL, 0o644, 1007, 1007);
        disk.own(DOCUMENT, 0o666, 1000, 1000);
        let torn = disk.bytes(DOCUMENT).unwrap().to_vec();
        let ended = run(&mut disk, process, Machine::recover(path(DOCUMENT), moment(3), false, Some(named.into())));
        let when = format!("{} names {named}", process.user);
        if accepted {
            assert_eq!(ended.recovered().outcome, RecoveryOutcome::Signed, "{when}");
            assert!(disk.bytes(DOCUMENT) == Some(&first), "{when}");
            assert_eq!(disk.listing(), [DOCUMENT], "{when}");
        } else {
            assert_eq!(ended.code(), "ERR_JOURNAL_OWNER", "{when}: {:?}", ended.error());
            assert!(disk.bytes(DOCUMENT) == Some(&torn), "{when}");
        }
    }
}

/// A journal of the effective user counts although the document is another user's: group members sign, and recover what they began.
#[test]
fn a_journal_of_the_user_who_recovers() {
    let (mut disk, _, first) = interrupted();
    disk.own(DOCUMENT, 0o664, 1001, 1000);
    run(&mut disk, &Process::new(5), recover(DOCUMENT, false)).recovered();
    assert!(disk.bytes(DOCUMENT) == Some(&first));
}

#[test]
fn a_journal_is_not_applied_where_the_output_is_another_file() {
    for location in [OutputLocation::Update, output(OUTPUT, false), output(OUTPUT, true)] {
        let (mut disk, ..) = interrupted();
        let torn = disk.bytes(DOCUMENT).unwrap().to_vec();
        let ended = then(&mut disk, sign(2, location.clone()));
        assert_eq!(ended.code(), "ERR_FILE_BUSY", "{location:?}: {:?}", ended.error());
        assert!(ended.error().unwrap().to_string().contains("/work/.document.pdf.rustpdf"));
        assert!(disk.bytes(DOCUMENT) == Some(&torn) && disk.bytes(OUTPUT).is_none());
        assert_eq!(leftovers(&disk, &[DOCUMENT]), [JOURNAL]);
    }
    // The document may also be the output of another signing.
    let (mut disk, ..) = interrupted();
    disk = disk.with("input.pdf", &document());
    let machine = Machine::sign(file("input.pdf"), moment(2), signatories(1), output(DOCUMENT, true), None);
    let ended = then(&mut disk, machine);
    assert_eq!(ended.code(), "ERR_FILE_BUSY", "{:?}", ended.error());
}

#[test]
fn undoing_never_cuts_off_a_later_signature() {
    let document = document();
    let first = signed(&document, 100);
    let both = signed(&first, 101);
    let journal_of_first = journal(&document, 100);
    let with = |bytes: &[u8], journal: &[u8]| {
        let mut disk = Disk::new().with(DOCUMENT, bytes).with(JOURNAL, journal);
        disk.own(JOURNAL, 0o600, 1000, 1000);
        disk
    };
    // A journal that describes the update of an earlier revision as its own.
    let mut disk = with(&both, &journal_of_first);
    let ended = then(&mut disk, recover(DOCUMENT, true));
    assert_eq!(ended.code(), "ERR_JOURNAL_DOCUMENT");
    assert!(ended.error().unwrap().to_string().contains("/work/.document.pdf.rustpdf"), "{:?}", ended.error());
    assert!(disk.bytes(DOCUMENT) == Some(&both));
    // Finishing finds the work done.
    let ended = then(&mut disk, recover(DOCUMENT, false));
    assert_eq!(ended.recovered().outcome, RecoveryOutcome::Signed);
    assert!(disk.bytes(DOCUMENT) == Some(&both));
    assert_eq!(disk.listing(), [DOCUMENT]);
    // Something else was appended, be it one byte.
    for end in [&b"x"[..], b"\0", b"\n"] {
        let longer = [&first[..], end].concat();
        let mut disk = with(&longer, &journal_of_first);
        assert_eq!(then(&mut disk, recover(DOCUMENT, true)).code(), "ERR_JOURNAL_DOCUMENT");
        assert!(disk.bytes(DOCUMENT) == Some(&longer));
    }
    // Another document of that length, or a shorter one, or another update.
    let mut other = document.clone();
    *other.last_mut().unwrap() = b' ';
    let another = signed(&document, 102);
    for bytes in [&other[..], &document[..document.len() - 1], &another, b""] {
        for undo in [false, true] {
            let mut disk = with(bytes, &journal_of_first);
            let ended = then(&mut disk, recover(DOCUMENT, undo));
            assert_eq!(ended.code(), "ERR_JOURNAL_DOCUMENT", "undo {undo}");
            assert!(disk.bytes(DOCUMENT) == Some(bytes));
            assert_eq!(leftovers(&disk, &[DOCUMENT]), [JOURNAL]);
        }
    }
}

/// Another program changes the document, by its content alone: same size, same modification time.
#[test]
fn a_change_of_the_document_is_noticed_until_the_last_look() {
    let document = document();
    let mut other = document.clone();
    let at = other.windows(3).position(|window| window == b"200").unwrap();
    other[at] = b'1';
    let mut changed = 0;
    for location in [OutputLocation::InPlace, output(OUTPUT, false), output(OUTPUT, true), OutputLocation::Update] {
        // The places from the opening of the document to the last look at it.
        let mut disk = disk();
        let mut run = Run::new(&mut disk, &Process::new(1), sign(1, location.clone()));
        let (mut first, mut last) = (None, 0);
        while !run.position.is_over() {
            match run.position.operation() {
                Some(Operation::Open { path, .. }) if path.0 == b"/work/document.pdf" => first = first.or(Some(run.performed + 1)),
                Some(Operation::StatHandle { .. }) => last = run.performed,
                _ => {}
            }
            run.step(&mut disk, None);
        }
        for (at, replaces) in (first.unwrap()..=last).flat_map(|at| [(at, false), (at, true)]) {
            let mut disk = self::disk();
            let mut run = Run::new(&mut disk, &Process::new(1), sign(1, location.clone()));
            while run.performed < at {
                run.step(&mut disk, None);
            }
            let when = format!("{location:?}: changed before {} ({at}), another file: {replaces}", run.position.name());
            // A rename in place of the document is noticed by its path, which is looked at last with the handle but once.
            match replaces {
                true => {
                    disk.take(DOCUMENT);
                    disk = disk.with(DOCUMENT, &other);
                }
                false => disk.overwrite(DOCUMENT, &other, false),
            }
            let ended = run.finish(&mut disk);
            assert!(replaces || ended.error().is_some(), "{when}: it succeeds");
            if ended.error().is_some() {
                assert_eq!(ended.code(), "ERR_FILE_CHANGED", "{when}: {:?}", ended.error());
                assert!(disk.bytes(DOCUMENT) == Some(&other), "{when}");
                assert_eq!(leftovers(&disk, &[DOCUMENT]), [] as [&str; 0], "{when}");
            }
            changed += 1;
        }
    }
    say(&format!("{changed} changes of a document meanwhile"));
    assert!(changed >= 90);
}

#[test]
fn a_path_through_a_link_and_its_parent() {
    let mut disk = Disk::new();
    disk.put("/data", FileKind::Folder, b"", 0o777, 0, 0);
    disk.put("/data/deep", FileKind::Folder, b"", 0o777, 0, 0);
    disk.put("/data/document.pdf", FileKind::File, &document(), 0o644, 1000, 1000);
    disk.put("link", FileKind::Link, b"/data/deep", 0o777, 1000, 1000);
    disk.put("document-link", FileKind::Link, b"link/../document.pdf", 0o777, 1000, 1000);
    for name in ["link/../document.pdf", "document-link"] {
        let mut disk = disk.clone();
        let machine = Machine::sign(file(name), moment(1), signatories(1), OutputLocation::InPlace, None);
        let mut run = Run::new(&mut disk, &Process::new(1), machine);
        let mut journal = false;
        while !run.position.is_over() {
            journal |= disk.bytes("/data/.document.pdf.rustpdf").is_some();
            run.step(&mut disk, None);
        }
        run.finish(&mut disk).signed();
        assert!(journal, "{name}: the journal is beside the real file");
        assert!(disk.bytes("/data/document.pdf") == Some(&signed(&document(), 1)), "{name}");
        assert_eq!(disk.listing(), ["document-link", "link"]);
    }
}

/// The document is an open file of the caller, and so is the output.
#[test]
fn open_files_of_the_caller() {
    let expected = signed(&document(), 1);
    let process = Process::new(1);
    let document_path = || Some(path(DOCUMENT));
    let mut disk = disk();
    disk.open_for_caller(&process, 3, DOCUMENT);
    let location = DocumentLocation::Handle { handle: 3, path: document_path() };
    run(&mut disk, &process, Machine::sign(location, moment(1), signatories(1), OutputLocation::InPlace, None)).signed();
    assert!(disk.bytes(DOCUMENT) == Some(&expected));

    let start = self::disk().with(OUTPUT, b"");
    for at in 0.. {
        let mut disk = start.clone();
        disk.open_for_caller(&process, 3, DOCUMENT);
        disk.open_for_caller(&process, 4, OUTPUT);
        let location = DocumentLocation::Handle { handle: 3, path: document_path() };
        let output = OutputLocation::Handle { handle: 4, or_in_place: false };
        let machine = Machine::sign(location, moment(1), signatories(1), output, None);
        let fault = crate::host::Fault::Fails(FailureKind::NoSpace, crate::disk::Partly::Half);
        let Some(faulty) = crate::failures::with_fault(&disk, machine, at, fault, false) else {
            break;
        };
        let when = format!("{} ({at}) fails", faulty.name);
        match faulty.ended.error() {
            None => assert!(faulty.disk.bytes(OUTPUT) == Some(&expected), "{when}"),
            Some(error) => {
                assert_eq!(error.failure(), Some(0), "{when}: {error}");
                assert_eq!(faulty.disk.bytes(OUTPUT).unwrap(), b"", "{when}: the caller's file is empty again");
            }
        }
        assert!(faulty.disk.bytes(DOCUMENT) == Some(&document()), "{when}");
        assert_eq!(faulty.disk.listing(), [DOCUMENT, OUTPUT], "{when}");
    }
}
