//! Sizes in bytes, as people write them: `4096`, `10MiB`, `1.5GiB`, `64_000`.

use std::fmt;
use std::str::FromStr;

/// Units, and how many bytes each is. Letter case does not matter.
const UNITS: [(&str, u64); 10] = [
    ("", 1),
    ("b", 1),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
];

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    /// The number.
    pub bytes: u64,
}

/// A text that is not a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// No number at the beginning.
    #[error("expected a number of bytes, as in `4096`, `10MiB` or `1GiB`")]
    Number,
    /// An unknown unit behind the number.
    #[error("the units are B, KiB, MiB, GiB, TiB, KB, MB, GB and TB")]
    Unit,
    /// More than 64 bits, or a part of a byte.
    #[error("the size is not a whole number of bytes below 2^64")]
    Range,
}

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Size, SizeError> {
        let is_of_number = |char: char| char.is_ascii_digit() || char == '_' || char == '.';
        let end = text.find(|char| !is_of_number(char)).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let (whole, fraction) = (whole.replace('_', ""), fraction.replace('_', ""));
        if fraction.is_empty() || fraction.contains('.') {
            return Err(SizeError::Number);
        }
        if whole.is_empty() {
            return Err(SizeError::Number);
        }
        let unit = unit.trim_start().to_ascii_lowercase();
        let found = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, factor) = *found.ok_or(SizeError::Unit)?;
        let whole: u64 = whole.parse().map_err(|_| SizeError::Range)?;
        let bytes = whole.checked_mul(factor).ok_or(SizeError::Range)?;
        let bytes = bytes
            .checked_add(part(&fraction, factor)?)
            .ok_or(SizeError::Range)?;
        Ok(Size { bytes })
    }
}

/// `0.FRACTION * factor`, if it is whole.
fn part(fraction: &str, factor: u64) -> Result<u64, SizeError> {
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        return Ok(0);
    }
    let digits: u128 = fraction.parse().map_err(|_| SizeError::Range)?;
    let scale = u32::try_from(fraction.len())
        .ok()
        .and_then(|length| 10u128.checked_pow(length));
    let product = digits.checked_mul(u128::from(factor));
    match (scale, product) {
        (Some(scale), Some(product)) if product % scale == 0 => Ok((product / scale) as u64),
        _ => Err(SizeError::Range),
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [
            ("TiB", 1 << 40),
            ("GiB", 1 << 30),
            ("MiB", 1 << 20),
            ("KiB", 1 << 10),
        ];
        let fits = |unit: &&(&str, u64)| self.bytes >= unit.1 && self.bytes.is_multiple_of(unit.1);
        match units.iter().find(fits) {
            Some((name, factor)) => write!(formatter, "{}{name}", self.bytes / factor),
            None => write!(formatter, "{}", self.bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Result<u64, SizeError> {
        text.parse().map(|size: Size| size.bytes)
    }

    #[test]
    fn units_are_binary_or_decimal() {
        assert_eq!(bytes("0"), Ok(0));
        assert_eq!(bytes("4096"), Ok(4096));
        assert_eq!(bytes("64_000"), Ok(64_000));
        assert_eq!(bytes("12b"), Ok(12));
        assert_eq!(bytes("10MiB"), Ok(10_485_760));
        assert_eq!(bytes("10mib"), Ok(10_485_760));
        assert_eq!(bytes("10 MB"), Ok(10_000_000));
        assert_eq!(bytes("1GiB"), Ok(1_073_741_824));
        assert_eq!(bytes("1.5KiB"), Ok(1536));
        assert_eq!(bytes("0.25kb"), Ok(250));
        assert_eq!(bytes("16777215TiB"), Ok(16_777_215 << 40));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MiB", "-1", "x", ".5KiB", "1.", "1.2.3", "_"] {
            assert_eq!(bytes(text), Err(SizeError::Number), "{text:?}");
        }
        for text in ["1M", "1 bytes", "1KiBB", "0x10", "1e3"] {
            assert_eq!(bytes(text), Err(SizeError::Unit), "{text:?}");
        }
        let too_long = "0.".to_owned() + &"1".repeat(60);
        for text in [
            "16777216TiB",
            "99999999999999999999",
            "0.5",
            "1.0001KB",
            &too_long,
        ] {
            assert_eq!(bytes(text), Err(SizeError::Range), "{text:?}");
        }
    }

    #[test]
    fn sizes_are_shown_in_the_largest_whole_unit() {
        let texts = [0, 1023, 1024, 1536, 3 << 20, 4 << 30, 5 << 40];
        let shown = texts.map(|bytes| Size { bytes }.to_string());
        assert_eq!(shown, ["0", "1023", "1KiB", "1536", "3MiB", "4GiB", "5TiB"]);
    }
}
