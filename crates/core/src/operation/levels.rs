//! Levels above B-B: timestamps of signatures, the document security store, document timestamps. EN 319 142-1, 6.3.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::prepare::{Ambient, derived};
use super::session::SignedUpdate;
use crate::cms::{TimestampToken, container_facts, signature_value, with_timestamp};
use crate::document::{Catalog, Form};
use crate::encryption::Vectors;
use crate::error::{Code, Error, Group, Result};
use crate::evidence::{Gathering, Stamp, Subject, Timestamps, Web};
use crate::file::File;
use crate::hex;
use crate::io::{Find, Handle, Io};
use crate::limits;
use crate::options::{Password, SigningOptions, TimestampOptions, ValidationOptions};
use crate::report::{Level, Report, TimestampReport, ValidationReport, Warning, WarningCode};
use crate::revision::Update;
use crate::signature::extensions::Uses;
use crate::signature::{
    Evidence, PlanInput, SecurityStore, SignaturePlan, SignatureUpdate, existing_signatures, is_protected, of_timestamp,
};
use crate::x509::name::common_name;
use crate::x509::{Certificate, time};

/// Level that a signature is to have, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Goal {
    pub(crate) level: Level,
    /// The lowest level that is accepted.
    pub(crate) minimum: Level,
    pub(crate) timestamp: TimestampOptions,
    /// Shared: a list of its can have 50 MB.
    pub(crate) validation: Arc<ValidationOptions>,
}

impl Goal {
    /// Takes what only the levels need. None for B-B, which takes nothing more.
    pub(crate) fn of(options: &mut SigningOptions) -> Option<Goal> {
        (options.level > Level::BB).then(|| Goal {
            level: options.level,
            minimum: options.minimum_level.unwrap_or(options.level),
            timestamp: options.timestamp.clone().unwrap_or_default(),
            validation: Arc::new(options.validation.take().unwrap_or_default()),
        })
    }

    /// Keeps certificates for the proofs: a session that waits has them, too.
    pub(super) fn keep(&mut self, certificates: &[Certificate]) {
        if certificates.is_empty() {
            return;
        }
        Arc::make_mut(&mut self.validation).certificates.extend(certificates.iter().map(|certificate| certificate.der().to_vec()));
    }

    /// Whether trusted certificates are given: then every chain must end at one of them, at each level above B-B.
    fn has_trust(&self) -> bool {
        !self.validation.trust.is_empty()
    }

    /// Whether a signature may stay at `level` because of `error`: a service failed, and no certificate is bad.
    fn accepts(&self, level: Level, error: &Error) -> bool {
        let is_passing = error.group() == Group::Service || matches!(error.code(), Code::HttpLimit | Code::ChainIncomplete);
        level >= self.minimum && is_passing && error.code() != Code::RevocationTooOld
    }

    /// The warning of a signature that stays at `level`.
    fn lower(&self, level: Level, error: &Error) -> Warning {
        let (reached, wanted) = (level.as_str(), self.level.as_str());
        WarningCode::LevelLower.because(format!("the signature has the level {reached} and not {wanted}: {}", error.found()))
    }
}

/// The container with a timestamp of its signature; as it is where no service gives one and B-B is accepted. The report gets the level.
///
/// A timestamp that is too large is asked for once more without its certificates, where the document security store can have them: they come
/// with the container. Errors: `ERR_TIMESTAMP_…`, `ERR_CONTAINER_TOO_LARGE`, those of [`check_trust`].
pub(super) async fn stamped(
    web: &mut Web,
    gathering: &mut Gathering<'_>,
    entropy: &[u8; 32],
    goal: &Goal,
    container: &[u8],
    reserved: usize,
    report: &mut Report,
) -> Result<(Vec<u8>, Vec<Certificate>)> {
    let signature = signature_value(container).ok_or(Code::Internal)?;
    let mut timestamps = Timestamps::new(&goal.timestamp, entropy);
    let imprint = timestamps.algorithm().digest(&[&signature]);
    let mut stamp = match timestamps.ask(web, &imprint, true, &[]).await {
        Ok(stamp) => stamp,
        Err(error) if goal.accepts(Level::BB, &error) => {
            report.level = Some(Level::BB);
            report.warnings.push(goal.lower(Level::BB, &error));
            return Ok((container.to_vec(), Vec::new()));
        }
        Err(error) => return Err(error),
    };
    let (mut with, mut apart) = (with_timestamp(container, &stamp.token.der)?, Vec::new());
    if with.len() > reserved && goal.level >= Level::BLt {
        apart = stamp.token.certificates;
        stamp = timestamps.ask(web, &imprint, false, &apart).await?;
        with = with_timestamp(container, &stamp.token.der)?;
    }
    if with.len() > reserved {
        let (needed, token) = (with.len(), stamp.token.der.len());
        return Err(Code::ContainerTooLarge
            .because(format!("the container with its timestamp of {token} bytes needs {needed} bytes, and {reserved} are reserved"))
            .with_remedy(format!("begin again with a `timestamp.size` of {token} or more")));
    }
    // Before it is embedded: the session can still take another service.
    gathering.know(&apart);
    check_trust(web, gathering, goal, &stamp.token).await?;
    report.level = Some(Level::BT);
    report.warnings.extend(stamp.warnings(web.now));
    report.renew_before = Some(renewal(&stamp));
    report.timestamps.push(stamp.report(false));
    Ok((with, apart))
}

/// Checks that the chain of a timestamp ends at a trusted certificate, where some are given. Errors: those of [`Gathering::path`].
pub(super) async fn check_trust(web: &mut Web, gathering: &mut Gathering<'_>, goal: &Goal, token: &TimestampToken) -> Result<()> {
    if !goal.has_trust() {
        return Ok(());
    }
    gathering.know(&token.certificates);
    match gathering.path(web, &Subject { certificate: token.signer.clone(), at: token.gen_time }).await {
        // The evidence is asked for later, and may cost a level.
        Err(error) if goal.level > Level::BT && goal.accepts(Level::BT, &error) => Ok(()),
        path => path.map(|_| ()),
    }
}

/// The warning of a chain that nothing requires, and that is not looked at.
pub(super) fn unanchored(certificate: &Certificate) -> Warning {
    let name = common_name(certificate.subject());
    WarningCode::ChainUnanchored.because(format!("no trusted certificates are given: the chain of `{name}` was not checked"))
}

fn renewal(stamp: &Stamp) -> String {
    time::rfc3339(stamp.token.signer.validity().1)
}

/// Chains that a container needs proven: that of its signer at the time of its first timestamp, and those of its timestamps.
#[derive(Default)]
pub(super) struct Chains {
    pub(super) subjects: Vec<Subject>,
    pub(super) known: Vec<Certificate>,
}

impl Chains {
    /// Adds those of a container. `stamps` are further timestamps that cover the signature, and `now` counts without any.
    pub(super) fn add(&mut self, container: &[u8], stamps: &[i64], now: i64) {
        let Some(facts) = container_facts(container) else { return };
        self.know(&facts.certificates);
        let mut first = stamps.iter().copied().min();
        for token in &facts.timestamps {
            let token = TimestampToken::parse(token, &self.known);
            let Ok(token) = token else { continue };
            if token.imprint != token.digest_algorithm.digest(&[&facts.signature]) {
                continue; // of another signature
            }
            first = Some(first.map_or(token.gen_time, |first| first.min(token.gen_time)));
            self.add_token(&token);
        }
        if let Some(certificate) = facts.signer {
            self.subjects.push(Subject { certificate, at: first.unwrap_or(now) });
        }
    }

    /// Adds that of a timestamp.
    pub(super) fn add_token(&mut self, token: &TimestampToken) {
        self.know(&token.certificates);
        if !self.subjects.iter().any(|subject| subject.certificate == token.signer) {
            self.subjects.push(Subject { certificate: token.signer.clone(), at: token.gen_time });
        }
    }

    pub(super) fn know(&mut self, certificates: &[Certificate]) {
        for certificate in certificates {
            if !self.known.contains(certificate) {
                self.known.push(certificate.clone());
            }
        }
    }
}

/// The level that a signature shows; nothing is judged.
///
/// `own`: whether its container has a timestamp. `covering`: ends of the document timestamps after it. `store_at`: place of the document security store,
/// if that has revocation data.
pub(super) fn shown_level(own: bool, covering: &[u64], store_at: Option<u64>) -> Level {
    match (own || !covering.is_empty(), store_at) {
        (false, _) => Level::BB,
        (true, None) => Level::BT,
        // Some writers add the chain of the last timestamp to the store after it.
        (true, Some(at)) if covering.iter().any(|end| *end > at) || own && !covering.is_empty() || covering.len() > 1 => Level::BLta,
        (true, Some(_)) => Level::BLt,
    }
}

/// What was appended for the level.
#[derive(Default)]
pub(super) struct Raised {
    pub(super) update: Vec<u8>,
    /// Number of revisions in `update`.
    pub(super) revisions: usize,
    pub(super) level: Level,
    pub(super) timestamps: Vec<TimestampReport>,
    pub(super) validation: Option<ValidationReport>,
    pub(super) renew_before: Option<String>,
    pub(super) warnings: Vec<Warning>,
}

/// A document that is raised: its reader, which shows all updates so far, and what opens it.
pub(super) struct Raising<'a> {
    pub(super) io: Io,
    pub(super) ambient: &'a Ambient,
    pub(super) password: Option<&'a Password>,
    pub(super) strict: bool,
    /// The file that receives a copy of the document by the next pass.
    pub(super) copy: Option<Handle>,
    pub(super) raised: Raised,
}

impl<'a> Raising<'a> {
    /// Of a document whose signatures have `level`.
    pub(super) fn new(io: Io, ambient: &'a Ambient, password: Option<&'a Password>, level: Level) -> Self {
        Raising { io, ambient, password, strict: false, copy: None, raised: Raised { level, ..Raised::default() } }
    }

    /// Adds the proofs of `chains`, and for B-LTA a document timestamp over them: one update (EN 319 142-1, 6.3), and another one for the chain of
    /// a timestamp whose signer the store did not have before.
    ///
    /// Errors: those of [`Gathering::prove`], `ERR_TIMESTAMP_…`, `ERR_DSS`, and what reading gives.
    pub(super) async fn raise(&mut self, web: &mut Web, gathering: &mut Gathering<'_>, goal: &Goal, chains: &Chains) -> Result<()> {
        gathering.know(&chains.known);
        if goal.level < Level::BLt {
            for subject in &chains.subjects {
                if goal.has_trust() {
                    gathering.path(web, subject).await?;
                } else {
                    self.raised.warnings.push(unanchored(&subject.certificate));
                }
            }
            return Ok(());
        }
        let proven = gathering.prove(web, &chains.subjects).await;
        self.raised.warnings.append(&mut gathering.warnings);
        let evidence = match proven {
            Ok(evidence) => evidence,
            Err(error) if goal.accepts(self.raised.level, &error) => {
                self.raised.warnings.push(goal.lower(self.raised.level, &error));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if goal.level == Level::BLt {
            self.store(&evidence).await?;
            self.raised.level = Level::BLt;
            return Ok(());
        }
        let (stamp, is_proven) = match self.timestamp(web, &goal.timestamp, Some(&evidence), None).await {
            Ok(stamped) => stamped,
            Err(error) if goal.accepts(Level::BLt, &error) => {
                self.store(&evidence).await?;
                self.raised.level = Level::BLt;
                self.raised.warnings.push(goal.lower(Level::BLt, &error));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.raised.level = Level::BLta;
        if is_proven {
            return Ok(());
        }
        let mut own = Chains::default();
        own.add_token(&stamp.token);
        gathering.know(&own.known);
        let proven = gathering.prove(web, &own.subjects).await;
        self.raised.warnings.append(&mut gathering.warnings);
        match proven {
            Ok(evidence) => self.store(&evidence).await,
            Err(error) if goal.accepts(Level::BLt, &error) => {
                let found = format!("the chain of the document timestamp is not proven in the document: {}", error.found());
                self.raised.warnings.push(WarningCode::LevelLower.because(found));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Appends an update with the proofs alone.
    async fn store(&mut self, evidence: &Evidence) -> Result<()> {
        let file = self.open().await?;
        let catalog = Catalog::open(&file).await?;
        let form = Form::open(&file, &catalog).await?;
        let existing = existing_signatures(&file, &form).await?;
        let certified = crate::signature::certification(&file, &catalog).await?;
        let store = SecurityStore::read(&file, &catalog).await?;
        let (objects, report) = store.plan(&file, &catalog, evidence).await?;
        self.note(report, of_timestamp(certified, &existing).into_iter().collect());
        let (identifier, mut vectors) = self.identity(&file);
        let update = Update::write(&file, &objects, identifier, &mut vectors, catalog.version)?;
        self.append(&update.bytes);
        Ok(())
    }

    /// Appends an update with a document timestamp, and with proofs if there are some. Returns whether its signer is in the store.
    ///
    /// Errors: `ERR_TIMESTAMP_…`, and what reading gives.
    pub(super) async fn timestamp(
        &mut self,
        web: &mut Web,
        options: &TimestampOptions,
        evidence: Option<&Evidence>,
        field_name: Option<&String>,
    ) -> Result<(Stamp, bool)> {
        let file = self.open().await?;
        let catalog = Catalog::open(&file).await?;
        let form = Form::open(&file, &catalog).await?;
        let existing = existing_signatures(&file, &form).await?;
        let store = match evidence {
            Some(_) => Some(SecurityStore::read(&file, &catalog).await?),
            None => None,
        };
        let field = SigningOptions { field_name: field_name.cloned(), ..SigningOptions::default() };
        let input = PlanInput {
            options: &field,
            container_size: options.size(),
            date: "",
            now: 0,
            uses: Uses { pades: true, ts_32002: false, eddsa: false, mac: false },
            digest_algorithm: options.digest_algorithm.as_str(),
            signer: None,
            is_timestamp: true,
            store: store.as_ref().zip(evidence),
        };
        let plan = SignaturePlan::make(&file, &catalog, &form, &existing, &input).await?;
        let (identifier, mut vectors) = self.identity(&file);
        let update = Update::write(&file, &plan.objects, identifier, &mut vectors, catalog.version)?;
        let update = SignatureUpdate::fill(update, self.io.length())?;
        let (imprint, _) =
            self.io.digest(options.digest_algorithm, &update.covered(), &[], self.copy.take(), Find::default(), Vec::new()).await?;
        let mut timestamps = Timestamps::new(options, &self.ambient.entropy);
        let mut stamp = timestamps.ask(web, &imprint, true, &[]).await?;
        if stamp.token.der.len() > options.size() && evidence.is_some() {
            // The store gets its certificates.
            let apart = std::mem::take(&mut stamp.token.certificates);
            stamp = timestamps.ask(web, &imprint, false, &apart).await?;
            stamp.token.certificates = apart;
        }
        let token = &stamp.token.der;
        if token.len() > options.size() {
            let (token, reserved) = (token.len(), options.size());
            return Err(Code::ContainerTooLarge
                .because(format!("the timestamp has {token} bytes and {reserved} are reserved"))
                .with_remedy(format!("give a `timestamp.size` of {token} or more")));
        }
        let SignatureUpdate { mut bytes, contents, .. } = update;
        let mut digits = Vec::with_capacity(2 * token.len());
        hex::extend(&mut digits, token);
        let place = bytes.get_mut(contents.start + 1..contents.start + 1 + digits.len()).ok_or(Code::Internal)?;
        place.copy_from_slice(&digits);
        if let Some(report) = plan.validation {
            self.note(report, Vec::new());
        }
        self.raised.warnings.extend(plan.warnings);
        self.raised.warnings.extend(stamp.warnings(web.now));
        self.raised.timestamps.push(stamp.report(true));
        self.raised.renew_before = Some(renewal(&stamp));
        self.append(&bytes);
        let signer = &stamp.token.signer;
        let is_new = evidence.is_some_and(|evidence| evidence.certificates.iter().any(|one| **one == signer.der()));
        let is_proven = is_new || store.is_some_and(|store| store.has_proofs() && store.certificates.contains(signer));
        Ok((stamp, is_proven))
    }

    async fn open(&self) -> Result<File> {
        self.io.renew_work();
        let file = File::open(&self.io, self.password.map(Password::as_str)).await?;
        if is_protected(&file) {
            return Err(Code::EncryptionMac
                .because("the document has an integrity code (ISO/TS 32004), and updates after the signature cannot renew it"));
        }
        if self.strict {
            file.check_undamaged()?;
        }
        Ok(file)
    }

    fn identity(&self, file: &File) -> ([u8; 16], Vectors) {
        let [identifier, vectors] = [&b"rustpdf /ID"[..], b"rustpdf IV"].map(|purpose| derived(file, purpose, &self.ambient.entropy));
        (std::array::from_fn(|index| identifier[index]), Vectors::new(vectors))
    }

    /// Adds what an update of the store did.
    fn note(&mut self, report: ValidationReport, warnings: Vec<Warning>) {
        let before = self.raised.validation.take().unwrap_or_default();
        self.raised.validation =
            Some(ValidationReport { added: before.added + report.added, bytes: before.bytes + report.bytes, ..report });
        for warning in warnings {
            if !self.raised.warnings.contains(&warning) {
                self.raised.warnings.push(warning);
            }
        }
    }

    fn append(&mut self, update: &[u8]) {
        self.io = self.io.with_appended(update);
        self.raised.update.extend_from_slice(update);
        self.raised.revisions += 1;
    }
}

/// Raises what a run signed, in further updates after the last one, whose report tells of them.
#[expect(clippy::too_many_arguments, reason = "the two ways of signing share it")]
pub(super) async fn raise_signed(
    web: &mut Web,
    gathering: &mut Gathering<'_>,
    goal: &Goal,
    io: Io,
    ambient: &Ambient,
    password: Option<&Password>,
    copy: Option<Handle>,
    signed: &mut [SignedUpdate],
) -> Result<Option<Handle>> {
    let mut chains = Chains::default();
    chains.know(gathering.known());
    for container in signed.iter().filter_map(|signed| signed.open.as_ref()) {
        chains.add(container, &[], web.now);
    }
    let mut raising = Raising { copy, ..Raising::new(io, ambient, password, Level::BT) };
    if !chains.subjects.is_empty() {
        raising.raise(web, gathering, goal, &chains).await?;
    }
    let Raising { raised, copy, .. } = raising;
    for one in signed.iter_mut().filter(|signed| signed.open.is_some()) {
        one.open = None;
        one.report.level = Some(raised.level);
    }
    if let Some(last) = signed.last_mut() {
        last.update.extend_from_slice(&raised.update);
        last.report.update_length += raised.update.len() as u64;
        last.report.timestamps.extend(raised.timestamps);
        last.report.validation = raised.validation;
        last.report.warnings.extend(raised.warnings);
        last.report.renew_before = raised.renew_before.or(last.report.renew_before.take());
        last.report.requests = std::mem::take(&mut web.reports);
    }
    Ok(copy)
}

/// Refuses, before the key is asked, what no timestamp can mend: a certificate that has expired, and one of a chain that is not trusted or revoked.
///
/// Errors: `ERR_CERTIFICATE_EXPIRED`, `ERR_LEVEL`, those of [`Gathering::path`] and [`Gathering::check_at_hand`].
pub(super) async fn check_before_key(
    web: &mut Web,
    gathering: &mut Gathering<'_>,
    goal: &Goal,
    certificate: &Certificate,
    chain: &[Certificate],
    now: i64,
) -> Result<()> {
    let (_, not_after) = certificate.validity();
    if now > not_after {
        return Err(Code::CertificateExpired
            .because(format!("the certificate expired at {}, and a timestamp of now proves that", time::rfc3339(not_after)))
            .with_remedy("use a valid certificate"));
    }
    if goal.level < Level::BLt {
        if goal.has_trust() {
            gathering.know(chain);
            gathering.path(web, &Subject { certificate: certificate.clone(), at: now }).await?;
        }
        return Ok(());
    }
    if certificate.is_self_issued() {
        return Err(Code::Level
            .because(format!("the certificate is self-signed: no revocation data exist for it, which {} requires", goal.level.as_str()))
            .with_remedy("use a certificate of an issuer, or a lower `level`"));
    }
    gathering.know(chain);
    match gathering.path(web, &Subject { certificate: certificate.clone(), at: now }).await {
        Ok(path) => gathering.check_at_hand(now, &path).await,
        // A service that fails now may answer later, and a lower level may be accepted.
        Err(error) if goal.accepts(Level::BT, &error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The room for a timestamp in a container, in bytes.
pub(super) fn room(options: &SigningOptions) -> usize {
    match (options.level > Level::BB, &options.timestamp) {
        (true, Some(timestamp)) => crate::cms::timestamp_room(timestamp.size()),
        (true, None) => crate::cms::timestamp_room(limits::TIMESTAMP),
        (false, _) => 0,
    }
}
