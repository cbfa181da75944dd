//! The cells of tables: texts, statuses with a colour, and times as people read them.

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;

use super::table::StyledCell;
use super::{escape, human};

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableCell {
    /// A text.
    Text(String),
    /// An id, which is never shortened, in a column that may be.
    Id(String),
    /// The word of a status, which has a colour on a terminal.
    Status(String),
    /// A time as its distance from now: `3m ago`, `in 2h`.
    Age(Option<Timestamp>),
    /// A full time in the time zone of the table.
    Time(Option<Timestamp>),
}

impl TableCell {
    /// Returns the cell of a status.
    pub fn status(word: impl Into<String>) -> Self {
        TableCell::Status(word.into())
    }

    /// Returns the cell of a value that may be unknown.
    pub fn known(value: Option<impl ToString>) -> Self {
        TableCell::Text(human::or_dash(value, |value| value.to_string()))
    }

    /// Formats the cell, escaped for a terminal.
    pub(super) fn show(&self, utc: bool) -> StyledCell {
        let plain = |text: &str| StyledCell::from(escape::for_terminal(text).into_owned());
        match self {
            TableCell::Text(text) => plain(text),
            TableCell::Id(id) => StyledCell { is_id: true, ..plain(id) },
            TableCell::Status(word) => StyledCell { style: style_of(word), ..plain(word) },
            TableCell::Age(at) => human::or_dash(*at, human::distance).into(),
            TableCell::Time(at) => human::or_dash(*at, |at| human::time(at, utc)).into(),
        }
    }
}

impl From<String> for TableCell {
    fn from(text: String) -> Self {
        TableCell::Text(text)
    }
}

impl From<&str> for TableCell {
    fn from(text: &str) -> Self {
        TableCell::Text(text.to_owned())
    }
}

/// Returns the style of a status: green for what works, red for what failed, yellow for what needs attention or time,
/// and faint for what is over.
pub(super) fn style_of(status: &str) -> Style {
    match status {
        "running" | "idle" | "active" | "copied" | "yes" | "✓" => AnsiColor::Green.on_default(),
        "failed" | "abandoned" | "NO" => AnsiColor::Red.on_default(),
        "creating" | "kept" | "planned" | "WARN" => AnsiColor::Yellow.on_default(),
        "stopped" | "deleting" | "deleted" | "archived" | "expired" | "disabled" | "skipped" => Style::new().dimmed(),
        _ => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_core::model::SessionStatus;

    #[test]
    fn each_status_of_a_session_has_its_colour() {
        let code = |status: SessionStatus| style_of(status.word()).render().to_string();
        for (status, expected) in [
            (SessionStatus::Running, "\x1b[32m"),
            (SessionStatus::Idle, "\x1b[32m"),
            (SessionStatus::Failed, "\x1b[31m"),
            (SessionStatus::Creating, "\x1b[33m"),
            (SessionStatus::Stopped, "\x1b[2m"),
            (SessionStatus::Deleting, "\x1b[2m"),
            (SessionStatus::Archived, "\x1b[2m"),
            (SessionStatus::Expired, "\x1b[2m"),
            (SessionStatus::Unknown, ""),
        ] {
            assert_eq!(code(status), expected, "{status}");
        }
    }

    #[test]
    fn what_a_service_wrote_stays_in_its_cell() {
        let cell = TableCell::from("a\n\x1b[2K").show(false);
        assert_eq!(cell.text, "a\\n\\x1b[2K");
    }
}
