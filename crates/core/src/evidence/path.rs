//! Paths from a certificate to an anchor (RFC 5280, 6.1), as far as is needed to know the certificates that evidence is about.
//!
//! Policies and name constraints are a validator's matter.

use super::signature::is_signed_by;
use super::{Unusable, quoted, unusable};
use crate::base64;
use crate::error::Code;
use crate::limits::{ADDRESSES, PATH, PATH_SIGNATURES, POOL};
use crate::x509::{Certificate, name, pem, time};

/// keyCertSign of `keyUsage`. RFC 5280, 4.2.1.3.
const KEY_CERT_SIGN: u16 = 1 << 5;

/// Certificates among which issuers are looked for, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool(Vec<Certificate>);

/// A path, the certificate that it begins with first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// Ends with a certificate that is trusted.
    Trusted(Vec<Certificate>),
    /// Ends with a self-signed certificate that is not trusted.
    Unanchored(Vec<Certificate>),
    /// Ends with a certificate of which no issuer is known.
    Incomplete {
        path: Vec<Certificate>,
        /// Addresses of certificates of a missing issuer, of all paths that were tried.
        urls: Vec<String>,
        /// Why a certificate that has the name of an issuer is not one.
        refused: Option<String>,
    },
}

/// Certificates of an answer to a caIssuers address: DER, PEM, base64 or PKCS #7 (RFC 5280, 4.2.2.1). None where it is anything else.
pub(crate) fn certificates_of(bytes: &[u8]) -> Vec<Certificate> {
    let decoded = if pem::text(bytes) == Some(pem::Text::Base64) { base64::decode(bytes) } else { None };
    Certificate::parse_all(decoded.as_deref().unwrap_or(bytes), Code::ChainFormat).unwrap_or_default()
}

impl Pool {
    /// Adds a certificate. Returns whether it is new; beyond [`POOL`] none is.
    pub(crate) fn add(&mut self, certificate: Certificate) -> bool {
        let is_new = self.0.len() < POOL && !self.0.contains(&certificate);
        if is_new {
            self.0.push(certificate);
        }
        is_new
    }

    /// All of them, in the order in which they were added.
    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.0
    }

    /// The path from `leaf` to one of `trust`, or the best that there is: the first that ends with a self-signed certificate, or the first at all.
    ///
    /// Issuers are found by name and key identifier, and checked at `at`, seconds since 1970 UTC: signature, basicConstraints, keyUsage, validity,
    /// critical extensions. Of an anchor neither validity nor critical extensions count, and of `leaf` nothing is checked but its signature.
    pub(crate) fn path(&self, leaf: &Certificate, trust: &[Certificate], at: i64) -> Path {
        let mut search = Search { pool: &self.0, trust, at, signatures: PATH_SIGNATURES, urls: Vec::new(), refused: None };
        let mut path = vec![leaf];
        let mut levels: Vec<Level<'_>> = Vec::new();
        let (mut unanchored, mut incomplete) = (None, None);
        loop {
            // The last certificate of the path is new.
            let last = path[path.len() - 1];
            if trust.contains(last) {
                return Path::Trusted(owned(&path));
            }
            let is_end = search.is_self_signed(last);
            if is_end {
                unanchored.get_or_insert_with(|| owned(&path));
                if trust.is_empty() {
                    break;
                }
            }
            let candidates = if is_end || path.len() == PATH { Vec::new() } else { search.candidates(&path) };
            levels.push(Level { candidates: candidates.into_iter(), is_dead_end: !is_end });
            // On to the next issuer, of this certificate or of one before.
            while let Some(level) = levels.last_mut() {
                match level.candidates.next() {
                    Some(candidate) => match search.check(candidate, &path) {
                        Ok(()) => {
                            level.is_dead_end = false;
                            path.push(candidate);
                            break;
                        }
                        Err(reason) => search.refused = search.refused.or(Some(reason.0)),
                    },
                    None => {
                        if level.is_dead_end {
                            search.add_urls(path[path.len() - 1]);
                            incomplete.get_or_insert_with(|| owned(&path));
                        }
                        levels.pop();
                        path.pop();
                    }
                }
            }
            if levels.is_empty() {
                break;
            }
        }
        match unanchored {
            Some(path) => Path::Unanchored(path),
            None => Path::Incomplete { path: incomplete.unwrap_or_default(), urls: search.urls, refused: search.refused },
        }
    }
}

fn owned(path: &[&Certificate]) -> Vec<Certificate> {
    path.iter().map(|certificate| (*certificate).clone()).collect()
}

/// The issuers of one certificate of the path that were not tried yet.
struct Level<'a> {
    candidates: std::vec::IntoIter<&'a Certificate>,
    /// Whether nothing goes on from here.
    is_dead_end: bool,
}

struct Search<'a> {
    pool: &'a [Certificate],
    trust: &'a [Certificate],
    at: i64,
    /// Signatures that may still be verified.
    signatures: usize,
    urls: Vec<String>,
    refused: Option<String>,
}

impl<'a> Search<'a> {
    /// Certificates with the name and the key of the last one's issuer, anchors first, but none with a name and a key that are in the path.
    fn candidates(&self, path: &[&Certificate]) -> Vec<&'a Certificate> {
        let is_known = |candidate: &Certificate| {
            path.iter().any(|one| one.public_key_info() == candidate.public_key_info() && name::is_same(one.subject(), candidate.subject()))
        };
        let others = self.pool.iter().filter(|candidate| !self.trust.contains(candidate));
        let last = path[path.len() - 1];
        self.trust.iter().chain(others).filter(|candidate| candidate.may_have_issued(last) && !is_known(candidate)).collect()
    }

    /// Whether `issuer` issued the last certificate of the path.
    fn check(&mut self, issuer: &Certificate, path: &[&Certificate]) -> Result<(), Unusable> {
        let is_anchor = self.trust.contains(issuer);
        let refused = |reason: &str| unusable(format!("{} {reason}", quoted(issuer.subject())));
        // A root of version 1 has no extensions.
        let is_ca = issuer.basic_constraints().map_or(issuer.is_self_issued(), |(is_ca, _)| is_ca);
        if !is_ca {
            return refused("is not a CA by its basicConstraints");
        }
        if issuer.key_usage().is_some_and(|usage| usage & KEY_CERT_SIGN == 0) {
            return refused("may not sign certificates by its keyUsage");
        }
        let between = path.iter().skip(1).filter(|one| !one.is_self_issued()).count();
        if issuer.path_length().is_some_and(|most| between as u64 > u64::from(most)) {
            return refused("permits fewer CAs below it (pathLenConstraint)");
        }
        let (not_before, not_after) = issuer.validity();
        if !is_anchor && self.at > not_after {
            return refused(&format!("expired at {}", time::rfc3339(not_after)));
        }
        if !is_anchor && self.at < not_before {
            return refused(&format!("is valid from {} on", time::rfc3339(not_before)));
        }
        if !is_anchor && issuer.unknown_critical_extensions() {
            return refused("has a critical extension that is not known");
        }
        let last = path[path.len() - 1];
        match self.verify(last, issuer)? {
            true => Ok(()),
            false => unusable(format!("the signature on {} is not one by {}", quoted(last.subject()), quoted(issuer.subject()))),
        }
    }

    fn verify(&mut self, certificate: &Certificate, issuer: &Certificate) -> Result<bool, Unusable> {
        match self.signatures.checked_sub(1) {
            Some(left) => self.signatures = left,
            None => return unusable(format!("more than {PATH_SIGNATURES} signatures were verified")),
        }
        is_signed_by(certificate, issuer)
    }

    /// Whether it is its own issuer. A signature by an algorithm that is not supported, such as SHA-1, says nothing here.
    fn is_self_signed(&mut self, certificate: &Certificate) -> bool {
        certificate.may_have_issued(certificate) && self.verify(certificate, certificate).unwrap_or(true)
    }

    fn add_urls(&mut self, last: &Certificate) {
        for url in last.issuer_urls() {
            if self.urls.len() < ADDRESSES && !self.urls.contains(&url) {
                self.urls.push(url);
            }
        }
    }
}
