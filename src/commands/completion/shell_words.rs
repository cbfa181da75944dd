//! The words of a line as a shell reads them, and the text that a shell reads back as a word.

/// A shell whose lines are split here. zsh passes words instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShellSyntax {
    Bash,
    Fish,
}

/// The words of a line up to the cursor. Nothing in them is expanded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SplitLine {
    /// The words without their quotes; the last one, which may be empty, is being completed.
    pub(super) words: Vec<String>,
    /// The offset at which the last word begins, in bytes.
    pub(super) start: usize,
    /// The quote that is open at the end.
    pub(super) quote: Option<char>,
}

impl SplitLine {
    /// Splits a line. Redirections are left out.
    pub(super) fn new(dialect: ShellSyntax, line: &str) -> Self {
        let mut split = SplitLine::default();
        // The word at the end, if one has begun, and whether it is the file of a redirection.
        let (mut word, mut is_file): (Option<String>, bool) = (None, false);
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if let Some(quote) = split.quote {
                let word = word.get_or_insert_default();
                if c == quote {
                    split.quote = None;
                } else if c == '\\'
                    && let Some((_, next)) = chars.next_if(|(_, next)| escapable(dialect, quote).contains(*next))
                {
                    word.push(next);
                } else {
                    word.push(c);
                }
                continue;
            }
            let is_space = matches!(c, ' ' | '\t' | '\n');
            if is_space || matches!(c, '<' | '>') {
                let done = word.take();
                // The number of a stream belongs to its redirection.
                let is_stream = !is_space && done.as_ref().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()));
                if let Some(done) = done.filter(|_| !is_stream)
                    && !std::mem::take(&mut is_file)
                {
                    split.words.push(done);
                }
                is_file |= !is_space;
                continue;
            }
            if word.is_none() {
                split.start = at;
            }
            let word = word.get_or_insert_default();
            match c {
                '\'' | '"' => split.quote = Some(c),
                '\\' => word.extend(chars.next().map(|(_, next)| next)),
                c => word.push(c),
            }
        }
        if word.is_none() {
            split.start = line.len();
        }
        split.words.push(word.unwrap_or_default());
        split
    }
}

/// Returns the characters that a backslash escapes in a quote.
fn escapable(dialect: ShellSyntax, quote: char) -> &'static str {
    match (dialect, quote) {
        (ShellSyntax::Bash, '\'') => "",
        (ShellSyntax::Fish, '\'') => "\\'",
        (ShellSyntax::Bash, _) => "\\\"$`",
        (ShellSyntax::Fish, _) => "\\\"$",
    }
}

/// Returns the text that bash reads as `text` behind what stands on the line, where `quote` may be open.
pub(super) fn quoted_for_bash(text: &str, quote: Option<char>) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match quote {
            Some('\'') if c == '\'' => quoted.push_str(r"'\''"),
            // History is expanded in double quotes, where no backslash prevents it.
            Some('"') if c == '!' => quoted.push_str("\"'!'\""),
            Some('"') if "\\\"$`".contains(c) => quoted.extend(['\\', c]),
            None if !(c.is_alphanumeric() || "-_=.,:/@+%".contains(c)) => quoted.extend(['\\', c]),
            _ => quoted.push(c),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(dialect: ShellSyntax, line: &str) -> Vec<String> {
        SplitLine::new(dialect, line).words
    }

    #[test]
    fn a_line_is_split_as_its_shell_does() {
        use ShellSyntax::{Bash, Fish};
        for (dialect, line, expected) in [
            (Bash, "wharf  files ls", &["wharf", "files", "ls"][..]),
            (Bash, "wharf ", &["wharf", ""]),
            (Bash, r#"w a\ b"c d"'e'f "#, &["w", "a bc def", ""]),
            (Bash, r#"w "\$\x" 'a\'b"#, &["w", r"$\x", r"a\b"]),
            (Fish, r#"w "\$\`" 'a\'b"#, &["w", r"$\`", "a'b"]),
            (Bash, "w cat 2>err <in s:/x >out y", &["w", "cat", "s:/x", "y"]),
            (Bash, "w a\\", &["w", "a"]),
            (Bash, "w ''", &["w", ""]),
        ] {
            assert_eq!(words(dialect, line), expected, "{line}");
        }
        let split = SplitLine::new(Bash, "wharf ls s:\"/my d");
        assert_eq!((split.start, split.quote), (9, Some('"')));
        assert_eq!(SplitLine::new(Bash, "wharf ls ").start, 9);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(text in "[^\\p{C}]*", quote in prop_oneof![Just(None), Just(Some('"')), Just(Some('\''))]) {
            let open = quote.map(String::from).unwrap_or_default();
            let line = format!("w {open}{}{open}", quoted_for_bash(&text, quote));
            prop_assert_eq!(words(ShellSyntax::Bash, &line), ["w".to_owned(), text]);
        }
    }
}
