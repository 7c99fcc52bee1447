//! A cancellation at every step that is not final, and the steps that are.

use rustpdf_core::{FailureKind, Operation, OutputLocation};

use crate::crash::leftovers;
use crate::failures::with_fault;
use crate::host::{Ask, Fault, Process, Run};
use crate::scene::*;

#[test]
fn a_cancelled_call_leaves_everything_as_it_was() {
    let document = document();
    let signed = signed(&document, 1);
    let older = b"an older output".to_vec();
    let outputs = [
        (OutputLocation::InPlace, DOCUMENT, Some(document.clone())),
        (output(OUTPUT, false), OUTPUT, None),
        (output(OUTPUT, true), OUTPUT, Some(older.clone())),
    ];
    let (mut cancelled, mut after_signature) = (0, 0);
    for (location, name, before) in outputs {
        let mut start = disk();
        if let (Some(before), OUTPUT) = (&before, name) {
            start = start.with(OUTPUT, before);
        }
        // Only the first operation of a step is cancelled: a host looks between steps, or its callback does.
        let mut run = Run::new(&mut start.clone(), &Process::new(1), sign(1, location.clone()));
        let mut walk = start.clone();
        let mut steps = Vec::new();
        while !run.position.is_over() {
            if run.position.begins_step() && !run.position.is_final() {
                steps.push(run.performed);
            }
            run.step(&mut walk, None);
        }
        for at in steps {
            let faulty = with_fault(&start, sign(1, location.clone()), at, Fault::Cancelled, false).unwrap();
            let when = format!("{location:?} cancelled at {} ({at})", faulty.name);
            let error = faulty.ended.error().unwrap_or_else(|| panic!("{when}: it succeeds"));
            assert_eq!(error.failure(), Some(0), "{when}: {error}");
            assert!(faulty.disk.bytes(name) == before.as_deref(), "{when}");
            assert_eq!(leftovers(&faulty.disk, &[DOCUMENT, name]), [] as [&str; 0], "{when}");
            assert!(faulty.disk.bytes(DOCUMENT) == Some(&document), "{when}");
            assert_eq!(faulty.ended.session().is_some(), faulty.ended.signatures > 0, "{when}");
            if let Some(session) = faulty.ended.session() {
                after_signature += 1;
                let mut disk = faulty.disk.clone();
                let completed = then(&mut disk, complete_signed(session, location.clone()));
                assert_eq!((completed.code(), completed.signatures), ("", 0), "{when}: {:?}", completed.error());
                assert!(disk.bytes(name) == Some(&signed), "{when}");
            }
            cancelled += 1;
        }
    }
    say(&format!("{cancelled} cancellations, {after_signature} of them after the signature"));
    assert!(cancelled >= 37 && after_signature >= 3);
}

/// A file gets a name, or loses one that others know, in final steps only; so does what cleans up.
#[test]
fn steps_that_name_a_file_are_final() {
    let mut disk = disk().with(OUTPUT, b"an older output");
    let mut named = 0;
    for location in [OutputLocation::InPlace, output("first.pdf", false), output(OUTPUT, true)] {
        let mut run = Run::new(&mut disk, &Process::new(1), sign(1, location.clone()));
        let mut signed = false;
        while !run.position.is_over() {
            if let (Ask::Store(request), true) = (&*run.position.ask, run.position.begins_step()) {
                for operation in &request.operations {
                    let names = matches!(operation, Operation::Link { .. } | Operation::Rename { .. } | Operation::Remove { .. });
                    named += usize::from(names);
                    assert!(!names || request.is_final, "{location:?}: {operation:?}");
                    let cancellable = matches!(
                        operation,
                        Operation::Resolve { .. } | Operation::Open { .. } | Operation::Create { .. } | Operation::Process { .. }
                    );
                    assert!(!cancellable || !request.is_final || signed, "{location:?}: {operation:?} may be cancelled");
                }
            }
            signed |= matches!(&*run.position.ask, Ask::Sign { .. });
            run.step(&mut disk, None);
        }
        run.finish(&mut disk).signed();
    }
    assert!(named >= 6, "{named}");
}

/// A callback that was cancelled, and not the step: the same.
#[test]
fn a_cancelled_signer() {
    let start = disk();
    for at in 0.. {
        let fault = Fault::Fails(FailureKind::Cancelled, crate::disk::Partly::Nothing);
        let Some(faulty) = with_fault(&start, sign(1, OutputLocation::InPlace), at, fault, false) else { break };
        if faulty.name == "Sign" {
            assert_eq!(faulty.ended.error().unwrap().failure(), Some(0));
            assert!(faulty.ended.session().is_none());
            assert_eq!(leftovers(&faulty.disk, &[DOCUMENT]), [] as [&str; 0]);
        }
    }
}
