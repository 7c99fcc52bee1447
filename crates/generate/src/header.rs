//! The header for C.

use std::path::Path;

use cbindgen::{Builder, Config, Language};

const INTRODUCTION: &str = "/* The signing machine of rustpdf for C. docs/protocol.md describes the frames.
   Generated from crates/capi/src/lib.rs by scripts/generate.sh. */";

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
        .with_documentation(true)
        .with_define("target_family", "wasm", "RUSTPDF_WASM")
        .rename_item("RustpdfMachine", "rustpdf_machine")
        .rename_item("RustpdfFrame", "rustpdf_frame")
        .generate()
        .expect("cbindgen reads the crate");
    let mut header = Vec::new();
    bindings.write(&mut header);
    String::from_utf8(header).expect("cbindgen writes UTF-8")
}
