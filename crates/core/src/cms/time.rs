//! Times of X.509 and CMS: UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5; RFC 5652, 11.3).

use super::der::{self, Element};

/// Seconds since 1970 UTC of a `Time`, with seconds and `Z`, as RFC 5280 has it.
///
/// ```asn1
/// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }
/// ```
pub(super) fn parse(time: &Element<'_>) -> Option<i64> {
    let digits = time.value.strip_suffix(b"Z")?;
    let (year, rest) = match (time.tag, digits.len()) {
        (der::UTC_TIME, 12) => match number(digits.get(..2)?)? {
            year @ 50.. => (1900 + year, digits.get(2..)?),
            year => (2000 + year, digits.get(2..)?),
        },
        (der::GENERALIZED_TIME, 14) => (number(digits.get(..4)?)?, digits.get(4..)?),
        _ => return None,
    };
    let mut fields = rest.chunks(2).map(number);
    let mut next = |most: i64| fields.next().flatten().filter(|field| *field <= most);
    let (month, day, hour, minute, second) = (next(12)?, next(31)?, next(23)?, next(59)?, next(60)?);
    (month > 0 && day > 0).then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

/// The `Time` of these seconds since 1970 UTC; `None` outside the years 1 to 9999.
pub(super) fn write(seconds: i64) -> Option<Vec<u8>> {
    let [year, month, day, hour, minute, second] = fields(seconds)?;
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    Some(match year {
        1950..=2049 => der::element(der::UTC_TIME, &[format!("{:02}{rest}", year % 100).as_bytes()]),
        _ => der::element(der::GENERALIZED_TIME, &[format!("{year:04}{rest}").as_bytes()]),
    })
}

/// As RFC 3339 writes it: `2026-11-25T00:00:00Z`.
pub(super) fn rfc3339(seconds: i64) -> String {
    let [year, month, day, hour, minute, second] = fields(seconds).unwrap_or_default();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. A year begins in March here, so that the leap day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month, day, hour, minute, second.
fn fields(seconds: i64) -> Option<[i64; 6]> {
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = day.checked_add(719_468)?;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (1..=9999).contains(&year).then_some([year, month, day, second / 3600, second / 60 % 60, second % 60])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (2_524_607_999, "2049-12-31T23:59:59Z"),
            (2_524_608_000, "2050-01-01T00:00:00Z"),
            (-631_152_001, "1949-12-31T23:59:59Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds), text);
            let bytes = write(seconds).unwrap();
            assert_eq!(parse(&der::Reader::new(&bytes).element().unwrap()), Some(seconds));
        }
        assert_eq!((write(253_402_300_800), write(i64::MAX), write(i64::MIN)), (None, None, None));
    }

    #[test]
    fn the_tag_changes_in_2050() {
        assert_eq!(write(2_524_607_999).unwrap(), b"\x17\x0d491231235959Z");
        assert_eq!(write(2_524_608_000).unwrap(), b"\x18\x0f20500101000000Z");
    }
}
