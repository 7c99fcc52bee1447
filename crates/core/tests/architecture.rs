//! Who may know whom (ARCHITECTURE.md, "The folders"): a `use` that points the other way fails here.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and those that it must not know. All may know `error`, `limits`, `options` and `report`, but for `cms`.
const STRANGERS: [(&str, &[&str]); 9] = [
    ("syntax", &["io", "file", "document", "signature", "revision", "commit", "operation", "cms", "options", "report"]),
    ("io", &["syntax", "file", "document", "signature", "revision", "commit", "operation", "options"]),
    ("encryption", &["io", "file", "document", "signature", "revision", "commit", "operation", "options", "report"]),
    ("file", &["document", "signature", "revision", "commit", "operation", "cms", "options"]),
    ("document", &["signature", "revision", "commit", "operation", "cms", "options"]),
    ("signature", &["revision", "commit", "operation", "cms", "io"]),
    ("revision", &["document", "commit", "operation", "cms", "io", "options"]),
    ("cms", &["io", "syntax", "file", "document", "signature", "revision", "commit", "operation", "options"]),
    // Files are committed whatever is in them.
    ("commit", &["syntax", "encryption", "file", "document", "signature", "revision", "operation", "options", "report"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => found.extend(sources(&entry)),
            false => found.push(entry),
        }
    }
    found
}

#[test]
fn no_room_knows_a_stranger() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (room, strangers) in STRANGERS {
        let files = sources(&core.join(room));
        assert!(!files.is_empty(), "there is no room {room}");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for stranger in strangers {
                assert!(!text.contains(&format!("crate::{stranger}::")), "{} knows {stranger}", file.display());
            }
        }
    }
}

#[test]
fn only_some_rooms_wait() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for room in ["syntax", "encryption", "revision", "cms"] {
        for file in sources(&core.join(room)) {
            assert!(!fs::read_to_string(&file).unwrap().contains(".await"), "{} waits", file.display());
        }
    }
}
