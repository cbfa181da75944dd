//! The whole text of a turn.

use wharf_core::model::Event;

/// The whole text of a turn: the messages of the agent, each on lines of its own. No line end follows the last one.
#[derive(Default)]
pub(in crate::commands) struct TurnText {
    text: String,
    /// Whether the next message begins on a line of its own.
    line_ends: bool,
    is_lossy: bool,
}

impl TurnText {
    /// Adds a message.
    pub(in crate::commands) fn push(&mut self, event: &Event) {
        let text = event.text_bytes();
        self.is_lossy |= std::str::from_utf8(&text).is_err();
        let text = String::from_utf8_lossy(&text);
        if self.line_ends && !text.is_empty() {
            self.text.push('\n');
            self.line_ends = false;
        }
        self.text.push_str(&text);
        if !text.is_empty() {
            self.line_ends = !text.ends_with('\n') && !event.continues;
        }
    }

    /// Returns whether bytes were replaced, because they are not UTF-8.
    pub(in crate::commands) fn is_lossy(&self) -> bool {
        self.is_lossy
    }

    /// Returns the text.
    pub(in crate::commands) fn into_string(self) -> String {
        self.text
    }
}
