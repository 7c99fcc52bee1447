//! Processes that are killed while they sign, and the files that they leave.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustpdf::{Control, Output, RecoverOptions, RecoveryOutcome, SigningOptions};

use crate::child::{IDLE, SigningProcess};
use crate::common::{
    Folder, assert_same, code, document, io_error, moment_of, recover, rsa, sign, sign_file_at, sign_the_file, signed, signed_at,
};

/// System calls that change files or bring them to the disk; those that the processor does not have are ignored.
const CALLS: [&str; 14] = [
    "?open",
    "openat",
    "write",
    "pwrite64",
    "fsync",
    "ftruncate",
    "copy_file_range",
    "?link",
    "linkat",
    "?unlink",
    "unlinkat",
    "?rename",
    "?renameat",
    "?renameat2",
];

/// Kills a program at the first, second… of these calls until it runs through; `check` looks at what is left each time.
fn kill_everywhere(call: &str, command: impl Fn(&[&str]) -> Command, mut check: impl FnMut(&str)) {
    let first = if ["openat", "write"].contains(&call) { IDLE + 1 } else { 1 };
    for time in first.. {
        let status = command(&killer(call, time).iter().map(String::as_str).collect::<Vec<_>>()).status();
        let status = status.expect("strace: run scripts/setup-tests.sh");
        check(&format!("killed at {call} {time}"));
        if status.success() {
            return;
        }
        assert_eq!(status.signal(), Some(9));
    }
}

/// Runs a program until it makes a call for the nth time.
fn killer(call: &str, time: usize) -> Vec<String> {
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={time}"));
    ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject].map(str::to_owned).to_vec()
}

/// A folder with a document whose signing in place was killed: its journal has its name, and none of the update is written.
fn interrupted(document: &[u8]) -> (Folder, PathBuf) {
    let folder = Folder::new();
    let path = folder.with("document.pdf", document);
    // The first writes the journal, the second the update.
    let killer = killer("pwrite64", 2);
    let status = SigningProcess::in_place(&path).command(&killer.iter().map(String::as_str).collect::<Vec<_>>()).status().unwrap();
    assert_eq!(status.signal(), Some(9));
    folder.assert_names(&["document.pdf", ".document.pdf.rustpdf"]);
    assert_same(&fs::read(&path).unwrap(), document, "the document");
    (folder, path)
}

/// A copy of the files, whose journal keeps its owner.
fn copy(folder: &Folder) -> Folder {
    let copy = Folder::new();
    for name in folder.names() {
        copy.with(&name, &fs::read(folder.path(&name)).unwrap());
    }
    copy
}

fn sign_next(path: &Path) {
    let (options, control) = (SigningOptions::default(), &mut Control::default());
    sign_file_at(path, &Output::InPlace, moment_of(8), rsa(), sign, &options, control).unwrap();
}

#[test]
fn killed_in_place_nothing_is_lost() {
    let document = document();
    let signed = signed(&document);
    let again = |document: &[u8]| signed_at(document, moment_of(8));
    let (signed_next, signed_twice) = (again(&document), again(&signed));
    let (mut journals, mut whole) = (0, 0);
    let folder = Folder::new();
    let process = SigningProcess::in_place(&folder.with("document.pdf", &document));
    for call in CALLS {
        kill_everywhere(
            call,
            |runner| process.command(runner),
            |when| {
                let left = fs::read(folder.path("document.pdf")).unwrap();
                let journal = folder.path(".document.pdf.rustpdf").exists();
                journals += usize::from(journal);
                whole += usize::from(journal && left == signed);
                assert!(journal || left == document || left == signed, "{when}: a torn file without a journal");
                let (outcome, undone) = match journal {
                    true => (RecoveryOutcome::Signed, RecoveryOutcome::Original),
                    false => (RecoveryOutcome::Nothing, RecoveryOutcome::Nothing),
                };

                let copied = copy(&folder);
                let path = copied.path("document.pdf");
                assert_eq!(recover(&path, false).unwrap(), outcome, "{when}");
                assert_same(&fs::read(&path).unwrap(), if journal || left == signed { &signed } else { &document }, when);
                copied.assert_names(&["document.pdf"]);

                let copied = copy(&folder);
                let path = copied.path("document.pdf");
                assert_eq!(recover(&path, true).unwrap(), undone, "{when}");
                assert_same(&fs::read(&path).unwrap(), if journal { &document } else { &left }, when);
                copied.assert_names(&["document.pdf"]);

                let path = folder.path("document.pdf");
                sign_next(&path);
                let expected = if journal || left == signed { &signed_twice } else { &signed_next };
                assert_same(&fs::read(&path).unwrap(), expected, when);

                folder.names().iter().for_each(|name| fs::remove_file(folder.path(name)).unwrap());
                folder.with("document.pdf", &document);
            },
        );
    }
    assert!(journals > 4 && whole > 1, "{journals} with a journal, {whole} of them whole: the kills miss the commit");
}

#[test]
fn killed_while_it_writes_a_new_file() {
    let document = document();
    let folder = Folder::new();
    let (input, output) = (folder.with("in.pdf", &document), folder.path("out.pdf"));
    let process = SigningProcess::new_file(&input, output.clone());
    let mut child = process.start_slowly();
    process.wait();
    assert_eq!(folder.names().len(), 2, "{:?}", folder.names());
    // That of a process that lives stays, and an output that never was is an error.
    assert_eq!(io_error(recover(&output, false)).kind(), ErrorKind::NotFound);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(folder.names().len(), 2, "{:?}", folder.names());
    folder.with(".out.pdf.rustpdf-of-another-program", b"");
    let recovered = rustpdf::recover_file(&output, &RecoverOptions::default()).unwrap();
    assert_eq!((recovered.outcome, recovered.removed), (RecoveryOutcome::Nothing, 1));
    folder.assert_names(&["in.pdf", ".out.pdf.rustpdf-of-another-program"]);
}

#[test]
fn the_next_signing_finishes_it_only_in_place() {
    let document = document();
    let (folder, path) = interrupted(&document);
    let new_file = |name| Output::NewFile { path: folder.path(name), replace: true };
    for output in [Output::Update, new_file("out.pdf")] {
        assert_eq!(code(sign_the_file(&path, &output)), "ERR_FILE_BUSY");
    }
    // A file in whose place another one shall come, while its own signing is not finished.
    let other = folder.with("other.pdf", &document);
    assert_eq!(code(sign_the_file(&other, &new_file("document.pdf"))), "ERR_FILE_BUSY");
    folder.assert_names(&["document.pdf", ".document.pdf.rustpdf", "other.pdf"]);
    sign_next(&path);
    assert_same(&fs::read(&path).unwrap(), &signed_at(&signed(&document), moment_of(8)), "finished, and signed again");
    folder.assert_names(&["document.pdf", "other.pdf"]);
}

/// Root gives files to others.
#[test]
fn a_journal_of_another_user() {
    let document = document();
    let (folder, path) = interrupted(&document);
    let give = |name: &str| std::os::unix::fs::chown(folder.path(name), Some(54321), None);
    if give(".document.pdf.rustpdf").is_err() {
        return;
    }
    for undo in [false, true] {
        assert_eq!(code(recover(&path, undo)), "ERR_JOURNAL_OWNER");
    }
    assert_eq!(code(sign_the_file(&path, &Output::InPlace)), "ERR_JOURNAL_OWNER");
    assert_same(&fs::read(&path).unwrap(), &document, "the document");
    let copied = copy(&folder);
    std::os::unix::fs::chown(copied.path(".document.pdf.rustpdf"), Some(54321), None).unwrap();
    fs::set_permissions(copied.path(".document.pdf.rustpdf"), fs::metadata(folder.path(".document.pdf.rustpdf")).unwrap().permissions())
        .unwrap();
    let mut options = RecoverOptions::default();
    for (owner, outcome) in [("54322", Err("ERR_JOURNAL_OWNER")), ("54321", Ok(RecoveryOutcome::Signed))] {
        options.journal_owner = Some(owner.to_owned());
        let recovered = rustpdf::recover_file(copied.path("document.pdf"), &options);
        assert_eq!(recovered.map(|recovered| recovered.outcome).map_err(|error| error.code().unwrap().as_str()), outcome, "{owner}");
    }
    assert_same(&fs::read(copied.path("document.pdf")).unwrap(), &signed(&document), "by the journal of a named user");
    give("document.pdf").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().uid(), 54321);
    assert_eq!(recover(&path, false).unwrap(), RecoveryOutcome::Signed);
    assert_same(&fs::read(&path).unwrap(), &signed(&document), "by the journal of the document's owner");
}

/// A journal is a regular file that nobody else writes.
#[test]
fn something_else_in_the_place_of_the_journal() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let document = document();
    let (folder, path) = interrupted(&document);
    let journal = folder.path(".document.pdf.rustpdf");
    let real = fs::read(&journal).unwrap();
    fs::remove_file(&journal).unwrap();
    let pipe = || assert!(Command::new("mkfifo").arg(&journal).status().unwrap().success());
    let link = || symlink("elsewhere", &journal).unwrap();
    let directory = || fs::create_dir(&journal).unwrap();
    let empty = || fs::write(&journal, b"").unwrap();
    let damaged = || fs::write(&journal, &real[1..]).unwrap();
    let huge = || fs::File::create(&journal).unwrap().set_len(1 << 40).unwrap();
    let second_name = || fs::hard_link(folder.path("elsewhere"), &journal).unwrap();
    let open_to_all = || {
        fs::write(&journal, &real).unwrap();
        fs::set_permissions(&journal, fs::Permissions::from_mode(0o666)).unwrap();
    };
    folder.with("elsewhere", &real);
    for (what, make) in [
        ("a pipe", &pipe as &dyn Fn()),
        ("a link", &link),
        ("a folder", &directory),
        ("an empty file", &empty),
        ("a damaged one", &damaged),
        ("a huge one", &huge),
        ("a second name", &second_name),
        ("one that all may write", &open_to_all),
    ] {
        make();
        for result in [recover(&path, false), recover(&path, true), sign_the_file(&path, &Output::InPlace).map(|_| RecoveryOutcome::Signed)]
        {
            let code = code(result);
            assert!(["ERR_JOURNAL_DAMAGED", "ERR_JOURNAL_OWNER"].contains(&code), "{what}: {code}");
        }
        assert_same(&fs::read(&path).unwrap(), &document, what);
        fs::remove_file(&journal).or_else(|_| fs::remove_dir(&journal)).unwrap();
    }
    fs::write(&journal, &real).unwrap();
    fs::set_permissions(&journal, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(recover(&path, false).unwrap(), RecoveryOutcome::Signed);
    assert_same(&fs::read(&path).unwrap(), &signed(&document), "the real one");
}

#[test]
fn a_path_through_a_link_goes_up_from_where_it_leads() {
    let document = document();
    let (folder, _) = interrupted(&document);
    fs::create_dir_all(folder.path("a/b")).unwrap();
    for name in ["document.pdf", ".document.pdf.rustpdf"] {
        fs::rename(folder.path(name), folder.path(&format!("a/{name}"))).unwrap();
    }
    std::os::unix::fs::symlink("a/b", folder.path("link")).unwrap();
    let path = folder.path("link/../document.pdf");
    assert_eq!(recover(&path, false).unwrap(), RecoveryOutcome::Signed);
    sign_next(&path);
    assert_same(&fs::read(folder.path("a/document.pdf")).unwrap(), &signed_at(&signed(&document), moment_of(8)), "signed twice");
    sign_the_file(&path, &Output::NewFile { path: folder.path("link/../out.pdf"), replace: false }).unwrap();
    assert!(folder.path("a/out.pdf").exists());
    folder.assert_names(&["a", "link"]);
}
