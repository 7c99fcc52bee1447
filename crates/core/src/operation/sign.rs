//! Signing: one or several signatures, each over those before it, from one reading of the document, into an output.

use super::integrity::Integrity;
use super::levels::{Goal, check_before_key, raise_signed, stamped};
use super::prepare::{Ambient, PreparedUpdate, SignatureRequest};
use super::session::SignedUpdate;
use super::signer::Signatory;
use super::unfinished::Unfinished;
use crate::commit::{Context, Document, DocumentLocation, JobLedger, LedgerEntry, Output, OutputLocation};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::evidence::{Gathering, Web};
use crate::io::{Copied, Io, Process};
use crate::limits;
use crate::report::Level;

/// A document that was signed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SignedDocument {
    /// Signatures in their order: the updates follow the document in this order.
    pub signed: Vec<SignedUpdate>,
    /// How the document got into the output.
    pub copied: Copied,
    /// Whether nothing was done, since the ledger says that the job is done.
    pub skipped: bool,
}

/// Facts about the call, asked of the host where files are involved.
pub(crate) async fn context(io: &Io, ambient: &Ambient, document: &DocumentLocation, output: &OutputLocation) -> Result<Context> {
    match (document, output) {
        (DocumentLocation::Memory { .. }, OutputLocation::Update | OutputLocation::Handle { .. }) => {
            Ok(Context::new(Process::default(), ambient.now, ambient.entropy))
        }
        _ => Context::ask(io, ambient.now, ambient.entropy).await,
    }
}

/// Has a document signed by each of `signatories`, into an output. All of them sign, or nothing is written.
pub(crate) async fn sign(
    io: Io,
    location: DocumentLocation,
    ambient: Ambient,
    mut signatories: Vec<Signatory>,
    output: OutputLocation,
    ledger: Option<LedgerEntry>,
    unfinished: Unfinished,
) -> Result<SignedDocument> {
    let completes = signatories.iter().any(|signatory| signatory.options.complete_chain);
    let mut asked = requests(&ambient, if completes { signatories.clone() } else { std::mem::take(&mut signatories) })?;
    let context = context(&io, &ambient, &location, &output).await?;
    let ledger = ledger.as_ref().map(|entry| JobLedger { entry, renew_before: None });
    if let Some(ledger) = &ledger
        && ledger.is_done(&io, &context, &location, &output).await?
    {
        return Ok(SignedDocument { skipped: true, ..SignedDocument::default() });
    }
    let mut web = Web::new(&io, ambient.now);
    if completes {
        for Signatory { credentials, options } in &mut signatories {
            credentials.complete(&io, &ambient, &mut web, options).await?;
        }
        asked = requests(&ambient, signatories)?;
    }
    let document = Document::open(&io, &context, &location, &output).await?;
    let mut output = Output::open(&io, &document, &output).await?;
    let signed = async {
        let signed = each(&context, &ambient, &mut web, asked, &document, &mut output, &unfinished).await?;
        let update = signed.signed.iter().map(|signed| signed.update.as_slice()).collect::<Vec<_>>().concat();
        let renew_before = signed.signed.last().and_then(|last| last.report.renew_before.as_ref());
        if let Some(ledger) = &ledger {
            ledger.note_signing(&io, document.io.length(), &update, renew_before).await?;
        }
        output.commit(&io, &context, &document, &update).await?;
        if let Some(ledger) = &ledger {
            ledger.note_signed(&io, renew_before).await;
        }
        Ok(signed)
    }
    .await;
    match signed {
        Ok(signed) => {
            unfinished.set(None);
            Ok(signed)
        }
        Err(error) => {
            unfinished.rebind(output.abandon(&io).await);
            Err(error)
        }
    }
}

/// Signatures to be made, checked as far as they can be without the document: a wrong certificate of the last is noticed before the first signs.
fn requests(ambient: &Ambient, mut signatories: Vec<Signatory>) -> Result<Vec<SignatureRequest>> {
    if !(1..=limits::SIGNATORIES).contains(&signatories.len()) {
        return Err(Code::OptionValue.because(format!(
            "there are {} signers where 1 to {} may be",
            signatories.len(),
            limits::SIGNATORIES
        )));
    }
    // The password of one signer opens the document for all later ones.
    let mut password = None;
    for options in signatories.iter_mut().map(|signatory| &mut signatory.options) {
        match &options.password {
            Some(given) => password = Some(given.clone()),
            None => options.password = password.clone(),
        }
    }
    signatories.into_iter().map(|signatory| SignatureRequest::make(ambient, Some(&signatory.credentials), signatory.options)).collect()
}

/// Signs by each in turn. The first pass over the document also copies it to the output.
async fn each(
    context: &Context,
    ambient: &Ambient,
    web: &mut Web,
    requests: Vec<SignatureRequest>,
    document: &Document,
    output: &mut Output,
    unfinished: &Unfinished,
) -> Result<SignedDocument> {
    let mut algorithms: Vec<DigestAlgorithm> = Vec::new();
    let goals: Vec<Goal> = requests.iter().filter_map(|request| request.goal.clone()).collect();
    let archived = goals.iter().filter(|goal| goal.level == Level::BLta).map(|goal| goal.timestamp.digest_algorithm);
    for algorithm in requests.iter().map(|request| request.digest_algorithm).chain(archived) {
        if !algorithms.contains(&algorithm) {
            algorithms.push(algorithm);
        }
    }
    let highest = goals.iter().max_by_key(|goal| goal.level).cloned();
    let last = requests.last().and_then(|request| request.goal.as_ref()).map_or(Level::BB, |goal| goal.level);
    if highest.as_ref().is_some_and(|highest| highest.level > last.max(Level::BT)) {
        return Err(Code::Level
            .because("a signer before the last one has a higher level: the evidence is added after the last signature, for all of them")
            .with_remedy("give the highest `level` to the last signer"));
    }
    let password = requests.first().and_then(|request| request.password());
    let validation = highest.as_ref().map(|goal| goal.validation.clone()).unwrap_or_default();
    let mut gathering = Gathering::new(&document.io, &validation, &ambient.entropy)?;
    for request in &requests {
        if let (Some(goal), Some((certificate, chain))) = (&request.goal, request.certificates()) {
            check_before_key(web, &mut gathering, goal, certificate, chain, ambient.now).await?;
        }
    }
    let mut io = document.io.clone();
    let mut result = SignedDocument::default();
    let mut searched = Vec::new();
    for (index, request) in requests.into_iter().enumerate() {
        let mut update = PreparedUpdate::write(&io, ambient, request).await?;
        let find = update.shadows.begin(&mut searched, document.io.length());
        let keep: Vec<_> = algorithms.iter().copied().filter(|algorithm| *algorithm != update.digest_algorithm).collect();
        let copy = if index == 0 { output.begin(&document.io, context, document).await? } else { None };
        let integrity = update.integrity.take();
        let further = integrity.as_ref().map(Integrity::parts).unwrap_or_default();
        let (hash, answer) = io.digest(update.digest_algorithm, &update.covered(), &keep, copy, find, further).await?;
        if let Some(integrity) = &integrity {
            integrity.verify(&answer.digests)?;
        }
        update.check_shadows(&answer.found).await?;
        if index == 0 {
            result.copied = answer.copied;
        }
        document.ensure_unchanged().await?;
        let mut session = update.into_session(ambient, hash)?.with_document(document.identity(), document.name());
        let request = session.request().ok_or(Error::from(Code::Internal))?;
        let signature = io.sign(index, request, session.report().warnings.clone()).await?;
        let verified = match session.verify_request(&signature) {
            Some(request) if io.host_verifies() => io.verify(request).await,
            _ => false,
        };
        let mut container = session.raw_container(&signature, verified, integrity.as_ref().map(|integrity| &integrity.keys))?;
        let mut report = session.report().clone();
        if let Some(mut goal) = session.goal.clone() {
            if index == 0 {
                let waiting = session.clone().with_container(container.clone(), io.appended().to_vec(), document.identity());
                unfinished.set(Some(waiting));
            }
            let apart;
            (container, apart) =
                stamped(web, &mut gathering, &ambient.entropy, &goal, &container, session.container_size(), &mut report).await?;
            goal.keep(&apart);
            session.goal = Some(goal);
        }
        let signed = session.embed(&container, report)?;
        let appended = io.appended().to_vec();
        io = io.with_appended(&signed.update);
        result.signed.push(signed);
        unfinished.set(Some(session.into_signed(appended, result.signed.clone(), document.identity())));
    }
    if let Some(goal) = &highest {
        raise_signed(web, &mut gathering, goal, io, ambient, password.as_ref(), None, &mut result.signed).await?;
    } else if let Some(last) = result.signed.last_mut() {
        last.report.requests = std::mem::take(&mut web.reports);
    }
    Ok(result)
}
