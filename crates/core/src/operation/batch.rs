//! Many sessions as one saved value, under one seal or check sum.

use serde::{Deserialize, Serialize};

use super::envelope;
use super::resumption::{Resuming, Resumption};
use super::saved::bounded;
use super::session::Session;
use crate::error::{Code, Error, Result};
use crate::limits;

/// The data of each session, as it is in a saved session of its own; none for a document that has none.
#[derive(Serialize, Deserialize)]
struct Batch<'a>(
    #[serde(borrow)]
    #[serde(deserialize_with = "bounded::<{ limits::BATCH_SESSIONS }, _, _>")]
    Vec<Option<&'a [u8]>>,
);

/// The sessions of a batch as bytes for outside of this process, sealed by `key`, or unsealed without one. One seal covers all.
///
/// `None` stands for a document without a session, and keeps the numbers of the others. See [`Session::serialize`] and
/// [`Session::serialize_unsealed`]. Errors: `ERR_ARGUMENT` for a short key, `ERR_LIMIT`.
pub fn serialize_batch(sessions: &[Option<Session>], key: Option<&[u8]>) -> Result<Vec<u8>> {
    if sessions.len() > limits::BATCH_SESSIONS {
        let most = limits::BATCH_SESSIONS;
        return Err(Code::Limit
            .because(format!("a saved batch has at most {most} sessions, and this one has {}", sessions.len()))
            .with_remedy("save the sessions in several batches"));
    }
    let data = |session: &Option<Session>| match (session, key) {
        (None, _) => Ok(None),
        (Some(session), Some(_)) => session.sealed_data().map(Some),
        (Some(session), None) => session.unsealed_data().map(Some),
    };
    let data: Vec<Option<Vec<u8>>> = sessions.iter().map(data).collect::<Result<_>>()?;
    let batch = postcard::to_allocvec(&Batch(data.iter().map(Option::as_deref).collect())).map_err(|_| Error::from(Code::Internal))?;
    envelope::BATCH.enclose(&batch, key)
}

/// Reads a saved batch: one that `key` sealed, or an unsealed one without a key, whose sessions were all begun with the certificate
/// and the options of `by`, or take containers only.
///
/// A seal is verified before anything is parsed. Errors: `ERR_ARGUMENT` for a short key, or for `by` beside a key; those of
/// [`Session::unseal`] and [`Session::parse_unsealed`], each for the first session that has one.
pub fn open_batch(saved: &[u8], key: Option<&[u8]>, by: Option<&Resumption>) -> Result<Vec<Option<Session>>> {
    if key.is_some() && by.is_some() {
        return Err(Code::Argument
            .because("a sealed batch holds certificate and options, and takes none as arguments")
            .with_remedy("give the saved batch and its key alone"));
    }
    let data = envelope::BATCH.open(saved, key)?;
    let by = by.map(Resuming::make).transpose()?;
    let Ok((Batch(sessions), [])) = postcard::take_from_bytes::<Batch<'_>>(data) else { return Err(envelope::BATCH.damaged()) };
    let session = |data: &[u8]| match key {
        _ if data.len() > limits::SESSION => Err(envelope::SESSION.damaged()),
        Some(_) => Session::from_sealed_data(data),
        None => Session::from_unsealed_data(data, by.as_ref()),
    };
    sessions.into_iter().map(|data| data.map(session).transpose()).collect()
}
