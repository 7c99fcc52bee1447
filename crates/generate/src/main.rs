//! Writes what every language says of the core: options, requests, reports and codes are defined in the core, and nowhere else.
//!
//! With `--check` it writes nothing and fails where a file is stale.

mod bom;
mod csharp;
mod flags;
mod frames;
mod go;
mod header;
mod keystores;
mod markdown;
mod model;
mod python;
mod text;
mod typescript;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use frames::Frames;
use model::Model;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let check = std::env::args().any(|argument| argument == "--check");
    let model = Model::of_the_core();
    let frames = Frames::of_the_core();
    let generated = [
        ("docs/errors.md", markdown::errors()),
        ("docs/options.md", markdown::options(&model)),
        ("docs/protocol.md", markdown::protocol(&frames)),
        ("bindings/node/src/generated.ts", typescript::file(&model)),
        ("bindings/node/src/frames.ts", typescript::frames(&frames)),
        ("bindings/node/src/cli/flags_generated.ts", flags::file(&model)),
        ("bindings/node/src/keystores/table.ts", keystores::typescript()),
        ("bindings/python/python/rustpdf/_generated.py", python::file(&model)),
        ("bindings/python/python/rustpdf/keystores/_table.py", keystores::python()),
        ("bindings/python/python/rustpdf/_facts.py", python::facts(&frames)),
        ("bindings/python/python/rustpdf/_frames.py", python::frames(&frames)),
        ("bindings/dotnet/src/RustPdf/Generated.cs", csharp::file(&model)),
        ("bindings/dotnet/src/RustPdf/Frames.cs", csharp::frames(&frames)),
        ("bindings/dotnet/keystores/Table.cs", keystores::csharp()),
        ("bindings/go/generated.go", go::file(&model)),
        ("bindings/go/frames_generated.go", go::frames(&frames)),
        ("bindings/go/keystores/awskms/table_generated.go", keystores::go("aws-kms", "awskms")),
        ("bindings/go/keystores/azurekeyvault/table_generated.go", keystores::go("azure-key-vault", "azurekeyvault")),
        ("bindings/go/keystores/googlekms/table_generated.go", keystores::go("google-kms", "googlekms")),
        ("bindings/go/keystores/pkcs11/table_generated.go", keystores::go("pkcs11", "pkcs11")),
        ("bindings/go/keystores/vault/table_generated.go", keystores::go("vault", "vault")),
        ("crates/capi/include/rustpdf.h", header::file(&root.join("crates/capi"))),
    ];
    let mut stale = false;
    for (path, fresh) in generated.into_iter().chain(bom::files(&root)) {
        let file = root.join(path);
        if fs::read_to_string(&file).is_ok_and(|found| found == fresh) {
            continue;
        }
        if check {
            eprintln!("{path} is stale: run scripts/generate.sh");
            stale = true;
        } else {
            fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("the folder can be made");
            fs::write(file, fresh).expect("the file can be written");
        }
    }
    ExitCode::from(u8::from(stale))
}
