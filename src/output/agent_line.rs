//! The lines of `--format agent`: one for each object, for coding agents, which pay for each byte that they read.

use super::escape;
use wharf_core::model::Timestamp;

/// The space that a shortened text needs at least, in bytes. With less, only its name is printed.
const LEAST_TEXT: usize = 12;

/// What `--format agent` prints of a type of record.
pub struct AgentLine<T> {
    /// The length in bytes above which texts are shortened. Ids, paths and words are whole, and can exceed it.
    pub max_bytes: usize,
    /// Returns the parts of the line of a record that are known.
    pub parts: fn(&T) -> Vec<Option<LinePart>>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinePart {
    /// An id, a path or a status: a word for a shell.
    Word(String),
    /// A word with its name: `expires=2026-11-21T10:45:00Z`.
    Named(&'static str, String),
    /// A text with its name, as a JSON string: `title="first try"`. Later texts are shortened before earlier ones.
    Text(&'static str, String),
}

/// A line that was formatted.
pub(super) struct ShownLine {
    pub(super) text: String,
    /// Whether a text is not whole.
    pub(super) is_shortened: bool,
}

impl<T> AgentLine<T> {
    /// Formats the line of a record.
    pub(super) fn show(&self, record: &T) -> ShownLine {
        let parts: Vec<LinePart> = (self.parts)(record).into_iter().flatten().collect();
        show(&parts, self.max_bytes)
    }
}

impl LinePart {
    /// Returns an id, a path or a status.
    #[allow(clippy::unnecessary_wraps, reason = "the other parts of a line may be unknown")]
    #[allow(clippy::needless_pass_by_value, reason = "most words are made for the line")]
    pub fn word(word: impl ToString) -> Option<Self> {
        Some(LinePart::Word(word.to_string()))
    }

    /// Returns a word if it is known.
    pub fn known(word: Option<impl ToString>) -> Option<Self> {
        word.and_then(Self::word)
    }

    /// Returns a word with its name, if it is known.
    pub fn named(name: &'static str, word: Option<impl ToString>) -> Option<Self> {
        word.map(|word| LinePart::Named(name, word.to_string()))
    }

    /// Returns a text with its name, if it is known and not empty.
    pub fn text(name: &'static str, text: Option<impl Into<String>>) -> Option<Self> {
        text.map(Into::into).filter(|text| !text.is_empty()).map(|text| LinePart::Text(name, text))
    }

    /// Returns a size in bytes: `17B`.
    pub fn size(bytes: Option<u64>) -> Option<Self> {
        bytes.and_then(|bytes| Self::word(format!("{bytes}B")))
    }

    /// Returns a time in UTC, to the second.
    pub fn time(at: Option<Timestamp>) -> Option<Self> {
        at.map(utc).and_then(Self::word)
    }
}

/// Formats a time in UTC: `2026-11-21T10:45:00Z`.
pub(super) fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Formats a line of at most `max_bytes`, if that is possible without shortening anything but texts.
fn show(parts: &[LinePart], max_bytes: usize) -> ShownLine {
    // A space, the name, `=` and `…`.
    let least = |name: &str| name.len() + 5;
    let words: Vec<String> = parts
        .iter()
        .map(|part| match part {
            LinePart::Word(word) => escape::shell_word(word).into_owned(),
            LinePart::Named(name, word) => format!("{name}={}", escape::shell_word(word)),
            LinePart::Text(..) => String::new(),
        })
        .collect();
    // The first word has no space before it.
    let mut left = max_bytes.saturating_add(1);
    for (part, word) in parts.iter().zip(&words) {
        left = left.saturating_sub(if let LinePart::Text(name, _) = part { least(name) } else { word.len() + 1 });
    }
    let mut line = ShownLine { text: String::new(), is_shortened: false };
    for (part, word) in parts.iter().zip(words) {
        if !line.text.is_empty() {
            line.text.push(' ');
        }
        let LinePart::Text(name, text) = part else {
            line.text.push_str(&word);
            continue;
        };
        let room = left + "…".len();
        let (shown, is_shortened) = match escape::json_text_within(text, room) {
            (shown, false) => (shown, false),
            (shown, true) if room >= LEAST_TEXT => (shown, true),
            _ => ("…".to_owned(), true),
        };
        left = room - shown.len().min(room);
        line.text.extend([name, "=", &shown]);
        line.is_shortened |= is_shortened;
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(word: &str) -> LinePart {
        LinePart::Word(word.to_owned())
    }

    fn text(name: &'static str, text: &str) -> LinePart {
        LinePart::Text(name, text.to_owned())
    }

    #[test]
    fn words_are_whole_and_texts_give_way_the_last_one_first() {
        let id = "sesn_0123456789abcdef01234567";
        let line = |title: &str, labels: &str, max: usize| {
            let parts = [word(id), word("running"), text("title", title), text("labels", labels)];
            let line = show(&parts, max);
            (line.text.replace(id, "ID"), line.is_shortened)
        };
        let long = "a title that is so long that it has to be shortened";
        assert_eq!(line("a", "b=c", 100), ("ID running title=\"a\" labels=\"b=c\"".to_owned(), false));
        assert_eq!(
            line(long, "team=blue", 100),
            ("ID running title=\"a title that is so long that it has to b…\" labels=…".to_owned(), true)
        );
        assert_eq!(
            line("short", &"k=v,".repeat(20), 100),
            ("ID running title=\"short\" labels=\"k=v,k=v,k=v,k=v,k=v,k=v,k=v,k=v,k=v,…\"".to_owned(), true)
        );
        assert_eq!(line(long, "team=blue", 10), ("ID running title=… labels=…".to_owned(), true));
    }

    #[test]
    fn what_comes_from_outside_stays_in_its_line_and_its_place() {
        let parts = [
            word("/a b/it's"),
            word("/evil\nnext: wharf \u{202e}x"),
            LinePart::Named("from", "-rf *".to_owned()),
            text("title", "a\"\nhint: run \\ this\u{1b}[31m"),
            word(""),
        ];
        assert_eq!(
            show(&parts, 300).text,
            r#"'/a b/it'\''s' $'/evil\nnext: wharf \342\200\256x' from='-rf *' title="a\"\nhint: run \\ this\u001b[31m" ''"#
        );
    }

    proptest! {
        #[test]
        fn a_line_is_one_line_of_the_length_asked_for(title: String, labels: String, path in "\\PC{0,40}") {
            let parts = [LinePart::Word(path.clone()), text("title", &title), text("labels", &labels)];
            let line = show(&parts, 100);
            prop_assert!(!line.text.contains(char::is_control), "{}", line.text);
            let least = escape::shell_word(&path).len() + " title=… labels=…".len();
            prop_assert!(line.text.len() <= least.max(100), "{}: {}", line.text.len(), line.text);
            let whole = show(&parts, usize::MAX);
            prop_assert!(!whole.is_shortened && (line.is_shortened || line.text == whole.text));
        }
    }
}
