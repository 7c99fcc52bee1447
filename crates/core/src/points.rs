//! Lengths on a page, in fixed point: sums are exact, and the same on every platform.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::json::FromJson;

/// Length in points (1/72 inch), to a thousandth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

/// Largest length: beyond the largest page that Acrobat shows, and far from an overflow.
const MOST: i64 = 1_000_000_000;

impl Points {
    /// The length nearest to `points`; 0 for a value that is not a number.
    pub fn new(points: f64) -> Points {
        Points::of_thousandths((points * 1000.0).round() as i64)
    }

    /// The length in points.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    pub(crate) fn of_thousandths(thousandths: i64) -> Points {
        Points(thousandths.clamp(-MOST, MOST))
    }

    pub(crate) fn thousandths(self) -> i64 {
        self.0
    }

    /// `self × numerator ÷ denominator`, rounded to the nearest thousandth; 0 for a denominator of 0.
    pub(crate) fn scaled(self, numerator: i64, denominator: i64) -> Points {
        let product = i128::from(self.0) * i128::from(numerator);
        let Some(denominator) = Some(i128::from(denominator)).filter(|denominator| *denominator != 0) else { return Points(0) };
        let quotient = (2 * product + denominator).div_euclid(2 * denominator);
        Points::of_thousandths(i64::try_from(quotient).unwrap_or(if quotient < 0 { -MOST } else { MOST }))
    }
}

impl std::ops::Add for Points {
    type Output = Points;

    fn add(self, other: Points) -> Points {
        Points::of_thousandths(self.0 + other.0)
    }
}

impl std::ops::Sub for Points {
    type Output = Points;

    fn sub(self, other: Points) -> Points {
        Points::of_thousandths(self.0 - other.0)
    }
}

impl From<f64> for Points {
    fn from(points: f64) -> Points {
        Points::new(points)
    }
}

impl From<i32> for Points {
    fn from(points: i32) -> Points {
        Points::of_thousandths(i64::from(points) * 1000)
    }
}

impl fmt::Display for Points {
    /// A number as PDF writes it (ISO 32000-2, 7.3.3): without an exponent, and without zeros at its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (whole, fraction) = (size / 1000, size % 1000);
        match fraction {
            0 => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{}", format!("{fraction:03}").trim_end_matches('0')),
        }
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 % 1000 {
            0 => serializer.serialize_i64(self.0 / 1000),
            _ => serializer.serialize_f64(self.as_f64()),
        }
    }
}

impl FromJson for Points {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_f64().map(Points::new).ok_or("")
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Points {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Points".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_pdf_writes_it() {
        let written = |points: f64| Points::new(points).to_string();
        assert_eq!([0.0, 1.0, -0.5, 12.345_6, 1e9, f64::NAN].map(written), ["0", "1", "-0.5", "12.346", "1000000", "0"]);
    }

    #[test]
    fn a_product_is_rounded_to_the_nearest_thousandth() {
        assert_eq!(Points::from(10).scaled(7200, 2540), Points::new(28.346));
        assert_eq!(Points::from(-1).scaled(2, 3), Points::new(-0.667));
        assert_eq!(Points::from(1).scaled(1, 0), Points::from(0));
        assert_eq!(Points::from(1).scaled(i64::MAX, 1), Points::of_thousandths(MOST));
    }
}
