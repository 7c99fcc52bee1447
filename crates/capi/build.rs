//! Names the shared library by its ABI (SONAME): programs that are linked with it find every version that keeps this ABI.

/// Raised by a change that programs have to be compiled again for.
const ABI: &str = "0";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,librustpdf.so.{ABI}");
    }
}
