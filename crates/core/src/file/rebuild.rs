//! A file whose cross-reference is missing or damaged, by the objects that a scan of it finds.

use std::collections::BTreeMap;

use super::ends::{self, Ends};
use super::scan::{Scan, Trailer};
use super::window::Reader;
use super::xref::{CrossReference, Entry};
use super::{File, IndirectObject};
use crate::error::{Code, Error, Result};
use crate::io::Io;
use crate::limits;
use crate::report::WarningCode;
use crate::syntax::splice::Splice;
use crate::syntax::{Dictionary, Lexer, Object, ObjectId, Value, parse_object, write};

impl File {
    /// The file by its objects. `damage` is what was wrong with its own cross-reference.
    ///
    /// Errors: `ERR_FILE_TRUNCATED`, `ERR_CATALOG` and `ERR_PAGE_TREE` for missing parts, `ERR_NOT_A_PDF` for a document that was converted as text,
    /// `ERR_XREF_BROKEN` for one that is encrypted and has no trailer.
    pub(super) async fn rebuild(io: &Io, ends: &Ends, password: Option<&str>, damage: Error) -> Result<File> {
        let base = ends.header.unwrap_or(0);
        let Scan { objects, object_streams, mut trailers, catalogs, sample, .. } = Scan::run(io, base).await?;
        ends::check_conversion(&sample)?;
        if objects.is_empty() {
            return Err(Code::FileTruncated.because("the document has no objects"));
        }
        // Where each definition stands: the last counts, and that of an object in a stream stands where the stream does.
        let (mut defined, mut entries) = (BTreeMap::new(), BTreeMap::new());
        for (number, (generation, at)) in objects {
            defined.insert(number, at);
            entries.insert(number, Entry::Offset { offset: at - base, generation });
        }

        // An older trailer than the last is tried where the last is none, such as the first of a linearized file (annex F.3).
        let rooted = trailers.iter().rposition(|trailer| trailer.object.value.as_dictionary().and_then(root).is_some());
        let last = rooted.unwrap_or(trailers.len().saturating_sub(1));
        if rooted.is_none() && password.is_some_and(|password| !password.is_empty()) {
            let found = "its trailer is lost, which says how the document is encrypted";
            return Err(Code::XrefBroken.because(found).with_remedy("get a complete copy; if it is not encrypted, leave `password` out"));
        }
        let trailer = if trailers.is_empty() { bare_trailer() } else { trailers.swap_remove(last) };
        let mut file = File::make(io, ends, Reader::new(io), base, CrossReference::rebuilt(entries, trailer));
        let comment = (sample.is_empty() && ends.converted_comment).then_some("its first comment was, and its cross-reference is damaged");
        if let Some(found) = ends.moved.or(comment) {
            file.damage.push((WarningCode::Converted, ends::converted(found)));
        }
        file.damage.push((WarningCode::XrefRebuilt, damage));
        file.decrypt(password).await?;

        // What the strings were decrypted by stays: it does not stand in an object stream (7.5.7).
        let encrypt = file.xref.trailer.get("Encrypt").and_then(Value::as_reference).map(|id| id.number);
        for (number, at) in object_streams {
            if defined.get(&number) != Some(&at) {
                continue;
            }
            // One that cannot be decoded is lost, and what it held with it: who needs that will say so.
            let stream = match file.object_stream(number).await {
                Err(error) if error.code() == Code::Limit => return Err(error),
                Err(_) => continue,
                Ok(stream) => stream,
            };
            file.io.charge(2 * limits::WORK_INSERT * stream.places().len() as u64)?;
            for place in stream.places().iter().filter(|place| Some(place.number) != encrypt) {
                if defined.get(&place.number).is_none_or(|other| *other < at) && (1..=limits::OBJECT_NUMBER).contains(&place.number) {
                    defined.insert(place.number, at);
                    file.xref.add_compressed(place.number, number, place.index);
                }
                if defined.len() > limits::REBUILT_OBJECTS {
                    return Err(limits::exceeded("objects, and its cross-reference is damaged", limits::REBUILT_OBJECTS));
                }
            }
        }
        file.xref.drop_dangling();
        file.find_root(&catalogs).await?;
        Ok(file)
    }

    /// The same document with its cross-reference rebuilt, where it was read by its own and `error` came of that.
    ///
    /// Errors: `error` where there is nothing to be rebuilt, or the damage that made a rebuilt document be one.
    pub(crate) async fn rebuild_after(&self, password: Option<&str>, error: Error) -> Result<File> {
        if !error.is_damage() {
            return Err(error);
        }
        if self.xref.rebuilt_entries().is_some() {
            let damage = self.damage.iter().find(|(code, _)| *code == WarningCode::XrefRebuilt).map(|(_, damage)| damage.clone());
            return Err(damage.map_or(error.clone(), |damage| damage.or_what_is_missing(error)));
        }
        let rebuilt = File::rebuild(&self.io, &ends::read(&self.io).await?, password, error.clone()).await;
        rebuilt.map_err(|other| error.or_what_is_missing(other))
    }

    /// Makes the trailer point at a catalog: its own where that is one, else the last object that calls itself so.
    ///
    /// Errors: `ERR_CATALOG` where there is none, `ERR_PAGE_TREE` where none has pages.
    async fn find_root(&mut self, catalogs: &[ObjectId]) -> Result<()> {
        if let Some(id) = root(&self.xref.trailer)
            && self.catalog(id, false).await? == Some(true)
        {
            return Ok(());
        }
        let inside = self.xref.rebuilt_entries().into_iter().flatten().rev();
        let inside = inside.filter(|(_, entry)| matches!(entry, Entry::Compressed { .. })).map(|(number, _)| ObjectId::new(*number, 0));
        let (mut found, mut without_pages) = (None, None);
        for id in catalogs.iter().rev().copied().chain(inside) {
            match self.catalog(id, true).await? {
                Some(true) => {
                    found = Some(id);
                    break;
                }
                Some(false) => drop(without_pages.get_or_insert(id)),
                None => {}
            }
        }
        let id = match (found, without_pages) {
            (Some(id), _) => id,
            (None, Some(id)) => return Err(Code::PageTree.because("the catalog has no /Pages reference").within(id)),
            (None, None) => return Err(Code::Catalog.because("the document has no catalog among its objects")),
        };
        let object = Object { value: Value::Dictionary(self.xref.trailer.clone()), span: self.xref.trailer_span.clone() };
        let mut splice = Splice::new(&self.xref.trailer_source, &object);
        splice.set(&self.xref.trailer, &object.span, "Root", &write::reference(id));
        let source = splice.finish();
        let object = parse_object(&mut Lexer::new(&source, 0, true)).map_err(|_| Error::from(Code::Internal))?;
        let Value::Dictionary(trailer) = object.value else { return Err(Code::Internal.into()) };
        (self.xref.trailer, self.xref.trailer_source, self.xref.trailer_span) = (trailer, source, object.span);
        Ok(())
    }

    /// Whether the object has `/Pages`, if it can be the catalog: by its `/Type` where `typed`.
    async fn catalog(&self, id: ObjectId, typed: bool) -> Result<Option<bool>> {
        match self.load(id).await {
            Ok(loaded) => {
                let dictionary = loaded.as_ref().and_then(IndirectObject::dictionary);
                let dictionary = dictionary.filter(|dictionary| !typed || dictionary.name("Type") == Some(b"Catalog"));
                Ok(dictionary.map(|dictionary| dictionary.get("Pages").is_some()))
            }
            Err(error) if error.code() == Code::Limit => Err(error),
            Err(_) => Ok(None),
        }
    }
}

/// The reference that a trailer has to the catalog.
fn root(trailer: &Dictionary) -> Option<ObjectId> {
    trailer.get("Root")?.as_reference()
}

fn bare_trailer() -> Trailer {
    Trailer { source: b"<<>>".to_vec(), object: Object { value: Value::Dictionary(Dictionary::default()), span: 0..4 } }
}
