//! Pages as readers see them: drawn with fonts of Debian, and read by qpdf, Poppler and MuPDF.
//!
//! Needs fonts-noto-core, fonts-droid-fallback, poppler-utils, mupdf-tools and qpdf
//! (scripts/setup-tests.sh).

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rustpdf_appearance::{Appearance, CertificateNames, Code, DrawError, Font, Request, Values, draw};

const NOTO: &str = "/usr/share/fonts/truetype/noto/NotoSans";
const CJK: &str = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf";

fn values(name: &str) -> Values {
    Values { now: 1_795_961_107, name: Some(name.into()), reason: Some("I approve this document".into()), ..Values::default() }
}

fn noto(script: &str) -> Vec<Font> {
    let read = |weight| fs::read(format!("{NOTO}{script}-{weight}.ttf")).expect("fonts-noto-core is installed");
    let mut font = Font::new(read("Regular"));
    font.bold = Some(read("Bold").into());
    vec![font]
}

fn page(appearance: &Appearance, values: &Values) -> Result<Vec<u8>, DrawError> {
    draw(&Request { appearance, width: 210.0, height: 60.0, values, pdf_a: true })
}

fn appearance(change: impl FnOnce(&mut Appearance)) -> Appearance {
    let mut appearance = Appearance::default();
    change(&mut appearance);
    appearance
}

/// Lines of the page as pdftotext reads them. qpdf and MuPDF must have no complaint.
fn lines(name: &str, page: &[u8]) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
    fs::write(&path, page).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).arg(&path).output().unwrap_or_else(|error| panic!("{program}: {error}"));
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{program}: {text}");
        text
    };
    run("qpdf", &["--check"]);
    let drawn = run("mutool", &["draw", "-q", "-F", "txt", "-o", "/dev/null"]);
    assert!(!drawn.contains("error"), "{drawn}");
    let output = Command::new("pdftotext").arg(&path).arg("-").output().expect("poppler-utils is installed");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    // Marks of directions are Poppler's.
    let text = text.replace(|c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{c}'), "");
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_default_has_four_lines() {
    let page = page(&Appearance::default(), &values("Zoë Müller-Łukasiewicz")).unwrap();
    assert!(page.len() < 9000, "{} bytes", page.len());
    assert_eq!(
        lines("default", &page),
        ["Digitally signed by", "Zoë Müller-Łukasiewicz", "2026-11-29 14:05:07 UTC", "Reason: I approve this document"]
    );
}

#[test]
fn every_language_of_the_built_in_font_is_drawn() {
    for language in [
        "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk",
        "sl", "sv", "no", "tr", "uk",
    ] {
        let mut values = values("Ñandú Đặng Žižek Ολυμπία Ґалаґан Қазақ Ɛsi");
        values.location = Some("Łódź".into());
        let drawn = page(&appearance(|options| options.language = language.into()), &values);
        assert!(drawn.is_ok(), "{language}: {drawn:?}");
    }
}

#[test]
fn scripts_are_shaped_and_read() {
    let mut values = values("श्रीमती कृष्णा त्रिपाठी");
    values.reason = Some("मैं इस दस्तावेज़ को स्वीकृति देती हूँ".into());
    let hindi = appearance(|options| (options.font, options.language) = (noto("Devanagari"), "hi".into()));
    assert_eq!(
        lines("hindi", &page(&hindi, &values).unwrap()),
        ["डिजिटल हस्ताक्षर", "श्रीमती कृष्णा त्रिपाठी", "2026-11-29 14:05:07 UTC", "कारण: मैं इस दस्तावेज़ को स्वीकृति देती हूँ"]
    );

    values.name = Some("นายสมชาย ใจดี".into());
    values.reason = Some("ข้าพเจ้าอนุมัติเอกสารฉบับนี้".into());
    let thai = appearance(|options| options.font = noto("Thai"));
    assert_eq!(
        lines("thai", &page(&thai, &values).unwrap())[1..],
        ["นายสมชาย ใจดี", "2026-11-29 14:05:07 UTC", "Reason: ข้าพเจ้าอนุมัติเอกสารฉบับนี้"]
    );

    values.name = Some("王小明".into());
    values.reason = Some("同意本文件的全部內容".into());
    let cjk = fs::read(CJK).expect("fonts-droid-fallback is installed");
    let chinese = appearance(|options| (options.font, options.language) = (vec![Font::new(cjk)], "zh-TW".into()));
    assert_eq!(
        lines("chinese", &page(&chinese, &values).unwrap()),
        ["數位簽章者", "王小明", "2026-11-29 14:05:07 UTC", "原因：同意本文件的全部內容"]
    );

    // Poppler writes the marks of such lines one letter early.
    values.name = Some("محمد بن عبد الله".into());
    values.reason = None;
    let arabic = appearance(|options| (options.font, options.language) = (noto("Arabic"), "ar".into()));
    let read = lines("arabic", &page(&arabic, &values).unwrap());
    let letters = |line: &str| line.replace(['\u{651}', '\u{64b}'], "");
    assert_eq!(
        read.iter().map(|line| letters(line)).collect::<Vec<_>>(),
        ["موقع رقميا من قبل", "محمد بن عبد الله", "2026-11-29 14:05:07 UTC"]
    );

    values.name = Some("דוד כהן".into());
    values.reason = Some("אישור חוזה".into());
    let hebrew = appearance(|options| options.font = noto("Hebrew"));
    assert_eq!(
        lines("hebrew", &page(&hebrew, &values).unwrap()),
        ["Digitally signed by", "דוד כהן", "2026-11-29 14:05:07 UTC", "Reason: אישור חוזה"]
    );
}

#[test]
fn missing_glyphs_are_listed() {
    let error = page(&Appearance::default(), &values("Zoë 王 محمد 😀")).unwrap_err();
    assert_eq!(error.code(), Code::FontGlyph);
    assert!(error.found().contains("王 (U+738B)") && error.found().contains("😀 (U+1F600)"), "{error}");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("Noto Sans Arabic")), "{error}");
}

#[test]
fn fonts_that_may_not_be_embedded_are_refused() {
    let hebrew = fs::read(format!("{NOTO}Hebrew-Regular.ttf")).expect("fonts-noto-core is installed");
    let directory = |tag: &[u8]| {
        let at = hebrew.windows(4).position(|window| window == tag).unwrap();
        u32::from_be_bytes(hebrew[at + 8..at + 12].try_into().unwrap()) as usize
    };
    let license = directory(b"OS/2") + 8;
    for (bits, code) in
        [(2, Some(Code::FontLicense)), (0x100, Some(Code::FontLicense)), (0x200, Some(Code::FontLicense)), (4, None), (8, None), (10, None)]
    {
        let mut font = hebrew.clone();
        font[license..license + 2].copy_from_slice(&u16::to_be_bytes(bits));
        let drawn = page(&appearance(|options| options.font = vec![Font::new(font)]), &values("דוד"));
        assert_eq!(drawn.err().map(|error| error.code()), code, "{bits:#x}");
    }
    for (font, part) in [(&b"wOF2"[..], "WOFF"), (b"\0\x01\0\0", "no outlines"), (b"%!PS-AdobeFont", "damaged"), (b"", "damaged")] {
        let error = page(&appearance(|options| options.font = vec![Font::new(font)]), &values("Z")).unwrap_err();
        assert_eq!(error.code(), Code::Font);
        assert!(error.found().contains(part), "{error}");
    }
}

#[test]
fn attributes_of_the_certificate_are_values() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let subject = vec![pair("CN", "Zoë"), pair("O", "Firma GmbH")];
    let certificate = CertificateNames { subject, serial: "0a1b".into(), ..CertificateNames::default() };
    let values = Values { now: 0, certificate: Some(certificate), ..Values::default() };
    let options = appearance(|options| options.text = "**{name}** ({subject.O})\nNo. {serial}\n{issuer.CN}".into());
    assert_eq!(lines("attributes", &page(&options, &values).unwrap()), ["Zoë (Firma GmbH)", "No. 0a1b"]);
}
