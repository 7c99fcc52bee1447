//! Signing, extending and sessions at each level.

use std::fs;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use rustpdf::{
    Code, Control, Error, ExtensionOptions, Http, HttpBody, HttpError, Job, Level, ManyOptions, Online, OutgoingRequest, Output, Signatory,
    Signer, SigningOptions, SigningRequest, advance_signing, begin_signing_controlled, complete_signing, extend, extend_file,
    resume_signing, resume_signing_file, sign_async_controlled, sign_async_online, sign_controlled, sign_file, sign_in_turn_controlled,
    sign_many, timestamp, timestamp_file,
};

use super::services::services;

const DOCUMENT: &[u8] = include_bytes!("../../../../tests/vectors/documents/classic.pdf");
const KEY: [u8; 32] = [5; 32];

/// The log of the services belongs to one test at a time.
static LOG: Mutex<()> = Mutex::new(());

#[test]
fn each_level_is_reached_in_memory_and_in_a_file() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    let folder = tempfile::tempdir().unwrap();
    for level in [Level::BT, Level::BLt, Level::BLta] {
        let signed = sign_controlled(DOCUMENT, &signer, &services.options(level), &mut services.control(&[""])).unwrap();
        assert_eq!(signed.report.level, Some(level));
        assert_eq!(signed.report.timestamps.len(), if level == Level::BLta { 2 } else { 1 });
        assert!(signed.pdf.starts_with(DOCUMENT));
        let path = folder.path().join(format!("{level:?}.pdf"));
        fs::write(&path, DOCUMENT).unwrap();
        let signed = sign_file(&path, &Output::InPlace, &signer, &services.options(level), &mut services.control(&[""])).unwrap();
        assert_eq!(signed.reports[0].level, Some(level));
        assert_eq!(fs::read(&path).unwrap(), [DOCUMENT, &signed.update].concat());
    }
    assert_eq!(count.load(Ordering::SeqCst), 6);
}

#[test]
fn the_next_service_is_asked() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    for (fault, code) in [
        ("wrong-nonce", Code::TimestampMismatch),
        ("rejected=badAlg", Code::TimestampRejected),
        ("html", Code::TimestampInvalid),
        ("status=500", Code::TimestampUnavailable),
    ] {
        let options = SigningOptions::new().level(Level::BT);
        let error = sign_controlled(DOCUMENT, &signer, &options, &mut services.control(&[fault])).unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert!(error.unfinished_in_memory().is_some() && !error.to_string().contains(services.base()), "{error}");
        let signed = sign_controlled(DOCUMENT, &signer, &options, &mut services.control(&[fault, ""])).unwrap();
        assert_eq!(signed.report.timestamps[0].service, 1);
    }
}

#[test]
fn strangers_are_not_asked_by_default() {
    let _log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    let (services, count) = (services(), AtomicUsize::new(0));
    services.rule("[]");
    let mut control = Control::new().online(Online::new().services([services.tsa("")]));
    let error = sign_controlled(DOCUMENT, &services.signer("rsa", &count), &services.options(Level::BLt), &mut control).unwrap_err();
    assert_eq!(error.code(), Some(Code::RevocationUnavailable), "{error}");
    assert!(services.log().iter().all(|path| path.starts_with("/ltv/tsa/")), "{:?}", services.log());
}

#[test]
fn a_revoked_certificate_is_found_before_the_key_is_asked() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let error = sign_controlled(DOCUMENT, &services.signer("revoked", &count), &services.options(Level::BLt), &mut services.control(&[""]))
        .unwrap_err();
    assert_eq!((error.code(), count.load(Ordering::SeqCst)), (Some(Code::CertificateRevoked), 0));
}

#[test]
fn many_files_share_a_cache() {
    let _log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    let (services, count) = (services(), AtomicUsize::new(0));
    let folder = tempfile::tempdir().unwrap();
    let jobs = (0..4).map(|number| {
        let path = folder.path().join(format!("{number}.pdf"));
        fs::write(&path, DOCUMENT).unwrap();
        Job { id: number.to_string(), input: path, output: Output::InPlace, options: services.options(Level::BLta) }
    });
    let jobs: Vec<_> = jobs.collect();
    services.rule("[]");
    let mut signed = 0;
    let options = ManyOptions::new().in_flight(1).online(services.online(&[""]));
    sign_many(jobs, &services.signer("rsa", &count), &options, |result| {
        result.outcome.unwrap();
        signed += 1;
    })
    .unwrap();
    let mut others: Vec<_> = services.log().into_iter().filter(|path| !path.starts_with("/ltv/tsa/")).collect();
    assert_eq!((signed, services.log().len() - others.len()), (4, 8));
    let all = others.len();
    others.sort();
    others.dedup();
    // An OCSP responder is asked for several certificates; nothing is asked for again for the second file.
    assert!(all < 4 * others.len(), "{others:?}");
}

#[test]
fn signers_in_turn_have_one_list_of_services() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    let signatories = [Level::BT, Level::BLta].map(|level| Signatory::new(&signer, services.options(level)));
    let signed = sign_in_turn_controlled(DOCUMENT, signatories.into(), &mut services.control(&[""])).unwrap();
    assert_eq!(signed.len(), 2);
}

#[test]
fn a_session_waits_and_goes_on_elsewhere() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    let error = sign_controlled(DOCUMENT, &signer, &services.options(Level::BLta), &mut services.control(&["status=500"])).unwrap_err();
    let saved = error.unfinished_in_memory().unwrap().serialize(&KEY).unwrap();

    let session = resume_signing(&saved, DOCUMENT, &KEY).unwrap();
    let mut control = Control::new().online(Online::new().services([services.tsa("")])); // no proofs are to be had
    let error = advance_signing(DOCUMENT, &session, &mut control).unwrap_err();
    assert_eq!(error.code(), Some(Code::RevocationUnavailable), "{error}");
    let saved = error.unfinished_in_memory().unwrap().serialize(&KEY).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.pdf");
    fs::write(&path, DOCUMENT).unwrap();
    let mut control = services.control(&[""]);
    let session = resume_signing_file(&saved, &path, &KEY, &mut control).unwrap();
    let signed = session.advance(&Output::InPlace, &mut control).unwrap();
    assert_eq!((signed.reports[0].level, count.load(Ordering::SeqCst)), (Some(Level::BLta), 1));
}

#[test]
fn two_phases_reach_each_level() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    for level in [Level::BT, Level::BLta] {
        let mut control = services.control(&[""]);
        let session = begin_signing_controlled(DOCUMENT, Some(signer.credentials()), &services.options(level), &mut control).unwrap();
        let raw = (signer.sign)(&session.request().unwrap()).unwrap();
        let signed = complete_signing(DOCUMENT, &session, rustpdf::SessionAnswer::Signature(raw), &mut control).unwrap();
        assert_eq!(signed[0].report.level, Some(level));
    }
}

#[test]
fn signatures_are_raised_and_renewed() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    let signed = sign_controlled(DOCUMENT, &signer, &SigningOptions::new(), &mut Control::new()).unwrap().pdf;
    let options = ExtensionOptions::new().validation(services.validation());
    let extended = extend(&signed[..], &options, &mut services.control(&[""])).unwrap();
    assert_eq!(extended.report.level, Some(Level::BLta));
    assert!(extended.pdf.starts_with(&signed));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    fs::write(&path, &extended.pdf).unwrap();
    let renewed = extend_file(&path, &Output::InPlace, &options, &mut services.control(&[""])).unwrap();
    assert_eq!(fs::read(&path).unwrap(), [&extended.pdf[..], &renewed.update].concat());
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let error = extend(DOCUMENT, &options, &mut services.control(&[""])).unwrap_err();
    assert_eq!(error.code(), Some(Code::SignatureMissing));
}

#[test]
fn a_document_gets_a_timestamp() {
    let mut control = services().control(&[""]);
    let stamped = timestamp(DOCUMENT, &ExtensionOptions::new(), &mut control).unwrap();
    assert!(stamped.report.timestamps[0].of_document);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    fs::write(&path, DOCUMENT).unwrap();
    let stamped = timestamp_file(&path, &Output::Update, &ExtensionOptions::new(), &mut control).unwrap();
    assert!(!stamped.update.is_empty());
    let error = timestamp(DOCUMENT, &ExtensionOptions::new(), &mut Control::new()).unwrap_err();
    assert_eq!(error.code(), Some(Code::TimestampService));
}

#[test]
fn the_callers_client_replaces_ours() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let mut online = services.online(&[""]);
    online = online.http(move |_: &OutgoingRequest| -> Result<HttpBody, HttpError> {
        counter.fetch_add(1, Ordering::SeqCst);
        Err(HttpError::Other("mine".into()))
    });
    let options = SigningOptions::new().level(Level::BT);
    let error = sign_controlled(DOCUMENT, &signer, &options, &mut Control::new().online(online)).unwrap_err();
    assert!(matches!(error.cause(), Error::Signer(cause) if cause.to_string() == "mine"), "{error}");
    assert!(error.unfinished_in_memory().is_some());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn futures_are_awaited() {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    let (services, count) = (services(), AtomicUsize::new(0));
    let own = services.signer("rsa", &count);
    let signer = Signer::new_async(own.certificate.clone(), |request: SigningRequest| {
        let raw = (own.sign)(&request);
        async move { raw }
    })
    .chain(own.chain.clone());
    let options = services.options(Level::BLta);
    let mut control = services.control(&[""]);
    let signed = wait(sendable(sign_async_controlled(DOCUMENT, &signer, &options, &mut control))).unwrap();
    assert_eq!(signed.report.level, Some(Level::BLta));

    let ours: Arc<dyn Http> = Arc::new(|request: &OutgoingRequest| send(request));
    let http = |request: OutgoingRequest| {
        let ours = ours.clone();
        async move { ours.send(&request) }
    };
    let signed = wait(sign_async_online(DOCUMENT, &signer, &SigningOptions::new().level(Level::BT), http, &mut control)).unwrap();
    assert_eq!(signed.report.level, Some(Level::BT));
}

/// A client of few lines, for requests to loopback.
fn send(request: &OutgoingRequest) -> Result<HttpBody, HttpError> {
    use std::io::{Read, Write};

    let failed = |_| HttpError::from(rustpdf::HttpFailure::Connect);
    let (host, path) = request.url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).map_err(failed)?;
    let fields: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("{} /{path} HTTP/1.0\r\nHost: {host}\r\n{fields}Content-Length: {}\r\n\r\n", request.method, request.body.len());
    stream.write_all(&[head.as_bytes(), &request.body].concat()).map_err(failed)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(failed)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    Ok(HttpBody { status: 200, body: answer.split_off(end + 4), ..HttpBody::default() })
}

/// Polls a future in this thread until it is ready.
fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return result;
        }
        thread::park();
    }
}
