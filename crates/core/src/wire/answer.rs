//! Answer frames.

use super::frame::{self, missing, read, take};
use super::frames::{AnswerFrame, ResponseFrame, ResultFrame};
use crate::error::{Code, Result};
use crate::io::{Answer, DigestAnswer, HttpAnswer, HttpBody, HttpResponse, StoreResult};

/// Errors: `ERR_FRAME`, `ERR_ANSWER_KIND`, `ERR_ANSWER_LENGTH`.
pub(super) fn parse(frame: &[u8]) -> Result<Answer> {
    let (header, mut payload) = frame::parse(frame)?;
    let payload = &mut payload;
    let AnswerFrame { answer, kind, ranges, digests, found, copied, verified, error, now, responses, results } = read(&header)?;
    match answer.as_deref() {
        None => Ok(Answer::Start),
        Some("read") => {
            let pieces = ranges.ok_or_else(|| missing("ranges"))?.into_iter().map(|[offset, length]| {
                let piece = take(payload, length).map_err(|_| Code::AnswerLength.because("fewer bytes were read than announced"))?;
                Ok((offset, piece.to_vec()))
            });
            Ok(Answer::Read(pieces.collect::<Result<_>>()?))
        }
        Some("digest") => {
            let digests = digests.ok_or_else(|| missing("digests"))?;
            let digests = digests.into_iter().map(|length| Ok(take(payload, length)?.to_vec())).collect::<Result<_>>()?;
            Ok(Answer::Digest(DigestAnswer { digests, found, copied }))
        }
        Some("sign") => Ok(Answer::Sign(payload.to_vec())),
        Some("verify") => Ok(Answer::Verify(verified)),
        Some("draw") => Ok(Answer::Draw(error.map_or_else(|| Ok(payload.to_vec()), Err))),
        Some("http") => {
            let responses = responses.ok_or_else(|| missing("responses"))?;
            let now = now.ok_or_else(|| missing("now"))?;
            let responses = responses.into_iter().map(|response| http(&response, payload)).collect::<Result<_>>()?;
            Ok(Answer::Http(HttpAnswer { now, responses }))
        }
        Some("store") => {
            let results = results.ok_or_else(|| missing("results"))?;
            Ok(Answer::Store(results.into_iter().map(|result| store(result, payload)).collect::<Result<_>>()?))
        }
        Some("failed") => Ok(Answer::Failed(kind.ok_or_else(|| missing("kind"))?)),
        Some(_) => Err(Code::AnswerKind.into()),
    }
}

/// The answer for a drawing that panicked: `ERR_INTERNAL`.
pub(super) fn broken_drawing() -> Vec<u8> {
    let header = br#"{"answer":"draw","error":{"code":"ERR_INTERNAL","found":"the drawing of the visible signature broke"}}"#;
    [&(header.len() as u32).to_be_bytes(), header.as_slice()].concat()
}

fn http(response: &ResponseFrame, payload: &mut &[u8]) -> Result<HttpResponse> {
    let outcome = match (response.failed, response.status, response.body) {
        (Some(kind), ..) => Err(kind),
        (None, Some(status), Some(body)) => {
            Ok(HttpBody { status, body: take(payload, body)?.to_vec(), retry_after: response.retry_after, cached: response.cached })
        }
        _ => return Err(missing("responses")),
    };
    Ok(HttpResponse { id: response.id, outcome })
}

fn store(result: ResultFrame, payload: &mut &[u8]) -> Result<StoreResult> {
    Ok(match result {
        ResultFrame { failed: Some(kind), .. } => StoreResult::Failed(kind),
        ResultFrame { path: Some(path), .. } => StoreResult::Path(path),
        ResultFrame { stat: Some(stat), .. } => StoreResult::Stat(stat),
        ResultFrame { length: Some(length), .. } => StoreResult::Bytes(take(payload, length)?.to_vec()),
        ResultFrame { removed: Some(removed), .. } => StoreResult::Removed(removed),
        ResultFrame { names: Some(names), .. } => StoreResult::Names(names.into_iter().map(|name| name.0).collect()),
        ResultFrame { process: Some(process), .. } => StoreResult::Process(process),
        ResultFrame { .. } => StoreResult::Done,
    })
}
