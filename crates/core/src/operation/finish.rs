//! The second half of a signing in two phases, into an output.

use std::sync::Arc;

use super::levels::{raise_signed, stamped};
use super::prepare::Ambient;
use super::session::Session;
use super::sign::{SignedDocument, context};
use super::unfinished::Unfinished;
use crate::commit::{Document, DocumentLocation, Output, OutputLocation};
use crate::error::Result;
use crate::evidence::{Gathering, Web};
use crate::io::{Copied, Io};
use crate::options::Password;

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
#[expect(clippy::too_many_arguments, reason = "the start frame has as many parts")]
pub(crate) async fn finish(
    io: Io,
    location: DocumentLocation,
    ambient: Ambient,
    mut session: Session,
    answer: SessionAnswer,
    password: Option<Password>,
    output: OutputLocation,
    unfinished: Unfinished,
) -> Result<SignedDocument> {
    let (container, report) = match answer {
        SessionAnswer::Signature(raw) => (Some(session.raw_container(&raw, false, None)?), session.report().clone()),
        SessionAnswer::Container(container) => session.checked_container(&container).map(|(der, report)| (Some(der), report))?,
        SessionAnswer::None => (session.container.clone(), session.report().clone()),
    };
    let identity = session.document.clone();
    let mut signed = match (&container, &session.goal) {
        (None, _) => session.finished()?,
        (Some(container), None) => vec![session.embed(container, report.clone())?],
        (Some(_), Some(_)) => Vec::new(),
    };
    unfinished.set(Some(match (&container, signed.is_empty()) {
        (Some(container), true) => session.clone().with_container(container.clone(), session.appended.clone(), identity.clone()),
        _ => session.clone().into_signed(session.appended.clone(), signed.clone(), identity.clone()),
    }));
    let context = context(&io, &ambient, &location, &output).await?;
    let document = Document::open(&io, &context, &location, &output).await?;
    document.check_identity(session.document.as_ref())?;
    session.verify_length(&document.io)?;
    let mut output = Output::open(&io, &document, &output).await?;
    let copied = async {
        let mut copy = output.begin(&io, &context, &document).await?;
        if let Some(mut goal) = session.goal.clone() {
            let mut web = Web::new(&document.io, ambient.now);
            let validation = Arc::clone(&goal.validation);
            let mut gathering = Gathering::new(&document.io, &validation, &ambient.entropy)?;
            if let (Some(container), true) = (&container, signed.is_empty()) {
                let mut report = report;
                let (with, apart) =
                    stamped(&mut web, &mut gathering, &ambient.entropy, &goal, container, session.container_size(), &mut report).await?;
                goal.keep(&apart);
                session.goal = Some(goal.clone());
                signed = vec![session.embed(&with, report)?];
                unfinished.set(Some(session.clone().into_signed(session.appended.clone(), signed.clone(), identity.clone())));
            }
            let update = signed.iter().map(|signed| signed.update.as_slice()).collect::<Vec<_>>().concat();
            let raised = document.io.with_appended(&update);
            copy = raise_signed(&mut web, &mut gathering, &goal, raised, &ambient, password.as_ref(), copy, &mut signed).await?;
            unfinished.set(Some(session.clone().into_signed(session.appended.clone(), signed.clone(), identity.clone())));
        }
        let update = signed.iter().map(|signed| signed.update.as_slice()).collect::<Vec<_>>().concat();
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
