//! Times of CMS: UTCTime until 2049, GeneralizedTime after (RFC 5652, 11.3).

use std::time::Duration;

use der::DateTime;
use der::asn1::{GeneralizedTime, UtcTime};
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

/// As RFC 3339 writes it: `2026-11-25T00:00:00Z`.
pub(crate) fn rfc3339(seconds: i64) -> String {
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
    fn the_tag_changes_in_2050() {
        assert_eq!(time(2_524_607_999).unwrap().to_der().unwrap(), b"\x17\x0d491231235959Z");
        assert_eq!(time(2_524_608_000).unwrap().to_der().unwrap(), b"\x18\x0f20500101000000Z");
    }
}
