//! Signatures of a damaged or ambiguous document that its own reading does not show, and that of another reader may.

use std::collections::BTreeSet;

use super::scan::{Scan, go_on, is_signature};
use super::{File, indirect_object};
use crate::error::{Code, Result};
use crate::syntax::ObjectId;

impl File {
    /// Whether the document contains a signature dictionary besides those with the numbers `known`. Reads the whole document.
    ///
    /// Errors: `ERR_LIMIT`.
    pub(crate) async fn has_unlisted_signature(&self, known: &BTreeSet<u32>) -> Result<bool> {
        let scan = Scan::run(&self.io, self.base).await?;
        if scan.signatures.iter().any(|number| !known.contains(number)) {
            return Ok(true);
        }
        for (number, at) in scan.object_streams {
            let stream = match indirect_object(&self.reader, at).await {
                Ok(loaded) => self.open_object_stream(&loaded).await,
                Err(error) => Err(error),
            };
            // One that cannot be decoded shows nothing to any reader.
            let stream = match stream {
                Err(error) if error.code() == Code::Limit => return Err(error),
                Err(_) => continue,
                Ok(stream) => stream,
            };
            for place in stream.places().iter().filter(|place| place.number != number && !known.contains(&place.number)) {
                match stream.object_at(&self.reader, ObjectId::new(place.number, 0), place) {
                    Ok(loaded) if loaded.dictionary().is_some_and(is_signature) => return Ok(true),
                    Ok(_) => {}
                    Err(_) => go_on(&self.reader)?,
                }
            }
        }
        Ok(false)
    }
}
