//! The response of a timestamp service (RFC 3161, 2.4.2).

use der::{AnyRef, Decode, Tag, Tagged};

use super::request::TimestampRequest;
use super::token::TimestampToken;
use crate::ber;
use crate::limits::{SERVICE_TEXT, TIMESTAMP_RESPONSE};
use crate::x509::{Certificate, Elements, pem};

/// Cause why a response does not count. Each contains the first half of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The service declined, or asks to come back later: its status, failInfo and text.
    Rejected(String),
    /// The token answers another request.
    Mismatch(String),
    /// Neither a response nor a token that a validator would accept.
    Invalid(String),
}

/// Names of PKIStatus. RFC 3161, 2.4.2.
const STATUS: [&str; 6] = ["granted", "grantedWithMods", "rejection", "waiting", "revocationWarning", "revocationNotification"];

/// Bits of PKIFailureInfo that have a name. RFC 3161, 2.4.2.
const FAILURES: [(usize, &str); 8] = [
    (0, "badAlg"),
    (2, "badRequest"),
    (5, "badDataFormat"),
    (14, "timeNotAvailable"),
    (15, "unacceptedPolicy"),
    (16, "unacceptedExtension"),
    (17, "addInfoNotAvailable"),
    (25, "systemFailure"),
];

/// Judges the body of an answer to `request`. `known`: certificates for a token that does not contain that of its signer.
///
/// The body is DER or BER, or PEM or base64 text of it; zeros may follow.
///
/// ```asn1
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// ```
pub(crate) fn read_response(body: &[u8], request: &TimestampRequest, known: &[Certificate]) -> Result<TimestampToken, Refused> {
    let invalid = |found: String| Refused::Invalid(found);
    if body.is_empty() {
        return Err(invalid("the response of the timestamp service has no bytes".into()));
    }
    if body.len() > TIMESTAMP_RESPONSE {
        let length = body.len();
        return Err(invalid(format!(
            "the response of the timestamp service has {length} bytes, and at the most {TIMESTAMP_RESPONSE} are read"
        )));
    }
    let text = pem::text(body);
    let decoded = text.and_then(|_| pem::decoded(body));
    if let Some(text) = text.filter(|_| decoded.is_none()) {
        return Err(invalid(format!("the response of the timestamp service is {}", text.as_str())));
    }
    let body = decoded.as_deref().unwrap_or(body);

    let unreadable = || invalid("the response of the timestamp service is not a TimeStampResp, or is cut off (RFC 3161, 2.4.2)".into());
    let (parts, trailing) = ber::parts(body).ok_or_else(unreadable)?;
    if trailing.iter().any(|octet| *octet != 0) {
        return Err(invalid(format!("{} bytes follow the response of the timestamp service", trailing.len())));
    }
    let (status, token) = match parts.as_slice() {
        [status] => (status, None),
        [status, token] => (status, Some(token)),
        _ => return Err(unreadable()),
    };
    let status = Status::parse(status).ok_or_else(unreadable)?;
    if status.number > 1 {
        return Err(Refused::Rejected(status.describe()));
    }
    let token = token.ok_or_else(|| invalid("the timestamp service granted the request and sent no timestamp".into()))?;
    let token = TimestampToken::read(token, Some(request), known)?;
    Ok(TimestampToken { with_mods: status.number == 1, ..token })
}

/// ```asn1
/// PKIStatusInfo ::= SEQUENCE {
///     status       INTEGER,
///     statusString SEQUENCE SIZE (1..MAX) OF UTF8String OPTIONAL,
///     failInfo     BIT STRING OPTIONAL }
/// ```
/// RFC 3161, 2.4.2.
struct Status {
    number: u8,
    text: String,
    failures: Vec<&'static str>,
}

impl Status {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (der, _) = ber::to_der(bytes)?;
        let mut info = Elements::within(AnyRef::from_der(&der).ok()?, Tag::Sequence)?;
        let number = info.expect(Tag::Integer)?.decode_as().ok()?;
        let mut status = Status { number, text: String::new(), failures: Vec::new() };
        while let Some(element) = info.next() {
            match element.tag() {
                Tag::Sequence => {
                    let mut texts = Elements::of(element.value())?;
                    while let Some(text) = texts.next().filter(|_| status.text.len() < SERVICE_TEXT) {
                        let gap = if status.text.is_empty() { "" } else { " " };
                        status.text.push_str(gap);
                        status.text.extend(String::from_utf8_lossy(text.value()).chars().take(SERVICE_TEXT));
                    }
                }
                Tag::BitString => {
                    let bits = element.value().get(1..)?;
                    let is_set = |bit: usize| bits.get(bit / 8).is_some_and(|octet| octet & 0x80 >> (bit % 8) != 0);
                    status.failures.extend(FAILURES.iter().filter(|(bit, _)| is_set(*bit)).map(|(_, name)| name));
                }
                _ => return None,
            }
        }
        info.is_finished().then_some(status)
    }

    /// Sentence for a status without a timestamp.
    fn describe(&self) -> String {
        let name = STATUS.get(usize::from(self.number)).copied().unwrap_or("unknown");
        let mut sentence = format!("the timestamp service did not grant the request: status {} ({name})", self.number);
        if !self.failures.is_empty() {
            sentence.push_str(", failInfo ");
            sentence.push_str(&self.failures.join(", "));
        }
        if !self.text.is_empty() {
            sentence.push_str(", with the text: ");
            sentence.extend(self.text.chars().take(SERVICE_TEXT));
        }
        sentence
    }
}
