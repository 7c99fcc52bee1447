//! Visible signatures: content, files, several signers, sessions, warnings, errors.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustpdf::{
    Ambient, Appearance, AppearancePdf, Control, Credentials, EmptyField, Result, Session, Signed, Signer, SigningOptions, SigningRequest,
    begin_signing_controlled, resume_signing, sign_controlled,
};

fn tests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(path)
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(tests(path)).expect("a file")
}

fn document() -> Vec<u8> {
    read("vectors/documents/pages.pdf")
}

fn credentials() -> Credentials {
    Credentials { certificate: read("vectors/certificates/rsa.pem"), chain: vec![read("vectors/certificates/chain.pem")] }
}

fn run(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let piped = || Stdio::piped();
    let mut child = Command::new(program).args(arguments).stdin(piped()).stdout(piped()).stderr(Stdio::null()).spawn().expect("a program");
    child.stdin.take().expect("an input").write_all(input).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{program} {arguments:?}");
    output.stdout
}

fn raw(request: &SigningRequest) -> std::io::Result<Vec<u8>> {
    let key = tests("vectors/certificates/rsa.key");
    Ok(run("openssl", &["dgst", "-sha256", "-sign", key.to_str().expect("a text")], &request.data))
}

type Sign = fn(&SigningRequest) -> std::io::Result<Vec<u8>>;

fn control<'a>() -> Control<'a> {
    Control::new().ambient(Ambient { now: 1_795_569_600, entropy: [7; 32] })
}

fn signer() -> Signer<Sign> {
    let Credentials { certificate, chain } = credentials();
    Signer::new(certificate, raw as Sign).chain(chain)
}

fn sign(pdf: &[u8], appearance: Appearance) -> Result<Signed> {
    sign_controlled(pdf, &signer(), &SigningOptions::new().appearance(appearance), &mut control())
}

fn begin(appearance: Appearance) -> Result<Session> {
    let options = SigningOptions::new().appearance(appearance);
    begin_signing_controlled(&document()[..], Some(credentials()), &options, &mut control())
}

fn rect(report: &rustpdf::Report) -> Option<[f64; 4]> {
    report.rect.map(|edges| edges.map(|edge| edge.as_f64()))
}

fn stamp() -> AppearancePdf {
    AppearancePdf::new(read("vectors/files/stamp.pdf")).page(-1)
}

#[cfg(feature = "appearance")]
fn code(appearance: Appearance) -> &'static str {
    begin(appearance).expect_err("an error").code().expect("a code").as_str()
}

#[test]
fn a_page_of_a_pdf_needs_no_drawing() {
    let signed = sign(&document(), Appearance::new().page(-1).rect([20, 20, 140, 80]).pdf(stamp())).unwrap();
    assert_eq!(rect(&signed.report), Some([20.0, 20.0, 140.0, 80.0]));
    assert_eq!(signed.report.page, Some(5));
}

#[test]
fn empty_fields_are_made_for_later_signers() {
    let later = EmptyField::new("Buyer").page(2).rect([20, 100, 140, 160]);
    let options = SigningOptions::new().appearance(Appearance::new().rect([20, 20, 140, 80]).pdf(stamp())).empty_fields([later]);
    let first = sign_controlled(&document()[..], &signer(), &options, &mut control()).unwrap();
    let second = SigningOptions::new().field_name("Buyer").existing_field(true).appearance(Appearance::new().pdf(stamp()));
    let both = sign_controlled(&first.pdf[..], &signer(), &second, &mut control()).unwrap();
    assert_eq!(rect(&both.report), Some([20.0, 100.0, 140.0, 160.0]));
    assert_eq!(rustpdf::inspect(&both.pdf[..], None).unwrap().signatures.len(), 2);
}

#[test]
fn a_session_is_saved_sealed_alone() {
    let appearance = || Appearance::new().rect([20, 20, 140, 80]).pdf(stamp());
    let session = begin(appearance()).unwrap();
    assert_eq!(session.serialize_unsealed().unwrap_err().code().as_str(), "ERR_OPTION_VALUE");
    let session = resume_signing(&session.serialize(&[7; 32]).unwrap(), &document()[..], &[7; 32]).unwrap();
    let signature = raw(&session.request().expect("a request")).unwrap();
    let completed = session.complete_with_signature(&signature).unwrap().appended_to(&document());
    assert!(completed == sign(&document(), appearance()).unwrap().pdf);
}

#[cfg(not(feature = "appearance"))]
#[test]
fn nothing_else_is_shown_without_the_feature() {
    let drawing = rustpdf::Drawing::of(&std::collections::BTreeMap::from([("text", "x")])).unwrap();
    for appearance in [Appearance::new(), Appearance::new().pdf(stamp()).drawing(drawing)] {
        let error = begin(appearance).unwrap_err();
        assert_eq!(error.code().unwrap().as_str(), "ERR_APPEARANCE_MODULE");
        assert!(error.to_string().contains("feature `appearance`"), "{error}");
    }
}

#[cfg(feature = "appearance")]
mod drawn {
    use super::*;
    use rustpdf::drawing::{Align, Alpha, Border, Color, Content, Font, Image, Labels, Place};
    use rustpdf::{Job, ManyOptions, Output, Signatory, sign_async_controlled, sign_file, sign_in_turn_controlled, sign_many};

    const BOX: [i32; 4] = [20, 20, 220, 80];

    fn shown(content: Content) -> Appearance {
        Appearance::from(content).rect(BOX)
    }

    fn text(pdf: &[u8]) -> String {
        String::from_utf8(run("pdftotext", &["-", "-"], pdf)).expect("UTF-8")
    }

    #[test]
    fn the_default_content() {
        let options = SigningOptions::new().appearance(Appearance::new()).reason("Approved").location("Graz");
        let signed = sign_controlled(&document()[..], &signer(), &options, &mut control()).unwrap();
        let text = text(&signed.pdf);
        for line in ["Digitally signed by", "2026-11-25 01:20:00 UTC", "Reason: Approved", "Location: Graz"] {
            assert!(text.contains(line), "{text}");
        }
        assert_eq!(rect(&signed.report).map(|[left, ..]| left.floor()), Some(349.0));
    }

    #[test]
    fn setters_are_the_options_of_every_language() {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let (logo, font) = (read("vectors/files/logo-alpha.png"), read("vectors/files/NotoSansArabic-subset.ttf"));
        let content = Content::new()
            .text("**{name}**\n{label}\n{reason}\n{location}")
            .language("de")
            .labels(Labels::new().signed_by("Von").reason("").location("Ort"))
            .date_format("dd.MM.yyyy")
            .font(Font::new(&font).bold(&font).index(0))
            .font_size(8)
            .color(Color::new(0, 0, 0x80))
            .align(Align::Center)
            .image(Image::new(&logo).place(Place::Behind).share(0.5).alpha(Alpha::Soft))
            .strokes([[0.0, 0.0, 10.0, 10.0], [10.0, 0.0, 0.0, 10.0]])
            .qr("{field}")
            .background(Color::WHITE)
            .border(Border::new().width(1).color(Color::BLACK))
            .accent(None);
        let json = format!(
            r##"{{"appearance": {{"rect": [20, 20, 220, 80], "text": "**{{name}}**\n{{label}}\n{{reason}}\n{{location}}", "language": "de",
                "labels": {{"signedBy": "Von", "reason": "", "location": "Ort"}}, "dateFormat": "dd.MM.yyyy",
                "font": [{{"regular": "{font}", "bold": "{font}", "index": 0}}], "fontSize": 8, "color": "#000080", "align": "center",
                "image": {{"data": "{logo}", "place": "behind", "share": 0.5, "alpha": "soft"}},
                "strokes": [[0, 0, 10, 10], [10, 0, 0, 10]], "qr": "{{field}}", "background": "#ffffff",
                "border": {{"width": 1, "color": "#000000"}}, "accent": "none"}}}}"##,
            font = hex(&font),
            logo = hex(&logo)
        );
        let options = SigningOptions::from_json(&json).unwrap();
        let expected = sign_controlled(&document()[..], &signer(), &options, &mut control()).unwrap();
        assert!(sign(&document(), shown(content)).unwrap().pdf == expected.pdf);
    }

    #[test]
    fn a_font_is_larger_than_a_header() {
        let mut font = read("../crates/appearance/fonts/NotoSans-Regular.ttf");
        font.resize(20 << 20, 0);
        let signed = sign(&document(), shown(Content::new().font(Font::new(font)))).unwrap();
        assert!(text(&signed.pdf).contains("Digitally signed by"));
    }

    #[test]
    fn content_is_in_front_of_a_page() {
        let behind = sign(&document(), shown(Content::new()).pdf(stamp())).unwrap();
        assert!(text(&behind.pdf).contains("Digitally signed by"));
        let alone = sign(&document(), Appearance::new().rect(BOX).pdf(stamp())).unwrap();
        assert!(!text(&alone.pdf).contains("Digitally signed by"));
    }

    #[test]
    fn files_in_turn_many_and_futures_show_the_same() {
        let options = || SigningOptions::new().appearance(shown(Content::new().text("**{name}**")));
        let expected = sign_controlled(&document()[..], &signer(), &options(), &mut control()).unwrap().pdf;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("in.pdf"), document()).unwrap();
        let to = |name: &str| Output::NewFile { path: path(name), replace: false };

        let signed = sign_file(path("in.pdf"), &to("out.pdf"), &signer(), &options(), &mut control()).unwrap();
        assert_eq!(rect(&signed.reports[0]), Some([20.0, 20.0, 220.0, 80.0]));
        assert!(std::fs::read(path("out.pdf")).unwrap() == expected);

        let (one, two) = (signer(), signer());
        let apart = SigningOptions::new().appearance(Appearance::from(Content::new()).rect([20, 100, 220, 160]));
        let signatories = vec![Signatory::new(&one, options()), Signatory::new(&two, apart)];
        let updates = sign_in_turn_controlled(&document()[..], signatories, &mut control()).unwrap();
        assert_eq!(updates.iter().map(|update| rect(&update.report).unwrap()[1]).collect::<Vec<_>>(), [20.0, 100.0]);

        let jobs = ["a", "b"].map(|id| Job { id: id.into(), input: path("in.pdf"), output: to(&format!("{id}.pdf")), options: options() });
        sign_many(jobs, &signer(), &ManyOptions::new(), |result| assert!(result.outcome.is_ok())).unwrap();
        assert_eq!(text(&std::fs::read(path("b.pdf")).unwrap()), text(&expected));

        let later = Signer::new_async(credentials().certificate, |request: SigningRequest| std::future::ready(raw(&request)))
            .chain(credentials().chain);
        let (pdf, options) = (document(), options());
        let mut control = control();
        let signed = ready(sign_async_controlled(&pdf[..], &later, &options, &mut control)).unwrap();
        assert!(signed.pdf == expected);
    }

    /// The result of a future that waits for nothing.
    fn ready<T>(future: impl Future<Output = T>) -> T {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => panic!("it waits"),
        }
    }

    #[test]
    fn an_overlap_is_a_warning_before_the_key_is_asked() {
        let first = sign(&document(), shown(Content::new())).unwrap().pdf;
        let mut warned = Vec::new();
        let mut control = control().on_warnings(|warnings| {
            warned.extend(warnings.iter().map(|warning| warning.code.as_str()));
            Err("stop".into())
        });
        let options = SigningOptions::new().appearance(shown(Content::new()));
        let never = Signer::new(credentials().certificate, |_: &SigningRequest| -> std::io::Result<Vec<u8>> { unreachable!() });
        assert!(sign_controlled(&first[..], &never.chain(credentials().chain), &options, &mut control).is_err());
        drop(control);
        assert_eq!(warned, ["WARN_WIDGETS_OVERLAP"]);
    }

    #[test]
    fn each_error_has_its_code() {
        let content = Content::new;
        let restricted = {
            let mut font = read("../crates/appearance/fonts/NotoSans-Regular.ttf");
            let entry = font.windows(4).position(|name| name == b"OS/2").unwrap();
            let offset = u32::from_be_bytes(font[entry + 8..entry + 12].try_into().unwrap()) as usize;
            font[offset + 8..offset + 10].copy_from_slice(&2u16.to_be_bytes());
            font
        };
        let cases = [
            (Appearance::new().rect([0, 0, 5, 5]), "ERR_APPEARANCE_BOX"),
            (Appearance::new().rect([0, 0, 12, 6]), "ERR_APPEARANCE_FIT"),
            (shown(content().text("{nmae}")), "ERR_APPEARANCE_TEXT"),
            (Appearance::new().rect(BOX).pdf(AppearancePdf::new("none")), "ERR_APPEARANCE_PDF"),
            (shown(content().font(Font::new("none"))), "ERR_FONT"),
            (shown(content().text("\u{633}\u{644}\u{627}\u{645}")), "ERR_FONT_GLYPH"),
            (shown(content().font(Font::new(restricted))), "ERR_FONT_LICENSE"),
            (shown(content().image(Image::new("none"))), "ERR_IMAGE"),
            (shown(content().qr("x".repeat(2332))), "ERR_QR"),
            (shown(content().font_size(1)), "ERR_OPTION_VALUE"),
            (shown(content().font_size(f64::NAN).strokes([[f64::NAN; 4]])), "ERR_OPTION_VALUE"),
            (Appearance::new().page(9), "ERR_PAGE_NUMBER"),
        ];
        for (appearance, expected) in cases {
            assert_eq!(code(appearance), expected);
        }
    }

    #[test]
    fn a_session_without_a_certificate_requires_a_name() {
        let unknown = SigningOptions::new().appearance(Appearance::new());
        let begin = |options: &SigningOptions| begin_signing_controlled(&document()[..], None, options, &mut control());
        assert_eq!(begin(&unknown).unwrap_err().code().unwrap().as_str(), "ERR_APPEARANCE_TEXT");
        assert!(rect(begin(&unknown.name("Ada")).unwrap().report()).is_some());
    }
}
