//! Asks the caller's timestamp services, one after the other, until one gives a valid token. RFC 3161.

use super::web::Web;
use crate::cms::{Refused, TimestampRequest, TimestampToken, read_response};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::io::{HttpPurpose, HttpRequest};
use crate::limits;
use crate::options::TimestampOptions;
use crate::report::{TimestampReport, Warning, WarningCode};
use crate::x509::{Certificate, time};

/// A token, and the number of the service that made it.
pub(crate) struct Stamp {
    pub(crate) token: TimestampToken,
    pub(crate) service: u32,
}

/// Timestamps of a run.
pub(crate) struct Timestamps<'a> {
    options: &'a TimestampOptions,
    entropy: &'a [u8; 32],
    /// Number of requests so far: each has another nonce.
    asked: u32,
}

impl<'a> Timestamps<'a> {
    pub(crate) fn new(options: &'a TimestampOptions, entropy: &'a [u8; 32]) -> Self {
        Timestamps { options, entropy, asked: 0 }
    }

    /// Digest algorithm of all timestamps.
    pub(crate) fn algorithm(&self) -> DigestAlgorithm {
        self.options.digest_algorithm
    }

    /// A timestamp of `imprint`. Without `certificates` the token has none: they are among `known`.
    ///
    /// Errors: `ERR_TIMESTAMP_…` with the reason of each service.
    pub(crate) async fn ask(&mut self, web: &mut Web, imprint: &[u8], certificates: bool, known: &[Certificate]) -> Result<Stamp> {
        let (mut code, mut reasons) = (Code::TimestampUnavailable, Vec::new());
        for service in 0..self.options.services {
            let request = self.request(imprint, certificates);
            let outcome = web
                .send(vec![HttpRequest {
                    purpose: HttpPurpose::Timestamp,
                    service: Some(service),
                    method: "POST",
                    content_type: Some("application/timestamp-query"),
                    accept: "application/timestamp-reply",
                    body: request.to_der()?,
                    limit: limits::TIMESTAMP_RESPONSE as u64,
                    ..HttpRequest::default()
                }])
                .await?;
            let reason = match outcome.into_iter().next() {
                Some(Ok(response)) => match read_response(&response.body, &request, known) {
                    Ok(token) => return Ok(Stamp { token, service }),
                    Err(refused) => {
                        let (refusal, reason) = match refused {
                            Refused::Rejected(reason) => (Code::TimestampRejected, reason),
                            Refused::Mismatch(reason) => (Code::TimestampMismatch, reason),
                            Refused::Invalid(reason) => (Code::TimestampInvalid, reason),
                        };
                        // An answer tells more than its absence.
                        if code == Code::TimestampUnavailable {
                            code = refusal;
                        }
                        reason
                    }
                },
                Some(Err(reason)) => reason,
                None => String::new(),
            };
            reasons.push(format!("service {service}: {reason}"));
        }
        Err(refusal(code, &reasons))
    }

    fn request(&mut self, imprint: &[u8], certificates: bool) -> TimestampRequest {
        self.asked += 1;
        let digest = DigestAlgorithm::Sha256.digest(&[b"rustpdf nonce", self.entropy, &self.asked.to_be_bytes(), imprint]);
        TimestampRequest {
            digest_algorithm: self.options.digest_algorithm,
            imprint: imprint.to_vec(),
            nonce: std::array::from_fn(|index| digest.get(index).copied().unwrap_or(0)),
            policy: self.options.policy(),
            certificates,
        }
    }
}

fn refusal(code: Code, reasons: &[String]) -> Error {
    match reasons {
        [] => Code::TimestampService.into(),
        reasons => code.because(format!("no timestamp service gave a valid timestamp ({})", reasons.join("; "))),
    }
}

impl Stamp {
    /// What the report says of it.
    pub(crate) fn report(&self, of_document: bool) -> TimestampReport {
        TimestampReport {
            service: self.service,
            time: time::rfc3339(self.token.gen_time),
            policy: self.token.policy.to_string(),
            token_length: self.token.der.len(),
            not_after: time::rfc3339(self.token.signer.validity().1),
            of_document,
        }
    }

    /// What the caller should know of it; `now` is the time of its answer.
    pub(crate) fn warnings(&self, now: i64) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.token.gen_time.abs_diff(now) > limits::CLOCK.unsigned_abs() {
            let (stamped, now) = (time::rfc3339(self.token.gen_time), time::rfc3339(now));
            warnings.push(
                WarningCode::TimestampClock.because(format!("the timestamp is of {stamped}, and the clock of this machine says {now}")),
            );
        }
        if self.token.with_mods {
            warnings.push(WarningCode::TimestampMods.plain());
        }
        warnings
    }
}
