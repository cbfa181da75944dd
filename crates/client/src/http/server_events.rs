//! Streams of server-sent events (`text/event-stream`, the HTML standard's section 9.2).

use bytes::{Buf as _, BytesMut};

use super::download::Download;
use wharf_core::body::Body;
use wharf_core::error::{Error, Kind, Result};

/// The longest event, in bytes. The data of an event may hold a file in base64.
const LONGEST_EVENT: usize = 16 << 20;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerEvent {
    /// The value of its `event` line; empty where there is none.
    pub name: String,
    /// The lines of its data.
    pub data: String,
}

/// Reads the events of an answer.
pub struct ServerEvents {
    body: Body,
    end_is_known: bool,
    parser: EventParser,
}

impl ServerEvents {
    /// Reads the events of `answer`.
    pub fn new(answer: Download) -> Self {
        ServerEvents { end_is_known: answer.end_is_known, body: answer.body.unhashed(), parser: EventParser::default() }
    }

    /// Returns the next event; none at the end of the stream. An event that the end cuts off is dropped, so that an
    /// end never says that everything arrived. Nothing is lost where the future is dropped.
    ///
    /// # Errors
    /// `unavailable` for a stream that breaks, and for an event that is too long.
    pub async fn next(&mut self) -> Result<Option<ServerEvent>> {
        loop {
            if let Some(event) = self.parser.next()? {
                return Ok(Some(event));
            }
            match self.body.next().await? {
                Some(block) => self.parser.push(&block),
                None => return Ok(None),
            }
        }
    }

    /// Returns whether the end of the stream cut an event off, or cannot be told from a broken connection.
    pub(crate) fn was_cut(&self) -> bool {
        !self.end_is_known || self.parser.is_within_event()
    }
}

/// Finds the events in blocks of any size.
#[derive(Default)]
struct EventParser {
    unread: BytesMut,
    /// The number of unread bytes without an end of a line.
    scanned: usize,
    /// Whether the last line ended with a carriage return, which a line feed may follow.
    after_return: bool,
    /// Whether a line was read: a byte order mark may stand before the first one.
    begun: bool,
    name: String,
    data: String,
    has_data: bool,
}

impl EventParser {
    fn push(&mut self, block: &[u8]) {
        self.unread.extend_from_slice(block);
    }

    fn next(&mut self) -> Result<Option<ServerEvent>> {
        while let Some(line) = self.line() {
            let line = String::from_utf8_lossy(&line);
            if line.is_empty() {
                let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
                if std::mem::take(&mut self.has_data) {
                    return Ok(Some(ServerEvent { name, data }));
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "data" => {
                    if self.has_data {
                        self.data.push('\n');
                    }
                    self.has_data = true;
                    self.data.push_str(value);
                }
                "event" => value.clone_into(&mut self.name),
                // A comment, which begins with a colon, `id` and `retry`, which no service relies on.
                _ => {}
            }
            self.check()?;
        }
        self.check().map(|()| None)
    }

    /// Takes the next whole line, without its end.
    fn line(&mut self) -> Option<BytesMut> {
        if self.after_return && !self.unread.is_empty() {
            self.after_return = false;
            if self.unread.first() == Some(&b'\n') {
                self.unread.advance(1);
            }
        }
        let unscanned = self.unread.get(self.scanned..).unwrap_or_default();
        let Some(end) = unscanned.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.scanned = self.unread.len();
            return None;
        };
        let mut line = self.unread.split_to(self.scanned + end);
        self.scanned = 0;
        self.after_return = self.unread.first() == Some(&b'\r');
        self.unread.advance(1);
        if !std::mem::replace(&mut self.begun, true) && line.starts_with("\u{feff}".as_bytes()) {
            line.advance("\u{feff}".len());
        }
        Some(line)
    }

    /// Returns whether an event has begun whose end did not come.
    fn is_within_event(&self) -> bool {
        self.has_data || !self.name.is_empty() || !self.unread.is_empty()
    }

    fn check(&self) -> Result<()> {
        if self.unread.len().max(self.data.len()).max(self.name.len()) <= LONGEST_EVENT {
            return Ok(());
        }
        let most = LONGEST_EVENT >> 20;
        Err(Error::new(Kind::Unavailable, format!("the service sent an event of more than {most} MiB")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &str, size: usize) -> Vec<(String, String)> {
        let mut parser = EventParser::default();
        let mut events = Vec::new();
        for block in stream.as_bytes().chunks(size) {
            parser.push(block);
            while let Some(event) = parser.next().unwrap() {
                events.push((event.name, event.data));
            }
        }
        events
    }

    #[test]
    fn events_are_found_in_blocks_of_any_size_and_with_any_end_of_line() {
        let lines = "\u{feff}: open\n\nevent: ping\ndata: {}\n\ndata:a\ndata:  b\ndata\n\nid: 7\nevent: x\n\nretry: 1\ndata: ä\n\ndata: cut off\n";
        let expected = [("ping", "{}"), ("", "a\n b\n"), ("", "ä")];
        let expected = expected.map(|(name, data)| (name.to_owned(), data.to_owned()));
        for end in ["\n", "\r", "\r\n"] {
            let stream = lines.replace('\n', end);
            for size in 1..stream.len() {
                assert_eq!(read(&stream, size), expected, "{end:?} {size}");
            }
        }
    }

    #[test]
    fn an_event_without_an_end_is_given_up() {
        for line in ["data: ".to_owned() + &"x".repeat(1 << 20), "data: ".to_owned() + &"x".repeat(1 << 20) + "\n"] {
            let mut parser = EventParser::default();
            let error = (0..100).find_map(|_| {
                parser.push(line.as_bytes());
                parser.next().err()
            });
            assert_eq!(error.map(|error| error.kind()), Some(Kind::Unavailable));
        }
    }
}
