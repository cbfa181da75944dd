//! A text that comes in blocks, as events.

use wharf_core::model::{Encoding, Event, EventKind, SessionId, Timestamp};
use wharf_core::utf8::unfinished;

/// The most bytes of one event of type `text`: a longer text is several.
const LONGEST: usize = 1 << 20;

/// Cuts blocks of bytes between characters.
#[derive(Default)]
pub(super) struct CharBlocks {
    /// The start of a character that continues in the next block.
    rest: Vec<u8>,
}

impl CharBlocks {
    /// Returns the bytes of a block up to the end of its last whole character, behind what the block before left.
    pub(super) fn push(&mut self, block: &[u8]) -> Vec<u8> {
        let mut whole = std::mem::take(&mut self.rest);
        whole.extend_from_slice(block);
        self.rest = whole.split_off(whole.len() - unfinished(&whole));
        whole
    }

    /// Returns what is left at the end: a character that was cut off.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.rest)
    }
}

/// Makes events of a text that comes in blocks: a piece for each block, and the whole text, of at most 1 MiB at a time.
/// No character is cut.
pub(super) struct TextBlocks {
    session: SessionId,
    /// What the ids of the texts begin with.
    id: String,
    /// The number of the text, from 1.
    number: u64,
    /// What came of the text.
    text: Vec<u8>,
    chars: CharBlocks,
}

impl TextBlocks {
    pub(super) fn new(session: &SessionId, id: &str) -> Self {
        TextBlocks {
            session: session.clone(),
            id: id.to_owned(),
            number: 1,
            text: Vec::new(),
            chars: CharBlocks::default(),
        }
    }

    /// Takes a block.
    pub(super) fn push(&mut self, block: &[u8]) -> Vec<Event> {
        let whole = self.chars.push(block);
        self.add(&whole)
    }

    /// Completes the text.
    pub(super) fn finish(&mut self) -> Vec<Event> {
        let rest = self.chars.finish();
        let mut events = self.add(&rest);
        events.extend(self.complete(false));
        events
    }

    fn add(&mut self, block: &[u8]) -> Vec<Event> {
        if block.is_empty() {
            return Vec::new();
        }
        let mut events = Vec::new();
        if self.text.len() + block.len() > LONGEST {
            events.extend(self.complete(true));
        }
        self.text.extend_from_slice(block);
        events.push(self.said(EventKind::TextDelta, block));
        events
    }

    fn complete(&mut self, continues: bool) -> Option<Event> {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return None;
        }
        let whole = Event { continues, ..self.said(EventKind::Text, &text) };
        self.number += 1;
        Some(whole)
    }

    fn said(&self, kind: EventKind, bytes: &[u8]) -> Event {
        let (text, encoding) = Encoding::encode(bytes);
        Event {
            id: Some(format!("{}-text-{}", self.id, self.number)),
            at: Some(Timestamp::now()),
            text: Some(text),
            encoding: Some(encoding),
            ..Event::new(kind, &self.session)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_is_cut_and_a_long_text_is_several() {
        let mut blocks = TextBlocks::new(&"s1".parse().unwrap(), "turn");
        let text = "ä".repeat(LONGEST);
        let mut events = Vec::new();
        for block in text.as_bytes().chunks(4095) {
            events.extend(blocks.push(block));
        }
        events.extend(blocks.finish());
        assert!(events.iter().all(|event| event.encoding == Some(Encoding::Utf8)));
        let all =
            |kind| events.iter().filter(move |event| event.kind == kind).map(|event| event.text.as_deref().unwrap());
        assert_eq!(all(EventKind::TextDelta).collect::<String>(), text);
        assert_eq!(all(EventKind::Text).collect::<String>(), text);
        assert!(all(EventKind::Text).all(|text| text.len() <= LONGEST));
        let continues: Vec<_> =
            events.iter().filter(|event| event.kind == EventKind::Text).map(|event| event.continues).collect();
        assert_eq!(continues.iter().filter(|continues| !**continues).count(), 1);
        assert_eq!(continues.last(), Some(&false));
        assert!(blocks.finish().is_empty());
    }
}
