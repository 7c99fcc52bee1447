//! Signing the only copy of a document when the disk is full, when others do it as well, and after it was interrupted.

use std::fs::{self, OpenOptions};
use std::io::Write;

use rustpdf::{Control, Output, Recovered, SigningOptions, journal, recover, sign_file_with_at};

use crate::child::Task;
use crate::common::{Folder, assert_same, code, document, moment, moment_of, padded, rsa, sign, sign_file, signed, signed_at};

#[test]
fn cut_anywhere_it_is_finished_or_taken_back() {
    let document = document();
    let signed = signed(&document);
    let update = &signed[document.len()..];
    let journal = journal(document.len() as u64, &document[document.len() - 1024..], update).unwrap();
    let folder = Folder::new();
    for cut in (0..update.len()).step_by(512).chain([1, update.len() - 1, update.len()]) {
        for zeros in [false, true] {
            let mut file = signed[..document.len() + cut].to_vec();
            if zeros {
                file.resize(signed.len(), 0);
            }
            let path = folder.with("document.pdf", &file);
            folder.with(".document.pdf.rustpdf", &journal);
            assert_eq!(recover(&path, false).unwrap(), Recovered::Signed);
            assert_same(&fs::read(&path).unwrap(), &signed, format!("cut at {cut}"));
            folder.assert_names(&["document.pdf"]);

            fs::write(&path, &file).unwrap();
            folder.with(".document.pdf.rustpdf", &journal);
            assert_eq!(recover(&path, true).unwrap(), Recovered::Original);
            assert_same(&fs::read(&path).unwrap(), &document, format!("cut at {cut}"));
            folder.assert_names(&["document.pdf"]);
        }
    }
    assert_eq!(recover(folder.path("document.pdf"), false).unwrap(), Recovered::Nothing);
}

#[test]
fn whoever_opens_it_finishes_it() {
    let document = document();
    let signed = signed(&document);
    let journal = journal(document.len() as u64, &document[document.len() - 1024..], &signed[document.len()..]).unwrap();
    let folder = Folder::new();
    let twice = signed_at(&signed, moment_of(8));
    let output = |path| Output::NewFile { path, replace: true };
    for open in [false, true] {
        let path = folder.with("document.pdf", &signed[..document.len() + 700]);
        folder.with(".document.pdf.rustpdf", &journal);
        let input = if open { fs::File::open(&path).unwrap().into() } else { rustpdf::Input::from(&path) };
        let (options, control) = (SigningOptions::default(), &mut Control::default());
        sign_file_with_at(input, &output(folder.path("out.pdf")), moment_of(8), rsa(), sign, &options, control).unwrap();
        assert_same(&fs::read(&path).unwrap(), &signed, "finished");
        assert_same(&fs::read(folder.path("out.pdf")).unwrap(), &twice, "signed again");
        folder.assert_names(&["document.pdf", "out.pdf"]);
    }
    // A file in whose place another one shall come, while its own signing is not finished.
    folder.with(".out.pdf.rustpdf", &journal);
    assert_eq!(code(sign_file(folder.path("document.pdf"), &output(folder.path("out.pdf")))), "ERR_FILE_BUSY");
}

#[test]
fn a_journal_that_does_not_fit_is_left_alone() {
    let document = document();
    let folder = Folder::new();
    let path = folder.with("document.pdf", &document);
    let other = journal(document.len() as u64, b"another end", b"update").unwrap();
    for (bytes, expected) in [(&other[..], "ERR_JOURNAL_DOCUMENT"), (&other[1..], "ERR_JOURNAL_DAMAGED"), (b"", "ERR_JOURNAL_DAMAGED")] {
        folder.with(".document.pdf.rustpdf", bytes);
        assert_eq!(code(recover(&path, false)), expected);
        assert_eq!(code(recover(&path, true)), expected);
        assert_eq!(code(sign_file(&path, &Output::InPlace)), expected);
        assert_eq!(fs::read(folder.path(".document.pdf.rustpdf")).unwrap(), bytes);
    }
    // One that is removed in a moment, as by the later of two that sign at once.
    folder.with(".document.pdf.rustpdf", &other);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            fs::remove_file(folder.path(".document.pdf.rustpdf")).unwrap();
        });
        assert_eq!(recover(&path, false).unwrap(), Recovered::Nothing);
    });
    let huge = fs::File::create(folder.path(".document.pdf.rustpdf")).unwrap();
    huge.set_len((64 << 20) + 1).unwrap();
    assert_eq!(code(recover(&path, false)), "ERR_JOURNAL_DAMAGED");
    fs::remove_file(folder.path(".document.pdf.rustpdf")).unwrap();
    fs::create_dir(folder.path(".document.pdf.rustpdf")).unwrap();
    assert_eq!(code(recover(&path, false)), "ERR_JOURNAL_DAMAGED");
    assert_same(&fs::read(&path).unwrap(), &document, "the document");
}

/// In a folder like /tmp everybody may put a journal beside somebody's document. As root, for nobody else gives files away.
#[test]
#[cfg(target_os = "linux")]
fn a_journal_of_another_user_counts_only_from_the_documents_owner() {
    let document = document();
    let signed = signed(&document);
    let journal = journal(document.len() as u64, &document[document.len() - 1024..], &signed[document.len()..]).unwrap();
    let folder = Folder::new();
    let path = folder.with("document.pdf", &document);
    folder.with(".document.pdf.rustpdf", &journal);
    let give = |name: &str| std::os::unix::fs::chown(folder.path(name), Some(54321), None);
    if give(".document.pdf.rustpdf").is_err() {
        return;
    }
    assert_eq!(code(recover(&path, false)), "ERR_JOURNAL_OWNER");
    assert_eq!(code(sign_file(&path, &Output::Update)), "ERR_JOURNAL_OWNER");
    assert_same(&fs::read(&path).unwrap(), &document, "the document");
    give("document.pdf").unwrap();
    assert_eq!(recover(&path, false).unwrap(), Recovered::Signed);
    assert_same(&fs::read(&path).unwrap(), &signed, "the owner's own");
}

#[test]
fn recovery_removes_what_dead_processes_left() {
    let folder = Folder::new();
    let path = folder.with("a.pdf", &document());
    let own = format!(".a.pdf.rustpdf-{}-0123456789ab", std::process::id());
    let others = [".b.pdf.rustpdf-4194399-0123456789ab", ".a.pdf.rustpdf-4194399-0123456789", ".a.pdf.rustpdf-x-0123456789ab", &own];
    for name in others {
        folder.with(name, b"");
    }
    folder.with(".a.pdf.rustpdf-4194399-0123456789ab", b"");
    assert_eq!(recover(&path, false).unwrap(), Recovered::Nothing);
    assert_eq!(folder.path(".a.pdf.rustpdf-4194399-0123456789ab").exists(), !cfg!(target_os = "linux"));
    assert!(others.iter().all(|name| folder.path(name).exists()));
}

/// A limit on the size of files is hit half way, as the end of the disk would be.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_changes_nothing() {
    let document = padded(64 << 10);
    let update = signed(&document).len() - document.len();
    let limit = ((document.len() + update / 2) / 1024).to_string();
    let folder = Folder::new();
    let path = folder.with("document.pdf", &document);
    let task = Task::in_place(&path);
    let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$@\"");
    assert!(task.command(&["bash", "-c", &script, "bash"]).status().unwrap().success());
    assert_eq!(task.outcome().as_deref(), Some("file too large"));
    assert_same(&fs::read(&path).unwrap(), &document, "the document");
    folder.assert_names(&["document.pdf"]);

    let task = Task::new_file(&path, folder.path("out.pdf"));
    assert!(task.command(&["bash", "-c", &script, "bash"]).status().unwrap().success());
    assert_eq!(task.outcome().as_deref(), Some("file too large"));
    folder.assert_names(&["document.pdf"]);
}

#[test]
fn of_two_processes_one_signs() {
    let document = document();
    let signed = [1, 2].map(|entropy| signed_at(&document, moment_of(entropy)));
    let folder = Folder::new();
    for _ in 0..8 {
        let path = folder.with("document.pdf", &document);
        let tasks = [1, 2].map(|entropy| Task::with_entropy(&path, None, entropy));
        let children = tasks.each_ref().map(Task::start_slowly);
        tasks.iter().for_each(Task::wait);
        tasks.iter().for_each(Task::go);
        children.into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
        let outcomes = tasks.each_ref().map(|task| task.outcome().unwrap());
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
    assert_eq!(code(sign_file_with_at(&path, &Output::InPlace, moment(), rsa(), signer, &options, control)), "ERR_FILE_BUSY");
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
            assert_eq!(code(sign_file_with_at(&path, &output, moment(), rsa(), signer, &options, control)), "ERR_FILE_CHANGED");
            assert!(folder.names().is_subset(&["document.pdf".to_owned()].into()));
        }
    }
}
