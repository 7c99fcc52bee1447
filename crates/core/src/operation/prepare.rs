//! The first half: from the document to a session that needs a signature.

use std::collections::BTreeSet;

use super::announced::Announced;
use super::integrity::Integrity;
use super::levels::{Goal, room};
use super::session::{Known, Session, SessionSigner};
use super::signer::{Credentials, Signer};
use crate::crypto::Scheme;
use crate::digest::DigestAlgorithm;
use crate::document::{Catalog, Form, is_wrapper};
use crate::encryption::Vectors;
use crate::error::{Code, Result};
use crate::file::xref::Kind;
use crate::file::{File, ShadowSearch};
use crate::io::{Io, Matches};
use crate::limits;
use crate::options::{Password, SigningOptions};
use crate::report::{Report, Warning, WarningCode};
use crate::revision::Update;
use crate::signature::extensions::Uses;
use crate::signature::{PlanInput, SignaturePlan, SignatureUpdate, existing_signatures, is_protected, pdf_date, sub_filter};
use crate::x509::Certificate;

/// What the core cannot know by itself: it has no clock and no random source.
#[derive(Clone, Debug)]
pub struct Ambient {
    /// Seconds since the beginning of 1970, UTC. It becomes `/M`.
    pub now: i64,
    /// Random bytes, from which the identifier of the revision and what its encryption needs are derived. The same bytes give the same output.
    pub entropy: [u8; 32],
}

/// A signature that is to be made, checked as far as it can be without the document.
pub(crate) struct SignatureRequest {
    signer: Option<Signer>,
    /// The scheme of the raw signature; none where the session takes a container only.
    scheme: Option<Scheme>,
    options: SigningOptions,
    pub(crate) digest_algorithm: DigestAlgorithm,
    container_size: usize,
    date: String,
    pub(super) goal: Option<Goal>,
    warnings: Vec<Warning>,
}

impl SignatureRequest {
    /// Errors: those of the options and the certificate.
    pub(crate) fn make(ambient: &Ambient, credentials: Option<&Credentials>, mut options: SigningOptions) -> Result<SignatureRequest> {
        options.check()?;
        let date = pdf_date(ambient.now, options.utc_offset_minutes)?;
        let (signer, mut warnings) = match credentials {
            Some(credentials) => Signer::make(credentials, ambient.now, &options).map(|(signer, warnings)| (Some(signer), warnings))?,
            None => (None, Vec::new()),
        };
        let scheme = signer.as_ref().map_or_else(|| Announced::scheme(&options), |signer| Ok(Some(signer.scheme)))?;
        if scheme.is_some_and(|scheme| scheme.is_edwards()) {
            warnings.push(WarningCode::Ed25519Acrobat.plain());
        }
        let digest_algorithm = scheme.map(|scheme| scheme.digest).or(options.digest_algorithm).unwrap_or(DigestAlgorithm::Sha256);
        let container_size = reserve(signer.as_ref(), ambient.now, &options, false)?;
        let goal = Goal::of(&mut options);
        Ok(SignatureRequest { signer, scheme, options, digest_algorithm, container_size, date, goal, warnings })
    }

    /// The password that opens the document.
    pub(super) fn password(&self) -> Option<Password> {
        self.options.password.clone()
    }

    /// The signer's certificate and chain, if they are known.
    pub(super) fn certificates(&self) -> Option<(&Certificate, &[Certificate])> {
        self.signer.as_ref().map(|signer| (&signer.certificate, signer.chain.certificates()))
    }
}

/// An update that is written but not digested.
pub(crate) struct PreparedUpdate {
    pub(crate) digest_algorithm: DigestAlgorithm,
    signer: Option<Signer>,
    scheme: Option<Scheme>,
    options: SigningOptions,
    update: SignatureUpdate,
    encrypted: bool,
    report: Report,
    file: File,
    /// The integrity code of the document, where it has one.
    pub(crate) integrity: Option<Integrity>,
    /// Search for later definitions of the objects that the update overrides.
    pub(crate) shadows: ShadowSearch,
    /// Object numbers of the signatures that the document shows.
    known: BTreeSet<u32>,
    goal: Option<Goal>,
}

impl PreparedUpdate {
    /// Reads the document and writes the update, with reserved space for the container.
    pub(crate) async fn write(io: &Io, ambient: &Ambient, request: SignatureRequest) -> Result<PreparedUpdate> {
        io.renew_work();
        let password = request.options.password.as_ref().map(Password::as_str);
        let mut file = File::open(io, password).await?;
        let Planned { version, plan, container_size, known } = match planned(&file, &request, ambient.now).await {
            Err(error) => {
                let rebuilt = file.rebuild_after(password, error.clone()).await?;
                let planned = planned(&rebuilt, &request, ambient.now).await.map_err(|other| error.or_what_is_missing(other))?;
                file = rebuilt;
                planned
            }
            Ok(planned) => planned,
        };
        let SignatureRequest { signer, scheme, options, digest_algorithm, goal, mut warnings, .. } = request;
        let integrity = Integrity::read(&file, &derived(&file, b"rustpdf MAC", &ambient.entropy)).await?;
        if goal.is_some() && is_protected(&file) {
            return Err(Code::EncryptionMac
                .because("the document has an integrity code (ISO/TS 32004), and a timestamp after the signature cannot renew it")
                .with_remedy("sign at the level B-B, or sign a copy that was encrypted without an integrity code"));
        }
        let shadows = file.watch(&plan.objects.overridden()).await?;
        if options.strict {
            file.check_undamaged()?;
        }
        let [identifier, vectors] = [&b"rustpdf /ID"[..], b"rustpdf IV"].map(|purpose| derived(&file, purpose, &ambient.entropy));
        let identifier = std::array::from_fn(|index| identifier[index]);
        let update = Update::write(&file, &plan.objects, identifier, &mut Vectors::new(vectors), version)?;

        file.warn(&mut warnings);
        warnings.extend(plan.warnings);
        warnings.extend_from_slice(&update.warnings);
        let kind = update.kind;
        let update = SignatureUpdate::fill(update, io.length())?;
        let (reads, bytes_read) = io.reading();
        let report = Report {
            field: plan.field,
            new_field: plan.new_field,
            page: plan.page,
            rect: plan.rect,
            revision: file.xref.revisions() + 1,
            xref: match kind {
                Kind::Table => "table".into(),
                Kind::Stream => "stream".into(),
            },
            document_length: io.length(),
            update_length: update.bytes.len() as u64,
            byte_range: [0, update.byte_range.before, update.byte_range.resume, update.byte_range.after],
            container_size,
            container_length: None,
            sub_filter: sub_filter(&options).into(),
            digest_algorithm: digest_algorithm.as_str().into(),
            signature_algorithm: scheme.map(|scheme| scheme.signature.as_str().into()),
            certified: options.certify.map(|level| level.level()),
            level: None,
            timestamps: Vec::new(),
            validation: None,
            requests: Vec::new(),
            renew_before: None,
            reads,
            bytes_read,
            warnings,
        };
        let encrypted = file.encryption.is_some();
        Ok(PreparedUpdate { digest_algorithm, signer, scheme, options, update, encrypted, report, file, integrity, shadows, known, goal })
    }

    /// Warns of a later definition of an object that the update overrides; `found` is where its patterns are in the document.
    ///
    /// Errors: `ERR_OBJECT_SHADOWED` with `strict`; what reading gives.
    pub(crate) async fn check_shadows(&mut self, found: &[Matches]) -> Result<()> {
        if !self.file.is_shadowed(&self.shadows, found).await? {
            return Ok(());
        }
        if self.options.strict {
            return Err(Code::ObjectShadowed.into());
        }
        self.report.warnings.push(WarningCode::ObjectShadowed.plain());
        // With the later definition, a reader may also show a signature that this reading does not.
        let is_told = self.report.warnings.iter().any(|warning| warning.code == WarningCode::SignatureHidden);
        if !is_told && self.file.has_unlisted_signature(&self.known).await? {
            self.report.warnings.push(WarningCode::SignatureHidden.plain());
        }
        Ok(())
    }

    /// Bytes that the signature covers after the document.
    pub(crate) fn covered(&self) -> Vec<u8> {
        self.update.covered()
    }

    /// The session, with the digest of what the signature covers.
    pub(crate) fn into_session(self, ambient: &Ambient, hash: Vec<u8>) -> Result<Session> {
        let PreparedUpdate { digest_algorithm, signer, scheme, options, update, encrypted, report, goal, .. } = self;
        let signer = match (signer, scheme) {
            (Some(signer), _) => {
                let attributes = signer.attributes(&hash, ambient.now, &options)?;
                SessionSigner::Known(Box::new(Known { signer, attributes, check_signature: options.check_signature }))
            }
            (None, Some(scheme)) => SessionSigner::Announced(Announced::make(scheme, &hash, ambient.now, &options)?),
            (None, None) => SessionSigner::Service,
        };
        Ok(Session { goal, ..Session::make(update, options.pades, digest_algorithm, hash, signer, report, encrypted) })
    }
}

/// Facts about the document, and changes of the signature.
struct Planned {
    version: (u8, u8),
    plan: SignaturePlan,
    /// Bytes to reserve for the container.
    container_size: usize,
    /// Object numbers of the signatures that the document shows.
    known: BTreeSet<u32>,
}

async fn planned(file: &File, request: &SignatureRequest, now: i64) -> Result<Planned> {
    let SignatureRequest { signer, scheme, options, digest_algorithm, date, .. } = request;
    let mac = is_protected(file);
    let container_size = if mac { reserve(signer.as_ref(), now, options, true)? } else { request.container_size };
    let uses = Uses {
        pades: options.pades,
        ts_32002: scheme.is_some_and(|scheme| scheme.is_elliptic()),
        eddsa: scheme.is_some_and(|scheme| scheme.is_edwards()),
        mac,
    };
    let input = PlanInput {
        options,
        container_size,
        date,
        now,
        uses,
        digest_algorithm: digest_algorithm.as_str(),
        signer: signer.as_ref().map(Signer::certificates),
        is_timestamp: false,
        store: None,
    };
    let catalog = Catalog::open(file).await?;
    let form = Form::open(file, &catalog).await?;
    let existing = existing_signatures(file, &form).await?;
    let mut plan = SignaturePlan::make(file, &catalog, &form, &existing, &input).await?;
    let known: BTreeSet<_> = existing.iter().map(|signature| signature.loaded.id.number).collect();
    if is_wrapper(file, &catalog).await? {
        plan.warnings.push(WarningCode::EncryptedPayload.plain());
    }
    if file.is_doubtful() {
        if file.has_unlisted_signature(&known).await? {
            plan.warnings.push(WarningCode::SignatureHidden.plain());
        }
        if file.is_damaged() && !existing.is_empty() {
            plan.warnings.push(WarningCode::SignedDamage.plain());
        }
    }
    Ok(Planned { version: catalog.version, plan, container_size, known })
}

/// The bytes to reserve for the container: computed where its parts are known. `with_mac`: with the integrity code of the document.
fn reserve(signer: Option<&Signer>, now: i64, options: &SigningOptions, with_mac: bool) -> Result<usize> {
    let Some(signer) = signer else {
        if options.policy.is_some() || options.commitment_type.is_some() || !options.signer_roles.is_empty() {
            return Err(Code::OptionValue
                .because("`policy`, `commitmentType` and `signerRoles` need `certificate`: without it the maker of the container sets them")
                .with_remedy("begin with `certificate`, or leave them out and set them in the signing service"));
        }
        return Ok(options.container_size.unwrap_or(limits::CONTAINER_DEFAULT + room(options)));
    };
    let needed = signer.container_size(now, options, with_mac)? + room(options);
    match options.container_size {
        Some(reserved) if reserved < needed => Err(Code::ContainerSize
            .because(format!("`containerSize` is {reserved} and the container needs {needed} bytes"))
            .with_remedy("give a larger `containerSize`, or leave it out")),
        Some(reserved) => Ok(reserved),
        None if limits::CONTAINER.contains(&needed) => Ok(needed),
        None => Err(Code::ContainerSize
            .because(format!("the container needs {needed} bytes, and at the most {} can be reserved", limits::CONTAINER.end()))
            .with_remedy("sign with smaller certificates, or give fewer of them as the chain")),
    }
}

/// The new `/ID[1]` (ISO 32000-2, 14.4) or another secret for a purpose, from the entropy and from what tells this document from others.
pub(super) fn derived(file: &File, purpose: &[u8], entropy: &[u8; 32]) -> [u8; 32] {
    let trailer = file.xref.trailer_source.get(file.xref.trailer_span.clone()).unwrap_or_default();
    let length = file.io.length().to_be_bytes();
    let digest = DigestAlgorithm::Sha256.digest(&[purpose, entropy, &length, &file.startxref.unwrap_or(0).to_be_bytes(), trailer]);
    std::array::from_fn(|index| digest.get(index).copied().unwrap_or(0))
}
