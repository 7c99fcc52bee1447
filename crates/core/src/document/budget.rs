//! What may be kept of a form and its signatures. What may be read of them is bounded for the whole file (`File`).

use std::sync::Arc;

use crate::error::Result;
use crate::file::IndirectObject;
use crate::limits;
use crate::syntax::Value;

/// What is left to be kept: small files can make much of little, by referring to one thing from everywhere.
pub(crate) struct Budget {
    memory: usize,
    names: usize,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Budget { memory: limits::FORM_MEMORY, names: limits::LOCK_NAMES }
    }

    /// Counts bytes that are kept. Errors: `ERR_LIMIT`.
    pub(crate) fn keep_bytes(&mut self, bytes: usize) -> Result<()> {
        take(&mut self.memory, bytes, "bytes to keep of its signature fields and signatures", limits::FORM_MEMORY)
    }

    /// Counts a name in a list of locked fields. Errors: `ERR_LIMIT`.
    pub(crate) fn keep_name(&mut self, name: &str) -> Result<()> {
        take(&mut self.names, size_of::<String>() + name.len(), "bytes in its lists of locked fields", limits::LOCK_NAMES)
    }

    /// Of what was loaded, that which is worth keeping: the source is cut to the object, for the window that it was read through
    /// may be much larger. Errors: `ERR_LIMIT`.
    pub(crate) fn keep(&mut self, mut loaded: IndirectObject) -> Result<IndirectObject> {
        let span = loaded.object.span.clone();
        loaded.source = Arc::new(loaded.source.get(span.clone()).unwrap_or_default().to_vec());
        let mut memory = allocated(span.len());
        let mut open = vec![&mut loaded.object];
        while let Some(object) = open.pop() {
            memory += allocated(0);
            object.span = object.span.start.saturating_sub(span.start)..object.span.end.saturating_sub(span.start);
            match &mut object.value {
                Value::Array(items) => {
                    memory += size_of_val(&**items);
                    open.extend(Arc::make_mut(items));
                }
                Value::Dictionary(dictionary) => {
                    memory += size_of_val(&*dictionary.entries)
                        + dictionary.entries.iter().map(|entry| allocated(entry.key.len())).sum::<usize>();
                    open.extend(Arc::make_mut(&mut dictionary.entries).iter_mut().map(|entry| &mut entry.object));
                }
                Value::Name(bytes) | Value::String(bytes) => memory += allocated(bytes.len()),
                _ => {}
            }
        }
        self.keep_bytes(memory)?;
        Ok(loaded)
    }
}

/// Memory that an allocation of `bytes` takes, about.
fn allocated(bytes: usize) -> usize {
    bytes.next_multiple_of(16) + 16
}

fn take(left: &mut usize, count: usize, what: &str, most: usize) -> Result<()> {
    *left = left.checked_sub(count).ok_or_else(|| limits::exceeded(what, most))?;
    Ok(())
}
