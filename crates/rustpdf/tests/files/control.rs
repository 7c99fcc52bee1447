//! Calls that are watched, and ended before their time.

use std::cell::RefCell;
use std::fs;

use rustpdf::{Control, Failure, Output, Phase, Progress, SigningOptions, begin_signing_file_at, sign_file_with_at};

use crate::common::{Folder, assert_same, code, document, moment, padded, rsa, sign};

/// Signs and cancels as soon as `when` says so.
fn cancelled(folder: &Folder, output: &Output, when: impl Fn(Progress) -> bool) {
    let mut control = Control::default();
    let cancellation = control.cancellation.clone();
    control.on_progress = Some(Box::new(move |progress| {
        if when(progress) {
            cancellation.cancel();
        }
    }));
    let result = sign_file_with_at(folder.path("in.pdf"), output, moment(), rsa(), sign, &SigningOptions::default(), &mut control);
    assert!(matches!(result, Err(Failure::Cancelled)), "{result:?}");
}

#[test]
fn cancelled_anywhere() {
    let document = padded(40 << 20);
    let folder = Folder::new();
    folder.with("in.pdf", &document);
    let empty = folder.with("empty.pdf", b"");
    let given = || Output::File(fs::OpenOptions::new().write(true).open(&empty).unwrap());
    for output in [Output::InPlace, Output::Update, Output::NewFile { path: folder.path("out.pdf"), replace: false }, given()] {
        cancelled(&folder, &output, |progress| progress.phase == Phase::Read);
        cancelled(&folder, &output, |progress| progress.phase == Phase::Digest && progress.done > 0);
        cancelled(&folder, &output, |progress| progress.phase == Phase::Sign && progress.done == 1);
        cancelled(&folder, &output, |progress| progress.phase == Phase::Write);
        folder.assert_names(&["in.pdf", "empty.pdf"]);
        assert_eq!(fs::metadata(&empty).unwrap().len(), 0);
    }
    assert_same(&fs::read(folder.path("in.pdf")).unwrap(), &document, "the document");
}

#[test]
fn a_completion_is_cancelled_while_it_copies() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &padded(40 << 20));
    let session = begin_signing_file_at(&input, moment(), Some(rsa()), &SigningOptions::default(), &mut Control::default()).unwrap();
    let raw = sign(&session.request().unwrap()).unwrap();
    let mut control = Control::default();
    let cancellation = control.cancellation.clone();
    control.on_progress = Some(Box::new(move |progress| {
        if progress.done >= 16 << 20 {
            cancellation.cancel()
        }
    }));
    let output = Output::NewFile { path: folder.path("out.pdf"), replace: false };
    assert!(matches!(session.complete_with_signature(&raw, &output, &mut control), Err(Failure::Cancelled)));
    folder.assert_names(&["in.pdf"]);
    session.complete_with_signature(&raw, &output, &mut Control::default()).unwrap();
    folder.assert_names(&["in.pdf", "out.pdf"]);
}

#[test]
fn a_document_that_is_cut_while_it_is_digested() {
    let folder = Folder::new();
    for output in [Output::InPlace, Output::Update, Output::NewFile { path: folder.path("out.pdf"), replace: false }] {
        let input = folder.with("in.pdf", &padded(40 << 20));
        let mut control = Control::default();
        let cut = |progress: Progress| {
            if progress.phase == Phase::Digest && progress.done >= 16 << 20 {
                fs::OpenOptions::new().write(true).open(&input).unwrap().set_len(1000).unwrap();
            }
        };
        control.on_progress = Some(Box::new(cut));
        let result = sign_file_with_at(&input, &output, moment(), rsa(), sign, &SigningOptions::default(), &mut control);
        assert_eq!(code(result), "ERR_FILE_CHANGED");
        folder.assert_names(&["in.pdf"]);
    }
}

#[test]
fn what_is_told() {
    let folder = Folder::new();
    for (document, steps) in [(document(), 2), (padded(40 << 20), 4)] {
        let input = folder.with("in.pdf", &document);
        let length = document.len() as u64;
        let told = RefCell::new(Vec::new());
        let mut control = Control::default();
        control.on_progress = Some(Box::new(|progress| told.borrow_mut().push(progress)));
        sign_file_with_at(&input, &Output::InPlace, moment(), rsa(), sign, &SigningOptions::default(), &mut control).unwrap();
        drop(control);
        let told = told.into_inner();
        let of = |phase| told.iter().filter(move |progress| progress.phase == phase).map(|progress| (progress.done, progress.total));
        assert_eq!(of(Phase::Sign).collect::<Vec<_>>(), [(0, 1), (1, 1)]);
        let digested: Vec<_> = of(Phase::Digest).collect();
        assert_eq!((digested.len(), digested[0], digested[steps - 1]), (steps, (0, length), (length, length)));
        let update = fs::metadata(&input).unwrap().len() - length;
        assert_eq!(of(Phase::Write).collect::<Vec<_>>(), [(0, update), (update, update)]);
        assert_eq!(of(Phase::Read).next(), Some((0, length)));
    }
}
