//! Mode, owner and group of outputs and journals.

use rustpdf_core::{FailureKind, Operation, OutputLocation};

use crate::host::{Process, Run, run};
use crate::scene::*;

/// The output's mode, owner and group after signing an input of some mode and group.
fn new_file(input: (u32, u32, u32), process: &Process) -> (u32, u32, u32) {
    let mut disk = disk();
    disk.own(DOCUMENT, input.0, input.1, input.2);
    run(&mut disk, process, sign(1, output(OUTPUT, false))).signed();
    assert_eq!(disk.permissions(DOCUMENT), input);
    disk.permissions(OUTPUT)
}

#[test]
fn a_new_output_has_the_mode_of_the_input_less_the_umask() {
    let with = |umask| Process { umask, ..Process::new(1) };
    for (input, umask, expected) in [
        (0o666, 0o077, 0o600),
        (0o644, 0o022, 0o644),
        (0o666, 0o022, 0o644),
        (0o640, 0o022, 0o640),
        (0o600, 0, 0o600),
        (0o664, 0o002, 0o664),
    ] {
        assert_eq!(new_file((input, 1000, 1000), &with(umask)), (expected, 1000, 1000), "{input:o} less {umask:o}");
    }
}

#[test]
fn another_group_may_do_nothing_with_a_new_output() {
    for (input, expected) in [(0o640, 0o600), (0o664, 0o604), (0o644, 0o604), (0o600, 0o600)] {
        assert_eq!(new_file((input, 1000, 2000), &Process::new(1)), (expected, 1000, 1000), "{input:o}");
    }
    let root = Process { user: 0, group: 0, ..Process::new(1) };
    assert_eq!(new_file((0o640, 1000, 1000), &root), (0o600, 0, 0));
    assert_eq!(new_file((0o640, 1000, 0), &root), (0o640, 0, 0));
}

/// Mode, owner and group of an output that replaces one.
fn replaced(old: (u32, u32, u32), process: &Process, refuses: fn(&Operation) -> Option<FailureKind>) -> (u32, u32, u32) {
    let mut disk = disk().with(OUTPUT, b"an older output");
    disk.own(OUTPUT, old.0, old.1, old.2);
    disk.refuses = refuses;
    let mut run = Run::new(&mut disk, process, sign(1, output(OUTPUT, true)));
    while !run.position.is_over() {
        // At no time is more allowed than in the end: the document may be secret.
        for name in disk.listing().iter().filter(|name| name.contains(".rustpdf-")) {
            let (mode, ..) = disk.permissions(name);
            assert_eq!(mode & !(old.0 | 0o600), 0, "{name} has {mode:o} where the output had {:o}", old.0);
        }
        run.step(&mut disk, None);
    }
    run.finish(&mut disk).signed();
    disk.permissions(OUTPUT)
}

#[test]
fn a_replaced_output_keeps_mode_owner_and_group() {
    let none: fn(&Operation) -> Option<FailureKind> = |_| None;
    let user = Process::new(1);
    assert_eq!(replaced((0o640, 1000, 1000), &user, none), (0o640, 1000, 1000));
    assert_eq!(replaced((0o666, 1000, 1000), &user, none), (0o666, 1000, 1000), "the umask does not count");
    let member = Process { groups: vec![2000], ..user.clone() };
    assert_eq!(replaced((0o660, 1000, 2000), &member, none), (0o660, 1000, 2000));
    let root = Process { user: 0, group: 0, ..user.clone() };
    assert_eq!(replaced((0o640, 1001, 1002), &root, none), (0o640, 1001, 1002));
    // A group that the process may not give: that of the new file may do nothing.
    assert_eq!(replaced((0o664, 1000, 2000), &user, none), (0o604, 1000, 1000));
    // An owner that it may not give.
    assert_eq!(replaced((0o644, 1001, 1000), &user, none), (0o644, 1000, 1000));
    assert_eq!(replaced((0o664, 1001, 2000), &member, none), (0o664, 1000, 2000));
}

#[test]
fn what_cannot_be_permitted_stays_private() {
    let denied: fn(&Operation) -> Option<FailureKind> = |operation| match operation {
        Operation::Permit { .. } => Some(FailureKind::Denied),
        _ => None,
    };
    assert_eq!(replaced((0o644, 1000, 1000), &Process::new(1), denied), (0o600, 1000, 1000));
    // A file system that changes modes, but neither owners nor groups.
    let owners: fn(&Operation) -> Option<FailureKind> = |operation| match operation {
        Operation::Permit { owner: None, group: None, .. } => None,
        Operation::Permit { .. } => Some(FailureKind::Unsupported),
        _ => None,
    };
    assert_eq!(replaced((0o664, 1001, 2000), &Process { user: 0, group: 0, ..Process::new(1) }, owners), (0o604, 0, 0));
}

#[test]
fn a_journal_may_be_read_as_the_document_and_written_by_its_owner_only() {
    for (document_mode, expected) in [(0o666, 0o644), (0o600, 0o600), (0o640, 0o640), (0o664, 0o644)] {
        let mut disk = disk();
        disk.own(DOCUMENT, document_mode, 1000, 1000);
        let mut run = Run::new(&mut disk, &Process { umask: 0, ..Process::new(1) }, sign(1, OutputLocation::InPlace));
        let mut seen = false;
        while !run.position.is_over() {
            for name in disk.listing().iter().filter(|name| name.contains(".rustpdf")) {
                seen |= name == JOURNAL;
                assert_eq!(disk.permissions(name), (expected, 1000, 1000), "{name}");
            }
            run.step(&mut disk, None);
        }
        assert!(seen);
        run.finish(&mut disk).signed();
        assert_eq!(disk.permissions(DOCUMENT), (document_mode, 1000, 1000));
    }
}

/// A group that the document has and a journal has not reads nothing of the update.
#[test]
fn a_journal_of_another_group() {
    let mut disk = disk();
    disk.own(DOCUMENT, 0o640, 1000, 2000);
    let process = Process { umask: 0, ..Process::new(1) };
    let mut run = Run::new(&mut disk, &process, sign(1, OutputLocation::InPlace));
    while !run.position.is_over() {
        for name in disk.listing().iter().filter(|name| name.contains(".rustpdf")) {
            let (mode, _, group) = disk.permissions(name);
            let holds_something = !disk.bytes(name).unwrap().is_empty();
            assert!(group == 2000 || mode & 0o070 == 0 || !holds_something, "{name} has {mode:o} and the group {group}");
        }
        run.step(&mut disk, None);
    }
    run.finish(&mut disk).signed();
}
