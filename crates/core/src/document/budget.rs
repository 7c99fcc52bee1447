//! What reading the form and its signatures may cost.

use std::sync::Arc;

use crate::error::Result;
use crate::file::{File, Loaded};
use crate::limits;
use crate::syntax::{Dictionary, Object, ObjectId, Value};

/// Loads objects while their bytes, counted each time that they are read, stay within a bound.
///
/// A file may refer to one large object from everywhere, so a bound on what each reference yields is none on the whole.
pub(crate) struct Budget<'f> {
    pub(crate) file: &'f File,
    bytes: usize,
    memory: usize,
    names: usize,
}

impl<'f> Budget<'f> {
    pub(crate) fn new(file: &'f File) -> Self {
        Budget { file, bytes: limits::FORM_BYTES, memory: limits::FORM_MEMORY, names: limits::LOCK_NAMES }
    }

    /// As `File::load`. Errors: `ERR_LIMIT` too.
    pub(crate) async fn load(&mut self, id: ObjectId) -> Result<Option<Loaded>> {
        let loaded = self.file.load(id).await?;
        self.spend(loaded)
    }

    /// As `File::resolve`. Errors: `ERR_LIMIT` too.
    pub(crate) async fn resolve(&mut self, value: &Object, holder: &Loaded) -> Result<Option<Loaded>> {
        let loaded = self.file.resolve(value, holder).await?;
        self.spend(loaded)
    }

    /// As `File::entry`. Errors: `ERR_LIMIT` too.
    pub(crate) async fn entry(&mut self, dictionary: &Dictionary, key: &str, holder: &Loaded) -> Result<Option<Loaded>> {
        match dictionary.object(key) {
            Some(object) => self.resolve(object, holder).await,
            None => Ok(None),
        }
    }

    fn spend(&mut self, loaded: Option<Loaded>) -> Result<Option<Loaded>> {
        let bytes = loaded.as_ref().map_or(0, |loaded| loaded.object.span.len());
        take(&mut self.bytes, bytes, "bytes to read for its form", limits::FORM_BYTES)?;
        Ok(loaded)
    }

    /// Counts a name in a list of locked fields. Errors: `ERR_LIMIT`.
    pub(crate) fn keep_name(&mut self, name: &str) -> Result<()> {
        take(&mut self.names, size_of::<String>() + name.len(), "bytes in its lists of locked fields", limits::LOCK_NAMES)
    }

    /// Of what was loaded, that which is worth keeping: the source is cut to the object, for the window that it was read through
    /// may be much larger. Errors: `ERR_LIMIT`.
    pub(crate) fn keep(&mut self, mut loaded: Loaded) -> Result<Loaded> {
        let span = loaded.object.span.clone();
        loaded.source = Arc::new(loaded.source.get(span.clone()).unwrap_or_default().to_vec());
        let mut objects = 0;
        let mut open = vec![&mut loaded.object];
        while let Some(object) = open.pop() {
            objects += 1;
            object.span = object.span.start.saturating_sub(span.start)..object.span.end.saturating_sub(span.start);
            match &mut object.value {
                Value::Array(items) => open.extend(items),
                Value::Dictionary(dictionary) => open.extend(dictionary.entries.iter_mut().map(|entry| &mut entry.object)),
                _ => {}
            }
        }
        // The strings of an object are at the most as long as their source.
        let memory = 2 * span.len() + objects * size_of::<Object>();
        take(&mut self.memory, memory, "bytes to keep of its signature fields and signatures", limits::FORM_MEMORY)?;
        Ok(loaded)
    }
}

fn take(left: &mut usize, count: usize, what: &str, most: usize) -> Result<()> {
    *left = left.checked_sub(count).ok_or_else(|| limits::exceeded(what, most))?;
    Ok(())
}
