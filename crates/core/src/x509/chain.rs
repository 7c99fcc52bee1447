//! The issuers of the signing certificate, put in order.

use super::certificate::{Certificate, at_position};
use super::name::common_name;
use crate::error::{Code, Result};
use crate::limits::CHAIN;
use crate::report::{Warning, WarningCode};

/// The issuers of a signing certificate, those nearest to it first, each once. Cross-signed alternatives stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain(Vec<Certificate>);

impl Chain {
    /// Orders `bundled` (what came with the leaf) and the certificates in `elements` (each DER, PEM or a PEM bundle).
    ///
    /// Duplicates and the leaf itself are dropped. Issuers are found by name and key identifiers; signatures are not
    /// verified, since that costs more than all else and a validator does it. Errors: `ERR_CHAIN_FORMAT`; `ERR_CHAIN_UNRELATED` for
    /// one that is no issuer on the way; `ERR_LIMIT`. Warning: `WARN_CHAIN_INCOMPLETE` where nothing was given and
    /// the leaf is not its own issuer.
    pub(crate) fn parse(leaf: &Certificate, bundled: Vec<Certificate>, elements: &[&[u8]]) -> Result<(Chain, Vec<Warning>)> {
        let mut given = bundled;
        for (index, element) in elements.iter().enumerate() {
            let parsed = Certificate::parse_all(element, Code::ChainFormat);
            given.extend(parsed.map_err(|error| Code::ChainFormat.because(at_position(index + 1, &error)))?);
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
            let subject = common_name(stranger.subject());
            return Err(Code::ChainUnrelated
                .because(format!("the certificate of `{subject}` in the chain is not an issuer of the signing certificate")));
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

fn too_many() -> crate::error::Error {
    Code::Limit.because(format!("the chain has more than {CHAIN} certificates"))
}
