//! A file whose cross-reference is missing or damaged, by the objects that a scan of it finds.

use std::collections::BTreeMap;

use super::ends::Ends;
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
    /// The file by its objects. `damage` is what was wrong with its own cross-reference, and is returned where nothing better is found.
    pub(super) async fn rebuild(io: &Io, ends: &Ends, password: Option<&str>, damage: Error) -> Result<File> {
        let base = ends.header.unwrap_or(0);
        let Scan { objects, object_streams, mut trailers, catalogs, .. } = Scan::run(io, base).await?;
        if objects.is_empty() {
            return Err(damage);
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
        let trailer = if trailers.is_empty() { bare_trailer() } else { trailers.swap_remove(last) };
        let mut file = File::make(io, ends, Reader::new(io), base, CrossReference::rebuilt(entries, trailer));
        file.damage.push((WarningCode::XrefRebuilt, damage.clone()));
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
        file.find_root(&catalogs, damage).await?;
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
            return Err(self.damage.iter().find(|(code, _)| *code == WarningCode::XrefRebuilt).map_or(error, |(_, damage)| damage.clone()));
        }
        File::rebuild(&self.io, &super::ends::read(&self.io).await?, password, error).await
    }

    /// Makes the trailer point at a catalog: its own where that is one, else the last object that calls itself so.
    async fn find_root(&mut self, catalogs: &[ObjectId], damage: Error) -> Result<()> {
        if let Some(id) = root(&self.xref.trailer)
            && self.is_catalog(id, false).await?
        {
            return Ok(());
        }
        let inside = self.xref.rebuilt_entries().into_iter().flatten().rev();
        let inside = inside.filter(|(_, entry)| matches!(entry, Entry::Compressed { .. })).map(|(number, _)| ObjectId::new(*number, 0));
        let mut found = None;
        for id in catalogs.iter().rev().copied().chain(inside) {
            if self.is_catalog(id, true).await? {
                found = Some(id);
                break;
            }
        }
        let id = found.ok_or(damage)?;
        let object = Object { value: Value::Dictionary(self.xref.trailer.clone()), span: self.xref.trailer_span.clone() };
        let mut splice = Splice::new(&self.xref.trailer_source, &object);
        splice.set(&self.xref.trailer, &object.span, "Root", &write::reference(id));
        let source = splice.finish();
        let object = parse_object(&mut Lexer::new(&source, 0, true)).map_err(|_| Error::from(Code::Internal))?;
        let Value::Dictionary(trailer) = object.value else { return Err(Code::Internal.into()) };
        (self.xref.trailer, self.xref.trailer_source, self.xref.trailer_span) = (trailer, source, object.span);
        Ok(())
    }

    /// Whether the object can be the catalog: by its `/Pages`, and by its `/Type` where `typed`.
    async fn is_catalog(&self, id: ObjectId, typed: bool) -> Result<bool> {
        match self.load(id).await {
            Ok(loaded) => Ok(loaded
                .as_ref()
                .and_then(IndirectObject::dictionary)
                .is_some_and(|dictionary| dictionary.get("Pages").is_some() && (!typed || dictionary.name("Type") == Some(b"Catalog")))),
            Err(error) if error.code() == Code::Limit => Err(error),
            Err(_) => Ok(false),
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
