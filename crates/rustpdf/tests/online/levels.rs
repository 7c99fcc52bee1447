//! Signing, extending and sessions at each level.

use std::fs;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant, SystemTime};

use rustpdf::{
    Ambient, BatchOptions, Cancellation, Code, Control, Error, ExtendJob, ExtendManyOptions, ExtendOutcome, ExtensionOptions, Http,
    HttpBody, HttpClient, HttpError, Job, Level, ManyOptions, MemoryCache, Online, OutgoingRequest, Output, Phase, SessionAnswer,
    SessionState, Signatory, Signer, SigningOptions, SigningRequest, TimestampService, WarningCode, advance_signing,
    begin_signing_controlled, begin_signing_many, complete_signing, extend, extend_file, extend_many, inspect, resume_signing,
    resume_signing_file, resume_signing_many, sign_async_controlled, sign_async_online, sign_controlled, sign_file, sign_file_in_turn,
    sign_in_turn_controlled, sign_many, timestamp, timestamp_file,
};

use super::services::{logged_services, services};

const DOCUMENT: &[u8] = include_bytes!("../../../../tests/vectors/documents/classic.pdf");
const KEY: [u8; 32] = [5; 32];

#[test]
fn each_level_is_reached_in_memory_and_in_a_file() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let folder = tempfile::tempdir().unwrap();
    for (name, level) in ["rsa", "ec"].into_iter().flat_map(|name| [Level::BT, Level::BLt, Level::BLta].map(|level| (name, level))) {
        let signer = services.signer(name, &count);
        let signed = sign_controlled(DOCUMENT, &signer, &services.options(level), &mut services.control(&[""])).unwrap();
        assert_eq!(signed.report.level, Some(level));
        assert_eq!(signed.report.timestamps.len(), if level == Level::BLta { 2 } else { 1 });
        assert!(signed.pdf.starts_with(DOCUMENT));
        let info = inspect(&signed.pdf[..], None).unwrap();
        assert_eq!(info.signatures[0].level, Some(level));
        assert_eq!((&info.renew_before, info.renew_before.is_some()), (&signed.report.renew_before, true));
        let path = folder.path().join(format!("{name} {level:?}.pdf"));
        fs::write(&path, DOCUMENT).unwrap();
        let signed = sign_file(&path, &Output::InPlace, &signer, &services.options(level), &mut services.control(&[""])).unwrap();
        assert_eq!(signed.reports[0].level, Some(level));
        assert_eq!(fs::read(&path).unwrap(), [DOCUMENT, &signed.update].concat());
    }
    assert_eq!(count.load(Ordering::SeqCst), 12);
}

#[test]
fn a_lower_level_is_accepted_only_where_the_caller_says_so() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    let options = SigningOptions::new().level(Level::BLta).validation(services.validation().online(false));
    assert!(sign_controlled(DOCUMENT, &signer, &options, &mut services.control(&[""])).is_err());
    let mut warned = Vec::new();
    let mut control = services.control(&[""]).on_warnings(|warnings| {
        warned.extend(warnings.iter().map(|warning| warning.code));
        if warnings.iter().any(|warning| warning.code == WarningCode::LevelLower) { Err("too late".into()) } else { Ok(()) }
    });
    let signed = sign_controlled(DOCUMENT, &signer, &options.minimum_level(Level::BT), &mut control).unwrap();
    drop(control);
    assert_eq!((signed.report.level, warned.len()), (Some(Level::BT), signed.report.warnings.len()));
    assert!(signed.report.warnings.iter().any(|warning| warning.code == WarningCode::LevelLower));
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
    let ((services, _guard), count) = (logged_services(), AtomicUsize::new(0));
    services.rule("[]");
    let mut control = Control::new().online(Online::new().services([services.tsa("")]));
    let error = sign_controlled(DOCUMENT, &services.signer("rsa", &count), &services.options(Level::BLt), &mut control).unwrap_err();
    assert_eq!(error.code(), Some(Code::RevocationUnavailable), "{error}");
    assert!(services.log().iter().all(|path| path.starts_with("/ltv/tsa/")), "{:?}", services.log());
}

#[test]
fn a_revoked_certificate_is_found_before_the_key_is_asked_where_a_list_is_at_hand() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("revoked", &count);
    let error = sign_controlled(DOCUMENT, &signer, &services.options(Level::BLt), &mut services.control(&[""])).unwrap_err();
    assert_eq!(error.code(), Some(Code::CertificateRevoked));
    count.store(0, Ordering::SeqCst);
    let options = SigningOptions::new().level(Level::BLt).validation(services.validation().crls([services.list()]));
    let error = sign_controlled(DOCUMENT, &signer, &options, &mut services.control(&[""])).unwrap_err();
    assert_eq!((error.code(), count.load(Ordering::SeqCst)), (Some(Code::CertificateRevoked), 0));
}

#[test]
fn many_files_share_a_cache() {
    let ((services, _guard), count) = (logged_services(), AtomicUsize::new(0));
    let folder = tempfile::tempdir().unwrap();
    let jobs = (0..4).map(|number| {
        let path = folder.path().join(format!("{number}.pdf"));
        fs::write(&path, DOCUMENT).unwrap();
        Job { id: number.to_string(), input: path, output: Output::InPlace, options: services.options(Level::BLta) }
    });
    let jobs: Vec<_> = jobs.collect();
    services.rule("[]");
    let mut signed = 0;
    let options = ManyOptions::new().in_flight(4).online(services.online(&[""]));
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
    // Of the four files at the same time one asks, and all have its response.
    assert_eq!(all, others.len(), "{others:?}");
}

#[test]
fn signers_in_turn_may_have_services_of_their_own() {
    let ((services, _guard), count) = (logged_services(), AtomicUsize::new(0));
    let (signer, folder) = (services.signer("rsa", &count), tempfile::tempdir().unwrap());
    let signatories = || [Level::BT, Level::BLta].map(|level| Signatory::new(&signer, services.options(level)));
    let signed = sign_in_turn_controlled(DOCUMENT, signatories().into(), &mut services.control(&[""])).unwrap();
    assert_eq!(signed.iter().map(|one| one.report.level).collect::<Vec<_>>(), [Some(Level::BT), Some(Level::BLta)]);

    let path = folder.path().join("in.pdf");
    fs::write(&path, DOCUMENT).unwrap();
    let [first, second] = signatories();
    let other = TimestampService::new(services.broken("", "/ltv/tsa/ec"));
    let signatories = vec![first.services([services.tsa("")]), second.services([other])];
    services.rule("[]");
    sign_file_in_turn(&path, &Output::InPlace, signatories, &mut services.control(&["status=500"])).unwrap();
    let log = services.log();
    let asked = |name: &str| log.iter().filter(|path| path.contains(name)).count();
    assert_eq!((asked("/tsa/tsa"), asked("/tsa/ec")), (1, 2), "{log:?}");
}

#[test]
fn a_session_waits_and_goes_on_elsewhere() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    let error = sign_controlled(DOCUMENT, &signer, &services.options(Level::BLta), &mut services.control(&["status=500"])).unwrap_err();
    let session = error.unfinished_in_memory().unwrap();
    assert_eq!((session.state(), session.level(), session.waits()), (SessionState::ToTimestamp, Level::BLta, true));
    let saved = session.serialize(&KEY).unwrap();

    let session = resume_signing(&saved, DOCUMENT, &KEY).unwrap();
    let error = advance_signing(DOCUMENT, &session, &mut Control::new()).unwrap_err();
    assert_eq!(error.code(), Some(Code::TimestampService), "{error}");
    let mut control = Control::new().online(Online::new().services([services.tsa("")])); // no proofs are to be had
    let error = advance_signing(DOCUMENT, &session, &mut control).unwrap_err();
    assert_eq!(error.code(), Some(Code::RevocationUnavailable), "{error}");
    let session = error.unfinished_in_memory().unwrap();
    assert_eq!(session.state(), SessionState::ToValidate);
    let saved = session.serialize(&KEY).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.pdf");
    fs::write(&path, DOCUMENT).unwrap();
    let mut control = services.control(&[""]);
    let session = resume_signing_file(&saved, &path, &KEY, &mut control).unwrap();
    assert_eq!((session.state(), session.level(), session.is_signed()), (SessionState::ToValidate, Level::BLta, true));
    let signed = session.advance(&Output::InPlace, &mut control).unwrap();
    assert_eq!((signed.reports[0].level, count.load(Ordering::SeqCst)), (Some(Level::BLta), 1));
}

#[test]
fn a_file_stays_as_it_was_and_its_session_goes_on() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let (signer, folder) = (services.signer("ec", &count), tempfile::tempdir().unwrap());
    let path = folder.path().join("in.pdf");
    fs::write(&path, DOCUMENT).unwrap();
    let sign = |control: &mut Control| sign_file(&path, &Output::InPlace, &signer, &services.options(Level::BLta), control).unwrap_err();

    let error = sign(&mut services.control(&["reset"]));
    assert_eq!((fs::read(&path).unwrap().as_slice(), fs::read_dir(&folder).unwrap().count()), (DOCUMENT, 1));
    let session = error.unfinished().unwrap();
    assert_eq!((session.state(), session.level(), session.is_signed()), (SessionState::ToTimestamp, Level::BLta, true));
    let new = Output::NewFile { path: folder.path().join("out.pdf"), replace: false };
    assert_eq!(session.advance(&new, &mut services.control(&[""])).unwrap().reports[0].level, Some(Level::BLta));

    let (cancellation, begun) = (Cancellation::new(), Instant::now());
    let stop = cancellation.clone();
    let mut control = services.control(&["delay=9"]).cancellation(cancellation).on_progress(move |progress| {
        if progress.phase == Phase::Http {
            stop.cancel();
        }
    });
    let error = sign(&mut control);
    assert!(matches!(error.cause(), Error::Cancelled), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5) && fs::read(&path).unwrap() == DOCUMENT);
    if let Some(session) = error.unfinished() {
        session.advance(&Output::InPlace, &mut services.control(&[""])).unwrap();
    }
    assert!(count.load(Ordering::SeqCst) <= 2);
}

#[test]
fn two_phases_reach_each_level() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    for level in [Level::BT, Level::BLta] {
        let mut control = services.control(&[""]);
        let session = begin_signing_controlled(DOCUMENT, Some(signer.credentials()), &services.options(level), &mut control).unwrap();
        let raw = (signer.sign)(&session.request().unwrap()).unwrap();
        let signed = complete_signing(DOCUMENT, &session, SessionAnswer::Signature(raw), &mut control).unwrap();
        assert_eq!(signed[0].report.level, Some(level));
    }
}

#[test]
fn many_sessions_reach_a_level_or_wait() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let (signer, folder) = (services.signer("rsa", &count), tempfile::tempdir().unwrap());
    let paths = ["a.pdf", "b.pdf"].map(|name| folder.path().join(name));
    paths.iter().for_each(|path| fs::write(path, DOCUMENT).unwrap());
    let by = |fault: &str| BatchOptions::new().online(services.online(&[fault]));
    let credentials = signer.credentials();
    let batch = begin_signing_many(paths.clone(), Some(&credentials), &services.options(Level::BLta), &by("")).unwrap();
    let signatures: Vec<_> = batch.requests().iter().map(|request| (signer.sign)(request).unwrap()).collect();
    let outputs = [Output::InPlace, Output::InPlace];
    let batch = resume_signing_many(&batch.serialize(&KEY).unwrap(), paths.clone(), &KEY, &by("")).unwrap();
    let mut waiting = Vec::new();
    let failing = by("status=500");
    let each = |_, signed: Result<_, Error>| waiting.push(signed.unwrap_err().unfinished().unwrap().state());
    batch.complete_with_signatures(&signatures, &outputs, &failing, each).unwrap();
    assert_eq!(waiting, [SessionState::ToTimestamp; 2]);
    let mut levels = Vec::new();
    batch.complete_with_signatures(&signatures, &outputs, &by(""), |_, signed| levels.push(signed.unwrap().reports[0].level)).unwrap();
    assert_eq!((levels, count.load(Ordering::SeqCst)), (vec![Some(Level::BLta); 2], 2));
}

#[test]
fn a_container_of_a_service_gets_its_timestamp() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let signer = services.signer("rsa", &count);
    let ambient = Ambient { now: now(), entropy: [7; 32] };
    let control = |fault: &str| services.control(&[fault]).ambient(ambient.clone());
    let options = |level| SigningOptions::new().level(level).container_size(40_000);
    let own = begin_signing_controlled(DOCUMENT, Some(signer.credentials()), &options(Level::BB), &mut control("")).unwrap();
    let signed = own.complete_with_signature(&(signer.sign)(&own.request().unwrap()).unwrap()).unwrap().appended_to(DOCUMENT);
    let container = container(&signed);

    let session = begin_signing_controlled(DOCUMENT, None, &options(Level::BT), &mut control("")).unwrap();
    assert_eq!((session.state(), session.request().is_none()), (SessionState::ToSign, true));
    let answer = || SessionAnswer::Container(container.clone());
    let error = complete_signing(DOCUMENT, &session, answer(), &mut control("status=500")).unwrap_err();
    assert_eq!(error.unfinished_in_memory().map(|session| session.state()), Some(SessionState::ToTimestamp), "{error}");
    let stamped = complete_signing(DOCUMENT, &session, answer(), &mut control("")).unwrap();
    assert_eq!(stamped[0].report.level, Some(Level::BT));
}

fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() as i64
}

/// The container of the last signature of a document.
fn container(signed: &[u8]) -> Vec<u8> {
    let range = inspect(signed, None).unwrap().signatures.last().unwrap().byte_range.clone();
    let text = std::str::from_utf8(&signed[range[1] as usize + 1..range[2] as usize - 1]).unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
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

/// The statuses of the jobs, in their order.
fn extended(jobs: Vec<ExtendJob>, options: &ExtendManyOptions) -> Vec<&'static str> {
    let mut all: Vec<(String, &str)> = Vec::new();
    extend_many(jobs, options, |result| {
        let status = match result.outcome {
            Ok(ExtendOutcome::Extended(_)) => "extended",
            Ok(_) => "skipped",
            Err(_) => "failed",
        };
        all.push((result.id, status));
    })
    .unwrap();
    all.sort();
    all.into_iter().map(|(_, status)| status).collect()
}

#[test]
fn an_archive_is_renewed_in_time() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let folder = tempfile::tempdir().unwrap();
    let signed = sign_controlled(DOCUMENT, &services.signer("ec", &count), &SigningOptions::new(), &mut Control::new()).unwrap().pdf;
    let path = |name: &str| folder.path().join(name);
    for (name, content) in [("a", &signed[..]), ("b", &signed), ("plain", DOCUMENT)] {
        fs::write(path(name), content).unwrap();
    }
    let job = |name: &str| {
        let options = ExtensionOptions::new().validation(services.validation());
        ExtendJob { id: name.into(), input: path(name), output: Output::InPlace, options }
    };
    let jobs = || ["a", "b", "plain"].map(job).into();
    let late = SystemTime::now() + Duration::from_secs(60 * 365 * 24 * 3600);
    let plain = ExtendManyOptions::new().online(services.online(&[""]));
    let renewing = plain.clone().renew_before(SystemTime::now());
    assert_eq!(extended(jobs(), &renewing), ["extended", "extended", "failed"]);
    assert_eq!(inspect(&fs::File::open(path("a")).unwrap(), None).unwrap().signatures[0].level, Some(Level::BLta));
    let length = fs::metadata(path("a")).unwrap().len();
    assert_eq!(extended(jobs(), &renewing), ["skipped", "skipped", "failed"]);
    assert_eq!(fs::metadata(path("a")).unwrap().len(), length);

    let ledger = plain.ledger(path("ledger"));
    assert_eq!(extended(jobs(), &ledger), ["extended", "extended", "failed"]);
    assert_eq!(extended(jobs(), &ledger), ["skipped", "skipped", "failed"]);
    assert_eq!(extended(jobs(), &ledger.clone().renew_before(late)), ["extended", "extended", "failed"]);
    assert!(fs::read_to_string(path("ledger")).unwrap().contains("\"renewBefore\":\""));
    assert_eq!(extended(vec![job("a"), job("a")], &ledger), ["failed", "skipped"]);
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let early = ExtendManyOptions::new().renew_before(SystemTime::UNIX_EPOCH - Duration::from_secs(1));
    assert_eq!(extend_many(jobs(), &early, |_| ()).unwrap_err().code(), Some(Code::Argument));
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
    assert!(matches!(error.cause(), Error::Http(cause) if cause.to_string() == "mine"), "{error}");
    assert!(error.unfinished_in_memory().is_some());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn ours_is_wrapped_in_another_client() {
    let (services, count) = (services(), AtomicUsize::new(0));
    let (signer, cache) = (services.signer("rsa", &count), Arc::new(MemoryCache::default()));
    let ours = Arc::new(HttpClient::new(&services.online(&[])));
    for asked in [true, false] {
        let (times, counter) = (Arc::new(AtomicUsize::new(0)), ours.clone());
        let own = times.clone();
        let online = services.online(&[""]).cache(cache.clone()).http(move |request: &OutgoingRequest| {
            own.fetch_add(usize::from(request.service.is_none()), Ordering::SeqCst);
            counter.send(request)
        });
        let signed = sign_controlled(DOCUMENT, &signer, &services.options(Level::BLta), &mut Control::new().online(online)).unwrap();
        assert_eq!(signed.report.level, Some(Level::BLta));
        assert_eq!(times.load(Ordering::SeqCst) > 0, asked, "the cache has what was asked before");
    }
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
    let mut told = Vec::new();
    let mut control = services.control(&[""]).on_progress(|progress| told.push(progress));
    let signed = wait(sendable(sign_async_controlled(DOCUMENT, &signer, &options, &mut control))).unwrap();
    assert_eq!(signed.report.level, Some(Level::BLta));
    drop(control);
    told.retain(|progress| progress.phase == Phase::Http);
    assert!(told.len() >= 4 && told[0].done == 0 && told[1].done == told[1].total, "{told:?}");
    let mut control = services.control(&[""]);

    let ours: Arc<dyn Http> = Arc::new(|request: &OutgoingRequest| send(request));
    let http = |request: OutgoingRequest| {
        let ours = ours.clone();
        async move { ours.send(&request) }
    };
    let signed = wait(sign_async_online(DOCUMENT, &signer, &SigningOptions::new().level(Level::BT), http, &mut control)).unwrap();
    assert_eq!(signed.report.level, Some(Level::BT));

    // A future that never ends is left at the end of the time, and by a cancellation.
    let never = |_: OutgoingRequest| std::future::pending();
    let short = services.online(&[""]).total_timeout(Duration::from_millis(200));
    let options = SigningOptions::new().level(Level::BT);
    let error = wait(sign_async_online(DOCUMENT, &signer, &options, never, &mut Control::new().online(short))).unwrap_err();
    assert_eq!(error.code(), Some(Code::TimestampUnavailable), "{error}");
    let mut control = services.control(&[""]);
    let cancellation = control.cancellation.clone();
    let stopping = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        cancellation.cancel();
    });
    let error = wait(sign_async_online(DOCUMENT, &signer, &options, never, &mut control)).unwrap_err();
    assert!(matches!(error.cause(), Error::Cancelled) && error.unfinished_in_memory().is_some(), "{error}");
    stopping.join().unwrap();
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
