//! Dates. ISO 32000-2, 7.9.4.

use std::time::Duration;

use der::DateTime;

use crate::error::{Code, Result};

/// `D:YYYYMMDDHHmmSSZ` of these seconds since 1970, UTC.
///
/// Errors: `ERR_SIGNING_TIME` outside the years 1970 to 9999.
pub(crate) fn pdf_date(seconds: i64) -> Result<String> {
    let since_1970 = u64::try_from(seconds).map_err(|_| Code::SigningTime)?;
    let time = DateTime::from_unix_duration(Duration::from_secs(since_1970)).map_err(|_| Code::SigningTime)?;
    let (hour, minute, second) = (time.hour(), time.minutes(), time.seconds());
    Ok(format!("D:{:04}{:02}{:02}{hour:02}{minute:02}{second:02}Z", time.year(), time.month(), time.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(pdf_date(0).unwrap(), "D:19700101000000Z");
        assert_eq!(pdf_date(1_767_225_599).unwrap(), "D:20251231235959Z");
        assert_eq!(pdf_date(253_402_300_799).unwrap(), "D:99991231235959Z");
        for wrong in [-1, 253_402_300_800, i64::MAX, i64::MIN] {
            assert_eq!(pdf_date(wrong).unwrap_err().code(), Code::SigningTime);
        }
    }
}
