//! The header for C.

use std::path::Path;

use cbindgen::{Builder, Config, Language};

const INTRODUCTION: &str = "/* The signing machine of rustpdf for C. docs/protocol.md describes the frames.
   Generated from crates/capi/src by scripts/generate.sh. */";

/// Version of the header, as a text and in parts.
fn version() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let parts = version.split('.').zip(["MAJOR", "MINOR", "PATCH"]);
    let parts: String = parts.map(|(part, name)| format!("\n#define RUSTPDF_VERSION_{name} {part}")).collect();
    format!("\n#define RUSTPDF_VERSION \"{version}\"{parts}")
}

/// The header of the crate in a folder.
pub fn file(crate_folder: &Path) -> String {
    let config = Config { usize_is_size_t: true, ..Config::default() };
    let bindings = Builder::new()
        .with_config(config)
        .with_src(crate_folder.join("src/lib.rs"))
        .with_language(Language::C)
        .with_cpp_compat(true)
        .with_pragma_once(true)
        .with_header(INTRODUCTION)
        .with_no_includes()
        .with_sys_include("stddef.h")
        .with_sys_include("stdint.h")
        .with_after_include(version())
        .with_documentation(true)
        .with_define("target_family", "wasm", "RUSTPDF_WASM")
        .rename_item("RustpdfMachine", "rustpdf_machine")
        .rename_item("RustpdfFrame", "rustpdf_frame")
        .rename_item("RustpdfBytes", "rustpdf_bytes")
        .rename_item("RustpdfRequest", "rustpdf_request")
        .rename_item("RustpdfSigner", "rustpdf_signer")
        .rename_item("RustpdfOnWarnings", "rustpdf_on_warnings")
        .rename_item("RustpdfSigning", "rustpdf_signing")
        .rename_item("RustpdfSigned", "rustpdf_signed")
        .generate()
        .expect("cbindgen reads the crate");
    let mut header = Vec::new();
    bindings.write(&mut header);
    String::from_utf8(header).expect("cbindgen writes UTF-8")
}
