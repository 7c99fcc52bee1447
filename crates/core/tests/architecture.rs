//! Allowed directions between the modules of the core (ARCHITECTURE.md, "The folders"). Every path that begins with `crate::` is checked.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree};

/// Each module, and all modules that it may use.
const ALLOWED: [(&str, &[&str]); 24] = [
    ("error", &[]),
    ("base64", &[]),
    ("hex", &[]),
    ("json", &["hex"]),
    ("unicode", &[]),
    ("points", &["json"]),
    ("report", &["error", "json", "points"]),
    ("ber", &["limits"]),
    ("limits", &["error"]),
    ("digest", &["error", "hex"]),
    ("x509", &["error", "limits", "report", "digest", "base64", "ber", "unicode"]),
    ("crypto", &["error", "limits", "digest", "hex", "x509"]),
    ("cms", &["error", "limits", "digest", "ber", "x509", "crypto"]),
    ("options", &["error", "limits", "points", "digest", "hex", "report", "crypto", "cms"]),
    // Its kernel, paths and answers of services, needs the ground, `x509` and `crypto` alone; what fetches and stores them is above files.
    (
        "evidence",
        &[
            "error",
            "limits",
            "report",
            "digest",
            "base64",
            "hex",
            "x509",
            "crypto",
            "cms",
            "options",
            "syntax",
            "io",
            "file",
            "document",
            "revision",
            "signature",
        ],
    ),
    ("io", &["error", "limits", "points", "digest", "hex", "json", "report", "x509", "crypto"]),
    // Files are committed regardless of their content.
    ("commit", &["error", "limits", "digest", "hex", "json", "io"]),
    ("syntax", &["error", "limits", "hex"]),
    ("encryption", &["error", "limits", "digest", "unicode", "syntax"]),
    ("file", &["error", "limits", "report", "base64", "hex", "syntax", "encryption", "io"]),
    ("document", &["error", "limits", "points", "report", "syntax", "file"]),
    ("appearance", &["error", "limits", "points", "syntax", "io", "file", "document", "revision"]),
    ("revision", &["error", "limits", "report", "syntax", "encryption", "file"]),
    (
        "signature",
        &[
            "error",
            "limits",
            "points",
            "report",
            "digest",
            "unicode",
            "x509",
            "options",
            "syntax",
            "io",
            "file",
            "document",
            "revision",
            "appearance",
        ],
    ),
];

/// Modules and files that ask nothing of the host.
const PURE: [&str; 11] = [
    "ber",
    "syntax",
    "encryption",
    "x509",
    "crypto",
    "cms",
    "digest",
    "evidence/path",
    "evidence/signature",
    "evidence/ocsp",
    "evidence/crl",
];

/// First segments of the paths into the crate.
#[derive(Default)]
struct Used(BTreeSet<String>);

impl Used {
    fn use_tree(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => drop(self.0.insert(path.ident.to_string())),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.use_tree(tree)),
            UseTree::Name(name) => drop(self.0.insert(name.ident.to_string())),
            UseTree::Rename(rename) => drop(self.0.insert(rename.ident.to_string())),
            UseTree::Glob(_) => drop(self.0.insert("*".to_owned())),
        }
    }
}

impl<'ast> Visit<'ast> for Used {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if is_test(&item.attrs) {
            return;
        }
        if let UseTree::Path(path) = &item.tree
            && path.ident == "crate"
        {
            self.use_tree(&path.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path.segments.iter().map(|segment| segment.ident.to_string());
        if segments.next().as_deref() == Some("crate") {
            self.0.extend(segments.next());
        }
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item(&mut self, item: &'ast Item) {
        visit::visit_item(self, item);
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
    })
}

fn core() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of a module, without its tests.
fn sources(module: &str) -> Vec<PathBuf> {
    let file = core().join(format!("{module}.rs"));
    let mut found = if file.exists() { vec![file] } else { Vec::new() };
    let mut open = vec![core().join(module)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            match entry.file_name().unwrap().to_str().unwrap() {
                "tests" | "tests.rs" => {}
                _ if entry.is_dir() => open.push(entry),
                _ => found.push(entry),
            }
        }
    }
    assert!(!found.is_empty(), "there is no module {module}");
    found
}

fn used(file: &Path) -> BTreeSet<String> {
    let mut used = Used::default();
    used.visit_file(&syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap());
    used.0
}

#[test]
fn modules_use_only_what_is_allowed() {
    for (module, allowed) in ALLOWED {
        for file in sources(module) {
            for other in used(&file) {
                assert!(other == module || allowed.contains(&other.as_str()), "{} uses {other}", file.display());
            }
        }
    }
}

/// The table itself has no circle: a module uses only those that come before it, in some order.
#[test]
fn the_allowed_directions_have_no_circle() {
    let mut placed = BTreeSet::new();
    for _ in ALLOWED {
        placed.extend(
            ALLOWED
                .iter()
                .filter(|(_, allowed)| allowed.iter().all(|other| placed.contains(other)))
                .map(|(module, _)| *module)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(placed.len(), ALLOWED.len());
}

#[test]
fn paths_are_found_wherever_they_are() {
    let source = "use crate::a::{b, c::D}; use crate::{e::F, g}; fn f() -> crate::h::I { crate::j::k() } #[cfg(test)] mod tests { use crate::z::Z; }";
    let mut used = Used::default();
    used.visit_file(&syn::parse_str(source).unwrap());
    assert_eq!(used.0.into_iter().collect::<Vec<_>>(), ["a", "e", "g", "h", "j"]);
}

#[test]
fn pure_modules_do_not_wait() {
    for module in PURE {
        for file in sources(module) {
            assert!(!fs::read_to_string(&file).unwrap().contains(".await"), "{} waits", file.display());
        }
    }
}
