//! Processes that are killed at every system call that changes a file, and what becomes of the file then.
#![cfg(target_os = "linux")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use rustpdf::{Control, Recovered, SigningOptions, recover, sign_file_with_at};

use crate::child::{IDLE, Task};
use crate::common::{Folder, assert_same, document, moment_of, rsa, sign, signed, signed_at};

/// What changes files and what brings them to the disk; what this machine's processor does not have is ignored.
pub const CALLS: [&str; 15] = [
    "?open",
    "openat",
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "fchmod",
    "?link",
    "linkat",
    "?unlink",
    "unlinkat",
    "?rename",
    "?renameat",
    "?renameat2",
];

/// Has a program killed at the first, second… of these calls until it runs through; `check` looks at what is left each time.
pub fn kill_everywhere(call: &str, command: impl Fn(&[&str]) -> Command, mut check: impl FnMut(&str)) {
    let first = if ["openat", "write"].contains(&call) { IDLE + 1 } else { 1 };
    for time in first.. {
        let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={time}"));
        let runner = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
        let status = command(&runner).status().expect("strace: run scripts/setup-tests.sh");
        check(&format!("killed at {call} {time}"));
        if status.success() {
            return;
        }
        assert_eq!(status.signal(), Some(9));
    }
}

/// A copy of what is left.
fn copy(folder: &Folder) -> Folder {
    let copy = Folder::new();
    for name in folder.names() {
        copy.with(&name, &fs::read(folder.path(&name)).unwrap());
    }
    copy
}

fn sign_next(path: &Path) {
    let (options, control) = (SigningOptions::default(), &mut Control::default());
    sign_file_with_at(path, &rustpdf::Output::InPlace, moment_of(8), rsa(), sign, &options, control).unwrap();
}

#[test]
fn killed_in_place_nothing_is_lost() {
    let document = document();
    let signed = signed(&document);
    let again = |document: &[u8]| signed_at(document, moment_of(8));
    let (signed_next, signed_twice) = (again(&document), again(&signed));
    let (mut journals, mut partial) = (0, 0);
    let folder = Folder::new();
    let task = Task::in_place(&folder.with("document.pdf", &document));
    for call in CALLS {
        kill_everywhere(
            call,
            |runner| task.command(runner),
            |when| {
                let left = fs::read(folder.path("document.pdf")).unwrap();
                let journal = folder.path(".document.pdf.rustpdf").exists();
                let whole = journal || left == signed;
                journals += usize::from(journal);
                partial += usize::from(journal && left == signed);
                assert!(journal || left == document || left == signed, "{when}: a torn file without a journal");

                let finished = copy(&folder);
                let outcome = recover(finished.path("document.pdf"), false).unwrap();
                assert_eq!(outcome, if journal { Recovered::Signed } else { Recovered::Nothing });
                let expected = if whole { &signed } else { &document };
                assert_same(&fs::read(finished.path("document.pdf")).unwrap(), expected, when);
                finished.assert_names(&["document.pdf"]);

                let undone = copy(&folder);
                let outcome = recover(undone.path("document.pdf"), true).unwrap();
                assert_eq!(outcome, if journal { Recovered::Original } else { Recovered::Nothing });
                let expected = if journal { &document } else { &left };
                assert_same(&fs::read(undone.path("document.pdf")).unwrap(), expected, when);
                undone.assert_names(&["document.pdf"]);

                let signed_again = copy(&folder);
                sign_next(&signed_again.path("document.pdf"));
                let expected = if whole { &signed_twice } else { &signed_next };
                assert_same(&fs::read(signed_again.path("document.pdf")).unwrap(), expected, when);
                assert_eq!(recover(signed_again.path("document.pdf"), false).unwrap(), Recovered::Nothing);
                signed_again.assert_names(&["document.pdf"]);

                for name in folder.names() {
                    fs::remove_file(folder.path(&name)).unwrap();
                }
                folder.with("document.pdf", &document);
            },
        );
    }
    assert!(journals > 5 && partial > 1, "{journals} with a journal, {partial} of them whole: the kills miss the commit");
}

/// What `meanwhile` does while a process that signs in place waits for the disk, its update written and its journal there; what that
/// process says; and what the file is then. With `error` the disk fails it in the end.
fn while_it_is_synced(document: &[u8], error: &str, meanwhile: impl Fn(&Path)) -> (String, Vec<u8>, Folder) {
    let folder = Folder::new();
    let path = folder.with("document.pdf", document);
    let task = Task::in_place(&path);
    // The journal is the first that is synced, its folder the second.
    let inject = format!("inject=fsync:{error}delay_enter=2000000:when=3");
    let mut child = task.command(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", &inject]).spawn().unwrap();
    while fs::metadata(&path).unwrap().len() != signed(document).len() as u64 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before");
        sleep(Duration::from_millis(2));
    }
    assert!(folder.path(".document.pdf.rustpdf").exists());
    meanwhile(&path);
    assert!(child.wait().unwrap().success());
    (task.outcome().unwrap(), fs::read(path).unwrap(), folder)
}

#[test]
fn what_others_do_before_it_is_on_the_disk() {
    const FAILS: &str = "error=ENOSPC:";
    let document = document();
    let once = signed(&document);
    let twice = signed_at(&once, moment_of(8));
    for error in ["", FAILS] {
        let (outcome, left, folder) = while_it_is_synced(&document, error, sign_next);
        assert_eq!(outcome, "signed");
        assert_same(&left, &twice, "another signature behind it");
        folder.assert_names(&["document.pdf"]);
    }
    let taken_back = |path: &Path| assert_eq!(recover(path, true).unwrap(), Recovered::Original);
    for (error, expected) in [("", "ERR_FILE_CHANGED"), (FAILS, "no storage space")] {
        let (outcome, left, folder) = while_it_is_synced(&document, error, taken_back);
        assert_eq!(outcome, expected);
        assert_same(&left, &document, "taken back");
        folder.assert_names(&["document.pdf"]);
    }
    let append = |path: &Path| OpenOptions::new().append(true).open(path).unwrap().write_all(b"behind it").unwrap();
    let (outcome, left, folder) = while_it_is_synced(&document, FAILS, append);
    assert_eq!(outcome, "no storage space");
    assert_same(&left, &[&once, &b"behind it"[..]].concat(), "nothing is cut away");
    assert_eq!(recover(folder.path("document.pdf"), false).unwrap(), Recovered::Signed);
    assert_same(&fs::read(folder.path("document.pdf")).unwrap(), &left, "nor by a recovery");
    folder.assert_names(&["document.pdf"]);
}

#[test]
fn killed_while_it_writes_a_new_file() {
    let document = document();
    let signed = signed(&document);
    let folder = Folder::new();
    let (input, output) = (folder.with("in.pdf", &document), folder.path("out.pdf"));
    let task = Task::new_file(&input, output.clone());
    let mut temporaries = 0;
    for call in CALLS.into_iter().chain(["copy_file_range"]) {
        kill_everywhere(
            call,
            |runner| task.command(runner),
            |when| {
                temporaries += usize::from(folder.names().len() > 1 + usize::from(output.exists()));
                assert_eq!(recover(&output, false).unwrap(), Recovered::Nothing);
                assert_same(&fs::read(&input).unwrap(), &document, when);
                match output.exists() {
                    true => {
                        assert_same(&fs::read(&output).unwrap(), &signed, when);
                        fs::remove_file(&output).unwrap();
                    }
                    false => folder.assert_names(&["in.pdf"]),
                }
            },
        );
    }
    assert!(temporaries > 5, "{temporaries}: the kills miss the writing");
}
