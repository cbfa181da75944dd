//! Parses sizes that users write.

/// The first letters of the units, each 1000 times the previous one, or 1024 times if the letter stands alone or is
/// followed by `i`.
const UNITS: &str = "kmgtpe";

/// Parses `4096`, `500MB`, `10 GiB` or `10G` (the same as `10GiB`); returns bytes.
///
/// # Errors
/// A message for the user, with the accepted forms.
pub fn parse(text: &str) -> Result<u64, String> {
    let bad = || format!("invalid size {text:?}: use bytes or a unit, such as 4096, 500MB or 10GiB");
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let scale = match unit.strip_suffix('b').unwrap_or(&unit) {
        "" => 1,
        prefix => {
            let base: u64 = if prefix.ends_with('i') || prefix == unit { 1024 } else { 1000 };
            let letter = prefix.strip_suffix('i').unwrap_or(prefix);
            let power = UNITS.find(letter).filter(|_| letter.len() == 1).ok_or_else(bad)?;
            u32::try_from(power + 1).ok().and_then(|power| base.checked_pow(power)).ok_or_else(bad)?
        }
    };
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(scale).ok_or_else(bad);
    }
    let (whole, fraction) = number.split_once('.').ok_or_else(bad)?;
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let fraction: f64 = format!("0.{fraction}").parse().map_err(|_| bad())?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "less than one unit, which is exact enough for `1.5G`"
    )]
    let part = (fraction * scale as f64) as u64;
    whole.checked_mul(scale).and_then(|bytes| bytes.checked_add(part)).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("12b", 12),
            ("1k", 1024),
            ("1KB", 1000),
            ("1 KiB", 1024),
            ("10GiB", 10 << 30),
            ("10g", 10 << 30),
            ("500MB", 500_000_000),
            ("1.5M", 3 << 19),
            ("2E", 2 << 60),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
        for bad in
            ["", "-1", "x", "1y", "1.2.3", "1..5", "GB", "1gg", "1ib", "1i", "17EiB", "99999999999999999999", "1.5.G"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
