//! The signer: certificate, chain, scheme. Known before the document is read, and kept in a session.

use super::prepare::Ambient;
use crate::cms::{AttributeOptions, MacKeys, SignedAttributes, container_size, signed_data};
use crate::crypto::{Scheme, verify};
use crate::error::Result;
use crate::evidence::{Gathering, Subject, Web, certificates_of};
use crate::io::{Io, VerifyRequest};
use crate::options::SigningOptions;
use crate::report::Warning;
use crate::signature::SignerCertificates;
use crate::x509::{Certificate, Chain};

/// The certificate of the key that will sign, and its issuers.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// DER or PEM; in a bundle the first certificate, and the others belong to the chain.
    pub certificate: Vec<u8>,
    /// Each DER, PEM, a PEM bundle or PKCS #7, in any order.
    pub chain: Vec<Vec<u8>>,
}

/// A signer of a document that several sign in turn.
#[derive(Clone, Debug)]
pub struct Signatory {
    /// Who signs.
    pub credentials: Credentials,
    /// How.
    pub options: SigningOptions,
}

impl Credentials {
    /// Adds missing issuers to the chain, where the options ask for that. A self-signed certificate that an address brought is left out: a validator
    /// trusts its own.
    ///
    /// Errors: `ERR_OPTION_VALUE`, those of [`Web::send`]. A certificate that cannot be read is the affair of [`Signer::make`].
    pub(crate) async fn complete(&mut self, io: &Io, ambient: &Ambient, web: &mut Web, options: &SigningOptions) -> Result<()> {
        let validation = options.validation.clone().unwrap_or_default();
        let Ok((certificate, known)) = Certificate::parse(&self.certificate) else { return Ok(()) };
        if !options.complete_chain || !validation.online {
            return Ok(());
        }
        let mut gathering = Gathering::new(io, &validation, &ambient.entropy)?;
        gathering.know(&known);
        let given: Vec<Certificate> = self.chain.iter().flat_map(|element| certificates_of(element)).collect();
        gathering.know(&given);
        for issuer in gathering.issuers(web, &Subject { certificate, at: ambient.now }).await? {
            if !known.contains(&issuer) && !given.contains(&issuer) && !issuer.is_self_issued() {
                self.chain.push(issuer.der().to_vec());
            }
        }
        Ok(())
    }
}

/// A certificate with its issuers, and how its key signs.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Signer {
    pub(super) certificate: Certificate,
    pub(super) chain: Chain,
    pub(super) scheme: Scheme,
}

impl Signer {
    /// Reads the credentials and chooses the scheme. Returns what the caller should know of them, too.
    ///
    /// Errors: those of the certificate group, `ERR_ALGORITHM_MISMATCH`.
    pub(super) fn make(credentials: &Credentials, now: i64, options: &SigningOptions) -> Result<(Signer, Vec<Warning>)> {
        Signer::read(credentials, Some(now), options)
    }

    /// The same. Without the time it is not checked whether the certificate is valid and meant for signing.
    pub(super) fn read(credentials: &Credentials, now: Option<i64>, options: &SigningOptions) -> Result<(Signer, Vec<Warning>)> {
        let (certificate, bundled) = Certificate::parse(&credentials.certificate)?;
        verify::check_point(&certificate)?;
        let elements: Vec<&[u8]> = credentials.chain.iter().map(Vec::as_slice).collect();
        let (chain, mut warnings) = Chain::parse(&certificate, bundled, &elements)?;
        if let Some(now) = now {
            warnings.extend(certificate.check_use(now, options.strict)?);
        }
        let scheme = Scheme::choose(&certificate, options.signature_algorithm, options.digest_algorithm)?;
        Ok((Signer { certificate, chain, scheme }, warnings))
    }

    /// Its certificates, for the seed values of a field.
    pub(super) fn certificates(&self) -> SignerCertificates<'_> {
        SignerCertificates { certificate: &self.certificate, chain: &self.chain }
    }

    /// The bytes that the container needs at the most.
    pub(super) fn container_size(&self, now: i64, options: &SigningOptions, with_mac: bool) -> Result<usize> {
        container_size(&self.certificate, &self.chain, &self.scheme, &attribute_options(now, options), with_mac)
    }

    /// The signed attributes over the digest of `/ByteRange`.
    pub(super) fn attributes(&self, hash: &[u8], now: i64, options: &SigningOptions) -> Result<SignedAttributes> {
        SignedAttributes::make(&self.scheme, Some(&self.certificate), hash, &attribute_options(now, options))
    }

    /// The question for a host that verifies signatures; none if the raw signature cannot verify.
    pub(super) fn verify_request(&self, attributes: &SignedAttributes, raw: &[u8]) -> Option<VerifyRequest> {
        let signature = verify::verifiable(&self.certificate, &self.scheme, raw)?;
        Some(VerifyRequest {
            signature_algorithm: self.scheme.signature,
            digest_algorithm: self.scheme.digest,
            salt_length: self.scheme.salt_length,
            curve: self.scheme.curve,
            key: self.certificate.public_key_info().to_vec(),
            message: attributes.as_bytes().to_vec(),
            signature,
        })
    }

    /// The container around a raw signature, which is verified first if `checked`. `mac` are the keys for the integrity code of the document, and
    /// the digest of `/ByteRange`.
    ///
    /// Errors: `ERR_SIGNATURE_…`.
    pub(super) fn container(
        &self,
        attributes: &SignedAttributes,
        raw: &[u8],
        checked: bool,
        mac: Option<(&MacKeys, &[u8])>,
    ) -> Result<Vec<u8>> {
        let signature = match checked {
            true => verify::checked(&self.certificate, &self.scheme, attributes.as_bytes(), raw)?,
            false => verify::unchecked(&self.certificate, &self.scheme, raw)?,
        };
        signed_data(&self.certificate, &self.chain, &self.scheme, attributes, &signature, mac)
    }
}

pub(super) fn attribute_options(now: i64, options: &SigningOptions) -> AttributeOptions<'_> {
    AttributeOptions {
        policy: options.policy.as_ref(),
        commitment_type: options.commitment_type.as_ref(),
        signer_roles: &options.signer_roles,
        signing_time: options.signing_time_attribute.then_some(now),
    }
}
