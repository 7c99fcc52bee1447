//! The document catalog. ISO 32000-2, 7.7.2.

use std::sync::LazyLock;

use crate::error::{Code, Result};
use crate::file::{File, IndirectObject};
use crate::syntax::{Dictionary, Value};

/// The catalog, and what the signing needs to know of it.
#[derive(Clone)]
pub(crate) struct Catalog {
    pub(crate) loaded: IndirectObject,
    /// The version of the document: the later of the header's and the catalog's (7.7.2).
    pub(crate) version: (u8, u8),
    /// Whether the document says that it is tagged (14.7.1).
    pub(crate) tagged: bool,
}

impl Catalog {
    /// Errors: `ERR_CATALOG`, and what loading an object gives.
    pub(crate) async fn open(file: &File) -> Result<Catalog> {
        let Some(id) = file.xref.trailer.get("Root").and_then(Value::as_reference) else {
            return Err(Code::Catalog.because("the trailer has no /Root reference"));
        };
        let Some(loaded) = file.load(id).await? else { return Err(Code::Catalog.because("the catalog is missing").within(id)) };
        let Some(dictionary) = loaded.dictionary() else { return Err(Code::Catalog.because("the catalog is not a dictionary").within(id)) };
        // As a name, says table 29; some writers give a number.
        let given = file.entry(dictionary, "Version", &loaded).await?;
        let given = given.as_ref().and_then(|given| match &given.object.value {
            Value::Name(name) => Some(name.as_slice()),
            Value::Real => given.source.get(given.object.span.clone()),
            _ => None,
        });
        let version = match given {
            Some([major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9']) => (major - b'0', minor - b'0').max(file.header_version),
            _ => file.header_version,
        };
        let tagged = match file.entry(dictionary, "MarkInfo", &loaded).await? {
            Some(info) => info.dictionary().and_then(|info| info.get("Marked")) == Some(&Value::Boolean(true)),
            None => false,
        };
        Ok(Catalog { version, tagged, loaded })
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        static EMPTY: LazyLock<Dictionary> = LazyLock::new(Dictionary::default);
        self.loaded.dictionary().unwrap_or(&EMPTY)
    }
}

/// The property of the metadata that names the part of PDF/A.
const PDF_A: &[u8] = b"pdfaid:part";

/// Whether the metadata of the document says that it is PDF/A (ISO 19005-2, 6.6.4).
///
/// Errors: `ERR_LIMIT`. Metadata that cannot be read says nothing.
pub(crate) async fn is_pdf_a(file: &File, catalog: &Catalog) -> Result<bool> {
    let metadata = async {
        let Some(metadata) = file.entry(catalog.dictionary(), "Metadata", &catalog.loaded).await? else { return Ok(Vec::new()) };
        if metadata.stream.is_none() { Ok(Vec::new()) } else { file.decoded_stream(&metadata).await }
    };
    match metadata.await {
        Err(error) if error.is_damage() => Ok(false),
        metadata => Ok(metadata?.windows(PDF_A.len()).any(|window| window == PDF_A)),
    }
}
