//! The document security store (`/DSS`): certificates and revocation data for validation. ISO 32000-2, 12.8.4.3.

use std::sync::Arc;

use crate::digest::DigestAlgorithm;
use crate::document::{Budget, Catalog};
use crate::error::{Code, Result};
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::report::ValidationReport;
use crate::revision::{NewObjects, UpdateBuilder};
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name, Source};
use crate::syntax::{ObjectId, write};
use crate::x509::Certificate;

/// Keys of the arrays (table 261), in the order of [`Evidence::lists`].
const KEYS: [&str; 3] = ["Certs", "OCSPs", "CRLs"];

/// A certificate, an OCSP response or a list, in DER. A list can have 50 MB.
pub(crate) type Element = Arc<Vec<u8>>;

/// Elements for the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub(crate) certificates: Vec<Element>,
    pub(crate) ocsps: Vec<Element>,
    pub(crate) crls: Vec<Element>,
}

impl Evidence {
    fn lists(&self) -> [&[Element]; 3] {
        [&self.certificates, &self.ocsps, &self.crls]
    }

    /// Adds an element to a list once.
    pub(crate) fn add(list: &mut Vec<Element>, element: &Element) {
        if !list.contains(element) {
            list.push(Arc::clone(element));
        }
    }
}

/// The store as a document has it.
pub(crate) struct SecurityStore {
    /// The dictionary: in an object of its own, or within the catalog.
    place: Option<Place>,
    /// SHA-256 of the elements of each list.
    present: [Vec<Vec<u8>>; 3],
    /// Its certificates, as far as they can be read.
    pub(crate) certificates: Vec<Certificate>,
}

struct Place {
    loaded: IndirectObject,
    /// Whether `loaded` is the dictionary, and not the catalog around it.
    is_own: bool,
}

impl SecurityStore {
    /// Errors: `ERR_DSS`, and what loading an object gives.
    pub(crate) async fn read(file: &File, catalog: &Catalog) -> Result<SecurityStore> {
        let mut store = SecurityStore { place: None, present: Default::default(), certificates: Vec::new() };
        let Some(object) = catalog.dictionary().object("DSS") else { return Ok(store) };
        let Some(loaded) = file.resolve(object, &catalog.loaded).await? else { return Ok(store) };
        let Some(entries) = loaded.dictionary() else { return Err(Code::Dss.because("/DSS is not a dictionary").within(loaded.id)) };
        let mut budget = Budget::new();
        for (key, present) in KEYS.into_iter().zip(&mut store.present) {
            let Some(array) = file.entry(entries, key, &loaded).await? else { continue };
            let Some(items) = array.object.value.as_array() else {
                return Err(Code::Dss.because(format!("/{key} of /DSS is not an array")).within(loaded.id));
            };
            if items.len() > limits::STORED {
                return Err(limits::exceeded("entries of /DSS", limits::STORED));
            }
            for item in items {
                let Some(element) = file.resolve(item, &array).await? else { continue };
                if element.stream.is_none() {
                    continue; // a validator finds nothing there, too
                }
                let data = file.decoded_stream(&element).await?;
                present.push(DigestAlgorithm::Sha256.digest(&[&data]));
                if key == "Certs"
                    && let Some(certificate) = Certificate::from_der(&data)
                {
                    budget.keep_bytes(data.len())?;
                    store.certificates.push(certificate);
                }
            }
        }
        let is_own = loaded.id != catalog.loaded.id;
        store.place = Some(Place { loaded, is_own });
        Ok(store)
    }

    /// The object of the dictionary, or the catalog around it.
    pub(crate) fn id(&self) -> Option<ObjectId> {
        self.place.as_ref().map(|place| place.loaded.id)
    }

    /// Whether it has revocation data.
    pub(crate) fn has_proofs(&self) -> bool {
        let [_, ocsps, crls] = &self.present;
        !ocsps.is_empty() || !crls.is_empty()
    }

    /// Adds the elements that are missing, each as a stream, and points the catalog to the store. Existing entries stay in their order.
    ///
    /// No `/VRI` is made (EN 319 142-1, 6.3, note v).
    pub(super) async fn extend(
        &self,
        update: &mut UpdateBuilder<'_>,
        catalog: &Catalog,
        splice: &mut Splice<'_>,
        evidence: &Evidence,
    ) -> Result<ValidationReport> {
        let mut report = ValidationReport {
            certificates: self.present[0].len(),
            ocsps: self.present[1].len(),
            crls: self.present[2].len(),
            ..ValidationReport::default()
        };
        let mut added: [Vec<u8>; 3] = Default::default();
        let counts = [&mut report.certificates, &mut report.ocsps, &mut report.crls];
        for (((list, present), references), count) in evidence.lists().into_iter().zip(&self.present).zip(&mut added).zip(counts) {
            for element in list.iter().filter(|element| !present.contains(&DigestAlgorithm::Sha256.digest(&[element]))) {
                let id = update.new_id();
                update.put_stream(id, DictionaryWriter::new().finish(), element.to_vec());
                *count += 1;
                if !references.is_empty() {
                    references.push(b' ');
                }
                references.extend_from_slice(&write::reference(id));
                report.added += 1;
                report.bytes += element.len() as u64;
            }
        }
        let Some(Place { loaded, is_own }) = &self.place else {
            let mut dictionary = DictionaryWriter::of_type(Name("DSS"));
            for (key, references) in KEYS.into_iter().zip(&added).filter(|(_, references)| !references.is_empty()) {
                dictionary.pair(Name(key), Source(&[b"[", references.as_slice(), b"]"].concat()));
            }
            let id = update.new_id();
            update.put(id, dictionary.finish());
            splice.set(catalog.dictionary(), &catalog.loaded.object.span, "DSS", &write::reference(id));
            return Ok(report);
        };
        let (entries, object) = match is_own {
            true => (loaded.dictionary(), &loaded.object),
            false => {
                let object = catalog.dictionary().object("DSS").ok_or(Code::Internal)?;
                (object.value.as_dictionary(), object)
            }
        };
        let entries = entries.ok_or(Code::Internal)?;
        let mut own = Splice::new(&loaded.source, &loaded.object);
        for (key, references) in KEYS.into_iter().zip(&added).filter(|(_, references)| !references.is_empty()) {
            match is_own {
                true => update.push_references(&mut own, loaded, entries, object, key, references).await?,
                false => update.push_references(splice, loaded, entries, object, key, references).await?,
            }
        }
        if *is_own {
            update.replace(loaded, own)?;
        }
        Ok(report)
    }

    /// An update of the store alone.
    pub(crate) async fn plan(&self, file: &File, catalog: &Catalog, evidence: &Evidence) -> Result<(NewObjects, ValidationReport)> {
        let mut update = UpdateBuilder::new(file)?;
        let root = &catalog.loaded;
        let mut splice = Splice::new(&root.source, &root.object);
        let report = self.extend(&mut update, catalog, &mut splice, evidence).await?;
        update.replace(root, splice)?;
        Ok((update.finish(), report))
    }
}
