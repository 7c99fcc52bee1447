//! Forms and page trees of odd shapes: what is a field, what is a signature, which page is which, and what they may cost.

mod common;

use std::time::{Duration, Instant};

use common::{Document, memory, options, prepared, run};
use rustpdf_core::Machine;

fn refusal(document: &[u8], json: &str) -> String {
    match prepared(document, options(json)) {
        Ok(_) => "signed".into(),
        Err(error) => format!("{} {error}", error.code().as_str()),
    }
}

fn update(document: &[u8], json: &str) -> String {
    String::from_utf8_lossy(&prepared(document, options(json)).unwrap().covered_update()).into_owned()
}

fn form(fields: &str) -> Document {
    Document::new().with(1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>"))
}

/// References to `count` objects from `first` on.
fn references(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("{number} 0 R ")).collect()
}

/// A bound that only an algorithm of another order misses, on a busy machine too.
const QUICK: Duration = Duration::from_secs(10);

#[test]
fn a_dangling_value_is_no_signature() {
    let document = form("4 0 R").with(4, "<</T(a)/FT/Sig/V 99 0 R>>").bytes();
    assert_eq!(refusal(&document, r#"{"fieldName": "a"}"#), "signed");
    assert_eq!(refusal(&document, r#"{"certify": 2}"#), "signed");
}

#[test]
fn an_inherited_signature_is_a_signature() {
    let document = |kid: &str| {
        form("4 0 R")
            .with(4, "<</T(a)/FT/Sig/V 5 0 R/Kids[6 0 R]>>")
            .with(5, "<</Type/Sig/Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/All/P 1>>>>]>>")
            .with(6, &format!("<</T(b)/Parent 4 0 R/Subtype/Widget{kid}>>"))
            .bytes()
    };
    // A value of its own that is not there leaves the one that is inherited.
    for kid in ["", "/V 99 0 R", "/V null"] {
        let found = refusal(&document(kid), r#"{"certify":2}"#);
        assert!(found.starts_with("ERR_CERT"), "{kid}: {found}");
        let found = refusal(&document(kid), r#"{"fieldName": "a.b"}"#);
        assert!(found.starts_with("ERR_CERTIFIED"), "{kid}: {found}");
    }
    assert_eq!(refusal(&document("/V<</Type/Sig>>"), "{}"), "signed", "the nearest value counts");
    // /FT and /V may come from different levels.
    let document = form("4 0 R").with(4, "<</T(a)/V<</Type/Sig>>/Kids[5 0 R]>>").with(5, "<</T(b)/FT/Sig>>").bytes();
    assert!(refusal(&document, r#"{"certify":2}"#).starts_with("ERR_CERTIFY_NOT_FIRST"));
    assert!(refusal(&document, r#"{"fieldName":"a.b"}"#).starts_with("ERR_FIELD_SIGNED"));
}

#[test]
fn a_signature_of_several_fields_is_told_once() {
    let document = form("4 0 R 7 0 R")
        .with(4, "<</T(a)/FT/Sig/V 8 0 R/Kids[5 0 R 6 0 R]>>")
        .with(5, "<</T(b)>>")
        .with(6, "<</T(c)>>")
        .with(7, "<</T(d)/FT/Sig/V 8 0 R>>")
        .with(8, "<</Type/Sig/Name(Ada)>>")
        .bytes();
    let information = run(Machine::inspect(memory(&document), None), &document, |_| vec![]).unwrap();
    let signed: Vec<_> = information.fields.iter().filter(|field| field.signed).map(|field| field.name.as_str()).collect();
    assert_eq!(signed, ["d", "a.b", "a.c"]);
    let told: Vec<_> = information.signatures.iter().map(|signature| (signature.field.as_str(), signature.name.as_deref())).collect();
    assert_eq!(told, [("d", Some("Ada"))]);
}

#[test]
fn a_direct_field_has_a_name_too() {
    let text = update(&form("<</T(Signature1)/FT/Tx>>").bytes(), "{}");
    assert!(text.contains("/T (Signature2)"), "{text}");
    let kids = form("4 0 R").with(4, "<</T(a)/Kids[<</T(b)/FT/Tx>> <</T(c)/FT/Sig>>]>>").bytes();
    assert!(refusal(&kids, r#"{"fieldName": "a.b"}"#).starts_with("ERR_FIELD_NOT_SIGNATURE"));
    // It has no number by which it could be overridden.
    assert!(refusal(&kids, r#"{"fieldName": "a.c"}"#).starts_with("ERR_FORM"));
    assert!(refusal(&form("<</T(a)/FT/Sig>>").bytes(), r#"{"fieldName": "a"}"#).starts_with("ERR_FORM"));
    let signed = form("<</T(a)/FT/Sig/V<</Type/Sig>>>>").bytes();
    assert!(refusal(&signed, r#"{"certify": 2}"#).starts_with("ERR_CERTIFY_NOT_FIRST"));
}

#[test]
fn kids_without_a_name_are_widgets() {
    let document = form("4 0 R").with(4, "<</T(a)/FT/Sig/Kids[5 0 R <<>>]>>").with(5, "<</Subtype/Widget/Parent 4 0 R>>").bytes();
    let text = update(&document, r#"{"fieldName": "a"}"#);
    assert!(text.contains("4 0 obj\n<</T(a)/FT/Sig/Kids[5 0 R <<>>] /V 6 0 R>>"), "{text}");
}

/// Codes of the warnings, and the messages.
fn warnings(document: &[u8], json: &str) -> Vec<(&'static str, String)> {
    let session = prepared(document, options(json)).unwrap();
    session.report().warnings.iter().map(|warning| (warning.code.as_str(), warning.message.clone())).collect()
}

fn codes(document: &[u8], json: &str) -> Vec<&'static str> {
    warnings(document, json).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn a_new_field_with_nearly_the_name_of_another_is_told() {
    let document = form("4 0 R 5 0 R")
        .with(4, "<</T(Sign here )/FT/Sig>>")
        .with(5, "<</T(form1[0])/Kids[6 0 R]>>")
        .with(6, "<</T(Page1[0])/Kids[7 0 R]>>")
        .with(7, "<</T(SignatureField1[0])/FT/Sig>>")
        .bytes();
    for (given, near) in [
        ("Sign here", "`Sign here `"),
        ("SIGN HERE", "`Sign here `"),
        ("SignatureField1[0]", "`form1[0].Page1[0].SignatureField1[0]`"),
        ("signaturefield1", "`form1[0].Page1[0].SignatureField1[0]`"),
    ] {
        let found = warnings(&document, &format!(r#"{{"fieldName": "{given}"}}"#));
        assert!(matches!(&found[..], [("WARN_FIELD_NAME", message)] if message.contains(near)), "{given}: {found:?}");
        let refused = refusal(&document, &format!(r#"{{"fieldName": "{given}", "existingField": true}}"#));
        let names = "its empty signature fields are `Sign here `, `form1[0].Page1[0].SignatureField1[0]`";
        assert!(refused.starts_with("ERR_FIELD_MISSING") && refused.contains(names), "{refused}");
    }
    let refused = refusal(&document, r#"{"fieldName": "Page1.SignatureField1"}"#);
    assert!(refused.starts_with("ERR_FIELD_NAME") && refused.contains("nearly that of `form1[0].Page1[0]."), "{refused}");
    assert_eq!(codes(&document, r#"{"fieldName": "Other"}"#), [""; 0]);
    assert_eq!(codes(&document, "{}"), [""; 0]);
    assert_eq!(codes(&document, r#"{"fieldName": "Sign here ", "existingField": true}"#), [""; 0]);
}

#[test]
fn a_group_is_not_an_existing_signature_field() {
    let document = form("4 0 R 6 0 R").with(4, "<</T(a)/Kids[5 0 R]>>").with(5, "<</T(b)/FT/Sig>>").with(6, "<</T(c)/FT/Tx>>").bytes();
    let refused = refusal(&document, r#"{"fieldName": "a", "existingField": true}"#);
    assert!(refused.starts_with("ERR_FIELD_MISSING") && refused.contains("its only empty signature field is `a.b`"), "{refused}");
    assert!(refusal(&document, r#"{"fieldName": "c", "existingField": true}"#).starts_with("ERR_FIELD_NOT_SIGNATURE"));
    let refused = refusal(&Document::new().bytes(), r#"{"fieldName": "a", "existingField": true}"#);
    assert!(refused.contains("it has no empty signature field"), "{refused}");
}

#[test]
fn a_field_that_only_its_page_lists_is_signed() {
    let page = |form: &str| {
        Document::new()
            .with(1, &format!("<</Type/Catalog/Pages 2 0 R{form}>>"))
            .with(3, "<</Type/Page/Parent 2 0 R/Annots[4 0 R]>>")
            .with(4, "<</Type/Annot/Subtype/Widget/FT/Sig/T(a)/Rect[0 0 9 9]/P 3 0 R>>")
    };
    for form in ["", "/AcroForm<</Fields[]>>", "/AcroForm<<>>"] {
        let document = page(form).bytes();
        assert_eq!(codes(&document, r#"{"fieldName": "a", "existingField": true}"#), ["WARN_FIELD_UNLISTED"], "{form}");
        let text = update(&document, r#"{"fieldName": "a"}"#);
        assert!(text.contains("/T(a)/Rect[0 0 9 9]/P 3 0 R /V 5 0 R>>"), "{text}");
        assert!(text.contains("/Fields [4 0 R]") || text.contains("/Fields[ 4 0 R]"), "{text}");
        assert!(!text.contains("/Annots"), "{text}");
    }
    // A field above the widget, with the name and the kind.
    let document = page("").with(4, "<</Subtype/Widget/Parent 5 0 R>>").with(5, "<</T(a)/FT/Sig/Kids[4 0 R]>>").bytes();
    assert_eq!(codes(&document, r#"{"fieldName": "a"}"#), ["WARN_FIELD_UNLISTED", "WARN_FIELD_WIDGETS"]);
    let document = page("").with(4, "<</Subtype/Widget/T(b)/FT/Sig/Parent 5 0 R>>").with(5, "<</T(a)/Kids[4 0 R]>>").bytes();
    let text = update(&document, r#"{"fieldName": "a.b"}"#);
    assert!(text.contains("4 0 obj\n<</Subtype/Widget/T(b)") && text.contains("/Fields [5 0 R]"), "{text}");
    // A root field that the form lists does not lead to the widget, and nothing can be added to it.
    let document = page("/AcroForm<</Fields[5 0 R]>>")
        .with(4, "<</Subtype/Widget/T(b)/FT/Sig/Parent 5 0 R>>")
        .with(5, "<</T(a)/Kids[6 0 R]>>")
        .with(6, "<</T(c)/FT/Tx>>")
        .bytes();
    assert!(refusal(&document, r#"{"fieldName": "a.b"}"#).starts_with("ERR_FIELD_NAME"));
    assert!(refusal(&document, r#"{"fieldName": "b", "existingField": true}"#).contains("`a.b`"));
    let signed = page("").with(4, "<</Subtype/Widget/T(a)/FT/Sig/V<</Type/Sig>>>>").bytes();
    assert!(refusal(&signed, r#"{"fieldName": "a"}"#).starts_with("ERR_FIELD_SIGNED"));
    let text = page("").with(4, "<</Subtype/Widget/T(a)/FT/Tx>>").bytes();
    assert_eq!(codes(&text, r#"{"fieldName": "a"}"#), [""; 0]);
}

#[test]
fn the_search_for_fields_on_pages_is_bounded() {
    let (pages, annotations) = (3000, 3000);
    let mut document = Document::new().with(2, &format!("<</Type/Pages/Count {pages}/Kids[{}]>>", references(5, pages)));
    let list = references(5 + pages, annotations);
    document = document.with(4, &format!("[{list}]"));
    document.objects.extend((0..pages).map(|_| "<</Type/Page/Parent 2 0 R/Annots 4 0 R>>".to_owned()));
    document.objects.extend((1..annotations).map(|_| "<</Subtype/Link>>".to_owned()));
    document.objects.push("<</Subtype/Widget/FT/Sig/T(a)>>".to_owned());
    let document = document.bytes();
    let before = Instant::now();
    assert_eq!(codes(&document, r#"{"fieldName": "a"}"#), ["WARN_FIELD_UNLISTED"]);
    assert_eq!(codes(&document, r#"{"fieldName": "b"}"#), [""; 0]);
    assert!(before.elapsed() < QUICK, "{:?}", before.elapsed());
}

#[test]
fn of_two_fields_with_one_name_the_signature_field_is_signed() {
    let document = |one: &str, other: &str| {
        let field = |entries: &str| format!("<</T(a){entries}>>");
        form("4 0 R 5 0 R").with(4, &field(one)).with(5, &field(other)).bytes()
    };
    let named = r#"{"fieldName": "a"}"#;
    for (one, other, number) in [("/FT/Tx", "/FT/Sig", 5), ("/FT/Sig", "/FT/Tx", 4), ("/FT/Sig", "/FT/Sig", 4)] {
        let document = document(one, other);
        assert_eq!(codes(&document, named), ["WARN_FIELD_TWICE"]);
        assert!(update(&document, named).contains(&format!("{number} 0 obj\n<</T(a)/FT/Sig /V")), "{one} {other}");
    }
    assert!(refusal(&document("/FT/Sig", "/FT/Sig/V<</Type/Sig>>"), named).starts_with("ERR_FIELD_SIGNED"));
    assert!(refusal(&document("/FT/Tx", "/FT/Btn"), named).starts_with("ERR_FIELD_NOT_SIGNATURE"));
}

#[test]
fn a_value_that_is_not_a_dictionary_is_no_signature() {
    for value in ["()", "5", "[]", "/Sig", "true"] {
        let document = form("4 0 R").with(4, &format!("<</T(a)/V {value}/Kids[5 0 R]>>")).with(5, "<</T(b)/FT/Sig>>").bytes();
        assert_eq!(codes(&document, r#"{"fieldName": "a.b"}"#), [""; 0], "{value}");
        let document = form("4 0 R").with(4, &format!("<</T(a)/FT/Sig/V {value}>>")).bytes();
        assert_eq!(refusal(&document, r#"{"fieldName": "a"}"#), "signed", "{value}");
        assert_eq!(refusal(&document, r#"{"certify": 2}"#), "signed", "{value}");
    }
}

#[test]
fn widgets_apart_from_their_field_are_told() {
    let document = form("4 0 R").with(4, "<</T(a)/FT/Sig/Kids[5 0 R]>>").with(5, "<</Subtype/Widget/Parent 4 0 R>>").bytes();
    assert_eq!(codes(&document, r#"{"fieldName": "a"}"#), ["WARN_FIELD_WIDGETS"]);
    let three = form("4 0 R").with(4, "<</T(a)/FT/Sig/Kids[5 0 R 6 0 R 7 0 R]>>");
    let three = (5..8).fold(three, |document, number| document.with(number, "<</Subtype/Widget/Parent 4 0 R>>")).bytes();
    assert_eq!(codes(&three, r#"{"fieldName": "a"}"#), ["WARN_FIELD_WIDGETS"]);
    assert!(update(&three, r#"{"fieldName": "a"}"#).contains("4 0 obj\n<</T(a)/FT/Sig/Kids[5 0 R 6 0 R 7 0 R] /V"));
    let merged = form("4 0 R").with(4, "<</T(a)/FT/Sig/Subtype/Widget/Kids[]>>").bytes();
    assert_eq!(codes(&merged, r#"{"fieldName": "a"}"#), [""; 0]);
}

#[test]
fn a_page_that_is_a_stream_keeps_its_data() {
    let document = Document::new().with(3, "<</Type/Page/Parent 2 0 R/Length 4 0 R>>\nstream\nabc\nendstream").with(4, "3").bytes();
    assert_eq!(codes(&document, "{}"), ["WARN_PAGE_STREAM"]);
    let text = update(&document, "{}");
    assert!(text.contains("3 0 obj\n<</Type/Page/Parent 2 0 R/Length 3 /Annots [6 0 R]>>\nstream\nabc\nendstream\n"), "{text}");
    let form = Document::new().with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>").with(4, "<</Length 0>>\nstream\nendstream").bytes();
    assert!(refusal(&form, "{}").starts_with("ERR_OBJECT_BROKEN"));
}

#[test]
fn limits_tell_what_was_exceeded() {
    let mut document = form("4 0 R");
    for number in 5..305 {
        document.objects.push(format!("<</T(f)/Kids[{number} 0 R]>>"));
    }
    let found = refusal(&document.with(304, "<</T(f)/FT/Tx>>").bytes(), "{}");
    assert!(found.contains("more than 256 levels in its form"), "{found}");
    let found = refusal(&form("4 0 R").with(4, &format!("<</T({})>>", "n".repeat(40_000))).bytes(), "{}");
    assert!(found.contains("more than 32768 bytes in the name of a field"), "{found}");
    let found = refusal(&form(&"<<>>".repeat(200_001)).bytes(), "{}");
    assert!(found.contains("more than 200000 fields and widgets"), "{found}");
}

#[test]
fn a_kid_that_is_listed_again_and_again_costs_one_visit() {
    let document = form("4 0 R")
        .with(4, &format!("<</T({})/Kids[{}]>>", "n".repeat(30_000), "5 0 R ".repeat(100_000)))
        .with(5, "<</T(b)/FT/Tx>>")
        .bytes();
    let before = Instant::now();
    assert_eq!(refusal(&document, "{}"), "signed");
    assert!(before.elapsed() < QUICK, "{:?}", before.elapsed());
}

#[test]
fn an_array_of_kids_that_fields_share_is_read_once() {
    let count = 3000;
    let mut document = form(&references(5, count)).with(4, &format!("[{}]", references(5 + count, count)));
    document.objects.extend((0..count).map(|index| format!("<</T(f{index})/Kids 4 0 R>>")));
    document.objects.extend((0..count).map(|_| "<<>>".to_owned()));
    let document = document.bytes();
    let before = Instant::now();
    let session = prepared(&document, options("{}")).unwrap();
    assert!(before.elapsed() < QUICK, "{:?}", before.elapsed());
    assert!(session.report().bytes_read < 4 * document.len() as u64, "{}", session.report().bytes_read);
}

#[test]
fn a_signature_that_fields_share_is_read_once() {
    let count = 500;
    let mut document = form(&references(6, count))
        .with(4, &format!("[{}]", "(x)".repeat(50_000)))
        .with(5, "<</Type/Sig/Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields 4 0 R>>>>]>>");
    document.objects.extend((0..count).map(|index| format!("<</T(f{index})/FT/Sig/V 5 0 R>>")));
    let before = Instant::now();
    assert_eq!(refusal(&document.bytes(), "{}"), "signed");
    assert!(before.elapsed() < QUICK, "{:?}", before.elapsed());
}

#[test]
fn lists_that_signatures_share_are_bounded_together() {
    let count = 100;
    let mut document = form(&references(5, count)).with(4, &format!("[({})]", "x".repeat(500_000)));
    document.objects.extend((0..count).map(|index| {
        let parameters = "<</Action/Include/Fields 4 0 R>>";
        format!("<</T(f{index})/FT/Sig/V<</Reference[<</TransformMethod/FieldMDP/TransformParams{parameters}>>]>>>>")
    }));
    let found = refusal(&document.bytes(), "{}");
    assert!(found.contains("more than 33554432 bytes in its lists of locked fields"), "{found}");
}

#[test]
fn empty_branches_of_the_page_tree_do_not_shift_pages() {
    let document = Document::new()
        .with(2, "<</Type/Pages/Kids[4 0 R 5 0 R]/Count 2>>")
        .with(4, "<</Type/Pages/Parent 2 0 R/Kids[]/Count 0>>")
        .with(5, "<</Type/Pages/Parent 2 0 R/Kids[6 0 R 7 0 R]/Count 2>>")
        .with(6, "<</Type/Page/Parent 5 0 R/First true>>")
        .with(7, "<</Type/Page/Parent 5 0 R/Second true>>")
        .bytes();
    for (page, mark) in [(1, "/First"), (2, "/Second")] {
        let text = update(&document, &format!(r#"{{"page": {page}}}"#));
        assert!(text.contains(&format!("{mark} true /Annots")), "{text}");
    }
}

#[test]
fn the_last_page_of_a_flat_tree_is_found_by_few_questions() {
    let count = 20_000;
    let mut document = Document::new().with(2, &format!("<</Type/Pages/Kids[{}]/Count {count}>>", references(3, count)));
    document.objects.truncate(2);
    document.objects.extend((0..count).map(|index| format!("<</Type/Page/Parent 2 0 R/Index {index}>>")));
    let document = document.bytes();
    let before = Instant::now();
    let session = prepared(&document, options(r#"{"page": 20000}"#)).unwrap();
    assert!(before.elapsed() < QUICK, "{:?}", before.elapsed());
    assert!(String::from_utf8_lossy(&session.covered_update()).contains("/Index 19999 /Annots"));
    assert!(session.report().reads < 1000, "{}", session.report().reads);
    let session = prepared(&document, options(r#"{"page": 1}"#)).unwrap();
    assert!(session.report().reads < 10, "{}", session.report().reads);
}

#[test]
fn levels_of_the_page_tree_are_bounded() {
    let mut pages = Document::new();
    for number in 3..303 {
        pages = pages.with(number - 1, &format!("<</Type/Pages/Count 1/Kids[{number} 0 R]>>"));
    }
    let found = refusal(&pages.bytes(), "{}");
    assert!(found.contains("more than 256 levels in its page tree"), "{found}");
}

#[test]
fn need_appearances_is_reported_and_cleared_on_request() {
    let warned = |document: &[u8], json: &str| {
        let session = prepared(document, options(json)).unwrap();
        session.report().warnings.iter().any(|warning| warning.code.as_str() == "WARN_NEED_APPEARANCES")
    };
    let clear = r#"{"clearNeedAppearances": true}"#;
    for (form, flag) in [("<</Fields[]/NeedAppearances true>>", ""), ("4 0 R", "<</Fields[]/NeedAppearances 5 0 R>>")] {
        let mut document = Document::new().with(1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm {form}>>"));
        if !flag.is_empty() {
            document = document.with(4, flag).with(5, "true");
        }
        let document = document.bytes();
        assert!(warned(&document, "{}") && !warned(&document, clear), "{form}");
        assert!(!update(&document, "{}").contains("/NeedAppearances false"));
        assert!(update(&document, clear).contains("/NeedAppearances false"), "{}", update(&document, clear));
    }
    let document = Document::new().with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/NeedAppearances false>>>>").bytes();
    assert!(!warned(&document, "{}"));
    assert!(!update(&Document::new().bytes(), clear).contains("NeedAppearances"));
}

#[test]
fn a_document_without_pages_is_signed_without_one() {
    let empty = Document::new().with(2, "<</Type/Pages/Kids[]/Count 0>>");
    let session = prepared(&empty.bytes(), options("{}")).unwrap();
    assert_eq!((session.report().page, session.report().new_field), (None, true));
    let text = update(&empty.bytes(), "{}");
    assert!(text.contains("/F 132 /V ") && !text.contains("/Annots"), "{text}");
    assert!(refusal(&empty.bytes(), r#"{"page": 2}"#).starts_with("ERR_PAGE_NUMBER"));
    // Pages that are listed and missing are another matter.
    let missing = Document::new().with(2, "<</Type/Pages/Kids[9 0 R]/Count 1>>");
    assert!(refusal(&missing.bytes(), "{}").starts_with("ERR_PAGE_TREE"));
}

#[test]
fn a_page_that_is_no_object_counts() {
    let document = Document::new().with(2, "<</Type/Pages/Kids[<</Type/Page/Parent 2 0 R>>3 0 R null]/Count 2>>").bytes();
    assert_eq!(prepared(&document, options("{}")).unwrap().report().page, None);
    assert!(!update(&document, "{}").contains("/Annots"));
    assert_eq!(prepared(&document, options(r#"{"page": 2}"#)).unwrap().report().page, Some(2));
    assert!(update(&document, r#"{"page": 2}"#).contains("3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200] /Annots ["));
    assert!(refusal(&document, r#"{"page": 3}"#).starts_with("ERR_PAGE_NUMBER"));
}

#[test]
fn annotations_that_pages_share_stay_as_they_are() {
    let page = "<</Type/Page/Parent 2 0 R/Annots 6 0 R>>";
    let document = Document::new()
        .with(2, "<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3>>")
        .with(3, page)
        .with(4, "<</Type/Page/Parent 2 0 R/Annots 8 0 R>>")
        .with(5, page)
        .with(6, "[7 0 R]")
        .with(7, "<</Type/Annot/Subtype/Text/Rect[0 0 1 1]>>")
        .with(8, "[7 0 R]")
        .bytes();
    for (number, object) in [(1, 3), (3, 5)] {
        let text = update(&document, &format!(r#"{{"page": {number}}}"#));
        assert!(text.contains(&format!("{object} 0 obj\n<</Type/Page/Parent 2 0 R/Annots [7 0 R 10 0 R]>>")), "{text}");
        assert!(!text.contains("\n6 0 obj"), "{text}");
    }
    let text = update(&document, r#"{"page": 2}"#);
    assert!(text.contains("8 0 obj\n[7 0 R 10 0 R]") && !text.contains("\n4 0 obj"), "{text}");
}

#[test]
fn all_locks_of_a_signature_count() {
    let reference = |field: &str| format!("<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[({field})]>>>>");
    let document = form("4 0 R 6 0 R 7 0 R 8 0 R")
        .with(4, "<</T(s)/FT/Sig/V 5 0 R>>")
        .with(5, &format!("<</Type/Sig/Reference[{}{}]>>", reference("a"), reference("b")))
        .with(6, "<</T(a)/FT/Sig>>")
        .with(7, "<</T(b)/FT/Sig>>")
        .with(8, "<</T(c)/FT/Sig>>")
        .bytes();
    for (field, expected) in [("a", "ERR_FIELD_LOCKED"), ("b", "ERR_FIELD_LOCKED"), ("c", "signed")] {
        assert!(refusal(&document, &format!(r#"{{"fieldName": "{field}"}}"#)).starts_with(expected), "{field}");
    }
}

#[test]
fn usage_rights_are_told() {
    let document = Document::new().with(1, "<</Type/Catalog/Pages 2 0 R/Perms<</UR3 4 0 R>>>>").with(4, "<</Type/Sig>>").bytes();
    let session = prepared(&document, options("{}")).unwrap();
    assert_eq!(session.report().warnings[0].code.as_str(), "WARN_USAGE_RIGHTS");
}

#[test]
fn the_later_version_counts() {
    let version = |entry: &str| {
        let document = Document::new().with(1, &format!("<</Type/Catalog/Pages 2 0 R{entry}>>")).with(4, "/2.0").bytes();
        run(Machine::inspect(memory(&document), None), &document, |_| vec![]).unwrap().version
    };
    for (entry, expected) in [
        ("", "1.7"),
        ("/Version/2.0", "2.0"),
        ("/Version/1.4", "1.7"),
        ("/Version 2.0", "2.0"),
        ("/Version 4 0 R", "2.0"),
        ("/Version/2.A", "1.7"),
    ] {
        assert_eq!(version(entry), expected, "{entry}");
    }
}

#[test]
fn of_two_forms_the_last_is_that_of_all_readers() {
    let document = Document::new()
        .with(1, "<</Type/Catalog/AcroForm 4 0 R/Pages 2 0 R/AcroForm 5 0 R>>")
        .with(4, "<</Fields[]>>")
        .with(5, "<</Fields[]/Last true>>")
        .bytes();
    let text = update(&document, "{}");
    assert!(text.contains("<</Type/Catalog/AcroForm 5 0 R/Pages 2 0 R/AcroForm 5 0 R"), "{text}");
    assert!(text.contains("/Last true") && !text.contains("\n4 0 obj"), "{text}");
}
