//! Levels above B-B against real timestamp, OCSP, list and issuer services on loopback (tests/services).

mod common;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

use common::{Document, memory, right_answer};
use rustpdf_core::{
    Ambient, Answer, Code, Credentials, Error, ExtensionOptions, HttpAnswer, HttpBody, HttpFailure, HttpPurpose, HttpRequest, HttpResponse,
    Level, Machine, OutputLocation, Result, Session, SessionAnswer, Signatory, SignedDocument, SigningOptions, Step, TimestampOptions,
    ValidationOptions, WarningCode,
};
use serde_json::Value;

/// The services, which end with this process.
struct Services {
    facts: Value,
}

fn services() -> &'static Services {
    static SERVICES: OnceLock<Services> = OnceLock::new();
    SERVICES.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/services");
        let place = env::temp_dir().join(format!("rustpdf-levels-{}", std::process::id()));
        let parent = std::process::id().to_string();
        let output = Command::new(folder.join("start.sh"))
            .arg(&place)
            .args(["--parent", &parent])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .expect("tests/services is set up");
        assert!(output.status.success());
        Services { facts: serde_json::from_slice(&output.stdout).expect("it prints JSON") }
    })
}

impl Services {
    fn text(&self, key: &str) -> &str {
        self.facts[key].as_str().expect("a text")
    }

    fn certificate(&self, name: &str) -> Vec<u8> {
        fs::read(PathBuf::from(self.text("certs")).join(format!("{name}.cert.der"))).expect("a certificate")
    }

    fn tsa(&self, name: &str) -> String {
        self.facts["tsa"][name].as_str().expect("an address").to_owned()
    }

    /// The address of a service that breaks its answers.
    fn broken(&self, fault: &str, name: &str) -> String {
        let base = self.text("faults");
        self.tsa(name).replacen(base, &format!("{base}/+{fault}"), 1)
    }

    fn trust(&self) -> Vec<Vec<u8>> {
        vec![self.certificate("root"), self.certificate("tsaroot")]
    }
}

/// A host with `curl`.
struct Host {
    timestamps: Vec<String>,
    /// Replaces the answers of a purpose.
    fails: Vec<(HttpPurpose, HttpFailure)>,
    /// Purposes that were asked, in their order, and how often the key was.
    asked: RefCell<Vec<HttpPurpose>>,
    signed: RefCell<usize>,
    digests: RefCell<usize>,
}

fn host(timestamps: &[String]) -> Host {
    Host {
        timestamps: timestamps.to_vec(),
        fails: Vec::new(),
        asked: RefCell::default(),
        signed: RefCell::default(),
        digests: RefCell::default(),
    }
}

impl Host {
    fn run<T>(&self, mut machine: Machine<T>, document: &[u8], key: &str) -> (Result<T>, Option<Session>) {
        let sign = |data: &[u8]| signed(key, data);
        let mut answer = Answer::Start;
        loop {
            answer = match machine.next(answer) {
                Err(error) => {
                    let session = machine.unfinished();
                    return (Err(error), session);
                }
                Ok(Step::Done(outcome)) => return (Ok(outcome), None),
                Ok(Step::Http { requests }) => {
                    Answer::Http(HttpAnswer { now: now(), responses: requests.iter().map(|one| self.send(one)).collect() })
                }
                Ok(step) => {
                    match &step {
                        Step::Sign { .. } => *self.signed.borrow_mut() += 1,
                        Step::Digest(_) => *self.digests.borrow_mut() += 1,
                        _ => {}
                    }
                    right_answer(&step, document, &sign).expect("a step of memory")
                }
            };
        }
    }

    fn send(&self, request: &HttpRequest) -> HttpResponse {
        self.asked.borrow_mut().push(request.purpose);
        if let Some((_, failure)) = self.fails.iter().find(|(purpose, _)| *purpose == request.purpose) {
            return HttpResponse::new(request.id, Err(*failure));
        }
        let url = match (request.service, &request.url) {
            (Some(service), None) => self.timestamps[service as usize].clone(),
            (None, Some(url)) => url.clone(),
            _ => panic!("a request has a service or an address"),
        };
        let mut command = Command::new("curl");
        command.args(["-s", "--max-time", "10", "-w", "%{http_code}", "-H", &format!("Accept: {}", request.accept)]);
        if let Some(kind) = request.content_type {
            command.args(["-H", &format!("Content-Type: {kind}"), "--data-binary", "@-"]);
        }
        let mut child = command.arg(&url).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("curl");
        std::io::Write::write_all(&mut child.stdin.take().expect("an input"), &request.body).expect("it reads");
        let mut body = child.wait_with_output().expect("it ends").stdout;
        let status = body.split_off(body.len() - 3);
        match String::from_utf8(status).ok().and_then(|status| status.parse().ok()) {
            Some(0) | None => HttpResponse::new(request.id, Err(HttpFailure::Connect)),
            Some(_) if body.len() as u64 > request.limit => HttpResponse::new(request.id, Err(HttpFailure::TooLarge)),
            Some(status) => HttpResponse::new(request.id, Ok(HttpBody { status, body, ..HttpBody::default() })),
        }
    }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() as i64
}

fn ambient() -> Ambient {
    Ambient { now: now(), entropy: [7; 32] }
}

/// The raw signature by the key of a signer, by OpenSSL.
fn signed(key: &str, data: &[u8]) -> Vec<u8> {
    let place = env::temp_dir().join(format!("rustpdf-levels-{}-{:?}", std::process::id(), std::thread::current().id()));
    fs::write(&place, data).expect("a file");
    let keys = PathBuf::from(services().text("keys"));
    let output = Command::new("openssl")
        .args(["dgst", "-sha256", "-sign"])
        .arg(keys.join(format!("{key}.pem")))
        .arg(&place)
        .output()
        .expect("openssl");
    fs::remove_file(&place).expect("it was there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn document() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/documents/classic.pdf"))
        .unwrap_or_else(|_| Document::new().bytes())
}

fn options(level: Level) -> SigningOptions {
    SigningOptions::new().level(level).timestamp(TimestampOptions::of(1)).validation(trusted(services().trust()))
}

fn trusted(trust: Vec<Vec<u8>>) -> ValidationOptions {
    let mut options = ValidationOptions::default();
    options.trust = trust;
    options
}

fn signatory(name: &str, options: SigningOptions) -> Signatory {
    // Signers without caIssuers come with their issuer.
    let has_address = matches!(name, "rsa" | "ec" | "p384" | "ed25519" | "revoked" | "held" | "expired");
    let chain = if has_address || name == "no-urls" { Vec::new() } else { vec![services().certificate("issuing")] };
    Signatory { credentials: Credentials { certificate: services().certificate(name), chain }, options }
}

fn sign(host: &Host, document: &[u8], name: &str, options: SigningOptions) -> (Result<SignedDocument>, Option<Session>) {
    let machine = Machine::sign(memory(document), ambient(), vec![signatory(name, options)], OutputLocation::Update, None);
    host.run(machine, document, "rsa")
}

fn whole(document: &[u8], signed: &SignedDocument) -> Vec<u8> {
    signed.signed.iter().fold(document.to_vec(), |bytes, one| one.appended_to(&bytes))
}

/// Keeps a file for the judges, if a folder is named.
fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = env::var_os("RUSTPDF_LEVELS") {
        fs::write(Path::new(&folder).join(name), bytes).expect("a file");
    }
}

fn code<T>(outcome: Result<T>) -> Code {
    outcome.err().map(|error: Error| error.code()).expect("an error")
}

#[test]
fn each_level_is_reached_in_one_reading() {
    let document = document();
    for level in [Level::BT, Level::BLt, Level::BLta] {
        let host = host(&[services().tsa("tsa")]);
        let (signed, _) = sign(&host, &document, "rsa", options(level));
        let signed = signed.unwrap_or_else(|error| panic!("{level:?}: {error}"));
        let report = &signed.signed[0].report;
        assert_eq!(report.level, Some(level), "{:?}", report.warnings);
        assert_eq!(report.timestamps.len(), if level == Level::BLta { 2 } else { 1 });
        assert_eq!(*host.signed.borrow(), 1);
        let bytes = whole(&document, &signed);
        keep(&format!("rsa-{}.pdf", level.as_str()), &bytes);
        let pdf = lopdf::Document::load_mem(&bytes).expect("a document");
        let store = pdf.catalog().unwrap().get(b"DSS").is_ok();
        assert_eq!(store, level > Level::BT);
    }
}

#[test]
fn b_t_takes_one_request() {
    let host = host(&[services().tsa("tsa")]);
    let document = document();
    // With the issuer at hand: a missing one is asked for, so that the chain ends at a trusted certificate.
    let mut signatory = signatory("rsa", options(Level::BT));
    signatory.credentials.chain = vec![services().certificate("issuing")];
    let machine = Machine::sign(memory(&document), ambient(), vec![signatory], OutputLocation::Update, None);
    host.run(machine, &document, "rsa").0.expect("signed");
    assert_eq!(*host.asked.borrow(), [HttpPurpose::Timestamp]);
}

#[test]
fn missing_issuers_are_fetched_before_the_key_is_asked() {
    let document = document();
    let incomplete = |report: &rustpdf_core::Report| report.warnings.iter().any(|warning| warning.code == WarningCode::ChainIncomplete);
    let issuing = services().certificate("issuing");
    let contains = |bytes: &[u8], part: &[u8]| {
        let digits: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
        String::from_utf8_lossy(bytes).to_lowercase().contains(&digits)
    };
    let completing = || SigningOptions::new().complete_chain(true);

    let plain = host(&[]);
    let signed = sign(&plain, &document, "rsa", SigningOptions::new()).0.expect("signed");
    assert!(incomplete(&signed.signed[0].report) && plain.asked.borrow().is_empty());
    assert!(!contains(&signed.signed[0].update, &issuing));

    let fetching = host(&[]);
    let signed = sign(&fetching, &document, "rsa", completing()).0.expect("signed");
    let report = &signed.signed[0].report;
    assert_eq!(fetching.asked.borrow().first(), Some(&HttpPurpose::Issuer));
    assert!(fetching.asked.borrow().iter().all(|purpose| *purpose == HttpPurpose::Issuer));
    assert!(!incomplete(report) && report.requests.len() == fetching.asked.borrow().len());
    assert!(contains(&signed.signed[0].update, &issuing));

    let mut offline = ValidationOptions::default();
    offline.online = false;
    let silent = host(&[]);
    let signed = sign(&silent, &document, "rsa", completing().validation(offline)).0.expect("signed");
    assert!(incomplete(&signed.signed[0].report) && silent.asked.borrow().is_empty());

    let mut broken = host(&[]);
    broken.fails = vec![(HttpPurpose::Issuer, HttpFailure::Connect)];
    let signed = sign(&broken, &document, "rsa", completing()).0.expect("signed");
    assert!(incomplete(&signed.signed[0].report) && *broken.signed.borrow() == 1);

    // A session asks nobody before it is signed.
    let session = host(&[]);
    let credentials = signatory("rsa", completing()).credentials;
    let machine = Machine::prepare(memory(&document), ambient(), Some(credentials), completing());
    let prepared = session.run(machine, &document, "rsa").0.expect("prepared");
    assert!(incomplete(prepared.report()) && session.asked.borrow().is_empty());
}

#[test]
fn signatures_of_others_and_of_ours_are_raised_and_renewed() {
    let document = document();
    let timestamps = host(&[services().tsa("tsa")]);
    let plain = whole(&document, &sign(&timestamps, &document, "rsa", SigningOptions::new()).0.expect("signed"));
    let mut raised = plain;
    for (round, before) in [Level::BB, Level::BLta, Level::BLta].into_iter().enumerate() {
        let mut options = ExtensionOptions::default();
        options.timestamp = Some(TimestampOptions::of(1));
        options.validation = Some(trusted(services().trust()));
        let machine = Machine::extend(memory(&raised), ambient(), options, OutputLocation::Update, None, None);
        let extended = timestamps.run(machine, &raised, "rsa").0.expect("extended");
        assert_eq!(extended.report.level, Some(Level::BLta), "{:?}", extended.report);
        assert_eq!(extended.report.signatures[0].before, before);
        raised.extend_from_slice(&extended.update);
        keep(&format!("extended-{round}.pdf"), &raised);
    }
    let is_left_alone = |document: &[u8], renew_before: i64| {
        let mut options = ExtensionOptions::default();
        options.timestamp = Some(TimestampOptions::of(1));
        options.validation = Some(trusted(services().trust()));
        let machine = Machine::extend(memory(document), ambient(), options, OutputLocation::Update, None, Some(renew_before));
        timestamps.run(machine, document, "rsa").0.expect("extended").skipped
    };
    const CENTURY: i64 = 100 * 366 * 86400;
    assert!(is_left_alone(&raised, now() + 86400) && !is_left_alone(&raised, now() + CENTURY));
    let plain = whole(&document, &sign(&timestamps, &document, "rsa", SigningOptions::new()).0.expect("signed"));
    assert!(!is_left_alone(&plain, now()), "it has a lower level");
}

#[test]
fn a_timestamp_that_is_too_large_comes_without_its_certificates() {
    let document = document();
    let asked = |host: &Host| host.asked.borrow().iter().filter(|purpose| **purpose == HttpPurpose::Timestamp).count();
    for (level, timestamps) in [(Level::BLt, 1), (Level::BLta, 2)] {
        let host = host(&[services().tsa("openssl")]);
        let mut timestamp = TimestampOptions::of(1);
        timestamp.size = Some(1024);
        let signed = sign(&host, &document, "rsa", options(level).timestamp(timestamp.clone())).0.expect("signed");
        let report = &signed.signed[0].report;
        assert_eq!((report.level, report.timestamps.len(), asked(&host)), (Some(level), timestamps, 2 * timestamps));
        assert!(report.timestamps.iter().all(|stamp| stamp.token_length <= 1024), "{:?}", report.timestamps);
        let bytes = whole(&document, &signed);
        keep(&format!("without-certificates-{}.pdf", level.as_str()), &bytes);
        // Where nothing keeps the certificates, the timestamp must have them.
        let outcome = sign(&host, &document, "rsa", options(Level::BT).timestamp(timestamp)).0;
        assert_eq!(code(outcome), Code::ContainerTooLarge);
        // The store has what its renewal takes.
        let mut options = ExtensionOptions::default();
        options.timestamp = Some(TimestampOptions::of(1));
        options.validation = Some(trusted(services().trust()));
        let machine = Machine::extend(memory(&bytes), ambient(), options, OutputLocation::Update, None, None);
        let extended = host.run(machine, &bytes, "rsa").0.expect("extended");
        assert_eq!((extended.report.level, extended.report.signatures[0].before), (Some(Level::BLta), level));
        keep(&format!("without-certificates-{}-extended.pdf", level.as_str()), &[bytes, extended.update].concat());
    }
}

#[test]
fn trust_holds_for_each_chain_at_each_level() {
    let document = document();
    let [root, tsa_root] = ["root", "tsaroot"].map(|name| services().certificate(name));
    for level in [Level::BT, Level::BLt, Level::BLta] {
        let run = |trust: Vec<Vec<u8>>| {
            let host = host(&[services().tsa("tsa")]);
            let outcome = sign(&host, &document, "rsa", options(level).validation(trusted(trust))).0;
            (outcome.map(|_| ()).map_err(|error| error.code()), host.signed.take())
        };
        assert_eq!(run(vec![root.clone(), tsa_root.clone()]), (Ok(()), 1));
        assert_eq!(run(vec![tsa_root.clone()]), (Err(Code::ChainUntrusted), 0), "the signer's, before the key is asked");
        assert_eq!(run(vec![root.clone()]), (Err(Code::ChainUntrusted), 1), "that of the timestamp service");
    }
}

#[test]
fn signers_in_turn_end_with_the_highest_level() {
    let document = document();
    let timestamps = host(&[services().tsa("tsa")]);
    let run = |levels: [Level; 2]| {
        let signatories = levels.map(|level| {
            let options = if level == Level::BB { SigningOptions::new() } else { options(level) };
            signatory("rsa", options)
        });
        let machine = Machine::sign(memory(&document), ambient(), signatories.to_vec(), OutputLocation::Update, None);
        timestamps.run(machine, &document, "rsa").0
    };
    assert_eq!(code(run([Level::BLta, Level::BT])), Code::Level);
    assert_eq!(*timestamps.signed.borrow(), 0);
    let signed = run([Level::BT, Level::BLta]).expect("signed");
    let levels: Vec<_> = signed.signed.iter().map(|one| one.report.level).collect();
    assert_eq!(levels, [Some(Level::BT), Some(Level::BLta)]);
    keep("in-turn.pdf", &whole(&document, &signed));
    assert!(run([Level::BT, Level::BB]).is_ok());
}

#[test]
fn a_document_gets_a_timestamp_alone() {
    let document = document();
    let timestamps = host(&[services().tsa("ec")]);
    let mut options = ExtensionOptions::default();
    options.timestamp = Some(TimestampOptions::of(1));
    let machine = Machine::timestamp(memory(&document), ambient(), options, OutputLocation::Update);
    let stamped = timestamps.run(machine, &document, "rsa").0.expect("stamped");
    assert_eq!((stamped.report.level, stamped.report.timestamps.len()), (None, 1));
    for (name, expected) in [("tsaroot", None), ("root", Some(Code::ChainUntrusted))] {
        let mut options = ExtensionOptions::default();
        options.timestamp = Some(TimestampOptions::of(1));
        options.validation = Some(trusted(vec![services().certificate(name)]));
        let machine = Machine::timestamp(memory(&document), ambient(), options, OutputLocation::Update);
        assert_eq!(timestamps.run(machine, &document, "rsa").0.err().map(|error| error.code()), expected, "{name}");
    }
    keep("timestamp.pdf", &[document.as_slice(), &stamped.update].concat());
}

#[test]
fn a_bad_timestamp_has_a_code_and_the_next_service_is_asked() {
    let document = document();
    for (fault, wanted) in [
        ("wrong-nonce", Code::TimestampMismatch),
        ("no-nonce", Code::TimestampMismatch),
        ("wrong-imprint", Code::TimestampMismatch),
        ("other-hash", Code::TimestampMismatch),
        ("rejected=badAlg", Code::TimestampRejected),
        ("waiting", Code::TimestampRejected),
        ("no-token", Code::TimestampInvalid),
        ("html", Code::TimestampInvalid),
        ("empty", Code::TimestampInvalid),
        ("status=503", Code::TimestampUnavailable),
    ] {
        let bad = services().broken(fault, "tsa");
        let (outcome, session) = sign(&host(std::slice::from_ref(&bad)), &document, "rsa", options(Level::BT));
        assert_eq!(code(outcome), wanted, "{fault}");
        assert!(session.is_some(), "{fault}");
        let both = host(&[bad, services().tsa("tsa")]);
        let (signed, _) = sign(&both, &document, "rsa", options(Level::BT).timestamp(TimestampOptions::of(2)));
        assert_eq!(signed.expect("the second service answers").signed[0].report.timestamps[0].service, 1, "{fault}");
    }
}

#[test]
fn what_was_signed_goes_on_without_the_key() {
    let document = document();
    let bad = host(&[services().broken("status=503", "tsa")]);
    let (outcome, session) = sign(&bad, &document, "rsa", options(Level::BLta));
    assert_eq!(code(outcome), Code::TimestampUnavailable);
    let saved = session.expect("a session").serialize(&[1; 32]).expect("sealed");
    let session = Session::unseal(&saved, &[1; 32]).expect("the same");
    assert!(session.request().is_none());
    let good = host(&[services().tsa("tsa")]);
    let machine = Machine::complete(memory(&document), ambient(), session, SessionAnswer::None, None, OutputLocation::Update);
    let signed = good.run(machine, &document, "rsa").0.expect("it goes on");
    assert_eq!(signed.signed[0].report.level, Some(Level::BLta));
    assert_eq!((*bad.signed.borrow(), *good.signed.borrow()), (1, 0));
    keep("resumed.pdf", &whole(&document, &signed));
}

#[test]
fn a_failed_service_costs_a_level_only_where_that_is_accepted() {
    let document = document();
    let lower = |level, failing: &[HttpPurpose]| {
        let mut timestamps = host(&[services().tsa("tsa")]);
        timestamps.fails = failing.iter().map(|purpose| (*purpose, HttpFailure::Timeout)).collect();
        let (signed, _) = sign(&timestamps, &document, "rsa", options(Level::BLta).minimum_level(level));
        signed
    };
    let stamps = [HttpPurpose::Timestamp];
    let proofs = [HttpPurpose::Ocsp, HttpPurpose::Crl];
    assert_eq!(code(lower(Level::BT, &stamps)), Code::TimestampUnavailable);
    assert_eq!(code(lower(Level::BLt, &proofs)), Code::RevocationUnavailable);
    for (minimum, failing, reached) in [(Level::BB, &stamps[..], Level::BB), (Level::BT, &proofs[..], Level::BT)] {
        let signed = lower(minimum, failing).expect("a lower level is accepted");
        let report = &signed.signed[0].report;
        assert_eq!(report.level, Some(reached));
        assert!(report.warnings.iter().any(|warning| warning.code == WarningCode::LevelLower));
    }
}

#[test]
fn bad_certificates_are_refused_before_the_key_where_that_can_be() {
    let document = document();
    let timestamps = host(&[services().tsa("tsa")]);
    assert_eq!(code(sign(&timestamps, &document, "expired", options(Level::BT)).0), Code::CertificateExpired);
    assert_eq!(*timestamps.signed.borrow(), 0);
    assert_eq!(code(sign(&timestamps, &document, "revoked", options(Level::BLt)).0), Code::CertificateRevoked);
    assert_eq!(code(sign(&timestamps, &document, "held", options(Level::BLt)).0), Code::CertificateRevoked);
    assert_eq!(code(sign(&timestamps, &document, "no-urls", options(Level::BLt)).0), Code::ChainIncomplete);
    let mut untrusted = options(Level::BLt);
    untrusted.validation = Some(trusted(vec![services().certificate("tsaroot")]));
    let before = *timestamps.signed.borrow();
    assert_eq!(code(sign(&timestamps, &document, "rsa", untrusted).0), Code::ChainUntrusted);
    assert_eq!(*timestamps.signed.borrow(), before);
    for tsa in ["expired", "no-eku"] {
        let timestamps = host(&[services().tsa(tsa)]);
        assert_eq!(code(sign(&timestamps, &document, "rsa", options(Level::BT)).0), Code::TimestampInvalid, "{tsa}");
    }
    let timestamps = host(&[services().tsa("revoked")]);
    assert_eq!(code(sign(&timestamps, &document, "rsa", options(Level::BLt)).0), Code::CertificateRevoked);
}

#[test]
fn every_source_of_proofs_serves() {
    let document = document();
    for name in ["crl-only", "ocsp-only", "ocsp-direct", "ocsp-responder-checked", "crl-user", "crl-reasons", "crl-indirect"] {
        let timestamps = host(&[services().tsa("crl")]);
        let mut options = options(Level::BLta);
        // No address leads to the issuer of an indirect list.
        options.validation.as_mut().expect("trust").certificates = vec![services().certificate("crlissuer")];
        let (signed, _) = sign(&timestamps, &document, name, options);
        let signed = signed.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(signed.signed[0].report.level, Some(Level::BLta), "{name}");
        keep(&format!("{name}.pdf"), &whole(&document, &signed));
    }
}
