//! Modes, owners and groups of outputs.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use rustpdf::Output;

use crate::child::SigningProcess;
use crate::common::{Folder, assert_same, document, sign_the_file, signed};

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn a_new_file_has_the_mode_of_the_document_less_the_umask() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    for (umask, document, expected) in [("077", 0o666, 0o600), ("022", 0o666, 0o644), ("000", 0o664, 0o664), ("000", 0o440, 0o440)] {
        permit(&input, document);
        let process = SigningProcess::new_file(&input, folder.path("out.pdf"));
        let script = format!("umask {umask}; exec \"$@\"");
        assert!(process.command(&["sh", "-c", &script, "sh"]).status().unwrap().success());
        assert_eq!(process.outcome().as_deref(), Some("signed"));
        assert_eq!(mode(&folder.path("out.pdf")), expected, "umask {umask}, {document:o}");
        fs::remove_file(folder.path("out.pdf")).unwrap();
    }
}

#[test]
fn a_replaced_file_keeps_mode_owner_and_group() {
    let folder = Folder::new();
    let (input, output) = (folder.with("in.pdf", &document()), folder.with("out.pdf", b"old"));
    permit(&input, 0o644);
    permit(&output, 0o4640); // whatever is not a permission is lost
    let given = chown(&output, Some(54321), Some(54322)).is_ok();
    let before = fs::metadata(&output).unwrap();
    sign_the_file(&input, &Output::NewFile { path: output.clone(), replace: true }).unwrap();
    let after = fs::metadata(&output).unwrap();
    assert_eq!((after.uid(), after.gid(), mode(&output)), (before.uid(), before.gid(), 0o640));
    assert!(!given || after.uid() == 54321);
    assert_same(&fs::read(&output).unwrap(), &signed(&document()), "replaced");
}

/// Root makes a folder whose files have another group.
#[test]
#[cfg(target_os = "linux")]
fn another_group_has_no_permissions() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    permit(&input, 0o664);
    fs::create_dir(folder.path("out")).unwrap();
    if chown(folder.path("out"), None, Some(54322)).is_err() {
        return;
    }
    permit(&folder.path("out"), 0o2755);
    let output = folder.path("out/out.pdf");
    sign_the_file(&input, &Output::NewFile { path: output.clone(), replace: false }).unwrap();
    assert_eq!((fs::metadata(&output).unwrap().gid(), mode(&output) & 0o070), (54322, 0));
}

#[test]
fn the_document_keeps_its_mode_and_its_journal_lets_nobody_else_write() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    permit(&input, 0o646);
    sign_the_file(&input, &Output::InPlace).unwrap();
    assert_eq!(mode(&input), 0o646);
    assert_same(&fs::read(&input).unwrap(), &signed(&document()), "signed");
}
