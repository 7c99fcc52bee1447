//! Who may know whom (ARCHITECTURE.md, "The folders"): a `use` that points the other way fails here.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and those that it must not know. All may know `error`, `limits`, `options` and `report`, but for `cms`.
const STRANGERS: [(&str, &[&str]); 9] = [
    ("syntax", &["commit", "io", "file", "document", "signature", "revision", "operation", "cms", "options", "report"]),
    ("io", &["commit", "syntax", "file", "document", "signature", "revision", "operation", "options"]),
    ("commit", &["syntax", "encryption", "file", "document", "signature", "revision", "operation", "options", "report", "machine"]),
    ("encryption", &["commit", "io", "file", "document", "signature", "revision", "operation", "options", "report"]),
    ("file", &["commit", "document", "signature", "revision", "operation", "cms", "options"]),
    ("document", &["commit", "signature", "revision", "operation", "cms", "options"]),
    ("signature", &["commit", "revision", "operation", "cms", "io"]),
    ("revision", &["commit", "document", "operation", "cms", "io", "options"]),
    ("cms", &["commit", "io", "syntax", "file", "document", "signature", "revision", "operation", "options"]),
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
