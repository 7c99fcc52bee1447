//! Cost of a visible signature beside an invisible one, without the key: `cargo bench -p rustpdf --bench visible -- TESTS`.
//!
//! TESTS is the folder `tests` of the repository. Time and entropy are fixed, and the signature is not checked, so that all else is
//! measured. Prints JSON: for each appearance the microseconds of a signature, and the bytes that it adds to the document.

use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};

use rustpdf::drawing::{Content, Font, Image, Place};
use rustpdf::{
    Ambient, Appearance, AppearancePdf, Control, Credentials, Signer, SigningOptions, SigningRequest, credentials, sign_controlled,
};

fn main() {
    // `cargo bench` hands its own flags over as well; without a folder (`cargo test --benches`) nothing is measured.
    let Some(tests) = std::env::args().skip(1).find(|word| !word.starts_with('-')) else {
        return println!("usage: cargo bench -p rustpdf --bench visible -- TESTS");
    };
    let read = |path: &str| std::fs::read(Path::new(&tests).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let document = read("vectors/documents/pages.pdf");
    let certificates =
        credentials(&read("pki/certificates/rsa.der"), &[&read("pki/certificates/issuing.der"), &read("pki/certificates/root.der")]);
    let content = Content::new;
    let logo = Image::new(read("vectors/files/logo-alpha.png")).place(Place::End);
    let arabic = content().font(Font::new(read("vectors/files/NotoSansArabic-subset.ttf")));
    let cases: [(&str, SigningOptions); 7] = [
        ("invisible", SigningOptions::new().reason("Approved").check_signature(false)),
        ("default", shown(Appearance::new())),
        ("name", shown(content().text("**{name}**").into())),
        ("image", shown(content().image(logo).into())),
        ("qr", shown(content().qr("https://example.org/{serial}").into())),
        ("right-to-left", shown(arabic.into()).name("زيد الأحمد")),
        ("pdf", shown(Appearance::new().pdf(AppearancePdf::new(read("vectors/files/stamp.pdf"))))),
    ];
    let sign = |options: &SigningOptions| {
        let Credentials { certificate, chain } = certificates.clone();
        let signer = Signer { certificate, chain, sign: |_: &SigningRequest| Ok::<_, Infallible>(vec![1; 256]) };
        let mut control = Control::new().ambient(Ambient { now: 1_767_225_600, entropy: [7; 32] });
        sign_controlled(&document[..], &signer, options, &mut control).expect("a signature").pdf.len() - document.len()
    };
    let times = microseconds(&cases.each_ref().map(|(_, options)| || _ = std::hint::black_box(sign(options))));
    let rows = cases.iter().zip(times).map(|((name, options), time)| format!(r#""{name}":{{"us":{time:.1},"bytes":{}}}"#, sign(options)));
    println!("{{{}}}", rows.collect::<Vec<_>>().join(","));
}

fn shown(appearance: Appearance) -> SigningOptions {
    SigningOptions::new().appearance(appearance).reason("Approved").check_signature(false)
}

/// What each call takes: the median of calls that take turns, so that all see the same machine.
fn microseconds(calls: &[impl Fn()]) -> Vec<f64> {
    let mut times = vec![Vec::new(); calls.len()];
    let end = Instant::now() + Duration::from_secs(7);
    while Instant::now() < end {
        for (call, times) in calls.iter().zip(&mut times) {
            let start = Instant::now();
            call();
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    times.into_iter().map(median).collect()
}
