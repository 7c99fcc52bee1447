//! Collects what proves certificates: issuers, OCSP responses, revocation lists. RFC 5280, 6; RFC 6960; EN 319 142-1, 6.3.

use std::sync::Arc;

use super::crl::{self, Crl};
use super::web::{Outcome, Web, host};
use super::{Path, Pool, SignatureOf, Status, certificates_of, ocsp, reason_name};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::hex;
use crate::io::{HttpPurpose, HttpRequest, Io, VerifyRequest};
use crate::limits;
use crate::options::{RevocationSource, ValidationOptions};
use crate::report::{Warning, WarningCode};
use crate::signature::{Element, Evidence};
use crate::x509::name::common_name;
use crate::x509::{Certificate, REASONS, time};

/// A certificate whose chain is to be proven.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) certificate: Certificate,
    /// The time for which it counts, in seconds since 1970, UTC: that of the timestamp of its signature.
    pub(crate) at: i64,
}

/// The collection of proofs.
pub(crate) struct Gathering<'a> {
    io: &'a Io,
    options: &'a ValidationOptions,
    entropy: &'a [u8; 32],
    trust: Vec<Certificate>,
    pool: Pool,
    ocsps: Vec<Element>,
    crls: Vec<Element>,
    asked: Vec<Asked>,
    /// Signatures of lists that were verified: number of the list, DER of the signer.
    verified: Vec<(usize, Vec<u8>)>,
    /// Why sources gave no proof, for messages.
    attempts: Vec<String>,
    pub(crate) warnings: Vec<Warning>,
}

/// A request that was sent.
struct Asked {
    key: String,
    /// Whether a cache answered it: then it may be sent once more.
    cached: bool,
}

/// The proof of one certificate, or the way to it.
enum Proof {
    Found {
        material: Evidence,
        /// Signers of the proof that have to be proven, too.
        signers: Vec<Certificate>,
    },
    Wanted(Vec<HttpRequest>),
    Missing,
}

impl<'a> Gathering<'a> {
    /// Errors: `ERR_OPTION_VALUE` for elements that cannot be read.
    pub(crate) fn new(io: &'a Io, options: &'a ValidationOptions, entropy: &'a [u8; 32]) -> Result<Gathering<'a>> {
        let certificates = |name: &str, given: &[Vec<u8>]| -> Result<Vec<Certificate>> {
            let mut all = Vec::new();
            for element in given {
                let found = certificates_of(element);
                if found.is_empty() {
                    return Err(Code::OptionValue.because(format!("an entry of `validation.{name}` is no certificate")));
                }
                all.extend(found);
            }
            Ok(all)
        };
        let trust = certificates("trust", &options.trust)?;
        let mut pool = Pool::default();
        for certificate in trust.iter().cloned().chain(certificates("certificates", &options.certificates)?) {
            pool.add(certificate);
        }
        let crls = options.crls.iter().map(|list| {
            crl::to_der(list.clone())
                .map(Arc::new)
                .map_err(|reason| Code::OptionValue.because(format!("an entry of `validation.crls` cannot be read: {reason}")))
        });
        Ok(Gathering {
            io,
            options,
            entropy,
            trust,
            pool,
            ocsps: options.ocsps.iter().cloned().map(Arc::new).collect(),
            crls: crls.collect::<Result<_>>()?,
            asked: Vec::new(),
            verified: Vec::new(),
            attempts: Vec::new(),
            warnings: Vec::new(),
        })
    }

    /// Adds certificates that may be issuers.
    pub(crate) fn know(&mut self, certificates: &[Certificate]) {
        for certificate in certificates {
            self.pool.add(certificate.clone());
        }
    }

    /// Certificates that may be issuers.
    pub(crate) fn known(&self) -> &[Certificate] {
        self.pool.certificates()
    }

    /// The path of a certificate to its anchor, the certificate first. Missing issuers are asked for.
    ///
    /// Errors: `ERR_CHAIN_INCOMPLETE`, `ERR_CHAIN_UNTRUSTED`; those of [`Web::send`].
    pub(crate) async fn path(&mut self, web: &mut Web, subject: &Subject) -> Result<Vec<Certificate>> {
        loop {
            let (path, urls, refused) = match self.pool.path(&subject.certificate, &self.trust, subject.at) {
                Path::Trusted(path) => return Ok(path),
                Path::Unanchored(path) if self.trust.is_empty() => {
                    let last = path.last().map(|last| common_name(last.subject())).unwrap_or_default();
                    self.warn(WarningCode::ChainUnanchored.because(format!(
                        "no trusted certificates are given: the chain ends at `{last}`, a self-signed certificate that nobody confirmed"
                    )));
                    return Ok(path);
                }
                Path::Unanchored(path) => (path, Vec::new(), None),
                Path::Incomplete { path, urls, refused } => (path, urls, refused),
            };
            let mut wanted = Vec::new();
            for url in &urls {
                wanted.extend(self.request(HttpPurpose::Issuer, url, Vec::new()));
            }
            if wanted.is_empty() {
                return Err(self.no_path(&subject.certificate, &path, refused));
            }
            self.ask(web, wanted).await?;
        }
    }

    /// Issuers of a certificate, the nearest first, as far as they are known or can be fetched.
    ///
    /// Errors: those of [`Web::send`].
    pub(crate) async fn issuers(&mut self, web: &mut Web, subject: &Subject) -> Result<Vec<Certificate>> {
        loop {
            let (path, urls) = match self.pool.path(&subject.certificate, &self.trust, subject.at) {
                Path::Trusted(path) | Path::Unanchored(path) => (path, Vec::new()),
                Path::Incomplete { path, urls, .. } => (path, urls),
            };
            let mut wanted = Vec::new();
            for url in &urls {
                wanted.extend(self.request(HttpPurpose::Issuer, url, Vec::new()));
            }
            if wanted.is_empty() {
                return Ok(path.into_iter().skip(1).collect());
            }
            self.ask(web, wanted).await?;
        }
    }

    fn no_path(&self, leaf: &Certificate, path: &[Certificate], refused: Option<String>) -> Error {
        let name = common_name(leaf.subject());
        let last = path.last().unwrap_or(leaf);
        if last.is_self_issued() {
            let last = common_name(last.subject());
            return Code::ChainUntrusted.because(format!("the chain of `{name}` ends at `{last}`, which is not in `validation.trust`"));
        }
        let (last, issuer) = (common_name(last.subject()), common_name(last.issuer()));
        let mut found = format!("the issuer `{issuer}` of `{last}` was not found");
        if let Some(refused) = refused {
            found += &format!(": {refused}");
        }
        Code::ChainIncomplete.because(self.with_attempts(found))
    }

    fn with_attempts(&self, found: String) -> String {
        if self.attempts.is_empty() { found } else { format!("{found} ({})", self.attempts.join("; ")) }
    }

    /// Proves the chains of `subjects`: each certificate below its anchor, and the signers of the proofs.
    ///
    /// Errors: those of [`Gathering::path`], `ERR_CERTIFICATE_REVOKED`, `ERR_REVOCATION_UNAVAILABLE`, `ERR_REVOCATION_TOO_OLD`.
    pub(crate) async fn prove(&mut self, web: &mut Web, subjects: &[Subject]) -> Result<Evidence> {
        let mut material = Evidence::default();
        let mut open: Vec<(Subject, usize)> = subjects.iter().map(|subject| (subject.clone(), 0)).collect();
        let mut settled: Vec<Certificate> = Vec::new();
        loop {
            let (mut wanted, mut missing, mut later) = (Vec::new(), None, Vec::new());
            let mut index = 0;
            while let Some((subject, depth)) = open.get(index).cloned() {
                index += 1;
                let path = self.path(web, &subject).await?;
                path.iter().for_each(|certificate| Evidence::add(&mut material.certificates, &Arc::new(certificate.der().to_vec())));
                for pair in path.windows(2) {
                    let [certificate, issuer] = pair else { continue };
                    if settled.contains(certificate) {
                        continue;
                    }
                    match self.proof(web.now, certificate, issuer, subject.at).await? {
                        Proof::Found { material: found, signers } => {
                            settled.push(certificate.clone());
                            found.ocsps.iter().for_each(|element| Evidence::add(&mut material.ocsps, element));
                            found.crls.iter().for_each(|element| Evidence::add(&mut material.crls, element));
                            if depth >= limits::PROOFS_OF_PROOFS && !signers.is_empty() {
                                return Err(
                                    Code::RevocationUnavailable.because("the signers of revocation data need proofs without an end")
                                );
                            }
                            for certificate in signers {
                                self.pool.add(certificate.clone());
                                open.push((Subject { certificate, at: subject.at }, depth + 1));
                            }
                        }
                        Proof::Wanted(requests) => {
                            for request in requests {
                                if !wanted.contains(&request) {
                                    wanted.push(request);
                                }
                            }
                            later.push((subject.clone(), depth));
                        }
                        Proof::Missing => missing = missing.or_else(|| Some((certificate.clone(), issuer.clone()))),
                    }
                }
            }
            if let Some((certificate, issuer)) = missing {
                self.note_reasons(web.now, &certificate, &issuer);
                let found = format!("no proof was found that `{}` is not revoked", common_name(certificate.subject()));
                return Err(Code::RevocationUnavailable.because(self.with_attempts(found)));
            }
            if wanted.is_empty() {
                return Ok(material);
            }
            self.ask(web, wanted).await?;
            open = later;
        }
    }

    /// Looks for a revocation among the proofs that are at hand, before the key is asked.
    ///
    /// Errors: `ERR_CERTIFICATE_REVOKED`.
    pub(crate) async fn check_at_hand(&mut self, now: i64, path: &[Certificate]) -> Result<()> {
        for pair in path.windows(2) {
            if let [certificate, issuer] = pair {
                self.by_ocsp(now, certificate, issuer, now)?;
                self.by_crl(now, certificate, issuer, now).await?;
            }
        }
        Ok(())
    }

    async fn proof(&mut self, now: i64, certificate: &Certificate, issuer: &Certificate, at: i64) -> Result<Proof> {
        if certificate.has_no_check() {
            return Ok(Proof::Found { material: Evidence::default(), signers: Vec::new() }); // RFC 6960, 4.2.2.2.1
        }
        let sources = match self.options.prefer {
            RevocationSource::Ocsp => [RevocationSource::Ocsp, RevocationSource::Crl],
            RevocationSource::Crl => [RevocationSource::Crl, RevocationSource::Ocsp],
        };
        let mut too_old = None;
        for source in sources {
            let found = match source {
                RevocationSource::Ocsp => self.by_ocsp(now, certificate, issuer, at)?,
                RevocationSource::Crl => self.by_crl(now, certificate, issuer, at).await?,
            };
            if let Some((found, this_update)) = found {
                match self.options.revocation_age {
                    Some(age) if this_update < at - i64::from(age) => too_old = too_old.max(Some(this_update)),
                    _ => {
                        if this_update < at {
                            self.warn(WarningCode::RevocationEarlier.plain());
                        }
                        return Ok(found);
                    }
                }
            }
            let wanted = self.wanted(source, certificate, issuer);
            if !wanted.is_empty() {
                return Ok(Proof::Wanted(wanted));
            }
        }
        match too_old {
            Some(this_update) => Err(Code::RevocationTooOld.because(format!(
                "the revocation data of `{}` is of {}, and the timestamp of {}",
                common_name(certificate.subject()),
                time::rfc3339(this_update),
                time::rfc3339(at)
            ))),
            None => Ok(Proof::Missing),
        }
    }

    /// Requests that were not sent yet.
    fn wanted(&mut self, source: RevocationSource, certificate: &Certificate, issuer: &Certificate) -> Vec<HttpRequest> {
        match source {
            RevocationSource::Ocsp => {
                let nonce = self.nonce(certificate);
                let body = ocsp::request(certificate, issuer, nonce.as_ref());
                let urls = certificate.ocsp_urls();
                urls.iter().filter_map(|url| self.request(HttpPurpose::Ocsp, url, body.clone())).take(1).collect()
            }
            RevocationSource::Crl => {
                let mut wanted = Vec::new();
                for point in certificate.crl_points() {
                    // The addresses of one point lead to the same list.
                    wanted.extend(point.urls.iter().filter_map(|url| self.request(HttpPurpose::Crl, url, Vec::new())).take(1));
                }
                wanted
            }
        }
    }

    fn nonce(&self, certificate: &Certificate) -> Option<[u8; 32]> {
        let digest = DigestAlgorithm::Sha256.digest(&[b"rustpdf OCSP nonce", self.entropy, certificate.der()]);
        self.options.ocsp_nonce.then(|| std::array::from_fn(|index| digest.get(index).copied().unwrap_or(0)))
    }

    /// The newest OCSP response that says that the certificate is good, and its time.
    fn by_ocsp(&mut self, now: i64, certificate: &Certificate, issuer: &Certificate, at: i64) -> Result<Option<(Proof, i64)>> {
        let nonce = self.nonce(certificate);
        let mut newest: Option<(usize, ocsp::OcspAnswer)> = None;
        for (index, response) in self.ocsps.iter().enumerate() {
            let Ok(answer) = ocsp::read(response, certificate, issuer, self.pool.certificates(), now, nonce.as_ref()) else { continue };
            match answer.status {
                Status::Revoked { time, reason } if time <= at => return Err(revoked(certificate, time, reason)),
                Status::Unknown => {}
                _ if newest.as_ref().is_none_or(|(_, newest)| newest.this_update < answer.this_update) => newest = Some((index, answer)),
                _ => {}
            }
        }
        let Some((index, answer)) = newest else { return Ok(None) };
        if answer.nonce_missing {
            self.warn(WarningCode::OcspNonce.plain());
        }
        self.warn_of(certificate, answer.status);
        let mut material = Evidence { ocsps: self.ocsps.get(index).cloned().into_iter().collect(), ..Evidence::default() };
        if answer.is_delegated {
            material.certificates.push(Arc::new(answer.responder.der().to_vec()));
        }
        let signers = if answer.needs_own_proof { vec![answer.responder] } else { Vec::new() };
        Ok(Some((Proof::Found { material, signers }, answer.this_update)))
    }

    /// Lists that together say for every reason that the certificate is good, and the time of the oldest.
    async fn by_crl(&mut self, now: i64, certificate: &Certificate, issuer: &Certificate, at: i64) -> Result<Option<(Proof, i64)>> {
        let (mut reasons, mut oldest, mut material, mut signers) = (0, i64::MAX, Evidence::default(), Vec::new());
        for (index, der) in self.crls.iter().enumerate() {
            let Ok(list) = Crl::parse(der) else { continue };
            for signer in list.signers(issuer, self.pool.certificates()) {
                let known = self.verified.iter().any(|(list, known)| *list == index && known == signer.der());
                if !known {
                    match list.signature(signer) {
                        Ok(signature) if verifies(self.io, &signature).await => self.verified.push((index, signer.der().to_vec())),
                        _ => continue,
                    }
                }
                let Ok(answer) = list.judge(certificate, signer, now) else { continue };
                match answer.status {
                    Status::Revoked { time, reason } if time <= at => return Err(revoked(certificate, time, reason)),
                    status => {
                        if let Status::Revoked { .. } = status {
                            self.warnings.extend(late_revocation(certificate, status));
                        }
                    }
                }
                if reasons | answer.reasons != reasons {
                    reasons |= answer.reasons;
                    oldest = oldest.min(answer.this_update);
                    material.crls.push(Arc::clone(der));
                    if signer.der() != issuer.der() {
                        signers.push(signer.clone());
                    }
                }
                break;
            }
        }
        Ok((reasons == REASONS).then_some((Proof::Found { material, signers }, oldest)))
    }

    /// Notes why the responses and lists that are there prove nothing.
    fn note_reasons(&mut self, now: i64, certificate: &Certificate, issuer: &Certificate) {
        let mut reasons = Vec::new();
        for response in &self.ocsps {
            if let Err(reason) = ocsp::read(response, certificate, issuer, self.pool.certificates(), now, self.nonce(certificate).as_ref())
            {
                reasons.push(format!("ocsp: {reason}"));
            }
        }
        for der in &self.crls {
            let judged = Crl::parse(der).and_then(|list| match list.signers(issuer, self.pool.certificates()).first() {
                None => Err(list.without_signer()),
                Some(signer) => list.signature(signer).and_then(|_| list.judge(certificate, signer, now)),
            });
            if let Err(reason) = judged {
                reasons.push(format!("crl: {reason}"));
            }
        }
        for reason in reasons {
            if !self.attempts.contains(&reason) && self.attempts.len() < limits::REASONS {
                self.attempts.push(reason);
            }
        }
    }

    /// A request that was not sent yet, or that a cache answered.
    fn request(&mut self, purpose: HttpPurpose, url: &str, body: Vec<u8>) -> Option<HttpRequest> {
        if !self.options.online {
            return None;
        }
        let key = match purpose {
            HttpPurpose::Ocsp => format!("ocsp:{url}:{}", hex::encode(&DigestAlgorithm::Sha256.digest(&[&body]))),
            purpose => format!("{}:{url}", purpose.as_str()),
        };
        let asked = self.asked.iter().find(|asked| asked.key == key);
        let cache = match asked {
            None => (purpose != HttpPurpose::Ocsp || !self.options.ocsp_nonce).then_some(key),
            Some(asked) if asked.cached => None,
            Some(_) => return None,
        };
        let (method, content_type, accept, limit) = match purpose {
            HttpPurpose::Ocsp => ("POST", Some("application/ocsp-request"), "application/ocsp-response", limits::HTTP_SMALL),
            HttpPurpose::Crl => ("GET", None, "application/pkix-crl", u64::from(self.options.max_crl)),
            _ => ("GET", None, "application/pkix-cert, application/pkcs7-mime", limits::HTTP_SMALL),
        };
        Some(HttpRequest { purpose, url: Some(url.to_owned()), method, content_type, accept, body, limit, cache, ..HttpRequest::default() })
    }

    /// Sends requests, and keeps what they bring.
    async fn ask(&mut self, web: &mut Web, requests: Vec<HttpRequest>) -> Result<()> {
        let outcomes = web.send(requests.clone()).await?;
        for (request, outcome) in requests.into_iter().zip(outcomes) {
            self.take(request, outcome);
        }
        Ok(())
    }

    fn take(&mut self, request: HttpRequest, outcome: Outcome) {
        let url = request.url.unwrap_or_default();
        let key = match request.purpose {
            HttpPurpose::Ocsp => format!("ocsp:{url}:{}", hex::encode(&DigestAlgorithm::Sha256.digest(&[&request.body]))),
            purpose => format!("{}:{url}", purpose.as_str()),
        };
        self.asked.retain(|asked| asked.key != key);
        self.asked.push(Asked { key, cached: outcome.as_ref().is_ok_and(|body| body.cached) });
        let reason = match outcome {
            Err(reason) => reason,
            Ok(body) => match request.purpose {
                HttpPurpose::Ocsp => {
                    self.ocsps.push(Arc::new(body.body));
                    return;
                }
                HttpPurpose::Crl => match crl::to_der(body.body) {
                    Ok(list) => {
                        self.crls.push(Arc::new(list));
                        return;
                    }
                    Err(reason) => reason.to_string(),
                },
                _ => {
                    let found = certificates_of(&body.body);
                    // A self-signed certificate that an address brought is no anchor: `Pool::path` ends at those of `trust`.
                    if found.into_iter().filter(|certificate| self.pool.add(certificate.clone())).count() > 0 {
                        return;
                    }
                    "the answer has no new certificate".to_owned()
                }
            },
        };
        if self.attempts.len() < limits::REASONS {
            self.attempts.push(format!("{} of {}: {reason}", request.purpose.as_str(), host(&url)));
        }
    }

    fn warn_of(&mut self, certificate: &Certificate, status: Status) {
        self.warnings.extend(late_revocation(certificate, status));
    }

    /// Adds a warning once.
    fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// Whether a signature verifies, by the host where that is worth the question.
async fn verifies(io: &Io, signature: &SignatureOf<'_>) -> bool {
    if io.host_verifies() && signature.message.len() > limits::VERIFIED_HERE {
        let SignatureOf { signer, scheme, message, signature } = signature;
        let request = VerifyRequest {
            signature_algorithm: scheme.signature,
            digest_algorithm: scheme.digest,
            salt_length: scheme.salt_length,
            curve: scheme.curve,
            key: signer.public_key_info().to_vec(),
            message: message.to_vec(),
            signature: signature.to_vec(),
        };
        if io.verify(request).await {
            return true;
        }
    }
    signature.verifies()
}

fn revoked(certificate: &Certificate, time: i64, reason: Option<u8>) -> Error {
    Code::CertificateRevoked.because(format!(
        "`{}` (serial number {}) is revoked since {} ({})",
        common_name(certificate.subject()),
        hex::encode(certificate.serial_number().get(2..).unwrap_or_default()),
        self::time::rfc3339(time),
        reason_name(reason)
    ))
}

/// The warning of a revocation after the time that counts.
fn late_revocation(certificate: &Certificate, status: Status) -> Option<Warning> {
    let Status::Revoked { time, reason } = status else { return None };
    Some(WarningCode::CertificateRevokedLater.because(format!(
        "`{}` is revoked since {} ({}), after the timestamp",
        common_name(certificate.subject()),
        self::time::rfc3339(time),
        reason_name(reason)
    )))
}
