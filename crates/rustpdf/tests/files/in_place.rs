//! Signing the only copy of a document when the disk is full, when the folder is closed, and when others change it.

use std::fs::{self, OpenOptions};
use std::io::Write;

use rustpdf::{Control, Output, SigningOptions};

use crate::child::SigningProcess;
use crate::common::{Folder, assert_same, code, document, moment, moment_of, padded, rsa, sign, sign_file_at, signed, signed_at};

/// A limit on the size of files is reached half way, as the end of the disk would be.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_changes_nothing() {
    let document = padded(64 << 10);
    let update = signed(&document).len() - document.len();
    let limit = ((document.len() + update / 2) / 1024).to_string();
    let folder = Folder::new();
    let path = folder.with("document.pdf", &document);
    let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$@\"");
    for process in [SigningProcess::in_place(&path), SigningProcess::new_file(&path, folder.path("out.pdf"))] {
        assert!(process.command(&["bash", "-c", &script, "bash"]).status().unwrap().success());
        assert_eq!(process.outcome().as_deref(), Some("file too large"));
        assert!(process.asked());
        assert_same(&fs::read(&path).unwrap(), &document, "the document");
        folder.assert_names(&["document.pdf"]);
    }
}

/// As another user than root, to whom no folder is closed.
#[test]
#[cfg(target_os = "linux")]
fn a_closed_folder_is_noticed_before_the_key_signs() {
    use std::os::unix::fs::PermissionsExt;
    let permit = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let is_root = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap()) == 0;
    let runner: &[&str] = if is_root { &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { &[] };
    let folder = Folder::new();
    let path = folder.with("document.pdf", &document());
    permit(&path, 0o666);
    for process in [SigningProcess::in_place(&path), SigningProcess::new_file(&path, folder.path("out.pdf"))] {
        permit(&process.folder(), 0o777);
        permit(&folder.path(""), 0o555);
        assert!(process.command(runner).status().unwrap().success());
        permit(&folder.path(""), 0o755);
        assert_eq!(process.outcome().as_deref(), Some("permission denied"));
        assert!(!process.asked());
    }
    assert_same(&fs::read(&path).unwrap(), &document(), "the document");
    folder.assert_names(&["document.pdf"]);
}

#[test]
fn of_two_processes_one_signs() {
    let document = document();
    let signed = [1, 2].map(|entropy| signed_at(&document, moment_of(entropy)));
    let folder = Folder::new();
    for _ in 0..4 {
        let path = folder.with("document.pdf", &document);
        let processes = [1, 2].map(|entropy| SigningProcess::with_entropy(&path, None, entropy));
        let children = processes.each_ref().map(SigningProcess::start_slowly);
        processes.iter().for_each(SigningProcess::wait);
        processes.iter().for_each(SigningProcess::go);
        children.into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
        let outcomes = processes.each_ref().map(|process| process.outcome().unwrap());
        let winners: Vec<usize> = (0..2).filter(|one| outcomes[*one] == "signed").collect();
        let [winner] = winners[..] else { panic!("{outcomes:?}") };
        assert!(["ERR_FILE_CHANGED", "ERR_FILE_BUSY"].contains(&outcomes[1 - winner].as_str()), "{outcomes:?}");
        assert_same(&fs::read(&path).unwrap(), &signed[winner], "the file");
        folder.assert_names(&["document.pdf"]);
    }
}

#[test]
fn a_journal_of_somebody_else_is_busy() {
    let folder = Folder::new();
    let path = folder.with("document.pdf", &document());
    let signer = |request: &_| {
        folder.with(".document.pdf.rustpdf", b"somebody's");
        sign(request)
    };
    let (options, control) = (SigningOptions::default(), &mut Control::default());
    assert_eq!(code(sign_file_at(&path, &Output::InPlace, moment(), rsa(), signer, &options, control)), "ERR_FILE_BUSY");
    assert_eq!(fs::read(folder.path(".document.pdf.rustpdf")).unwrap(), b"somebody's");
    folder.assert_names(&["document.pdf", ".document.pdf.rustpdf"]);
    assert_same(&fs::read(&path).unwrap(), &document(), "the document");
}

#[test]
fn a_document_that_changes_is_not_signed() {
    let document = document();
    let folder = Folder::new();
    let path = folder.path("document.pdf");
    let append = || OpenOptions::new().append(true).open(&path).unwrap().write_all(b"\n").unwrap();
    let rewrite = || OpenOptions::new().write(true).open(&path).unwrap().write_all(b"%PDF-1.6").unwrap();
    let replace = || {
        let times = fs::metadata(&path).unwrap().modified().unwrap();
        fs::rename(folder.with("other.pdf", &document), &path).unwrap();
        OpenOptions::new().write(true).open(&path).unwrap().set_modified(times).unwrap();
    };
    let remove = || fs::remove_file(&path).unwrap();
    for change in [&append as &dyn Fn(), &rewrite, &replace, &remove] {
        for output in [Output::InPlace, Output::Update, Output::NewFile { path: folder.path("out.pdf"), replace: false }] {
            folder.with("document.pdf", &document);
            std::thread::sleep(std::time::Duration::from_millis(10)); // the clock of some file systems ticks slowly
            let signer = |request: &_| {
                change();
                sign(request)
            };
            let (options, control) = (SigningOptions::default(), &mut Control::default());
            assert_eq!(code(sign_file_at(&path, &output, moment(), rsa(), signer, &options, control)), "ERR_FILE_CHANGED");
            assert!(folder.names().is_subset(&["document.pdf".to_owned()].into()));
        }
    }
}
