//! Bills of materials (CycloneDX 1.5): the crates that are linked into each artifact, by `cargo tree` and `Cargo.lock`.
//!
//! They contain no serial number, no time and no path, so the same lock file gives the same bytes on every machine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cyclonedx_bom::external_models::uri::Purl;
use cyclonedx_bom::models::component::{Classification, Component, Components};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::models::metadata::Metadata;
use cyclonedx_bom::prelude::{Bom, Validate};

/// Each bill with the crate that it describes, and the targets that the crate is built for. A bill names the crates of all its targets.
/// A library is resolved by its user, so its bill names those of every target, in the versions of `Cargo.lock`.
const BILLS: [(&str, &str, &[&str]); 10] = [
    ("bindings/node/rustpdf.cdx.json", "rustpdf-wasm", &["wasm32-unknown-unknown"]),
    ("bindings/node/rustpdf-appearance.cdx.json", "rustpdf-appearance-wasm", &["wasm32-unknown-unknown"]),
    (
        "bindings/node-native/unix.cdx.json",
        "rustpdf-napi",
        &[
            "aarch64-apple-darwin",
            "aarch64-unknown-linux-gnu",
            "aarch64-unknown-linux-musl",
            "x86_64-apple-darwin",
            "x86_64-unknown-linux-gnu",
            "x86_64-unknown-linux-musl",
        ],
    ),
    ("bindings/node-native/windows.cdx.json", "rustpdf-napi", &["aarch64-pc-windows-msvc", "x86_64-pc-windows-msvc"]),
    ("bindings/python/rustpdf.cdx.json", "rustpdf-python", &["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]),
    ("bindings/dotnet/rustpdf.cdx.json", "rustpdf-capi", &["x86_64-unknown-linux-gnu"]),
    ("bindings/go/rustpdf.cdx.json", "rustpdf-capi", &["wasm32-unknown-unknown"]),
    ("bindings/go/rustpdf-appearance.cdx.json", "rustpdf-appearance-wasm", &["wasm32-unknown-unknown"]),
    ("crates/core/rustpdf.cdx.json", "rustpdf-core", &["all"]),
    ("crates/rustpdf/rustpdf.cdx.json", "rustpdf", &["all"]),
];

/// A crate of the tree, and the crates that it links directly.
struct Linked {
    name: String,
    version: String,
    license: String,
    dependencies: BTreeSet<String>,
}

/// Crates by their package URL.
type Tree = BTreeMap<String, Linked>;

/// SHA-256 of crates from a registry, by name and version.
type Checksums = BTreeMap<(String, String), String>;

/// The paths and texts of all bills.
pub fn files(root: &Path) -> Vec<(&'static str, String)> {
    let checksums = checksums(&std::fs::read_to_string(root.join("Cargo.lock")).expect("Cargo.lock can be read"));
    let text = |(path, package, targets): &(&'static str, &str, &[&str])| {
        let mut found = Tree::new();
        targets.iter().for_each(|target| add_tree(&mut found, root, package, target));
        (*path, bill(package, &found, &checksums))
    };
    BILLS.iter().map(text).collect()
}

fn checksums(lock: &str) -> Checksums {
    let lock: toml::Table = lock.parse().expect("Cargo.lock is TOML");
    let text = |package: &toml::Value, key| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let packages = lock["package"].as_array().expect("Cargo.lock has packages");
    packages.iter().filter_map(|each| Some(((text(each, "name")?, text(each, "version")?), text(each, "checksum")?))).collect()
}

fn add_tree(found: &mut Tree, root: &Path, package: &str, target: &str) {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let words = ["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "{p}|{l}"];
    let output = Command::new(cargo).args(words).args(["--package", package, "--target", target]).current_dir(root).output();
    let output = output.expect("cargo can be run");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let mut above: Vec<String> = Vec::new();
    // `2base64ct v1.8.3|Apache-2.0 OR MIT`, its depth first. A crate of the workspace has its path after the version, and one whose
    // dependencies were listed before ends with ` (*)`.
    for line in String::from_utf8(output.stdout).expect("cargo writes UTF-8").lines() {
        let name = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let depth: usize = line[..line.len() - name.len()].parse().expect("a depth");
        let (package, license) = name.trim_end_matches(" (*)").split_once('|').expect("a license");
        let mut words = package.split(' ');
        let (name, version) = (words.next().expect("a name"), words.next().expect("a version").trim_start_matches('v'));
        let url = Purl::new("cargo", name, version).expect("a package URL").to_string();
        above.truncate(depth);
        if let Some(parent) = above.last() {
            found.get_mut(parent).expect("a crate comes after its parent").dependencies.insert(url.clone());
        }
        above.push(url.clone());
        found.entry(url).or_insert_with(|| Linked {
            name: name.to_owned(),
            version: version.to_owned(),
            license: license.to_owned(),
            dependencies: BTreeSet::new(),
        });
    }
}

fn bill(package: &str, tree: &Tree, checksums: &Checksums) -> String {
    let (own, linked): (Vec<_>, Vec<_>) = tree.iter().partition(|(_, each)| each.name == package);
    let bom = Bom {
        serial_number: None,
        metadata: Some(Metadata { component: Some(component(own[0], checksums)), ..Metadata::default() }),
        components: Some(Components(linked.into_iter().map(|each| component(each, checksums)).collect())),
        dependencies: Some(Dependencies(tree.iter().map(dependency).collect())),
        ..Bom::default()
    };
    let result = bom.validate();
    assert!(result.passed(), "{package}: {result:?}");
    let mut text = Vec::new();
    bom.output_as_json_v1_5(&mut text).expect("a bill can be written");
    text.push(b'\n');
    String::from_utf8(text).expect("JSON is UTF-8")
}

fn component((url, linked): (&String, &Linked), checksums: &Checksums) -> Component {
    let mut component = Component::new(Classification::Library, &linked.name, &linked.version, Some(url.clone()));
    component.purl = Some(Purl::new("cargo", &linked.name, &linked.version).expect("a package URL"));
    // Old crates separate licences by a slash, which is not an SPDX expression.
    component.licenses = Some(Licenses(vec![LicenseChoice::expression(&linked.license.replace('/', " OR "))]));
    let checksum = checksums.get(&(linked.name.clone(), linked.version.clone()));
    component.hashes = checksum.map(|sum| Hashes(vec![Hash { alg: HashAlgorithm::SHA_256, content: HashValue(sum.clone()) }]));
    component
}

fn dependency((url, linked): (&String, &Linked)) -> Dependency {
    Dependency { dependency_ref: url.clone(), dependencies: linked.dependencies.iter().cloned().collect() }
}
