//! Times of CMS: UTCTime until 2049, GeneralizedTime after (RFC 5652, 11.3).

use std::time::Duration;

use der::asn1::{GeneralizedTime, UtcTime};
use der::{AnyRef, DateTime, Tag, Tagged};
use x509_cert::time::Time;

/// The `Time` of these seconds since 1970 UTC; `None` outside the years 1970 to 9999.
///
/// ```asn1
/// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }
/// ```
pub(crate) fn time(seconds: i64) -> Option<Time> {
    let time = date_time(seconds)?;
    Some(match UtcTime::from_date_time(time) {
        Ok(time) => Time::UtcTime(time),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_date_time(time)),
    })
}

/// Seconds since 1970 UTC of a UTCTime or a GeneralizedTime, whose fraction is cut off. `None` for anything else.
///
/// RFC 5280, 4.1.2.5 forbids fractions, so that the types of `der` refuse them; RFC 3161, 2.4.2 has them, and OCSP responders write them.
pub(crate) fn parse(time: AnyRef<'_>) -> Option<i64> {
    seconds(time.tag() == Tag::GeneralizedTime, time.value()).filter(|_| matches!(time.tag(), Tag::UtcTime | Tag::GeneralizedTime))
}

/// As [`parse`], of the contents.
pub(crate) fn seconds(generalized: bool, text: &[u8]) -> Option<i64> {
    let text = text.strip_suffix(b"Z")?;
    let (digits, fraction) = text.split_at_checked(if generalized { 14 } else { 12 })?;
    let has_fraction = generalized && fraction.len() > 1 && fraction.first() == Some(&b'.');
    let is_digit = |octets: &[u8]| octets.iter().all(u8::is_ascii_digit);
    let is_whole = fraction.is_empty() || has_fraction && is_digit(fraction.get(1..)?);
    if !is_digit(digits) || !is_whole {
        return None;
    }
    let (year, rest) = digits.split_at_checked(digits.len() - 10)?;
    let number = |octets: &[u8]| octets.iter().fold(0, |number: u16, digit| number * 10 + u16::from(digit - b'0'));
    let year = match number(year) {
        year if generalized => year,
        year => year + if year < 50 { 2000 } else { 1900 },
    };
    let pair = |index: usize| rest.get(2 * index..2 * index + 2).map(|octets| number(octets) as u8);
    let time = DateTime::new(year, pair(0)?, pair(1)?, pair(2)?, pair(3)?, pair(4)?).ok()?;
    i64::try_from(time.unix_duration().as_secs()).ok()
}

/// Seconds since 1970, UTC, as RFC 3339 writes them: `2026-11-25T00:00:00Z`. Empty before 1970 and after 9999.
pub fn rfc3339(seconds: i64) -> String {
    date_time(seconds).map(|time| time.to_string()).unwrap_or_default()
}

fn date_time(seconds: i64) -> Option<DateTime> {
    DateTime::from_unix_duration(Duration::from_secs(u64::try_from(seconds).ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Encode;

    #[test]
    fn bounds() {
        assert_eq!(rfc3339(253_402_300_799), "9999-12-31T23:59:59Z");
        assert_eq!((time(253_402_300_800), time(-1), time(i64::MAX), time(i64::MIN)), (None, None, None, None));
    }

    #[test]
    fn fractions_are_cut_off() {
        for (generalized, text, found) in [
            (true, "20261125000000Z", Some(1_795_564_800)),
            (true, "20261125000000.999999Z", Some(1_795_564_800)),
            (false, "261125000000Z", Some(1_795_564_800)),
            (false, "700101000000Z", Some(0)),
            (false, "691231235959Z", None),
            (false, "261125000000.5Z", None),
            (true, "20261125000000.Z", None),
            (true, "20261125000000,5Z", None),
            (true, "20261125000000+0100", None),
            (true, "202611250000Z", None),
            (true, "20261325000000Z", None),
            (true, "2026112500000:Z", None),
            (true, "Z", None),
            (true, "", None),
        ] {
            assert_eq!(seconds(generalized, text.as_bytes()), found, "{text}");
        }
    }

    #[test]
    fn the_tag_changes_in_2050() {
        assert_eq!(time(2_524_607_999).unwrap().to_der().unwrap(), b"\x17\x0d491231235959Z");
        assert_eq!(time(2_524_608_000).unwrap().to_der().unwrap(), b"\x18\x0f20500101000000Z");
    }
}
