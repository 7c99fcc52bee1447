//! The second half of a signing in two phases, into an output.

use super::prepare::Ambient;
use super::session::Session;
use super::sign::{SignedDocument, context};
use super::unfinished::Unfinished;
use crate::commit::{Document, DocumentLocation, Output, OutputLocation};
use crate::error::Result;
use crate::io::{Copied, Io};

/// Answer that completes a session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SessionAnswer {
    /// Raw signature over the request's `data`, as the key store returned it.
    Signature(Vec<u8>),
    /// CMS container for the session's hash, DER or BER.
    Container(Vec<u8>),
    /// None: the session is signed already, and only its output failed.
    None,
}

/// Completes a session into an output. The document is the one that was prepared: a file is compared by its identity, size and times.
pub(crate) async fn finish(
    io: Io,
    location: DocumentLocation,
    ambient: Ambient,
    session: Session,
    answer: SessionAnswer,
    output: OutputLocation,
    unfinished: Unfinished,
) -> Result<SignedDocument> {
    let signed = match answer {
        SessionAnswer::Signature(raw) => vec![session.complete_with_signature(&raw)?],
        SessionAnswer::Container(container) => vec![session.complete(&container)?],
        SessionAnswer::None => session.finished()?,
    };
    let update = signed.iter().map(|signed| signed.update.as_slice()).collect::<Vec<_>>().concat();
    let appended = session.appended.clone();
    unfinished.set(Some(session.clone().into_signed(appended, signed.clone(), session.document.clone())));
    let context = context(&io, &ambient, &location, &output).await?;
    let document = Document::open(&io, &context, &location, &output).await?;
    document.check_identity(session.document.as_ref())?;
    session.verify_length(&document.io)?;
    let mut output = Output::open(&io, &document, &output).await?;
    let copied = async {
        let copy = output.begin(&io, &context, &document).await?;
        let copied = match copy {
            Some(copy) => document.io.copy(copy, document.io.length() + update.len() as u64).await?.copied,
            None => Copied::None,
        };
        output.commit(&io, &context, &document, &update).await?;
        Ok(copied)
    }
    .await;
    match copied {
        Ok(copied) => {
            unfinished.set(None);
            Ok(SignedDocument { signed, copied, skipped: false })
        }
        Err(error) => {
            unfinished.rebind(output.abandon(&io).await);
            Err(error)
        }
    }
}
