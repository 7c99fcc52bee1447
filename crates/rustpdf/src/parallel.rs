//! Work on many items, some at a time.

use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

use rustpdf_core::Code;

use crate::control::Cancellation;
use crate::error::Result;

/// Number of items in work at once, if the caller does not say.
pub(crate) const IN_FLIGHT: usize = 8;

/// Works on the items in `in_flight` threads, and hands over each result as it comes, on the calling thread. After a cancellation no
/// further item is begun.
///
/// Errors: `ERR_ARGUMENT` where `in_flight` is 0.
pub(crate) fn in_parallel<Item, Done: Send>(
    items: impl IntoIterator<Item = Item, IntoIter: Send>,
    in_flight: usize,
    cancellation: &Cancellation,
    work: impl Fn(Item) -> Done + Sync,
    each: impl FnMut(Done),
) -> Result<()> {
    if in_flight == 0 {
        let error = Code::Argument.because("`in_flight` must be a positive integer, and is 0");
        return Err(error.with_remedy("give a value of that type").into());
    }
    let items = Mutex::new(items.into_iter());
    let next = || {
        if cancellation.is_cancelled() {
            return None;
        }
        items.lock().unwrap_or_else(PoisonError::into_inner).next()
    };
    thread::scope(|scope| {
        // A slow consumer of the results slows the run down, and holds only a few of them.
        let (sender, results) = sync_channel(1);
        for _ in 0..in_flight {
            let (sender, next, work) = (sender.clone(), &next, &work);
            thread::Builder::new().spawn_scoped(scope, move || {
                while let Some(item) = next() {
                    if sender.send(work(item)).is_err() {
                        return;
                    }
                }
            })?;
        }
        drop(sender);
        results.into_iter().for_each(each);
        Ok(())
    })
}
