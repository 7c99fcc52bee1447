//! The issuers of the signing certificate, put in order.

use super::certificate::{Certificate, too_many};
use super::name::{common_name, is_same};
use crate::error::{Code, Error, Result};
use crate::limits::CHAIN;
use crate::report::{Warning, WarningCode};

/// The issuers of a signing certificate, those nearest to it first, each once. Cross-signed alternatives stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain(Vec<Certificate>);

impl Chain {
    /// Orders `bundled` (what came with the leaf) and the certificates in `elements` (each DER, PEM, a PEM bundle or PKCS #7).
    ///
    /// Duplicates and the leaf itself are dropped. Issuers are found by name and key identifiers; signatures are not
    /// verified, since that costs more than all else and a validator does it. Errors: `ERR_CHAIN_FORMAT`; `ERR_CHAIN_UNRELATED` for
    /// one that is no issuer on the way; `ERR_LIMIT`. Warning: `WARN_CHAIN_INCOMPLETE` where nothing was given and
    /// the leaf is not its own issuer.
    pub(crate) fn parse(leaf: &Certificate, bundled: Vec<Certificate>, elements: &[&[u8]]) -> Result<(Chain, Vec<Warning>)> {
        let mut given = bundled;
        for (index, element) in elements.iter().enumerate() {
            let parsed = Certificate::parse_all(element, Code::ChainFormat);
            given.extend(parsed.map_err(|error| error.of(&format!("element {} of the chain", index + 1)))?);
            if given.len() > 2 * CHAIN {
                return Err(too_many());
            }
        }
        let mut waiting: Vec<Certificate> = Vec::new();
        for certificate in given {
            if certificate.der() != leaf.der() && waiting.iter().all(|known| known.der() != certificate.der()) {
                waiting.push(certificate);
            }
        }
        if waiting.len() > CHAIN {
            return Err(too_many());
        }
        let mut ordered: Vec<Certificate> = Vec::with_capacity(waiting.len());
        let mut next = 0;
        let mut child = leaf;
        loop {
            let (issuers, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|candidate| candidate.may_have_issued(child));
            waiting = others;
            ordered.extend(issuers);
            match ordered.get(next) {
                Some(issuer) => child = issuer,
                None => break,
            }
            next += 1;
        }
        if let Some(stranger) = waiting.first() {
            return Err(unrelated(stranger, leaf, &ordered));
        }
        let mut warnings = Vec::new();
        if ordered.is_empty() && !leaf.is_self_issued() {
            let issuer = common_name(leaf.issuer());
            let text = format!("the chain is empty: a validator must find the certificate of the issuer, `{issuer}`, by itself");
            warnings.push(WarningCode::ChainIncomplete.because(text));
        }
        Ok((Chain(ordered), warnings))
    }

    /// The certificates, the issuer of the leaf first.
    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.0
    }
}

/// The error for a certificate that issued neither the leaf nor one of its issuers.
fn unrelated(stranger: &Certificate, leaf: &Certificate, issuers: &[Certificate]) -> Error {
    let (subject, signer) = (common_name(stranger.subject()), common_name(leaf.subject()));
    let found = format!("the certificate of `{subject}` in the chain is not an issuer of the signing certificate, that of `{signer}`");
    if leaf.may_have_issued(stranger) {
        return Code::ChainUnrelated
            .because(format!("{found}, which is the issuer of it"))
            .with_remedy("give the signer's certificate first, or by itself");
    }
    let child =
        issuers.iter().chain([leaf]).find(|child| is_same(stranger.subject(), child.issuer()) && stranger.has_another_key_than(child));
    match child {
        Some(_) => Code::ChainUnrelated
            .because(format!("{found}: it has the name of one, and another key (RFC 5280, 4.2.1.1)"))
            .with_remedy("give the certificate that the issuer had when it issued the signing certificate"),
        None => Code::ChainUnrelated.because(found),
    }
}
