//! Golden comparison: what differs from run to run becomes a word.

/// Replaces every id by `[SESSION]`, `[FILE]` or `[RESOURCE]`, every time by `[TIME]`, and every age by `[AGE]`.
pub(crate) fn mask(text: &str) -> String {
    const IDS: [(&str, &str); 3] = [("sesn_", "[SESSION]"), ("file_", "[FILE]"), ("sesrsc_", "[RESOURCE]")];
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let id = IDS.iter().find_map(|(prefix, word)| {
            let digits = rest.strip_prefix(prefix)?.get(..24)?;
            digits.chars().all(|c| c.is_ascii_hexdigit()).then_some((prefix.len() + 24, *word))
        });
        let time = || Some((time_at(rest)?, "[TIME]"));
        let age = || Some((age_at(rest).filter(|_| masked.ends_with([' ', '\n']))?, "[AGE]"));
        let (length, word) = match id.or_else(time).or_else(age) {
            Some(found) => found,
            None => (first.len_utf8(), ""),
        };
        masked.push_str(if word.is_empty() { &rest[..length] } else { word });
        rest = &rest[length..];
    }
    masked
}

/// The length of the time that a text begins with: `2026-11-21T11:41:13.2Z` or `2026-11-21 11:41:13 UTC`.
fn time_at(text: &str) -> Option<usize> {
    const SHAPE: &str = "0000-00-00?00:00";
    let head = text.get(..SHAPE.len())?;
    let fits = |(c, shape): (char, char)| match shape {
        '0' => c.is_ascii_digit(),
        '?' => c == 'T' || c == ' ',
        other => c == other,
    };
    if !head.chars().zip(SHAPE.chars()).all(fits) {
        return None;
    }
    if head.contains(' ') {
        let seconds = text[head.len()..].split_once(" UTC").filter(|(seconds, _)| seconds.len() == ":00".len());
        return Some(head.len() + seconds.map_or(0, |(seconds, _)| seconds.len() + " UTC".len()));
    }
    let seconds = text[head.len()..].find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')?;
    text[head.len() + seconds..].starts_with('Z').then_some(head.len() + seconds + 1)
}

/// The length of the age that a text begins with, with the spaces behind it: `3s ago` or `in 119m`.
fn age_at(text: &str) -> Option<usize> {
    let (number, is_future) = text.strip_prefix("in ").map_or((text, false), |number| (number, true));
    let digits = number.find(|c: char| !c.is_ascii_digit()).filter(|digits| *digits > 0)?;
    let unit = number[digits..].strip_prefix(['s', 'm', 'h', 'd'])?;
    let rest = if is_future { unit } else { unit.strip_prefix(" ago")? };
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    Some(text.len() - rest.len() + spaces.saturating_sub(2))
}

#[test]
fn ids_and_times_are_masked_and_nothing_else_is() {
    let id = "0123456789abcdef01234567";
    assert_eq!(mask(&format!("sesn_{id} file_{id}.")), "[SESSION] [FILE].");
    assert_eq!(mask("2026-11-21T11:41:13.294684295Z, 2026-11-21 11:41:13 UTC\n"), "[TIME], [TIME]\n");
    assert_eq!(mask("a 3s ago   in 119m\nin 2 3x ago"), "a [AGE]  [AGE]\nin 2 3x ago");
    assert_eq!(mask("file_1 2026-11-21 ünï"), "file_1 2026-11-21 ünï");
}
