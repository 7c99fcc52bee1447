//! The second half: a checked answer becomes a container, and the container fills the reserved space. Pure functions of session and answer.

use super::session::{Session, SessionSigner, SignedUpdate};
use crate::cms::{Expected, MacKeys, check_container};
use crate::error::{Code, Result};
use crate::hex;
use crate::io::VerifyRequest;
use crate::report::Level;
use crate::report::{Report, WarningCode};

impl Session {
    /// Completes with the raw signature over `request().data`, as the key store gave it.
    ///
    /// ECDSA may come in DER or as r and s, one after the other. Of a session that was begun without a certificate, call
    /// [`Session::with_certificate`] before. Errors: `ERR_SESSION_NO_CERTIFICATE`, `ERR_SESSION_SIGNED` and `ERR_SIGNATURE_…`.
    ///
    /// ```
    /// # use rustpdf_core::{Result, Session};
    /// # fn my_hsm(_: &[u8]) -> Vec<u8> { unimplemented!() }
    /// fn complete(session: &Session, document: &[u8]) -> Result<Vec<u8>> {
    ///     let raw = my_hsm(&session.request().expect("a session with a certificate has a request").data);
    ///     Ok(session.complete_with_signature(&raw)?.appended_to(document))
    /// }
    /// ```
    pub fn complete_with_signature(&self, raw: &[u8]) -> Result<SignedUpdate> {
        self.check_plain()?;
        self.embed(&self.raw_container(raw, false, None)?, self.report.clone())
    }

    /// Errors: `ERR_LEVEL` for a session above B-B, which needs servers.
    fn check_plain(&self) -> Result<()> {
        match &self.goal {
            None => Ok(()),
            Some(goal) => Err(Code::Level
                .because(format!(
                    "the session is to have the level {}, and only a call with its document can ask servers",
                    goal.level.as_str()
                ))
                .with_remedy("complete it with its document")),
        }
    }

    /// The question for a host that verifies signatures; none if the raw signature is not to be verified, or cannot verify.
    pub(super) fn verify_request(&self, raw: &[u8]) -> Option<VerifyRequest> {
        let known = self.signer.known().filter(|known| known.check_signature)?;
        known.signer.verify_request(&known.attributes, raw)
    }

    /// The container around a raw signature, which the host may have `verified`. `mac` are the keys for the integrity code of the document: no session
    /// contains them.
    pub(super) fn raw_container(&self, raw: &[u8], verified: bool, mac: Option<&MacKeys>) -> Result<Vec<u8>> {
        self.check_unsigned()?;
        let known = match &self.signer {
            SessionSigner::Known(known) => known,
            SessionSigner::Service => return Err(Code::SessionNoCertificate.into()),
            SessionSigner::Announced(_) => {
                return Err(Code::SessionNoCertificate
                    .because("the session was begun without a certificate, and none came with the signature")
                    .with_remedy("give the `certificate` of the key with the signature"));
            }
        };
        let check = known.check_signature && !verified;
        known.signer.container(&known.attributes, raw, check, mac.map(|keys| (keys, self.hash.as_slice())))
    }

    /// Completes with a finished CMS container for [`Session::hash`], DER or BER.
    ///
    /// Errors: `ERR_CONTAINER_…`, `ERR_SESSION_SIGNED`.
    ///
    /// ```
    /// # use rustpdf_core::{Result, Session};
    /// # fn my_service(_: &[u8]) -> Vec<u8> { unimplemented!() }
    /// fn complete(session: &Session, document: &[u8]) -> Result<Vec<u8>> {
    ///     Ok(session.complete(&my_service(session.hash()))?.appended_to(document))
    /// }
    /// ```
    pub fn complete(&self, container: &[u8]) -> Result<SignedUpdate> {
        self.check_plain()?;
        let (der, report) = self.checked_container(container)?;
        self.embed(&der, report)
    }

    /// A container from elsewhere as it is embedded, and the report with what it says. Errors: those of [`Session::complete`].
    pub(super) fn checked_container(&self, container: &[u8]) -> Result<(Vec<u8>, Report)> {
        self.check_unsigned()?;
        let checked = check_container(
            container,
            &Expected {
                digest_algorithm: self.digest_algorithm,
                message_digest: &self.hash,
                pades: self.pades,
                certificate: self.signer.known().map(|known| &known.signer.certificate),
            },
        )?;
        let mut report = self.report.clone();
        report.signature_algorithm = Some(checked.signature_algorithm.as_str().to_owned());
        if checked.by_key_identifier {
            report.warnings.push(WarningCode::KeyIdentifier.plain());
        }
        Ok((checked.der, report))
    }

    /// A session that is signed keeps its signature: another one would be a second answer of the key for one request.
    pub(super) fn check_unsigned(&self) -> Result<()> {
        match self.is_signed() || self.container.is_some() {
            true => Err(Code::SessionSigned.into()),
            false => Ok(()),
        }
    }

    /// Fills the reserved space with the container in hexadecimal, then with zeros up to the end. The updates of earlier signers come first.
    pub(super) fn embed(&self, container: &[u8], mut report: Report) -> Result<SignedUpdate> {
        let reserved = self.container_size();
        if container.len() > reserved {
            return Err(
                Code::ContainerTooLarge.because(format!("the container needs {} bytes and {reserved} are reserved", container.len()))
            );
        }
        let end = self.appended.len() + self.before.len() + 2 * reserved + 2;
        let mut update = Vec::with_capacity(end + self.after.len());
        update.extend_from_slice(&self.appended);
        update.extend_from_slice(&self.before);
        update.push(b'<');
        hex::extend(&mut update, container);
        update.resize(end - 1, b'0');
        update.push(b'>');
        update.extend_from_slice(&self.after);
        report.container_length = Some(container.len());
        if self.pades && report.level.is_none() {
            report.level = Some(Level::BB);
        }
        let open = self.goal.as_ref().filter(|goal| goal.level >= Level::BLt && report.level >= Some(Level::BT));
        Ok(SignedUpdate { update, report, open: open.map(|_| container.to_vec()) })
    }
}
