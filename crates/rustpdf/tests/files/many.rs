//! Many files at once, and what the ledger says after an interruption.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use rustpdf::{
    Cancellation, DigestAlgorithm, Error, Hasher, Job, JobOutcome, ManyOptions, Output, Signer, SigningOptions, SigningRequest, inspect,
    sign_many,
};

use crate::child::{idle, program};
use crate::common::{Folder, assert_same, code, document, recover, rsa, signer_of};

/// A signature that nobody checks: checking takes its time in a debug build.
fn unchecked() -> SigningOptions {
    let mut options = SigningOptions::default();
    options.check_signature = false;
    options
}

fn job(id: impl Into<String>, input: PathBuf, output: Output) -> Job {
    Job { id: id.into(), input, output, options: unchecked() }
}

fn any_signature(_: &SigningRequest) -> Result<Vec<u8>, Error> {
    Ok(vec![1; 256])
}

fn signer() -> Signer<impl Fn(&SigningRequest) -> Result<Vec<u8>, Error> + Sync> {
    signer_of(rsa(), any_signature)
}

fn signatures(path: &Path) -> usize {
    inspect(&File::open(path).unwrap(), None).unwrap().signatures.len()
}

fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Hasher::new(DigestAlgorithm::Sha256);
    hasher.update(bytes);
    hasher.digest().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How each job ended, in a word.
fn run(jobs: impl IntoIterator<Item = Job, IntoIter: Send>, options: &ManyOptions) -> BTreeMap<String, String> {
    let mut outcomes = BTreeMap::new();
    let each = |result: rustpdf::JobResult| {
        let word = match result.outcome {
            Ok(JobOutcome::Signed(_)) => "signed".to_owned(),
            Ok(_) => "before".to_owned(),
            Err(failure) => failure.code().map_or_else(|| failure.to_string(), |code| code.as_str().to_owned()),
        };
        assert!(outcomes.insert(result.id, word).is_none());
    };
    sign_many(jobs, &signer(), options, each).unwrap();
    outcomes
}

#[test]
fn three_hundred_files_one_of_them_broken() {
    let (folder, document) = (Folder::new(), document());
    let jobs: Vec<Job> = (0..300)
        .map(|index| {
            let bytes: &[u8] = if index == 137 { b"%PDF-1.7 broken" } else { &document };
            let input = folder.with(&format!("{index}.pdf"), bytes);
            let output = match index % 2 {
                0 => Output::InPlace,
                _ => Output::NewFile { path: folder.path(&format!("{index} signed.pdf")), replace: false },
            };
            job(index.to_string(), input, output)
        })
        .collect();
    let (asked, now, most) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let sign = |request: &SigningRequest| {
        asked.fetch_add(1, Ordering::SeqCst);
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        sleep(Duration::from_millis(3));
        now.fetch_sub(1, Ordering::SeqCst);
        any_signature(request)
    };
    let mut options = ManyOptions::default();
    options.in_flight = 8;
    let (mut signed, mut failed) = (0, Vec::new());
    sign_many(jobs, &signer_of(rsa(), sign), &options, |result| match result.outcome {
        Ok(_) => signed += 1,
        Err(failure) => failed.push((result.id, failure.code().unwrap().as_str())),
    })
    .unwrap();
    assert_eq!((signed, failed), (299, vec![("137".to_owned(), "ERR_FILE_TRUNCATED")]));
    assert_eq!(asked.into_inner(), 299);
    assert!((2..=8).contains(&most.into_inner()));
    for index in (0..300).filter(|index| *index != 137) {
        let name = if index % 2 == 0 { format!("{index}.pdf") } else { format!("{index} signed.pdf") };
        assert_eq!(signatures(&folder.path(&name)), 1);
    }
    assert!(folder.names().iter().all(|name| !name.starts_with('.')));
}

#[test]
fn a_run_that_is_cancelled_begins_nothing_more() {
    let folder = Folder::new();
    let document = document();
    let jobs = (0..50).map(|index| job(index.to_string(), folder.with(&format!("{index}.pdf"), &document), Output::InPlace));
    let mut options = ManyOptions::default();
    options.in_flight = 2;
    options.cancellation = Cancellation::new();
    let mut results = 0;
    let jobs: Vec<Job> = jobs.collect();
    sign_many(jobs, &signer(), &options, |_| {
        results += 1;
        options.cancellation.cancel();
    })
    .unwrap();
    assert!((1..=8).contains(&results), "{results}");
    assert!((0..50).filter(|index| signatures(&folder.path(&format!("{index}.pdf"))) == 1).count() <= results);
}

#[test]
fn what_the_ledger_says() {
    let document = document();
    let folder = Folder::new();
    let jobs = || {
        vec![
            job("in place", folder.path("a.pdf"), Output::InPlace),
            job("new", folder.path("b.pdf"), Output::NewFile { path: folder.path("c.pdf"), replace: false }),
        ]
    };
    let mut options = ManyOptions::default();
    options.ledger = Some(folder.path("ledger"));
    options.in_flight = 1;
    let words =
        |first: &str, second: &str| BTreeMap::from([("in place".to_owned(), first.to_owned()), ("new".to_owned(), second.to_owned())]);

    folder.with("a.pdf", &document);
    folder.with("b.pdf", &document);
    assert_eq!(run(jobs(), &options), words("signed", "signed"));
    assert_eq!(run(jobs(), &options), words("before", "before"));
    let ledger = || fs::read_to_string(folder.path("ledger")).unwrap();
    let first = ledger();
    let (length, signed) = (document.len(), fs::metadata(folder.path("a.pdf")).unwrap().len());
    for (id, name) in [("in place", "a.pdf"), ("new", "c.pdf")] {
        let update = sha256(&fs::read(folder.path(name)).unwrap()[length..]);
        let signing = format!(r#"{{"id":"{id}","state":"signing","length":{length},"signedLength":{signed},"update":"{update}"}}"#);
        let lines = [signing, format!(r#"{{"id":"{id}","state":"signed"}}"#)];
        assert!(first.contains(&lines.join("\n")), "{first}");
    }

    // Interrupted after the commit, and a line that was cut short.
    let begun = first.lines().filter(|line| !line.contains(r#""signed""#)).collect::<Vec<_>>().join("\n");
    fs::write(folder.path("ledger"), format!("{begun}\n{{\"id\":\"in pl")).unwrap();
    assert_eq!(run(jobs(), &options), words("before", "before"));
    assert_eq!(ledger().matches(r#""signed""#).count(), 2);

    // Before it.
    folder.with("a.pdf", &document);
    fs::remove_file(folder.path("c.pdf")).unwrap();
    fs::write(folder.path("ledger"), &begun).unwrap();
    assert_eq!(run(jobs(), &options), words("signed", "signed"));

    // Neither what it was nor signed.
    folder.with("a.pdf", &document[1..]);
    folder.with("c.pdf", b"else");
    fs::write(folder.path("ledger"), &begun).unwrap();
    assert_eq!(run(jobs(), &options), words("ERR_LEDGER_STATE", "ERR_LEDGER_STATE"));
    assert_same(&fs::read(folder.path("a.pdf")).unwrap(), &document[1..], "left alone");

    // An output that no ledger can follow, and a file that is not a ledger.
    assert_eq!(run([job("update", folder.path("b.pdf"), Output::Update)], &options)["update"], "ERR_ARGUMENT");
    fs::write(folder.path("ledger"), "a letter\n").unwrap();
    assert_eq!(code(sign_many(jobs(), &signer(), &options, |_| unreachable!())), "ERR_LEDGER_FORMAT");
    assert_eq!(ledger(), "a letter\n");
    folder.assert_names(&["a.pdf", "b.pdf", "c.pdf", "ledger"]);
}

#[test]
fn one_run_at_a_time_uses_a_ledger() {
    let folder = Folder::new();
    let options = options_in(&folder.path(""), 1);
    let mut within = None;
    let jobs = || [job("0", folder.with("0.pdf", &document()), Output::InPlace)];
    sign_many(jobs(), &signer(), &options, |_| {
        within = Some(sign_many(jobs(), &signer(), &options, |_| unreachable!()));
    })
    .unwrap();
    assert_eq!(code(within.unwrap()), "ERR_LEDGER_BUSY");
    folder.assert_names(&["0.pdf", "ledger"]);
    // Nor does a panic of the caller keep it.
    folder.with("ledger", b"");
    let run = || sign_many(jobs(), &signer(), &options, |_| panic!("of the caller"));
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    assert_eq!(self::run(jobs(), &options)["0"], "before");
    folder.assert_names(&["0.pdf", "ledger"]);
}

#[test]
fn a_ledger_has_each_name_once() {
    let folder = Folder::new();
    let jobs = ["a.pdf", "b.pdf"].map(|name| job("twice", folder.with(name, &document()), Output::InPlace));
    let mut codes = Vec::new();
    sign_many(jobs, &signer(), &ManyOptions::new().in_flight(1).ledger(folder.path("ledger")), |result| {
        codes.push(result.outcome.map_err(|error| error.code().unwrap().as_str()).is_ok());
    })
    .unwrap();
    assert_eq!(codes, [true, false]);
    assert_eq!([signatures(&folder.path("a.pdf")), signatures(&folder.path("b.pdf"))], [1, 0]);
}

#[test]
fn warnings_of_a_job_come_before_the_key_is_asked() {
    let folder = Folder::new();
    let jobs = ["a", "b"].map(|id| job(id, folder.with(&format!("{id}.pdf"), &document()), Output::InPlace));
    let asked = AtomicUsize::new(0);
    let signer = Signer::new(rsa().certificate, |request| {
        asked.fetch_add(1, Ordering::SeqCst);
        any_signature(request)
    });
    // Without its chain the certificate has a warning.
    let options = ManyOptions::new().on_warnings(|job, warnings| match job.id.as_str() {
        "a" => Err(format!("{:?}", warnings[0].code).into()),
        _ => Ok(()),
    });
    let mut outcomes = BTreeMap::new();
    sign_many(jobs, &signer, &options, |result| {
        outcomes.insert(result.id, result.outcome.map(|_| ()).map_err(|error| error.to_string()));
    })
    .unwrap();
    let refused = Err("the signer failed: ChainIncomplete".to_owned());
    assert_eq!(outcomes, BTreeMap::from([("a".to_owned(), refused), ("b".to_owned(), Ok(()))]));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// Files `0.pdf`… in a folder, every other one to be signed into a new file.
fn jobs_in(folder: &Path, count: usize) -> Vec<Job> {
    let job = |index: usize| {
        let output = match index % 2 {
            0 => Output::InPlace,
            _ => Output::NewFile { path: folder.join(format!("{index} signed.pdf")), replace: false },
        };
        job(index.to_string(), folder.join(format!("{index}.pdf")), output)
    };
    (0..count).map(job).collect()
}

fn options_in(folder: &Path, in_flight: usize) -> ManyOptions<'static> {
    let mut options = ManyOptions::default();
    options.ledger = Some(folder.join("ledger"));
    options.in_flight = in_flight;
    options
}

#[test]
#[ignore = "what another process does for other tests"]
fn signs_many() {
    let Some(folder) = std::env::var_os("CHILD_FOLDER").map(PathBuf::from) else { return };
    let number = |name| std::env::var(name).unwrap().parse().unwrap();
    // The jobs are taken by the thread that signs.
    let jobs = jobs_in(&folder, number("CHILD_JOBS")).into_iter().enumerate().map(|(index, job)| {
        if index == 0 {
            idle();
        }
        job
    });
    sign_many(jobs, &signer(), &options_in(&folder, number("CHILD_IN_FLIGHT")), |_| {}).unwrap();
}

fn command(folder: &Folder, count: usize, in_flight: usize, runner: &[&str]) -> std::process::Command {
    let mut command = program("many::signs_many", runner);
    command.env("CHILD_FOLDER", folder.path("")).env("CHILD_JOBS", count.to_string()).env("CHILD_IN_FLIGHT", in_flight.to_string());
    command
}

/// Every file is signed, and once.
fn assert_signed_once(folder: &Folder, count: usize, when: &str) {
    for index in 0..count {
        let (own, new) = (folder.path(&format!("{index}.pdf")), folder.path(&format!("{index} signed.pdf")));
        let signed = if index % 2 == 0 { own } else { new };
        assert_eq!(signatures(&signed), 1, "{when}: {index}");
        recover(signed, false).unwrap();
    }
    assert!(folder.names().iter().all(|name| !name.starts_with('.')), "{when}: {:?}", folder.names());
}

#[test]
fn killed_again_and_again_every_file_is_signed_once() {
    const FILES: usize = 200;
    let folder = Folder::new();
    (0..FILES).for_each(|index| drop(folder.with(&format!("{index}.pdf"), &document())));
    for round in 0.. {
        let mut child = command(&folder, FILES, 8, &[]).spawn().unwrap();
        sleep(Duration::from_millis(20 + 5 * round));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            break;
        }
    }
    run(jobs_in(&folder.path(""), FILES), &options_in(&folder.path(""), 8));
    assert_signed_once(&folder, FILES, "killed");
}

#[test]
fn an_older_output_of_the_same_length_is_another_one() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    let made = |replace| job("a", input.clone(), Output::NewFile { path: folder.path("out.pdf"), replace });
    let mut options = ManyOptions::default();
    assert_eq!(run([made(false)], &options)["a"], "signed");
    let (length, signed) = (document().len(), fs::metadata(folder.path("out.pdf")).unwrap().len());
    let lengths = format!(r#""length":{length},"signedLength":{signed}"#);
    let digest = "0".repeat(64);
    let lines =
        format!("{{\"rustpdf ledger\":2}}\n{{\"id\":\"cut sh\n{{\"id\":\"a\",\"state\":\"signing\",{lengths},\"update\":\"{digest}\"}}");
    options.ledger = Some(folder.with("ledger", lines.as_bytes()));
    assert_eq!(run([made(false)], &options)["a"], "ERR_LEDGER_STATE");
    assert_eq!(run([made(true)], &options)["a"], "signed");
    assert_eq!(run([made(true)], &options)["a"], "before");

    options.in_flight = 0;
    assert!(sign_many([made(true)], &signer(), &options, |_| unreachable!()).is_err());
}
