//! `/Extensions` of the catalog: what a signature uses beyond its version of PDF. ISO 32000-2, 7.12.

use crate::document::Catalog;
use crate::error::Result;
use crate::file::File;
use crate::report::{Warning, WarningCode};
use crate::syntax::{Dictionary, Value};

/// What a new signature uses.
pub(crate) struct Uses {
    /// `ETSI.CAdES.detached`.
    pub(crate) pades: bool,
    /// EdDSA, or ECDSA on the curves of ISO/TS 32002.
    pub(crate) ts_32002: bool,
    /// EdDSA, which no PDF below 2.0 knows.
    pub(crate) eddsa: bool,
    /// An integrity code (ISO/TS 32004).
    pub(crate) mac: bool,
}

impl Uses {
    /// Extension dictionaries of the technical specifications that are used: level and revision.
    fn specifications(&self) -> impl Iterator<Item = (i64, &'static str)> {
        let used = [(self.ts_32002, (32002, ":2022")), (self.mac, (32004, ":2024"))];
        used.into_iter().filter_map(|(used, specification)| used.then_some(specification))
    }
}

/// The value that `/Extensions` must get, if any; and what a reader of that version may object to.
///
/// In 1.7, `/ESIC` announces PAdES (EN 319 142-1, 5.6) unless it, or `/ADBE` of level 8, is there. In 2.0, where PAdES belongs to
/// the standard, `/ISO_` is an array with a dictionary for each technical specification that is used (ISO/TS 32002, 5).
pub(super) async fn needed(file: &File, catalog: &Catalog, uses: &Uses) -> Result<(Option<Vec<u8>>, Vec<Warning>)> {
    let mut warnings = Vec::new();
    if uses.eddsa && catalog.version < (2, 0) {
        let (major, minor) = catalog.version;
        warnings.push(
            WarningCode::Ed25519Version.because(format!(
                "Ed25519 belongs to PDF 2.0 (ISO/TS 32002) and the document is {major}.{minor}: a reader may not know it"
            )),
        );
    }
    let current = file.entry(catalog.dictionary(), "Extensions", &catalog.loaded).await?;
    let entries = current.as_ref().and_then(|loaded| loaded.dictionary());
    let (key, value, append) = match catalog.version {
        (1, 7) if uses.pades => {
            let present = |key: &str, least: i64| {
                let extension = entries.and_then(|entries| entries.get(key)).and_then(Value::as_dictionary);
                extension.is_some_and(|extension| extension.integer("ExtensionLevel").unwrap_or(0) >= least)
            };
            if present("ESIC", 0) || present("ADBE", 8) {
                return Ok((None, warnings));
            }
            ("ESIC", "<</BaseVersion /1.7 /ExtensionLevel 2>>".to_owned(), false)
        }
        version if version >= (2, 0) => {
            let listed = |level: i64| match entries.and_then(|entries| entries.get("ISO_")) {
                Some(Value::Array(items)) => items.iter().any(|item| item.value.as_dictionary().is_some_and(|one| has_level(one, level))),
                Some(Value::Dictionary(dictionary)) => has_level(dictionary, level),
                _ => false,
            };
            let missing: Vec<String> = uses
                .specifications()
                .filter(|(level, _)| !listed(*level))
                .map(|(level, revision)| format!("<</BaseVersion /2.0 /ExtensionLevel {level} /ExtensionRevision ({revision})>>"))
                .collect();
            if missing.is_empty() {
                return Ok((None, warnings));
            }
            ("ISO_", missing.join(" "), true)
        }
        _ => return Ok((None, warnings)),
    };
    let Some(loaded) = &current else {
        let value = if append { format!("[{value}]") } else { value };
        return Ok((Some(format!("<</{key} {value}>>").into_bytes()), warnings));
    };
    // Copied out of its own place, so that it may stand in the catalog whether it was a reference or not.
    let mut splice = crate::syntax::splice::Splice::new(&loaded.source, &loaded.object);
    let Some(entries) = entries else { return Ok((None, warnings)) };
    match entries.object(key) {
        Some(object) if append && matches!(object.value, Value::Array(_)) => splice.push(&object.span, value.as_bytes()),
        Some(object) if append && matches!(object.value, Value::Dictionary(_)) => {
            let old = loaded.source.get(object.span.clone()).unwrap_or_default();
            splice.replace(&object.span, &[b"[", old, value.as_bytes(), b"]"].concat());
        }
        _ => {
            let value = if append { format!("[{value}]") } else { value };
            splice.set(entries, &loaded.object.span, key, value.as_bytes());
        }
    }
    Ok((Some(splice.finish()), warnings))
}

fn has_level(dictionary: &Dictionary, level: i64) -> bool {
    dictionary.integer("ExtensionLevel") == Some(level)
}
