//! Visible signatures: place, appearance, structure, empty fields. The drawing is a stand-in; judges look at real ones elsewhere.

mod common;

use common::{Document, digests, memory, moment, options, prepared};
use lopdf::{Dictionary, Object};
use rustpdf_core::{Answer, Code, DrawError, DrawRequest, Machine, Report, Session, SigningOptions, Step, WarningCode};

/// A page of this size with a grey field.
fn drawing(width: f64, height: f64) -> Vec<u8> {
    let content = format!(".5 .5 .5 rg 0 0 {width} {height} re f");
    let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<</ExtGState<</G 5 0 R>>>>/Contents 4 0 R>>");
    Document::new()
        .with(3, &page)
        .with(4, &format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()))
        .with(5, "<</Type/ExtGState/LW 1>>")
        .bytes()
}

/// Prepares a signature; `draw` answers the question for the drawing.
fn begin(
    document: &[u8],
    options: SigningOptions,
    draw: impl Fn(&DrawRequest) -> std::result::Result<Vec<u8>, DrawError>,
) -> rustpdf_core::Result<Session> {
    let mut machine = Machine::prepare(memory(document), moment(), None, options);
    let mut answer = Answer::Start;
    loop {
        answer = match machine.next(answer)? {
            Step::Read { ranges, .. } => Answer::Read(
                ranges.iter().map(|range| (range.start, document[range.start as usize..range.end as usize].to_vec())).collect(),
            ),
            Step::Digest(request) => Answer::Digest(digests(&request, document)),
            Step::Draw(request) => Answer::Draw(draw(&request)),
            Step::Done(session) => return Ok(session),
            step => panic!("{step:?}"),
        };
    }
}

fn drawn(request: &DrawRequest) -> std::result::Result<Vec<u8>, DrawError> {
    Ok(drawing(request.width.as_f64(), request.height.as_f64()))
}

/// The document with the update, and an empty container.
fn written(document: &[u8], session: &Session) -> lopdf::Document {
    lopdf::Document::load_mem(&whole(document, session)).expect("a document that can be read")
}

fn whole(document: &[u8], session: &Session) -> Vec<u8> {
    let [_, before, resume, _] = session.report().byte_range;
    let update = session.covered_update();
    let (front, back) = update.split_at(before as usize - document.len());
    let contents = format!("<{}>", "0".repeat((resume - before) as usize - 2));
    [document, front, contents.as_bytes(), back].concat()
}

fn widgets(document: &lopdf::Document) -> Vec<Dictionary> {
    document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(|entries| entries.get(b"Subtype").is_ok_and(|kind| kind.as_name().is_ok_and(|name| name == b"Widget")))
        .cloned()
        .collect()
}

fn numbers(object: &Object) -> Vec<f32> {
    object.as_array().unwrap().iter().map(|item| item.as_float().unwrap()).collect()
}

fn warned(report: &Report, code: WarningCode) -> bool {
    report.warnings.iter().any(|warning| warning.code == code)
}

/// The appearance stream of a widget, its dictionary.
fn normal<'d>(document: &'d lopdf::Document, widget: &Dictionary) -> &'d lopdf::Stream {
    let id = widget.get(b"AP").unwrap().as_dict().unwrap().get(b"N").unwrap().as_reference().unwrap();
    document.get_object(id).unwrap().as_stream().unwrap()
}

fn page(entries: &str) -> Vec<u8> {
    Document::new().with(3, &format!("<</Type/Page/Parent 2 0 R{entries}>>")).bytes()
}

#[test]
fn the_box_is_that_of_the_page_as_it_is_seen() {
    // The entries of the page, the expected /Rect and /Matrix for a box from 10, 20 to 70, 40.
    let cases = [
        ("/MediaBox[0 0 200 400]", [10.0, 20.0, 70.0, 40.0], None),
        ("/MediaBox[100 50 300 450]", [110.0, 70.0, 170.0, 90.0], None),
        ("/MediaBox[0 0 200 400]/CropBox[50 50 900 900]", [60.0, 70.0, 120.0, 90.0], None),
        ("/MediaBox[0 0 200 400]/CropBox[500 500 900 900]", [10.0, 20.0, 70.0, 40.0], None),
        ("/MediaBox[0 0 200 400]/Rotate 90", [160.0, 10.0, 180.0, 70.0], Some([0.0, 1.0, -1.0, 0.0, 0.0, 0.0])),
        ("/MediaBox[0 0 200 400]/Rotate -270", [160.0, 10.0, 180.0, 70.0], Some([0.0, 1.0, -1.0, 0.0, 0.0, 0.0])),
        ("/MediaBox[0 0 200 400]/Rotate 180", [130.0, 360.0, 190.0, 380.0], Some([-1.0, 0.0, 0.0, -1.0, 0.0, 0.0])),
        ("/MediaBox[0 0 200 400]/Rotate 270", [20.0, 330.0, 40.0, 390.0], Some([0.0, -1.0, 1.0, 0.0, 0.0, 0.0])),
        ("/MediaBox[0 0 200 400]/Rotate 45", [10.0, 20.0, 70.0, 40.0], None),
        ("/MediaBox[0 0 200 400]/UserUnit 2", [5.0, 10.0, 35.0, 20.0], None),
        ("/MediaBox[200 400 0 0]", [10.0, 20.0, 70.0, 40.0], None),
    ];
    for (entries, rect, matrix) in cases {
        let document = page(entries);
        let session = begin(&document, options(r#"{"appearance": {"rect": [10, 20, 70, 40]}}"#), drawn).unwrap();
        let written = written(&document, &session);
        let [widget] = widgets(&written).try_into().unwrap();
        assert_eq!(numbers(widget.get(b"Rect").unwrap()), rect, "{entries}");
        let form = &normal(&written, &widget).dict;
        assert_eq!(numbers(form.get(b"BBox").unwrap()), [0.0, 0.0, 60.0, 20.0], "{entries}");
        assert_eq!(form.get(b"Matrix").ok().map(numbers), matrix.map(|matrix| matrix.to_vec()), "{entries}");
        assert_eq!(widget.get(b"F").unwrap().as_i64().unwrap(), 132);
        assert_eq!(session.report().rect.map(|rect| rect.map(|edge| edge.as_f64())), Some([10.0, 20.0, 70.0, 40.0]));
    }
}

#[test]
fn a_box_and_a_rotation_are_inherited() {
    let document = Document::new()
        .with(2, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 400]/Rotate 90>>")
        .with(3, "<</Type/Page/Parent 2 0 R>>")
        .bytes();
    let session = begin(&document, options(r#"{"appearance": {"rect": [10, 20, 70, 40]}}"#), drawn).unwrap();
    let [widget] = widgets(&written(&document, &session)).try_into().unwrap();
    assert_eq!(numbers(widget.get(b"Rect").unwrap()), [160.0, 10.0, 180.0, 70.0]);
}

#[test]
fn a_page_is_counted_from_the_end() {
    let document = Document::new()
        .with(2, "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>")
        .with(4, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>")
        .bytes();
    let appearance = |page: i32| format!(r#"{{"appearance": {{"page": {page}, "rect": [0, 0, 9, 9]}}}}"#);
    let on = |page: i32| begin(&document, options(&appearance(page)), drawn).map(|session| session.report().page);
    assert_eq!((on(-1).unwrap(), on(-2).unwrap(), on(2).unwrap()), (Some(2), Some(1), Some(2)));
    for page in [-3, 3, i32::MIN] {
        assert_eq!(on(page).unwrap_err().code(), Code::PageNumber, "{page}");
    }
}

#[test]
fn a_page_of_a_pdf_keeps_its_proportions_and_stands_upright() {
    // A page of 100 by 50 in a box of 60 by 20: 40 by 20, in the middle.
    let cases = [
        ("/MediaBox[0 0 100 50]", "q 0.4 0 0 0.4 10 0 cm /P0 Do Q"),
        ("/MediaBox[10 10 110 60]", "q 0.4 0 0 0.4 6 -4 cm /P0 Do Q"),
        ("/MediaBox[0 0 100 50]/UserUnit 3", "q 0.4 0 0 0.4 10 0 cm /P0 Do Q"),
        ("/MediaBox[0 0 50 100]/Rotate 90", "q 0 -0.4 0.4 0 10 20 cm /P0 Do Q"),
        ("/MediaBox[0 0 100 50]/Rotate 180", "q -0.4 0 0 -0.4 50 20 cm /P0 Do Q"),
        ("/MediaBox[0 0 50 100]/Rotate 270", "q 0 0.4 -0.4 0 50 0 cm /P0 Do Q"),
    ];
    for (entries, content) in cases {
        let appearance = Document::new()
            .with(3, &format!("<</Type/Page/Parent 2 0 R{entries}/Contents[4 0 R 5 0 R]/Resources 6 0 R/Annots[9 0 R]>>"))
            .with(4, "<</Length 9>>\nstream\n/F 1 Tf(a\nendstream")
            .with(5, "<</Length 4>>\nstream\n) Tj\nendstream")
            .with(6, "<</Font<</F 7 0 R>>>>")
            .with(7, "<</Type/Font/Next 8 0 R/Self 7 0 R/Way 3 0 R>>")
            .with(8, "<</Length 1/StructParent 4>>\nstream\nx\nendstream")
            .with(9, "<</Type/Annot/A<</S/JavaScript>>>>")
            .bytes();
        let hex: String = appearance.iter().map(|byte| format!("{byte:02x}")).collect();
        let json = format!(r#"{{"appearance": {{"rect": [10, 20, 70, 40], "pdf": {{"data": "{hex}"}}}}}}"#);
        let document = page("/MediaBox[0 0 200 400]");
        let session = begin(&document, options(&json), |_| panic!("nothing is drawn")).unwrap();
        let written = written(&document, &session);
        let [widget] = widgets(&written).try_into().unwrap();
        let outer = normal(&written, &widget);
        assert_eq!(String::from_utf8_lossy(&outer.content).trim(), content, "{entries}");
        let names = outer.dict.get(b"Resources").unwrap().as_dict().unwrap().get(b"XObject").unwrap().as_dict().unwrap();
        let inner = written.get_object(names.get(b"P0").unwrap().as_reference().unwrap()).unwrap().as_stream().unwrap();
        assert_eq!(inner.content, b"/F 1 Tf(a\n) Tj\n");
        let resources = written.get_object(inner.dict.get(b"Resources").unwrap().as_reference().unwrap()).unwrap();
        let fonts = resources.as_dict().unwrap().get(b"Font").unwrap().as_dict().unwrap();
        let id = fonts.get(b"F").unwrap().as_reference().unwrap();
        let font = written.get_object(id).unwrap().as_dict().unwrap();
        assert_eq!(font.get(b"Self").unwrap().as_reference().unwrap(), id);
        let way = font.get(b"Way").unwrap().as_reference().unwrap();
        assert_eq!(written.get_object(way).unwrap(), &Object::Null, "a page is a way out");
        let stream = written.get_object(font.get(b"Next").unwrap().as_reference().unwrap()).unwrap().as_stream().unwrap();
        assert_eq!(stream.content, b"x");
        assert_eq!(stream.dict.get(b"StructParent").unwrap(), &Object::Null);
        assert!(!whole(&document, &session).windows(10).any(|window| window == b"JavaScript"));
    }
}

#[test]
fn a_pdf_that_cannot_be_an_appearance_is_refused() {
    let pdf = |number, body: &str| Document::new().with(number, body).bytes();
    let properties = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</Properties<</O 4 0 R>>>>>>";
    let mut cut = pdf(4, "null");
    cut.truncate(cut.len() / 2);
    let cases = [
        (b"nothing".to_vec(), "not a PDF"),
        (cut, "damaged"),
        (Document::new().with(3, properties).with(4, "<</Type/OCG/Name(o)>>").bytes(), "optional content"),
        (pdf(3, "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"), ""),
    ];
    for (pdf, found) in cases {
        let hex: String = pdf.iter().map(|byte| format!("{byte:02x}")).collect();
        let json = format!(r#"{{"appearance": {{"pdf": {{"data": "{hex}"}}}}}}"#);
        let document = page("/MediaBox[0 0 600 400]");
        let outcome = begin(&document, options(&json), drawn);
        match found {
            "" => assert!(outcome.is_ok(), "a page without content is one"),
            found => {
                let error = outcome.unwrap_err();
                assert_eq!(error.code(), Code::AppearancePdf, "{error}");
                assert!(error.to_string().contains(found), "{error}");
            }
        }
    }
    let pdf = Document::new().with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>").bytes();
    let hex: String = pdf.iter().map(|byte| format!("{byte:02x}")).collect();
    let json = format!(r#"{{"appearance": {{"pdf": {{"data": "{hex}", "page": 2}}}}}}"#);
    assert_eq!(begin(&page("/MediaBox[0 0 600 400]"), options(&json), drawn).unwrap_err().code(), Code::PageNumber);
}

#[test]
fn a_page_of_many_objects_is_refused() {
    let mut pdf = Document::new().with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</ExtGState 4 0 R>>>>");
    let names: String = (0..5000).map(|number| format!("/G{number} {} 0 R", number + 5)).collect();
    pdf = pdf.with(4, &format!("<<{names}>>")).with(5004, "<<>>");
    let hex: String = pdf.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let json = format!(r#"{{"appearance": {{"pdf": {{"data": "{hex}"}}}}}}"#);
    let error = begin(&page("/MediaBox[0 0 600 400]"), options(&json), drawn).unwrap_err();
    assert_eq!(error.code(), Code::AppearancePdf);
    assert!(error.to_string().contains("5000 objects"), "{error}");
}

#[test]
fn the_drawing_gets_what_it_needs() {
    let json = r#"{"name": "Zoë", "reason": "r", "location": "l", "contactInfo": "c", "fieldName": "f", "utcOffsetMinutes": 60,
        "appearance": {"rect": [0, 0, 100, 50.5], "text": "{name}", "fontSize": 9.5}}"#;
    let document = page("/MediaBox[0 0 600 400]");
    begin(&document, options(json), |request| {
        assert_eq!((request.width.as_f64(), request.height.as_f64()), (100.0, 50.5));
        assert_eq!(serde_json::to_string(&request.appearance).unwrap(), r#"{"fontSize":9.5,"text":"{name}"}"#);
        let values = &request.values;
        assert_eq!((values.now, values.utc_offset_minutes, values.field.as_str()), (moment().now, 60, "f"));
        let texts = [&values.name, &values.reason, &values.location, &values.contact].map(|text| text.as_deref());
        assert_eq!(texts, [Some("Zoë"), Some("r"), Some("l"), Some("c")]);
        assert!(values.certificate.is_none() && !request.pdf_a);
        drawn(request)
    })
    .unwrap();
}

#[test]
fn an_error_of_the_drawing_has_its_code() {
    let document = page("/MediaBox[0 0 600 400]");
    let failed = |code: &str, remedy: Option<&str>| {
        let error = DrawError { code: code.into(), found: "no font has “字”".into(), remedy: remedy.map(Into::into) };
        begin(&document, options(r#"{"appearance": {}}"#), move |_| Err(error.clone())).unwrap_err()
    };
    let error = failed("ERR_FONT_GLYPH", Some("give a font"));
    assert_eq!((error.code(), error.to_string().as_str()), (Code::FontGlyph, "no font has “字”; give a font"));
    assert_eq!(failed("ERR_NEVER_HEARD", None).code(), Code::AppearanceModule);
}

#[test]
fn an_existing_field_keeps_its_box() {
    let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(a)/Rect[20 30 10 60]/P 3 0 R/F 4>>";
    let document = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>")
        .with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Rotate 90/Annots[4 0 R]>>")
        .with(4, field)
        .bytes();
    let json = r#"{"fieldName": "a", "appearance": {"rect": [0, 0, 100, 50]}}"#;
    let session = begin(&document, options(json), drawn).unwrap();
    let written = written(&document, &session);
    let [widget] = widgets(&written).try_into().unwrap();
    assert_eq!(numbers(widget.get(b"Rect").unwrap()), [20.0, 30.0, 10.0, 60.0]);
    let form = &normal(&written, &widget).dict;
    assert_eq!(numbers(form.get(b"BBox").unwrap()), [0.0, 0.0, 30.0, 10.0]);
    assert_eq!(session.report().rect.map(|rect| rect.map(|edge| edge.as_f64())), Some([30.0, 180.0, 60.0, 190.0]));
    // Nothing but /V and /AP is new.
    let update = String::from_utf8_lossy(&session.covered_update()).into_owned();
    assert!(update.contains(&format!("{} /V", field.strip_suffix(">>").unwrap())), "{update}");
    let empty = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>")
        .with(4, "<</Subtype/Widget/FT/Sig/T(a)/Rect[0 0 0 0]/P 3 0 R>>")
        .bytes();
    assert_eq!(begin(&empty, options(json), drawn).unwrap_err().code(), Code::AppearanceBox);
}

/// A document whose field has its widget as an object of its own; `signed`: with another field that is signed.
fn apart(signed: bool) -> Vec<u8> {
    let fields = if signed { "4 0 R 6 0 R" } else { "4 0 R" };
    Document::new()
        .with(1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>"))
        .with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[5 0 R]>>")
        .with(4, "<</FT/Sig/T(a)/Kids[5 0 R]>>")
        .with(5, "<</Type/Annot/Subtype/Widget/Parent 4 0 R/Rect[0 0 90 40]/P 3 0 R>>")
        .with(6, "<</FT/Sig/T(b)/V<</Type/Sig>>>>")
        .bytes()
}

#[test]
fn a_widget_of_its_own_is_changed_before_the_first_signature_only() {
    let json = r#"{"fieldName": "a", "appearance": {}}"#;
    let session = begin(&apart(false), options(json), drawn).unwrap();
    assert!(warned(session.report(), WarningCode::FieldWidgets));
    let [widget] = widgets(&written(&apart(false), &session)).try_into().unwrap();
    assert!(widget.get(b"AP").is_ok());
    let error = begin(&apart(true), options(json), drawn).unwrap_err();
    assert_eq!((error.code(), error.object()), (Code::AppearanceBox, Some((5, 0))));
}

#[test]
fn what_validators_report_is_a_warning() {
    let other = "<</Type/Annot/Subtype/Widget/FT/Tx/T(t)/Rect[400 50 500 80]>>";
    let document = |flags: &str| {
        Document::new()
            .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>")
            .with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Annots[4 0 R]>>")
            .with(4, &other.replace("/Rect", &format!("{flags}/Rect")))
            .bytes()
    };
    let warning = |document: &[u8], json: &str, code| warned(begin(document, options(json), drawn).unwrap().report(), code);
    assert!(warning(&document(""), r#"{"appearance": {}}"#, WarningCode::WidgetsOverlap));
    assert!(!warning(&document("/F 2"), r#"{"appearance": {}}"#, WarningCode::WidgetsOverlap), "it is hidden");
    assert!(!warning(&document(""), r#"{"appearance": {"position": {"corner": "top-left"}}}"#, WarningCode::WidgetsOverlap));
    // Fields of one call overlap each other.
    let page = page("/MediaBox[0 0 600 400]");
    let empty = |rect: &str| format!(r#"{{"appearance": {{"rect": [10, 10, 90, 90]}}, "emptyFields": [{{"name": "x", "rect": {rect}}}]}}"#);
    assert!(warning(&page, &empty("[80, 80, 150, 150]"), WarningCode::WidgetsOverlap));
    assert!(!warning(&page, &empty("[90, 10, 150, 90]"), WarningCode::WidgetsOverlap), "they touch");
    let twice = r#"{"emptyFields": [{"name": "x", "rect": [0, 0, 50, 50]}, {"name": "y", "rect": [0, 0, 50, 50]}]}"#;
    assert!(warning(&page, twice, WarningCode::WidgetsOverlap));
    let certified = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>/Perms<</DocMDP 5 0 R>>>>")
        .with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]>>")
        .with(4, "<</FT/Sig/T(b)/V 5 0 R>>")
        .with(5, "<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<</P 2>>>>]>>")
        .bytes();
    assert!(warning(&certified, r#"{"appearance": {}}"#, WarningCode::VisibleAfterCertification));
    assert!(!warning(&certified, "{}", WarningCode::VisibleAfterCertification));
}

/// A tagged document. `tree` is the `/ParentTree` of the structure, `kids` the `/K` of its element.
fn tagged(tree: &str, kids: &str) -> Document {
    Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 4 0 R>>")
        .with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]>>")
        .with(4, &format!("<</Type/StructTreeRoot/K[5 0 R]/ParentTreeNextKey 3{tree}>>"))
        .with(5, &format!("<</Type/StructElem/S/Document/P 4 0 R/NS 6 0 R{kids}>>"))
        .with(6, "<</Type/Namespace/NS(http://iso.org/pdf2/ssn)>>")
}

#[test]
fn a_field_is_none_of_the_first_heading() {
    let document = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 4 0 R>>")
        .with(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]>>")
        .with(4, "<</Type/StructTreeRoot/K[5 0 R 6 0 R]>>")
        .with(5, "<</Type/StructElem/S/H1/P 4 0 R>>")
        .with(6, "<</Type/StructElem/S/P/P 4 0 R>>")
        .bytes();
    let session = begin(&document, options(r#"{"appearance": {}}"#), drawn).unwrap();
    let written = written(&document, &session);
    let root = written.get_object((4, 0)).unwrap().as_dict().unwrap();
    let [_, _, element] = root.get(b"K").unwrap().as_array().unwrap().as_slice() else { panic!("{root:?}") };
    let element = written.get_object(element.as_reference().unwrap()).unwrap().as_dict().unwrap();
    assert_eq!(element.get(b"P").unwrap().as_reference().unwrap(), (4, 0));
    assert!(written.get_object((5, 0)).unwrap().as_dict().unwrap().get(b"K").is_err());
}

#[test]
fn a_field_of_a_tagged_document_has_its_place_in_the_structure() {
    let cases = [
        tagged("/ParentTree 7 0 R", "/K[8 0 R]").with(7, "<</Nums[0[8 0 R]2 8 0 R]>>"),
        tagged("/ParentTree 7 0 R", "/K 9 0 R").with(7, "<</Nums 10 0 R>>").with(9, "[8 0 R]").with(10, "[0[8 0 R]]"),
        tagged("/ParentTree<</Nums[0[8 0 R]]>>", "/K 8 0 R"),
        tagged("", ""),
        tagged("/ParentTree 7 0 R", "/K[8 0 R]")
            .with(7, "<</Kids[9 0 R 10 0 R]>>")
            .with(9, "<</Limits[0 0]/Nums[0[8 0 R]]>>")
            .with(10, "<</Limits[1 2]/Nums[1 8 0 R 2 8 0 R]>>"),
    ];
    for (case, document) in cases.into_iter().enumerate() {
        let document = document.with(8, "<</Type/StructElem/S/P/P 5 0 R>>").bytes();
        let json = r#"{"appearance": {"tooltip": "Sign here"}, "emptyFields": [{"name": "later", "position": {"corner": "top-left"}}]}"#;
        let session = begin(&document, options(json), drawn).unwrap();
        assert!(!warned(session.report(), WarningCode::NotTagged));
        let written = written(&document, &session);
        let widgets = widgets(&written);
        assert_eq!(widgets.len(), 2);
        for widget in &widgets {
            let key = widget.get(b"StructParent").unwrap().as_i64().unwrap();
            assert!((3..5).contains(&key), "{case}: {key}");
            assert!(widget.get(b"TU").is_ok() && widget.get(b"Contents").is_ok());
            let root = written.get_object((4, 0)).unwrap().as_dict().unwrap();
            assert_eq!(root.get(b"ParentTreeNextKey").unwrap().as_i64().unwrap(), 5);
            let element = looked_up(&written, root.get(b"ParentTree").unwrap(), key).expect("an entry of the tree");
            let entries = written.get_object(element).unwrap().as_dict().unwrap();
            assert_eq!(entries.get(b"S").unwrap().as_name().unwrap(), b"Form");
            assert_eq!(entries.get(b"P").unwrap().as_reference().unwrap(), (5, 0));
            assert_eq!(entries.get(b"NS").unwrap().as_reference().unwrap(), (6, 0));
            let object = entries.get(b"K").unwrap().as_dict().unwrap();
            let id = object.get(b"Obj").unwrap().as_reference().unwrap();
            assert_eq!(written.get_object(id).unwrap().as_dict().unwrap(), widget);
            let parent = written.get_object((5, 0)).unwrap().as_dict().unwrap();
            let kids = written.dereference(parent.get(b"K").unwrap()).unwrap().1.as_array().unwrap();
            assert!(kids.contains(&Object::Reference(element)), "{case}");
        }
    }
}

/// The value of a key in a number tree, by a walk that looks at the limits.
fn looked_up(document: &lopdf::Document, node: &Object, key: i64) -> Option<(u32, u16)> {
    let entries = document.dereference(node).ok()?.1.as_dict().ok()?;
    if let Ok(kids) = entries.get(b"Kids") {
        return kids.as_array().ok()?.iter().find_map(|kid| {
            let limits = document.dereference(kid).ok()?.1.as_dict().ok()?.get(b"Limits").ok()?.as_array().ok()?;
            let (least, most) = (limits[0].as_i64().ok()?, limits[1].as_i64().ok()?);
            if (least..=most).contains(&key) { looked_up(document, kid, key) } else { None }
        });
    }
    let numbers = document.dereference(entries.get(b"Nums").ok()?).ok()?.1.as_array().ok()?;
    numbers.chunks(2).find(|pair| pair[0].as_i64().is_ok_and(|known| known == key))?[1].as_reference().ok()
}

#[test]
fn after_a_signature_a_new_field_is_not_tagged() {
    let document = tagged("/ParentTree<</Nums[]>>", "")
        .with(1, "<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 4 0 R/AcroForm<</Fields[8 0 R]>>>>")
        .with(8, "<</FT/Sig/T(b)/V<</Type/Sig>>>>")
        .bytes();
    let session = begin(&document, options(r#"{"appearance": {}}"#), drawn).unwrap();
    assert!(warned(session.report(), WarningCode::NotTagged));
    let [widget] = widgets(&written(&document, &session)).try_into().unwrap();
    assert!(widget.get(b"StructParent").is_err());
}

#[test]
fn empty_fields_come_with_the_first_signature_only() {
    let document = page("/MediaBox[0 0 600 400]");
    let code = |document: &[u8], json: &str| begin(document, options(json), drawn).unwrap_err().code();
    let session = prepared(&document, options(r#"{"emptyFields": [{"name": "a"}, {"name": "b", "rect": [0, 0, 50, 50]}]}"#)).unwrap();
    let written = written(&document, &session);
    let fields = widgets(&written);
    assert_eq!(fields.len(), 3);
    assert_eq!(fields.iter().filter(|field| field.get(b"V").is_err() && field.get(b"AP").is_ok()).count(), 2);
    let annotations = written.get_object((3, 0)).unwrap().as_dict().unwrap().get(b"Annots").unwrap().as_array().unwrap();
    assert_eq!(annotations.len(), 3);
    assert!(session.report().rect.is_none());
    assert_eq!(code(&document, r#"{"emptyFields": [{"name": "a"}, {"name": "a"}]}"#), Code::FieldName);
    assert_eq!(code(&document, r#"{"emptyFields": [{"name": "a.b"}]}"#), Code::FieldName);
    assert_eq!(code(&document, r#"{"emptyFields": [{"name": "Signature1"}]}"#), Code::FieldName);
    assert_eq!(code(&document, r#"{"emptyFields": [{"name": "a"}], "certify": 1}"#), Code::OptionValue);
    assert_eq!(code(&apart(true), r#"{"emptyFields": [{"name": "c"}]}"#), Code::OptionValue);
}

#[test]
fn a_session_of_a_visible_signature_is_saved_sealed() {
    let document = page("/MediaBox[0 0 600 400]");
    let session = begin(&document, options(r#"{"appearance": {}}"#), drawn).unwrap();
    assert_eq!(session.serialize_unsealed().unwrap_err().code(), Code::OptionValue);
    let sealed = session.serialize(&[1; 32]).unwrap();
    let unsealed = Session::unseal(&sealed, &[1; 32]).unwrap();
    assert_eq!(unsealed.report().rect, session.report().rect);
    assert_eq!(unsealed.covered_update(), session.covered_update());
}
