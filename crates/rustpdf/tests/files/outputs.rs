//! Where the signed document goes, and that it is the same everywhere.

use std::fs::{self, File, OpenOptions};
use std::io;

use rustpdf::{Control, Copied, Error, Output, Signatory, SigningOptions, SigningRequest, sign_file_in_turn, sign_in_turn_controlled};

#[cfg(target_os = "linux")]
use crate::child::SigningProcess;
use crate::common::{
    Folder, assert_same, code, document, io_error, moment, padded, rsa, sign, sign_file_at, sign_the_file, signed, signer_of,
};

fn new_file(path: impl Into<std::path::PathBuf>) -> Output {
    Output::NewFile { path: path.into(), replace: false }
}

/// An open file that can be read and written.
fn open(path: &std::path::Path) -> File {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).unwrap()
}

#[test]
fn the_longest_names() {
    let document = document();
    let folder = Folder::new();
    let input = folder.with(&format!("{}.pdf", "n".repeat(251)), &document);
    let output = format!("{}.pdf", "ö".repeat(125));
    sign_the_file(&input, &new_file(folder.path(&output))).unwrap();
    assert_same(&fs::read(folder.path(&output)).unwrap(), &signed(&document), "a new file");
    // There is no room for the name of its journal.
    assert!(sign_the_file(&input, &Output::InPlace).is_err());
    assert_same(&fs::read(&input).unwrap(), &document, "the document");
    assert_eq!(folder.names().len(), 2);
}

#[test]
fn every_output_holds_the_same_bytes() {
    // Smaller than a piece, longer than one, and of whole pieces.
    for document in [document(), padded(9 << 20), padded((8 << 20) - 417)] {
        let expected = signed(&document);
        let folder = Folder::new();
        let input = folder.with("in.pdf", &document);

        let update = sign_the_file(&input, &Output::Update).unwrap();
        assert_same(&[document.as_slice(), &update.update].concat(), &expected, "update");
        assert_eq!((update.copied, update.reports.len()), (Copied::None, 1));

        let new = sign_the_file(&input, &new_file(folder.path("new.pdf"))).unwrap();
        assert_same(&fs::read(folder.path("new.pdf")).unwrap(), &expected, "a new file");
        assert!(new.copied != Copied::None && new.update == update.update);

        let given = open(&folder.path("given.pdf"));
        sign_the_file(&input, &Output::File(given)).unwrap();
        assert_same(&fs::read(folder.path("given.pdf")).unwrap(), &expected, "an open file");

        assert_same(&fs::read(&input).unwrap(), &document, "the document");
        let from_open = sign_the_file(open(&input), &new_file(folder.path("new 2.pdf"))).unwrap();
        assert_same(&fs::read(folder.path("new 2.pdf")).unwrap(), &expected, "from an open file");
        assert_eq!(from_open.update, update.update);

        let copy = folder.with("copy.pdf", &document);
        assert_eq!(sign_the_file(&copy, &Output::InPlace).unwrap().copied, Copied::None);
        assert_same(&fs::read(&copy).unwrap(), &expected, "in place");

        fs::write(&copy, &document).unwrap();
        sign_the_file(File::open(&copy).unwrap(), &Output::InPlace).unwrap();
        assert_same(&fs::read(&copy).unwrap(), &expected, "in place of an open file");
        folder.assert_names(&["in.pdf", "new.pdf", "new 2.pdf", "given.pdf", "copy.pdf"]);
    }
}

/// The copy for an output that the kernel does not copy into: on Linux, one that is open for appending.
#[test]
#[cfg(target_os = "linux")]
fn the_copy_that_shares_the_read() {
    let document = padded(9 << 20);
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document);
    let output = OpenOptions::new().append(true).create(true).open(folder.path("out.pdf")).unwrap();
    assert_eq!(sign_the_file(&input, &Output::File(output)).unwrap().copied, Copied::Read);
    assert_same(&fs::read(folder.path("out.pdf")).unwrap(), &signed(&document), "appended");
}

#[test]
fn several_sign_in_one_pass() {
    let document = document();
    let named = |name: &str| SigningOptions::from_json(&format!(r#"{{"fieldName": "{name}"}}"#)).unwrap();
    let signer = signer_of(rsa(), sign);
    let signatories = || vec![Signatory::new(&signer, named("First")), Signatory::new(&signer, named("Second"))];
    let control = &mut Control::new().ambient(moment());
    let expected = sign_in_turn_controlled(&document[..], signatories(), control).unwrap();
    let updates: Vec<u8> = expected.iter().flat_map(|signed| signed.update.clone()).collect();
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document);
    let signed = sign_file_in_turn(&input, &Output::InPlace, signatories(), control).unwrap();
    assert_eq!(signed.reports, expected.into_iter().map(|signed| signed.report).collect::<Vec<_>>());
    assert_same(&fs::read(&input).unwrap(), &[document.as_slice(), &updates].concat(), "in place");
    assert_eq!(rustpdf::inspect(&File::open(&input).unwrap(), None).unwrap().signatures.len(), 2);
}

#[test]
fn a_later_signer_that_fails_leaves_the_earlier_signatures() {
    let document = document();
    let named = |name: &str| SigningOptions::from_json(&format!(r#"{{"fieldName": "{name}"}}"#)).unwrap();
    let refuses = |_: &SigningRequest| Err::<Vec<u8>, _>(io::Error::other("no card"));
    let (first, second) = (signer_of(rsa(), sign), signer_of(rsa(), refuses));
    let signatories = vec![Signatory::new(&first, named("First")), Signatory::new(&second, named("Second"))];
    let control = &mut Control::new().ambient(moment());
    let error = sign_in_turn_controlled(&document[..], signatories, control).unwrap_err();
    assert!(matches!(error.cause(), Error::Signer(cause) if cause.to_string() == "no card"), "{error}");
    let alone = sign_in_turn_controlled(&document[..], vec![Signatory::new(&first, named("First"))], control).unwrap();
    assert_eq!(error.unfinished_in_memory().unwrap().finished().unwrap(), alone);
    assert!(error.unfinished().is_none());
}

#[test]
fn what_is_there_is_left_alone() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    let there = folder.with("there.pdf", b"precious");
    let error = io_error(sign_the_file(&input, &new_file(&there)));
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("there.pdf"), "{error}");
    assert_eq!(code(sign_the_file(&input, &Output::File(open(&there)))), "ERR_ARGUMENT");
    assert_eq!(fs::read(&there).unwrap(), b"precious");

    // Made by somebody while the signer is asked.
    let late = folder.path("late.pdf");
    let signer = |request: &_| {
        fs::write(&late, b"precious").unwrap();
        sign(request)
    };
    let options = SigningOptions::default();
    let output = new_file(&late);
    let error = sign_file_at(&input, &output, moment(), rsa(), signer, &options, &mut Control::default()).unwrap_err();
    assert!(matches!(error.cause(), Error::Io(error) if error.kind() == io::ErrorKind::AlreadyExists), "{error}");
    assert!(error.to_string().contains("late.pdf"), "{error}");
    assert_eq!(fs::read(&late).unwrap(), b"precious");

    sign_the_file(&input, &Output::NewFile { path: there.clone(), replace: true }).unwrap();
    assert_same(&fs::read(&there).unwrap(), &signed(&document()), "replaced");
    folder.assert_names(&["in.pdf", "there.pdf", "late.pdf"]);
}

#[test]
fn a_document_may_be_replaced_by_itself() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    sign_the_file(&input, &Output::NewFile { path: input.clone(), replace: true }).unwrap();
    assert_same(&fs::read(&input).unwrap(), &signed(&document()), "replaced");
    folder.assert_names(&["in.pdf"]);
}

#[test]
#[cfg(unix)]
fn links_are_followed_and_stay() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    let target = folder.with("target.pdf", &document());
    std::os::unix::fs::symlink("target.pdf", folder.path("link.pdf")).unwrap();
    sign_the_file(folder.path("link.pdf"), &Output::InPlace).unwrap();
    assert!(fs::symlink_metadata(folder.path("link.pdf")).unwrap().is_symlink());
    assert_same(&fs::read(&target).unwrap(), &signed(&document()), "the target");
    fs::write(&target, b"old").unwrap();
    sign_the_file(&input, &Output::NewFile { path: folder.path("link.pdf"), replace: true }).unwrap();
    assert!(fs::symlink_metadata(folder.path("link.pdf")).unwrap().is_symlink());
    assert_same(&fs::read(&target).unwrap(), &signed(&document()), "the target is replaced");
    folder.assert_names(&["in.pdf", "target.pdf", "link.pdf"]);
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_not_replaced() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    fs::create_dir(folder.path("folder")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path("dangling")).unwrap();
    std::os::unix::fs::symlink("folder", folder.path("to a folder")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
    let names = ["in.pdf", "folder", "dangling", "to a folder", "pipe"];
    for path in names[1..].iter().map(|name| folder.path(name)).chain(["/dev/null".into()]) {
        let options = SigningOptions::default();
        let signer = |_: &_| -> Result<_, Error> { panic!("asked for {}", path.display()) };
        let output = Output::NewFile { path: path.clone(), replace: true };
        let result = sign_file_at(&input, &output, moment(), rsa(), signer, &options, &mut Control::default());
        assert_eq!(code(result), "ERR_ARGUMENT", "{}", path.display());
    }
    folder.assert_names(&names);
}

/// It is there, whether the folder gets to the disk or not.
#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_cannot_be_synced() {
    let document = document();
    let folder = Folder::new();
    let process = SigningProcess::new_file(&folder.with("in.pdf", &document), folder.path("out.pdf"));
    let runner = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=2+"];
    assert!(process.command(&runner).status().unwrap().success());
    assert_eq!(process.outcome().as_deref(), Some("signed"));
    assert_same(&fs::read(folder.path("out.pdf")).unwrap(), &signed(&document), "the output");
    folder.assert_names(&["in.pdf", "out.pdf"]);
}

#[test]
fn a_signer_that_fails_leaves_nothing_behind() {
    let document = padded(9 << 20);
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document);
    let empty = folder.with("empty.pdf", b"");
    for output in [Output::InPlace, Output::Update, new_file(folder.path("out.pdf")), Output::File(open(&empty))] {
        let options = SigningOptions::default();
        let signer = |_: &_| Err("the HSM is on holiday");
        let error = sign_file_at(&input, &output, moment(), rsa(), signer, &options, &mut Control::default()).unwrap_err();
        assert!(matches!(&error, Error::Signer(cause) if cause.to_string() == "the HSM is on holiday"), "{error}");
        folder.assert_names(&["in.pdf", "empty.pdf"]);
        assert_eq!(fs::metadata(&empty).unwrap().len(), 0);
    }
    assert_same(&fs::read(&input).unwrap(), &document, "the document");
}

#[test]
fn nothing_is_copied_before_all_is_checked() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    let options = SigningOptions::from_json(r#"{"page": 77}"#).unwrap();
    let looking = |_: rustpdf::Progress| folder.assert_names(&["in.pdf"]);
    let mut control = Control::default();
    control.on_progress = Some(Box::new(looking));
    let output = new_file(folder.path("out.pdf"));
    assert_eq!(code(sign_file_at(&input, &output, moment(), rsa(), sign, &options, &mut control)), "ERR_PAGE_NUMBER");
    folder.assert_names(&["in.pdf"]);
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = Folder::new();
    assert_eq!(code(sign_the_file(folder.path("."), &Output::Update)), "ERR_ARGUMENT");
    let error = io_error(sign_the_file(folder.path("missing.pdf"), &Output::Update));
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert!(error.to_string().contains("missing.pdf"), "{error}");
    let input = folder.with("in.pdf", &document());
    assert_eq!(io_error(sign_the_file(&input, &new_file(folder.path("no folder/out.pdf")))).kind(), io::ErrorKind::NotFound);
    assert_eq!(io_error(sign_the_file(&input, &new_file(folder.path("..")))).kind(), io::ErrorKind::AlreadyExists);
    folder.assert_names(&["in.pdf"]);
}
