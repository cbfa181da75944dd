//! The whole text of a turn.

use wharf_core::model::Event;

/// Joins the messages of an agent: each is on lines of its own, and no line end follows the last one.
#[derive(Default)]
pub(in crate::commands) struct MessageJoiner {
    /// Whether the next message begins on a line of its own.
    line_ends: bool,
    is_lossy: bool,
}

impl MessageJoiner {
    /// Passes on what a message adds to the text.
    pub(in crate::commands) fn join(&mut self, event: &Event, mut add: impl FnMut(&[u8])) {
        let text = event.text_bytes();
        self.is_lossy |= std::str::from_utf8(&text).is_err();
        if text.is_empty() {
            return;
        }
        if self.line_ends {
            add(b"\n");
        }
        add(&text);
        self.line_ends = !text.ends_with(b"\n") && !event.continues;
    }

    /// Returns whether a message is not UTF-8.
    pub(in crate::commands) fn is_lossy(&self) -> bool {
        self.is_lossy
    }
}

/// The whole text of a turn.
#[derive(Default)]
pub(in crate::commands) struct TurnText {
    text: String,
    joiner: MessageJoiner,
}

impl TurnText {
    /// Adds a message.
    pub(in crate::commands) fn push(&mut self, event: &Event) {
        self.joiner.join(event, |text| self.text.push_str(&String::from_utf8_lossy(text)));
    }

    /// Returns whether bytes were replaced, because they are not UTF-8.
    pub(in crate::commands) fn is_lossy(&self) -> bool {
        self.joiner.is_lossy()
    }

    /// Returns the text.
    pub(in crate::commands) fn into_string(self) -> String {
        self.text
    }
}
