//! Parses amounts of money that users write.

/// The largest amount, in dollars: more is a mistake.
const MOST: u64 = 1_000_000;

/// Parses an amount in US dollars such as `2.50`, `0.05` or `10`; returns cents.
///
/// # Errors
/// A message for the user, with the accepted forms.
pub fn parse(text: &str) -> Result<u64, String> {
    let bad = || format!("invalid amount {text:?}: use dollars and cents, such as 2.50 or 10, from 0.01 to {MOST}");
    let (dollars, cents) = match text.split_once('.') {
        Some((dollars, cents)) if matches!(cents.len(), 1 | 2) => (dollars, cents),
        Some(_) => return Err(bad()),
        None => (text, "0"),
    };
    // A sign is read as part of a number otherwise.
    if !dollars.bytes().chain(cents.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let dollars: u64 = dollars.parse().map_err(|_| bad())?;
    let tenfold = if cents.len() == 1 { 10 } else { 1 };
    let cents: u64 = cents.parse().map_err(|_| bad())?;
    let total = dollars.checked_mul(100).and_then(|hundreds| hundreds.checked_add(cents * tenfold)).ok_or_else(bad)?;
    if (1..=MOST * 100).contains(&total) { Ok(total) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_become_cents() {
        for (text, cents) in [
            ("2.50", 250),
            ("2.5", 250),
            ("10", 1000),
            ("0.05", 5),
            ("0.01", 1),
            ("007.00", 700),
            ("1000000", 100_000_000),
        ] {
            assert_eq!(parse(text), Ok(cents), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_accepted_forms() {
        for bad in [
            "",
            "0",
            "0.00",
            "-1",
            "+1",
            "1.",
            ".5",
            ".",
            "1.005",
            "1.2.3",
            "1.+5",
            "1e2",
            "NaN",
            "inf",
            "$5",
            "5 ",
            "5,00",
            "1_000",
            "\u{0661}",
            "1000000.01",
            "184467440737095517",
            "99999999999999999999999",
        ] {
            let error = parse(bad).unwrap_err();
            assert!(error.contains("2.50") && error.contains(&format!("{bad:?}")), "{error}");
        }
    }
}
