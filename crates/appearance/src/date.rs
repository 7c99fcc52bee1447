//! The date of a signature as text.

use crate::error::{Code, DrawError, Result};
use crate::limits;
use crate::options::read::longer;

/// A part of a pattern.
enum Part<'a> {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Offset,
    Text(&'a str),
}

/// Checks a pattern. Errors: `ERR_OPTION_VALUE`.
pub(crate) fn check(pattern: &str) -> Result<()> {
    parse(pattern).map(|_| ())
}

/// A time in seconds since 1970 by a pattern, in the time zone of an offset in minutes.
///
/// The offset is `+01:00`, and `UTC` if it is zero, whatever the rest of the pattern is. Errors:
/// `ERR_OPTION_VALUE`.
pub(crate) fn format(pattern: &str, now: i64, offset_minutes: i64) -> Result<String> {
    let parts = parse(pattern)?;
    let local = now.saturating_add(offset_minutes.clamp(-limits::UTC_OFFSET_MINUTES, limits::UTC_OFFSET_MINUTES) * 60);
    let (days, seconds) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    if !(0..=9999).contains(&year) {
        return Err(Code::Frame.because("the time of a drawing has a year beyond 9999, or before 0"));
    }
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Year => text += &format!("{year:04}"),
            Part::Month => text += &format!("{month:02}"),
            Part::Day => text += &format!("{day:02}"),
            Part::Hour => text += &format!("{:02}", seconds / 3600),
            Part::Minute => text += &format!("{:02}", seconds / 60 % 60),
            Part::Second => text += &format!("{:02}", seconds % 60),
            Part::Offset if offset_minutes == 0 => text += "UTC",
            Part::Offset => {
                let sign = if offset_minutes < 0 { '-' } else { '+' };
                let minutes = offset_minutes.unsigned_abs();
                text += &format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
            }
            Part::Text(quoted) => text += quoted,
        }
    }
    Ok(text)
}

fn parse(pattern: &str) -> Result<Vec<Part<'_>>> {
    if longer(pattern, limits::LABEL) {
        return Err(wrong(format!("has more than {} characters", limits::LABEL)));
    }
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let length;
        if first == '\'' {
            // Two quotes are one, inside quoted text and outside.
            let quoted = &rest[1..];
            let end = quoted.find('\'').ok_or_else(|| wrong("has an opening quote without a closing one"))?;
            parts.push(Part::Text(if end == 0 { "'" } else { &quoted[..end] }));
            if end > 0 && quoted[end + 1..].starts_with('\'') {
                parts.push(Part::Text("'"));
                rest = &quoted[end + 1..];
                continue;
            }
            length = end + 2;
        } else if first.is_ascii_alphabetic() {
            length = rest.len() - rest.trim_start_matches(first).len();
            parts.push(match &rest[..length] {
                "yyyy" => Part::Year,
                "MM" => Part::Month,
                "dd" => Part::Day,
                "HH" => Part::Hour,
                "mm" => Part::Minute,
                "ss" => Part::Second,
                "xxx" => Part::Offset,
                _ => {
                    return Err(wrong(format!("has {length} × `{first}`, and its parts are `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, `xxx`"))
                        .with_remedy("Put text between single quotes."));
                }
            });
        } else {
            length = first.len_utf8();
            parts.push(Part::Text(&rest[..length]));
        }
        rest = &rest[length..];
    }
    Ok(parts)
}

fn wrong(found: impl AsRef<str>) -> DrawError {
    Code::OptionValue.because(format!("`appearance.dateFormat` {}", found.as_ref()))
}

/// Year, month and day of a number of days since 1970, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468); // since March 1 of the year 0
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written() {
        let now = 1_795_961_107; // 2026-11-29 14:05:07
        for (pattern, offset, text) in [
            ("yyyy-MM-dd HH:mm:ss xxx", 0, "2026-11-29 14:05:07 UTC"),
            ("yyyy-MM-dd HH:mm:ss xxx", 330, "2026-11-29 19:35:07 +05:30"),
            ("dd/MM/yyyy HH:mm:ss xxx", -180, "29/11/2026 11:05:07 -03:00"),
            ("dd.MM.yyyy, HH:mm:ss 'MEZ (UTC+1)'", 60, "29.11.2026, 15:05:07 MEZ (UTC+1)"),
            ("'o''clock' HH ''", 0, "o'clock 14 '"),
            ("yyyy年MM月dd日", 600, "2026年11月30日"),
            ("", 0, ""),
        ] {
            assert_eq!(format(pattern, now, offset).unwrap(), text);
        }
        assert_eq!(format("yyyy-MM-dd", 951_782_400, 0).unwrap(), "2000-02-29");
        assert_eq!(format("yyyy-MM-dd HH:mm:ss", -1, 0).unwrap(), "1969-12-31 23:59:59");
    }

    #[test]
    fn wrong_patterns_are_refused() {
        for pattern in ["yy", "Mmm", "q", "'open", "yyyyy", "x"] {
            assert_eq!(check(pattern).unwrap_err().code(), Code::OptionValue, "{pattern}");
        }
        for now in [i64::MIN, i64::MAX, 1 << 50] {
            assert_eq!(format("yyyy", now, 0).unwrap_err().code(), Code::Frame);
        }
    }
}
