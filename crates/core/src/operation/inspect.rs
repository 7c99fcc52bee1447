//! Facts of a document and its signatures. Nothing is verified here: that is a validator's work.

use serde::Serialize;

use super::levels::shown_level;
use crate::cms::{ContainerSummary, TimestampToken, container_facts, summarise_container};
use crate::document::{Budget, Catalog, FieldKind, Form, Page};
use crate::error::Result;
use crate::file::xref::Kind;
use crate::file::{File, IndirectObject};
use crate::io::Io;
use crate::limits;
use crate::options::Password;
use crate::report::{Level, Warning};
use crate::signature::{DOCUMENT_TIMESTAMP, ExistingSignature, SecurityStore, certification, existing_signatures};
use crate::syntax::{Dictionary, write};
use crate::x509::{CertificateSummary, time};

/// Facts of a document.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DocumentInfo {
    /// Version of PDF, such as `1.7`.
    pub version: String,
    /// Length in bytes.
    pub length: u64,
    /// Number of pages, as the page tree counts them.
    pub pages: Option<u64>,
    /// Number of revisions: the first, and one for each incremental update.
    pub revisions: usize,
    /// Kind of the newest cross-reference section: `table` or `stream`.
    pub xref: &'static str,
    /// Level of the certification, 1 to 3.
    pub certified: Option<i64>,
    /// Terminal fields of the form.
    pub fields: Vec<FieldInfo>,
    /// Signatures, in the order of their ends in the file.
    pub signatures: Vec<SignatureInfo>,
    /// Time by which the evidence of a signature must be renewed, in RFC 3339: the earliest of all.
    pub renew_before: Option<String>,
    /// Warnings.
    pub warnings: Vec<Warning>,
}

/// A field of the form.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FieldInfo {
    /// Full name.
    pub name: String,
    /// `Sig`, `Tx`, `Btn` or `Ch`; empty if the file does not say.
    pub r#type: &'static str,
    /// Whether it is a signature field with a signature.
    pub signed: bool,
}

/// Facts of a signature, from its dictionary and its container.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignatureInfo {
    /// Full name of its field.
    pub field: String,
    /// `/SubFilter`.
    pub sub_filter: Option<String>,
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/ContactInfo`.
    pub contact_info: Option<String>,
    /// `/M`, as it is in the file.
    pub signing_time: Option<String>,
    /// `/ByteRange`, as it is in the file.
    pub byte_range: Vec<i64>,
    /// Whether it covers all of the document except its own container.
    pub covers_whole_file: bool,
    /// Revision that it signed, from 1.
    pub revision: usize,
    /// `/P` of its DocMDP reference.
    pub doc_mdp: Option<i64>,
    /// Lock of its FieldMDP reference.
    pub lock: Option<LockInfo>,
    /// Level that a PAdES signature shows (EN 319 142-1, 6.3). Nothing is judged.
    pub level: Option<Level>,
    /// Time by which its evidence must be renewed, in RFC 3339: the end of the certificate of its last timestamp.
    pub renew_before: Option<String>,
    /// Certificate of the signer, if the container has it.
    pub signer: Option<CertificateSummary>,
    /// Certificates of the container.
    pub certificates: Vec<CertificateSummary>,
}

/// Fields that a signature locks.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LockInfo {
    /// `all`, `include` or `exclude`.
    pub action: &'static str,
    /// Full names of fields.
    pub fields: Vec<String>,
}

/// Reads the facts of a document.
///
/// Errors: those of the file group, `ERR_LIMIT`.
pub(crate) async fn inspect(io: &Io, password: Option<&Password>) -> Result<DocumentInfo> {
    let password = password.map(Password::as_str);
    let file = File::open(io, password).await?;
    match inspect_file(&file).await {
        Err(error) => {
            let rebuilt = file.rebuild_after(password, error.clone()).await?;
            inspect_file(&rebuilt).await.map_err(|other| error.or_what_is_missing(other))
        }
        outcome => outcome,
    }
}

async fn inspect_file(file: &File) -> Result<DocumentInfo> {
    let catalog = Catalog::open(file).await?;
    let form = Form::open(file, &catalog).await?;
    let existing = existing_signatures(file, &form).await?;
    let (mut unordered, mut order, mut budget) = (Vec::with_capacity(existing.len()), Vec::with_capacity(existing.len()), Budget::new());
    for signature in &existing {
        let signature = SignatureInfo::read(file, signature, &mut budget).await?;
        // By their ends. Code that sorts adds 6 KB to the module for each type, and to move thousands of signatures takes seconds.
        let place = order.partition_point(|(end, _)| *end <= signature.end());
        order.insert(place, (signature.end(), unordered.len()));
        unordered.push(Some(signature));
    }
    let mut signatures: Vec<SignatureInfo> = order.into_iter().filter_map(|(_, index)| unordered[index].take()).collect();
    let renew_before = show_levels(file, &catalog, &existing, &mut signatures).await?;
    let mut warnings = Vec::new();
    file.warn(&mut warnings);
    form.warn(false, &mut warnings);
    let (major, minor) = catalog.version;
    Ok(DocumentInfo {
        version: format!("{major}.{minor}"),
        length: file.io.length(),
        pages: Page::count(file, &catalog).await?,
        revisions: file.xref.revisions(),
        xref: match file.xref.kind {
            Kind::Table => "table",
            Kind::Stream => "stream",
        },
        certified: certification(file, &catalog).await?,
        fields: form
            .fields
            .terminal
            .iter()
            .map(|field| FieldInfo {
                name: field.name.clone(),
                r#type: field.kind.as_str(),
                signed: field.kind == FieldKind::Signature && field.value.is_some(),
            })
            .collect(),
        signatures,
        renew_before,
        warnings,
    })
}

/// Fills in the levels, and returns the earliest time by which evidence must be renewed.
async fn show_levels(
    file: &File,
    catalog: &Catalog,
    existing: &[ExistingSignature],
    signatures: &mut [SignatureInfo],
) -> Result<Option<String>> {
    if existing.is_empty() {
        return Ok(None);
    }
    let store = SecurityStore::read(file, catalog).await?;
    let (mut stamps, mut own) = (Vec::new(), Vec::new());
    for signature in existing {
        let empty = Dictionary::default();
        let entries = signature.loaded.dictionary().unwrap_or(&empty);
        let contents = file.entry(entries, "Contents", &signature.loaded).await?;
        let container = contents.as_ref().and_then(|loaded| loaded.object.value.as_string()).unwrap_or_default();
        file.io.charge(limits::WORK_CONTAINER * container.len() as u64)?;
        let facts = container_facts(container);
        // The store has the certificates of a token that lacks its own.
        let known = facts.iter().flat_map(|facts| &facts.certificates).chain(&store.certificates).cloned().collect::<Vec<_>>();
        if entries.name("SubFilter") == Some(DOCUMENT_TIMESTAMP.as_bytes()) {
            let end = signatures.iter().find(|info| info.field == signature.field).map_or(0, SignatureInfo::end);
            stamps.extend(TimestampToken::parse(container, &known).ok().map(|token| (end, token.signer.validity().1)));
        } else {
            let tokens = facts.iter().flat_map(|facts| &facts.timestamps);
            let last = tokens.filter_map(|token| TimestampToken::parse(token, &known).ok()).map(|token| token.signer.validity().1).max();
            own.push((signature.field.clone(), last));
        }
    }
    if stamps.is_empty() && own.iter().all(|(_, last)| last.is_none()) {
        let pades = signatures.iter_mut().filter(|info| info.sub_filter.as_deref() == Some("ETSI.CAdES.detached"));
        pades.for_each(|info| info.level = Some(Level::BB));
        return Ok(None);
    }
    let store_at = match store.id().filter(|_| store.has_proofs()) {
        Some(id) => file.place(id).await?,
        None => None,
    };
    let mut earliest: Option<i64> = None;
    for info in signatures.iter_mut().filter(|info| info.sub_filter.as_deref() == Some("ETSI.CAdES.detached")) {
        let last = own.iter().find(|(field, _)| *field == info.field).and_then(|(_, last)| *last);
        let covering: Vec<(u64, i64)> = stamps.iter().copied().filter(|(end, _)| *end > info.end()).collect();
        let ends: Vec<u64> = covering.iter().map(|(end, _)| *end).collect();
        info.level = Some(shown_level(last.is_some(), &ends, store_at));
        let until = covering.iter().max_by_key(|(end, _)| *end).map(|(_, until)| *until).or(last);
        info.renew_before = until.map(time::rfc3339);
        earliest = until.map(|until| earliest.map_or(until, |earliest| earliest.min(until))).or(earliest);
    }
    Ok(earliest.map(time::rfc3339))
}

impl SignatureInfo {
    async fn read(file: &File, signature: &ExistingSignature, budget: &mut Budget) -> Result<SignatureInfo> {
        let holder = &signature.loaded;
        let empty = Dictionary::default();
        let entries = holder.dictionary().unwrap_or(&empty);
        let mut byte_range = Vec::new();
        if let Some(array) = file.entry(entries, "ByteRange", holder).await? {
            byte_range.extend(
                array
                    .object
                    .value
                    .as_array()
                    .unwrap_or_default()
                    .iter()
                    .take(limits::BYTE_RANGE)
                    .map(|item| item.value.as_integer().unwrap_or(-1)),
            );
        }
        let contents = file.entry(entries, "Contents", holder).await?;
        let container = contents.as_ref().and_then(|loaded| loaded.object.value.as_string()).unwrap_or_default();
        file.io.charge(limits::WORK_CONTAINER * container.len() as u64)?;
        budget.keep_bytes(2 * container.len())?; // a summary is smaller than its certificate
        let ContainerSummary { signer, certificates } = summarise_container(container);
        let mut text = async |key: &str| text(file, entries, key, holder, budget).await;
        let mut info = SignatureInfo {
            field: signature.field.clone(),
            sub_filter: entries.name("SubFilter").map(|name| String::from_utf8_lossy(name).into_owned()),
            name: text("Name").await?,
            reason: text("Reason").await?,
            location: text("Location").await?,
            contact_info: text("ContactInfo").await?,
            signing_time: text("M").await?,
            byte_range,
            covers_whole_file: false,
            revision: 0,
            doc_mdp: signature.doc_mdp,
            lock: signature.locks.first().map(|(lock, _)| LockInfo { action: lock.action.as_str(), fields: lock.fields.clone() }),
            level: None,
            renew_before: None,
            signer,
            certificates,
        };
        let end = info.end();
        // Everything except the hex string of this signature's /Contents with its delimiters (12.8.1).
        let gap = file.value_range(holder.id, "Contents").await?;
        info.covers_whole_file = match (&info.byte_range[..], gap) {
            ([0, before, resume, after], Some(gap)) if *after >= 0 => {
                (*before, *resume) == (gap.start as i64, gap.end as i64)
                    && resume.checked_add(*after) == i64::try_from(file.io.length()).ok()
            }
            _ => false,
        };
        info.revision = file.xref.revision_at(end);
        Ok(info)
    }

    /// Where what it covers ends; 0 for a range that is not one.
    fn end(&self) -> u64 {
        match self.byte_range[..] {
            [start, before, resume, after] if start.min(before).min(resume).min(after) >= 0 => {
                u64::try_from(resume.saturating_add(after)).unwrap_or(0)
            }
            _ => 0,
        }
    }
}

async fn text(file: &File, entries: &Dictionary, key: &str, holder: &IndirectObject, budget: &mut Budget) -> Result<Option<String>> {
    let loaded = file.entry(entries, key, holder).await?;
    let text = loaded.as_ref().and_then(|loaded| loaded.object.value.as_string()).map(write::decode_text_string);
    budget.keep_bytes(text.as_ref().map_or(0, String::len))?;
    Ok(text)
}
