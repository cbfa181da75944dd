//! Wildcards: `*` is any run of characters, `?` any one, and `\` takes the next one as it is.

/// Whether the whole of `text` fits `pattern`. Takes time in `text.len() * pattern.len()` at worst:
/// only the last star is ever tried again.
pub(super) fn matches(text: &str, pattern: &str) -> bool {
    let mut text = text.chars();
    let mut pattern = pattern.chars();
    // Where to go on after a mismatch: the last star takes one character more.
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
