//! Dates. ISO 32000-2, 7.9.4.

use std::time::Duration;

use der::DateTime;

use crate::error::{Code, Result};

/// `D:YYYYMMDDHHmmSS` of these seconds since 1970, UTC, as a clock shows them that is `offset` minutes ahead, with `Z` or the offset.
///
/// Errors: `ERR_SIGNING_TIME` outside the years 1970 to 9999.
pub(crate) fn pdf_date(seconds: i64, offset: i32) -> Result<String> {
    let since_1970 = seconds.checked_add(60 * i64::from(offset)).and_then(|shown| u64::try_from(shown).ok()).ok_or(Code::SigningTime)?;
    let time = DateTime::from_unix_duration(Duration::from_secs(since_1970)).map_err(|_| Code::SigningTime)?;
    let (hour, minute, second) = (time.hour(), time.minutes(), time.seconds());
    let zone = match offset {
        0 => "Z".to_owned(),
        _ => format!("{}{:02}'{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 60, offset.abs() % 60),
    };
    Ok(format!("D:{:04}{:02}{:02}{hour:02}{minute:02}{second:02}{zone}", time.year(), time.month(), time.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(pdf_date(0, 0).unwrap(), "D:19700101000000Z");
        assert_eq!(pdf_date(1_767_225_599, 0).unwrap(), "D:20251231235959Z");
        assert_eq!(pdf_date(1_767_225_599, 60).unwrap(), "D:20260101005959+01'00");
        assert_eq!(pdf_date(1_767_225_599, 345).unwrap(), "D:20260101054459+05'45");
        assert_eq!(pdf_date(1_767_225_599, -210).unwrap(), "D:20251231202959-03'30");
        assert_eq!(pdf_date(253_402_300_799, 0).unwrap(), "D:99991231235959Z");
        for (wrong, offset) in [(-1, 0), (0, -1), (253_402_300_799, 1), (253_402_300_800, 0), (i64::MAX, 1), (i64::MIN, -1)] {
            assert_eq!(pdf_date(wrong, offset).unwrap_err().code(), Code::SigningTime);
        }
    }
}
