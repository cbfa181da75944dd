//! Wildcard patterns: `*` matches any characters, `?` matches one, and `\` escapes the next character.

/// Returns whether all of `text` matches `pattern`. Takes at most `text.len() * pattern.len()` steps, because only the
/// last star is retried.
pub(super) fn matches(text: &str, pattern: &str) -> bool {
    let mut text = text.chars();
    let mut pattern = pattern.chars();
    // Where to continue after a mismatch: the last star matches one more character.
    let mut retry = None;
    loop {
        let here = text.clone();
        match pattern.next() {
            Some('*') => {
                retry = Some((here, pattern.clone()));
                continue;
            }
            Some('?') if text.next().is_some() => continue,
            Some('\\') => {
                let literal = pattern.next();
                if literal.is_some() && literal == text.next() {
                    continue;
                }
            }
            Some(literal) if literal != '?' && text.next() == Some(literal) => continue,
            None if here.as_str().is_empty() => return true,
            _ => {}
        }
        let Some((from, after_star)) = &mut retry else {
            return false;
        };
        if from.next().is_none() {
            return false;
        }
        text = from.clone();
        pattern = after_star.clone();
    }
}
