//! Raises signatures that a document has to a level, renews their evidence, or gives the document a timestamp of its own.
//!
//! EN 319 142-1, 5.4 and 6.3. Containers of others stay as they are: a timestamp that one lacks is a document timestamp.

use std::ops::Range;
use std::sync::Arc;

use super::levels::{Chains, Goal, Raised, Raising, check_trust, shown_level, unanchored};
use super::prepare::Ambient;
use super::sign::context;
use crate::cms::{TimestampToken, Unverified, container_digest_algorithm, container_facts, verify_container};
use crate::commit::{Document, DocumentLocation, JobLedger, LedgerEntry, Output, OutputLocation};
use crate::digest::DigestAlgorithm;
use crate::document::{Catalog, Form};
use crate::error::{Code, Result};
use crate::evidence::{Gathering, Web};
use crate::file::File;
use crate::io::{Copied, DigestPart, Find, Io};
use crate::limits;
use crate::options::{ExtensionOptions, Password};
use crate::report::{ExtendedSignature, ExtensionReport, Level, WarningCode};
use crate::signature::{DOCUMENT_TIMESTAMP, ExistingSignature, SecurityStore, existing_signatures, is_protected};
use crate::x509::{Certificate, time};

/// A document that was extended.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ExtendedDocument {
    /// What has to be appended to the document; empty if nothing was to be done.
    pub update: Vec<u8>,
    /// What was done.
    pub report: ExtensionReport,
    /// How the document got into the output.
    pub copied: Copied,
    /// Whether nothing was done: the ledger says that the job is done, or the evidence lasts long enough.
    pub skipped: bool,
}

/// What to do with a document.
pub(crate) struct ExtensionTask {
    pub(crate) options: ExtensionOptions,
    /// The document gets a timestamp of its own, and no signature is looked at.
    pub(crate) alone: bool,
    /// Nothing is done where the signatures have the level, and evidence that lasts until after this time, in seconds since 1970 UTC.
    pub(crate) renew_before: Option<i64>,
}

/// Raises the signatures of a document into an output, or gives it a timestamp of its own.
pub(crate) async fn extend(
    io: Io,
    location: DocumentLocation,
    ambient: Ambient,
    task: ExtensionTask,
    output: OutputLocation,
    ledger: Option<LedgerEntry>,
) -> Result<ExtendedDocument> {
    let ExtensionTask { options, alone, renew_before } = task;
    match alone {
        true => options.check_timestamp()?,
        false => options.check()?,
    }
    let context = context(&io, &ambient, &location, &output).await?;
    let ledger = ledger.as_ref().map(|entry| JobLedger { entry, renew_before: renew_before.map(time::rfc3339) });
    if let Some(ledger) = &ledger
        && ledger.is_done(&io, &context, &location, &output).await?
    {
        return Ok(ExtendedDocument { skipped: true, ..ExtendedDocument::default() });
    }
    let document = Document::open(&io, &context, &location, &output).await?;
    let mut extension = Extension::read(&document.io, &options, alone).await?;
    if renew_before.is_some_and(|time| extension.lasts(options.level, time)) {
        return Ok(ExtendedDocument { skipped: true, ..ExtendedDocument::default() });
    }
    let mut output = Output::open(&io, &document, &output).await?;
    let extended = async {
        let copy = output.begin(&document.io, &context, &document).await?;
        let copied = extension.verify(&document.io, copy).await?;
        document.ensure_unchanged().await?;
        let (raised, report) = extension.raise(&document.io, &ambient, &options).await?;
        if let Some(ledger) = &ledger {
            ledger.note_signing(&io, document.io.length(), &raised.update, report.renew_before.as_ref()).await?;
        }
        output.commit(&io, &context, &document, &raised.update).await?;
        if let Some(ledger) = &ledger {
            ledger.note_signed(&io, report.renew_before.as_ref()).await;
        }
        Ok(ExtendedDocument { update: raised.update, report, copied, skipped: false })
    }
    .await;
    if extended.is_err() {
        output.abandon(&io).await;
    }
    extended
}

/// What a document has, and what it is to get.
struct Extension {
    alone: bool,
    signatures: Vec<Found>,
    timestamps: Vec<Found>,
    /// Certificates of the store: a token may lack its own.
    known: Vec<Certificate>,
    /// Ends and tokens of those document timestamps that are whole.
    tokens: Vec<(u64, TimestampToken)>,
    has_proofs: bool,
    /// Place of the store in bytes of the file: a timestamp that reaches further covers it.
    store_at: Option<u64>,
    report: ExtensionReport,
    algorithm: DigestAlgorithm,
}

/// A signature or a document timestamp.
struct Found {
    field: String,
    container: Vec<u8>,
    byte_range: [u64; 4],
    /// Whether it is to be raised.
    chosen: bool,
}

impl Found {
    fn end(&self) -> u64 {
        self.byte_range[2].saturating_add(self.byte_range[3])
    }

    /// The token of a document timestamp.
    fn token(&self, known: &[Certificate]) -> Option<TimestampToken> {
        TimestampToken::parse(&self.container, known).ok()
    }

    /// The ranges that it covers of a document of `length` bytes.
    fn ranges(&self, length: u64) -> Option<Vec<Range<u64>>> {
        let [start, before, resume, _] = self.byte_range;
        (start == 0 && before <= resume && self.end() <= length).then(|| vec![0..before, resume..self.end()])
    }
}

impl Extension {
    async fn read(io: &Io, options: &ExtensionOptions, alone: bool) -> Result<Extension> {
        io.renew_work();
        let file = File::open(io, options.password.as_ref().map(Password::as_str)).await?;
        if is_protected(&file) {
            return Err(Code::EncryptionMac
                .because("the document has an integrity code (ISO/TS 32004), and a timestamp after the signature cannot renew it"));
        }
        if options.strict {
            file.check_undamaged()?;
        }
        let mut report = ExtensionReport { document_length: io.length(), ..ExtensionReport::default() };
        file.warn(&mut report.warnings);
        let catalog = Catalog::open(&file).await?;
        let form = Form::open(&file, &catalog).await?;
        let existing = existing_signatures(&file, &form).await?;
        let store = SecurityStore::read(&file, &catalog).await?;
        let algorithm = options.timestamp.as_ref().map_or(DigestAlgorithm::Sha256, |timestamp| timestamp.digest_algorithm);
        let (mut signatures, mut timestamps) = (Vec::new(), Vec::new());
        for signature in &existing {
            let Some((found, is_timestamp)) = Found::read(&file, signature, options).await? else { continue };
            if is_timestamp { timestamps.push(found) } else { signatures.push(found) }
        }
        if let Some(missing) = options.fields.iter().find(|name| !signatures.iter().any(|found| found.field == **name)) {
            return Err(Code::FieldMissing
                .because(format!("the document has no signature in a field `{missing}`"))
                .with_remedy("name fields that are signed"));
        }
        if !alone && signatures.is_empty() {
            return Err(Code::SignatureMissing.into());
        }
        let store_at = match store.id() {
            Some(id) => file.place(id).await?,
            None => None,
        };
        Ok(Extension {
            alone,
            signatures,
            timestamps,
            tokens: Vec::new(),
            has_proofs: store.has_proofs(),
            known: store.certificates,
            store_at,
            report,
            algorithm,
        })
    }

    /// Verifies the signatures that are raised, in one pass, which also copies the document.
    ///
    /// Errors: `ERR_SIGNATURE_BROKEN`.
    async fn verify(&mut self, io: &Io, copy: Option<u32>) -> Result<Copied> {
        let chosen: Vec<&Found> = self.signatures.iter().filter(|found| found.chosen && !self.alone).collect();
        let mut parts = Vec::new();
        for found in &chosen {
            let algorithm = container_digest_algorithm(&found.container)
                .ok_or_else(|| broken(found, "it is no CMS signature, or its digest algorithm is not supported"))?;
            let ranges = found.ranges(io.length()).ok_or_else(|| broken(found, "its /ByteRange does not fit the document"))?;
            parts.push(DigestPart { algorithm, ranges, suffix: Vec::new() });
        }
        let read: Vec<(u64, TimestampToken, DigestPart)> = self
            .timestamps
            .iter()
            .filter_map(|found| {
                let token = found.token(&self.known)?;
                let part = DigestPart { algorithm: token.digest_algorithm, ranges: found.ranges(io.length())?, suffix: Vec::new() };
                Some((found.end(), token, part))
            })
            .collect();
        parts.extend(read.iter().map(|(_, _, part)| part.clone()));
        let (_, answer) = io.digest(self.algorithm, &[], &[], copy, Find::default(), parts).await?;
        let digests = answer.digests.iter().skip(chosen.len());
        let whole = read.into_iter().zip(digests).filter(|((_, token, _), digest)| token.imprint == **digest);
        self.tokens = whole.map(|((end, token, _), _)| (end, token)).collect();
        for (found, digest) in chosen.iter().zip(&answer.digests) {
            match verify_container(&found.container, digest) {
                Ok(()) => {}
                Err(Unverified::Broken(reason)) => return Err(broken(found, &reason)),
                Err(Unverified::Unsupported(reason)) => return Err(broken(found, &format!("it cannot be verified: {reason}"))),
            }
        }
        Ok(answer.copied)
    }

    async fn raise(mut self, io: &Io, ambient: &Ambient, options: &ExtensionOptions) -> Result<(Raised, ExtensionReport)> {
        let timestamp = options.timestamp.clone().unwrap_or_default();
        let validation = Arc::new(options.validation.clone().unwrap_or_default());
        let mut web = Web::new(io, ambient.now);
        let mut raising = Raising::new(io.clone(), ambient, options.password.as_ref(), Level::BB);
        raising.strict = options.strict;
        let goal = Goal { level: options.level, minimum: options.minimum_level.unwrap_or(options.level), timestamp, validation };
        let mut gathering = Gathering::new(io, &goal.validation, &ambient.entropy)?;
        if self.alone {
            let (stamp, _) = raising.timestamp(&mut web, &goal.timestamp, None, options.field_name.as_ref()).await?;
            if goal.validation.trust.is_empty() {
                raising.raised.warnings.push(unanchored(&stamp.token.signer));
            }
            check_trust(&mut web, &mut gathering, &goal, &stamp.token).await?;
            return Ok(self.finish(raising.raised, web));
        }
        let tokens = std::mem::take(&mut self.tokens);
        if tokens.len() < self.timestamps.len() {
            self.report.warnings.push(WarningCode::TimestampOld.plain());
        }
        let levels: Vec<Level> = self.signatures.iter().map(|found| self.level(found, &tokens)).collect();
        let chosen: Vec<(&Found, Level)> = self.signatures.iter().zip(levels).filter(|(found, _)| found.chosen).collect();
        let lowest = chosen.iter().map(|(_, level)| *level).min().unwrap_or_default();
        let is_renewal = goal.level == Level::BLta && lowest == Level::BLta;
        if goal.level > lowest || is_renewal {
            gathering.know(&self.known);
            let mut chains = Chains::default();
            chains.know(gathering.known());
            let mut stamps: Vec<(u64, i64)> = tokens.iter().map(|(end, token)| (*end, token.gen_time)).collect();
            if lowest == Level::BB {
                let (stamp, _) = raising.timestamp(&mut web, &goal.timestamp, None, options.field_name.as_ref()).await?;
                stamps.push((u64::MAX, stamp.token.gen_time));
                chains.add_token(&stamp.token);
            }
            raising.raised.level = lowest.max(Level::BT);
            for (found, level) in &chosen {
                let covering: Vec<i64> = stamps.iter().filter(|(end, _)| *end > found.end()).map(|(_, time)| *time).collect();
                // The proofs of a signature that has them are older than they would be now, and count.
                if *level < Level::BLt {
                    chains.add(&found.container, &covering, web.now);
                }
            }
            if let Some((_, token)) = tokens.iter().max_by_key(|(end, _)| *end) {
                chains.add_token(token);
            }
            raising.raise(&mut web, &mut gathering, &goal, &chains).await?;
        } else {
            raising.raised.level = lowest;
        }
        let reached = raising.raised.level;
        self.report.signatures = chosen
            .into_iter()
            .map(|(found, before)| ExtendedSignature { field: found.field.clone(), before, level: before.max(reached) })
            .collect();
        self.report.level = Some(reached);
        Ok(self.finish(raising.raised, web))
    }

    /// The level that a signature shows; nothing is judged.
    fn level(&self, found: &Found, tokens: &[(u64, TimestampToken)]) -> Level {
        let covering: Vec<u64> = tokens.iter().map(|(end, _)| *end).filter(|end| *end > found.end()).collect();
        let own = container_facts(&found.container).is_some_and(|facts| !facts.timestamps.is_empty());
        shown_level(own, &covering, self.store_at.filter(|_| self.has_proofs))
    }

    /// Whether all chosen signatures have the level, and evidence until after `time`; nothing is judged.
    fn lasts(&self, level: Level, time: i64) -> bool {
        let stamps: Vec<(u64, TimestampToken)> =
            self.timestamps.iter().filter_map(|found| Some((found.end(), found.token(&self.known)?))).collect();
        let mut chosen = self.signatures.iter().filter(|found| found.chosen).peekable();
        chosen.peek().is_some()
            && chosen.all(|found| {
                let covering = stamps.iter().filter(|(end, _)| *end > found.end()).max_by_key(|(end, _)| *end);
                let own = || {
                    let facts = container_facts(&found.container)?;
                    let known = [facts.certificates, self.known.clone()].concat();
                    let tokens = facts.timestamps.iter().filter_map(|token| TimestampToken::parse(token, &known).ok());
                    tokens.map(|token| token.signer.validity().1).max()
                };
                let until = covering.map(|(_, token)| token.signer.validity().1).or_else(own);
                self.level(found, &stamps) >= level && until.is_some_and(|until| until > time)
            })
    }

    fn finish(mut self, mut raised: Raised, web: Web) -> (Raised, ExtensionReport) {
        self.report.update_length = raised.update.len() as u64;
        self.report.revisions = raised.revisions;
        self.report.timestamps = std::mem::take(&mut raised.timestamps);
        self.report.validation = raised.validation.take();
        self.report.renew_before = raised.renew_before.take();
        self.report.warnings.append(&mut raised.warnings);
        self.report.requests = web.reports;
        (raised, self.report)
    }
}

fn broken(found: &Found, reason: &str) -> crate::error::Error {
    Code::SignatureBroken.because(format!("the signature of `{}` is broken, or cannot be verified: {reason}", found.field))
}

impl Found {
    /// A signature with its container, and whether it is a document timestamp. None for one without a readable range.
    async fn read(file: &File, signature: &ExistingSignature, options: &ExtensionOptions) -> Result<Option<(Found, bool)>> {
        let holder = &signature.loaded;
        let Some(entries) = holder.dictionary() else { return Ok(None) };
        let Some(array) = file.entry(entries, "ByteRange", holder).await? else { return Ok(None) };
        let numbers = array.object.value.as_array().unwrap_or_default().iter().take(limits::BYTE_RANGE);
        let numbers: Vec<u64> = numbers.filter_map(|item| item.value.as_integer().and_then(|number| u64::try_from(number).ok())).collect();
        let Ok(byte_range) = <[u64; 4]>::try_from(numbers) else { return Ok(None) };
        let contents = file.entry(entries, "Contents", holder).await?;
        let container = contents.as_ref().and_then(|loaded| loaded.object.value.as_string()).unwrap_or_default();
        file.io.charge(limits::WORK_CONTAINER * container.len() as u64)?;
        let is_timestamp = entries.name("SubFilter") == Some(DOCUMENT_TIMESTAMP.as_bytes());
        let chosen = options.fields.is_empty() || options.fields.contains(&signature.field);
        Ok(Some((Found { field: signature.field.clone(), container: container.to_vec(), byte_range, chosen }, is_timestamp)))
    }
}
