//! Warnings, progress and cancellation of calls.

use std::cell::Cell;
use std::fs;
use std::future::{Future, poll_fn};
use std::mem::replace;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use rustpdf::{
    Control, Credentials, Error, Output, Phase, Progress, Signer, SigningOptions, SigningRequest, WarningCode, sign_async_controlled,
    sign_controlled,
};

use crate::common::{Folder, assert_same, begin_file_at, code, document, moment, padded, rsa, sign, sign_file_at, signed, signer_of};

/// Signs and cancels as soon as `when` says so.
fn cancelled(folder: &Folder, output: &Output, when: impl Fn(Progress) -> bool + Send) -> Error {
    let mut control = Control::default();
    let cancellation = control.cancellation.clone();
    control.on_progress = Some(Box::new(move |progress| {
        if when(progress) {
            cancellation.cancel();
        }
    }));
    let result = sign_file_at(folder.path("in.pdf"), output, moment(), rsa(), sign, &SigningOptions::default(), &mut control);
    let error = result.unwrap_err();
    assert!(matches!(error.cause(), Error::Cancelled), "{error}");
    error
}

#[test]
fn cancelled_anywhere() {
    let document = padded(40 << 20);
    let folder = Folder::new();
    folder.with("in.pdf", &document);
    let empty = folder.with("empty.pdf", b"");
    let given = || Output::File(fs::OpenOptions::new().write(true).open(&empty).unwrap());
    for output in [Output::InPlace, Output::Update, Output::NewFile { path: folder.path("out.pdf"), replace: false }, given()] {
        for phase in [Phase::Read, Phase::Digest, Phase::Sign] {
            let error = cancelled(&folder, &output, |progress| progress.phase == phase && progress.done < progress.total);
            assert!(error.unfinished().is_none(), "{phase:?}");
        }
        // The key has signed: the caller may go on without it.
        let error = cancelled(&folder, &output, |progress| progress.phase == Phase::Sign && progress.done == 1);
        let session = error.unfinished().expect("a session");
        folder.assert_names(&["in.pdf", "empty.pdf"]);
        assert_eq!(fs::metadata(&empty).unwrap().len(), 0);
        assert_same(&fs::read(folder.path("in.pdf")).unwrap(), &document, "the document");
        let update = session.complete_signed(&Output::Update, &mut Control::default()).unwrap().update;
        assert_same(&[document.as_slice(), &update].concat(), &signed(&document), "completed");
    }
}

/// What a callback throws reaches the caller, and nothing is left behind.
#[test]
fn a_panic_of_a_callback() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    let output = Output::NewFile { path: folder.path("out.pdf"), replace: false };
    for phase in [Phase::Read, Phase::Digest, Phase::Sign] {
        let mut control = Control::default();
        control.on_progress = Some(Box::new(move |progress| assert!(progress.phase != phase, "a panic of {phase:?}")));
        let signs =
            AssertUnwindSafe(|| sign_file_at(&input, &output, moment(), rsa(), sign, &SigningOptions::default(), &mut control).unwrap());
        let panic = catch_unwind(signs).unwrap_err();
        assert_eq!(*panic.downcast::<String>().unwrap(), format!("a panic of {phase:?}"));
        folder.assert_names(&["in.pdf"]);
    }
}

/// Without its chain the certificate has a warning.
#[test]
fn warnings_come_before_the_key_is_asked() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    let credentials = || Credentials { chain: vec![], ..rsa() };
    for output in [Output::InPlace, Output::Update, Output::NewFile { path: folder.path("out.pdf"), replace: false }] {
        let asked = Cell::new(0);
        let signer = |request: &SigningRequest| {
            asked.set(asked.get() + 1);
            sign(request)
        };
        let mut codes = Vec::new();
        let mut control = Control::default();
        control.on_warnings = Some(Box::new(|warnings| {
            codes.extend(warnings.iter().map(|warning| warning.code));
            Err("not without its chain".into())
        }));
        let error = sign_file_at(&input, &output, moment(), credentials(), signer, &SigningOptions::default(), &mut control).unwrap_err();
        drop(control);
        assert!(matches!(&error, Error::Signer(own) if own.to_string() == "not without its chain"), "{error:?}");
        assert_eq!((codes, asked.get()), (vec![WarningCode::ChainIncomplete], 0));
        assert_same(&fs::read(&input).unwrap(), &document(), "the document");
        folder.assert_names(&["in.pdf"]);

        // A function that accepts them lets the call go on; without warnings it is not called.
        let mut accepting = Control::default();
        accepting.on_warnings = Some(Box::new(|_| Ok(())));
        sign_file_at(&input, &Output::Update, moment(), credentials(), signer, &SigningOptions::default(), &mut accepting).unwrap();
        let mut unused = Control::default();
        unused.on_warnings = Some(Box::new(|warnings| panic!("{warnings:?}")));
        sign_file_at(&input, &Output::Update, moment(), rsa(), signer, &SigningOptions::default(), &mut unused).unwrap();
        assert_eq!(asked.get(), 2);
    }
}

/// Polls a future whose signer answers at the second poll, as an executor does.
fn block_on<T>(future: impl Future<Output = T> + Send) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// A future that is pending once.
async fn pause() {
    let mut is_first = true;
    poll_fn(|_| if replace(&mut is_first, false) { Poll::Pending } else { Poll::Ready(()) }).await
}

#[test]
fn warnings_of_a_document_in_memory_come_before_the_key_is_asked() {
    let (document, options) = (document(), SigningOptions::new());
    let without_chain = Credentials { chain: vec![], ..rsa() };
    let asked = AtomicUsize::new(0);
    let refusing = |codes: Arc<Mutex<Vec<WarningCode>>>| {
        Control::new().on_warnings(move |warnings| {
            codes.lock().unwrap().extend(warnings.iter().map(|warning| warning.code));
            Err("not without its chain".into())
        })
    };
    let check = |result: rustpdf::Result<rustpdf::Signed>, codes: &Mutex<Vec<WarningCode>>| {
        let error = result.unwrap_err();
        assert!(matches!(&error, Error::Signer(own) if own.to_string() == "not without its chain"), "{error:?}");
        assert_eq!((codes.lock().unwrap().as_slice(), asked.load(Ordering::SeqCst)), (&[WarningCode::ChainIncomplete][..], 0));
    };
    let signer = signer_of(without_chain.clone(), |request: &SigningRequest| {
        asked.fetch_add(1, Ordering::SeqCst);
        sign(request)
    });
    let codes = Arc::default();
    check(sign_controlled(&document[..], &signer, &options, &mut refusing(Arc::clone(&codes))), &codes);
    let awaited = Signer::new_async(without_chain.certificate, |request: SigningRequest| {
        asked.fetch_add(1, Ordering::SeqCst);
        async move { sign(&request) }
    });
    let codes = Arc::default();
    check(block_on(sign_async_controlled(&document[..], &awaited, &options, &mut refusing(Arc::clone(&codes)))), &codes);

    // Accepted warnings let the call go on.
    let mut accepting = Control::new().on_warnings(|_| Ok(()));
    assert!(sign_controlled(&document[..], &signer, &options, &mut accepting).is_ok());
    assert!(block_on(sign_async_controlled(&document[..], &awaited, &options, &mut accepting)).is_ok());
    assert_eq!(asked.into_inner(), 2);
}

#[test]
fn an_awaited_signer_gives_the_same_bytes() {
    let document = document();
    let control = || Control::new().ambient(moment());
    let Credentials { certificate, chain } = rsa();
    let signer = Signer::new_async(certificate.clone(), |request: SigningRequest| async move {
        pause().await;
        sign(&request)
    });
    let signer = signer.chain(chain);
    let phases = Mutex::new(Vec::new());
    let mut told = control().on_progress(|progress| phases.lock().unwrap().push((progress.phase, progress.done, progress.total)));
    let found = block_on(sign_async_controlled(&document[..], &signer, &SigningOptions::new(), &mut told)).unwrap();
    drop(told);
    assert_same(&found.pdf, &signed(&document), "awaited");
    let phases = phases.into_inner().unwrap();
    assert!(phases.contains(&(Phase::Sign, 0, 1)) && phases.contains(&(Phase::Sign, 1, 1)), "{phases:?}");

    // Its own error ends the call, and so does a cancellation.
    let failing = Signer::new_async(certificate, |_: SigningRequest| async { Err::<Vec<u8>, _>("the KMS is on holiday") });
    let error = block_on(sign_async_controlled(&document[..], &failing, &SigningOptions::new(), &mut control())).unwrap_err();
    assert!(matches!(&error, Error::Signer(own) if own.to_string() == "the KMS is on holiday"), "{error:?}");
    let mut cancelled = control();
    cancelled.cancellation.cancel();
    let error = block_on(sign_async_controlled(&document[..], &signer, &SigningOptions::new(), &mut cancelled)).unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error:?}");
}

#[test]
fn a_completion_is_cancelled_while_it_copies() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &padded(40 << 20));
    let session = begin_file_at(&input, moment(), Some(rsa()), &SigningOptions::default()).unwrap();
    let raw = sign(&session.request().unwrap()).unwrap();
    let mut control = Control::default();
    let cancellation = control.cancellation.clone();
    control.on_progress = Some(Box::new(move |progress| {
        if progress.done >= 16 << 20 {
            cancellation.cancel()
        }
    }));
    let output = Output::NewFile { path: folder.path("out.pdf"), replace: false };
    let error = session.complete_with_signature(&raw, &output, &mut control).unwrap_err();
    assert!(matches!(error.cause(), Error::Cancelled), "{error}");
    folder.assert_names(&["in.pdf"]);
    error.unfinished().unwrap().complete_signed(&output, &mut Control::default()).unwrap();
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
        let result = sign_file_at(&input, &output, moment(), rsa(), sign, &SigningOptions::default(), &mut control);
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
        let mut told = Vec::new();
        let mut control = Control::default();
        control.on_progress = Some(Box::new(|progress| told.push(progress)));
        sign_file_at(&input, &Output::InPlace, moment(), rsa(), sign, &SigningOptions::default(), &mut control).unwrap();
        drop(control);
        let of = |phase| told.iter().filter(move |progress| progress.phase == phase).map(|progress| (progress.done, progress.total));
        assert_eq!(of(Phase::Sign).collect::<Vec<_>>(), [(0, 1), (1, 1)]);
        let digested: Vec<_> = of(Phase::Digest).collect();
        assert_eq!((digested.len(), digested[0], digested[steps - 1]), (steps, (0, length), (length, length)));
        let update = fs::metadata(&input).unwrap().len() - length;
        assert_eq!(of(Phase::Write).collect::<Vec<_>>(), [(0, update), (update, update)]);
        assert_eq!(of(Phase::Read).next(), Some((0, length)));
    }
}
