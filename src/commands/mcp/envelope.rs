//! The id and the method of a request that is not parsed as a whole, because it is too long or not valid.

use serde_json::Value;

/// The longest id, in bytes.
pub(super) const LONGEST: usize = 1024;

/// The longest id, method or key that is kept, in bytes of JSON: a character may be written as six, and there are quotes.
const LONGEST_TOKEN: usize = 6 * LONGEST + 2;

/// The `id` of a JSON-RPC message.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) enum EnvelopeId {
    /// There is none: the message is a notification.
    #[default]
    Absent,
    /// A string or a number, which the answer repeats.
    Usable(Value),
    /// Something else, or longer than [`LONGEST`]: the answer has the id `null`.
    Unusable,
}

/// The `id` and the `method` of a JSON-RPC message.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Envelope {
    /// The id.
    pub(super) id: EnvelopeId,
    /// The method.
    pub(super) method: Option<String>,
}

/// Finds the fields of an [`Envelope`] in the bytes of a message, which come in blocks of any size. It keeps only short
/// values of the outermost object, so that its memory is bounded.
#[derive(Debug, Default)]
pub(super) struct EnvelopeScanner {
    found: Envelope,
    /// The number of objects and arrays that are open.
    depth: usize,
    state: ScanState,
    /// The text of the key or value that is being read, with its quotes.
    token: Vec<u8>,
    /// The key whose value follows.
    key: Option<Field>,
    /// Whether the next string of the outermost object is a key.
    expects_key: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum ScanState {
    #[default]
    Between,
    /// In a string; true after a backslash.
    String(bool),
    /// In a number or a word.
    Word,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    Method,
}

impl EnvelopeScanner {
    /// Returns the envelope of a whole message.
    pub(super) fn scan(message: &[u8]) -> Envelope {
        let mut scanner = EnvelopeScanner::default();
        scanner.read(message);
        scanner.finish()
    }

    /// Reads the next block.
    pub(super) fn read(&mut self, block: &[u8]) {
        for byte in block {
            self.step(*byte);
        }
    }

    /// Returns what was found.
    pub(super) fn finish(mut self) -> Envelope {
        self.end_word();
        self.found
    }

    fn step(&mut self, byte: u8) {
        match self.state {
            ScanState::String(escaped) => {
                self.keep(byte);
                match byte {
                    _ if escaped => self.state = ScanState::String(false),
                    b'\\' => self.state = ScanState::String(true),
                    b'"' => {
                        self.state = ScanState::Between;
                        self.end_token();
                    }
                    _ => {}
                }
                return;
            }
            ScanState::Word if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => return self.keep(byte),
            ScanState::Word => self.end_word(),
            ScanState::Between => {}
        }
        match byte {
            b'"' => {
                self.state = ScanState::String(false);
                self.token.clear();
                self.keep(byte);
            }
            b'{' | b'[' => {
                self.depth += 1;
                // An array has no keys.
                self.expects_key = self.depth == 1 && byte == b'{';
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.key = self.key.filter(|_| self.depth > 1);
            }
            b',' if self.depth == 1 => (self.key, self.expects_key) = (None, true),
            b':' if self.depth == 1 => self.expects_key = false,
            byte if byte.is_ascii_alphanumeric() || byte == b'-' => {
                self.state = ScanState::Word;
                self.token.clear();
                self.keep(byte);
            }
            _ => {}
        }
    }

    /// Keeps a byte of a token of the outermost object. One more than the limit shows that the token is too long.
    fn keep(&mut self, byte: u8) {
        if self.depth == 1 && self.token.len() <= LONGEST_TOKEN {
            self.token.push(byte);
        }
    }

    fn end_word(&mut self) {
        if self.state == ScanState::Word {
            self.state = ScanState::Between;
            self.end_token();
        }
    }

    fn end_token(&mut self) {
        if self.depth != 1 || self.token.len() > LONGEST_TOKEN {
            return;
        }
        let value: Option<Value> = serde_json::from_slice(&self.token).ok();
        if self.expects_key {
            self.key = match value.as_ref().and_then(Value::as_str) {
                Some("id") => {
                    // Until its value turns out to be of use.
                    self.found.id = EnvelopeId::Unusable;
                    Some(Field::Id)
                }
                Some("method") => Some(Field::Method),
                _ => None,
            };
            return;
        }
        match (self.key.take(), value) {
            (Some(Field::Id), Some(id @ (Value::String(_) | Value::Number(_))))
                if id.as_str().is_none_or(|id| id.len() <= LONGEST) =>
            {
                self.found.id = EnvelopeId::Usable(id);
            }
            (Some(Field::Method), Some(Value::String(method))) => self.found.method = Some(method),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EnvelopeId::{Unusable, Usable};
    use super::*;
    use serde_json::json;

    fn envelope(id: Option<Value>, method: Option<&str>) -> Envelope {
        let id = id.map_or(EnvelopeId::Absent, |id| if id.is_null() { Unusable } else { Usable(id) });
        Envelope { id, method: method.map(str::to_owned) }
    }

    #[test]
    fn id_and_method_are_found_wherever_they_are() {
        let cases = [
            (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}"#, Some(json!(7)), Some("tools/call")),
            (r#"{"params":{"id":1,"method":"no"},"method" : "m","id" : "a\"b"}"#, Some(json!("a\"b")), Some("m")),
            (r#"{"params":[{"id":1}],"x":"\"id\":2","id":-3"#, Some(json!(-3)), None),
            (r#"{"\u0069d":4,"method":"m\u0065"}"#, Some(json!(4)), Some("me")),
            (r#"{"params":"id","method":["m"],"id":{"id":5}}"#, Some(json!(null)), None),
            (r#"{"id":null,"method":true}"#, Some(json!(null)), None),
            (r#"{"id":[],"method":"m"}"#, Some(json!(null)), Some("m")),
            (r#"{"id":true,"method":"m"}"#, Some(json!(null)), Some("m")),
            (r#"{"id":"\ud800","method":"m"}"#, Some(json!(null)), Some("m")),
            (r#"{"id""#, Some(json!(null)), None),
            (r#"{"method":"m","params":{"id":1}}"#, None, Some("m")),
            (r#"[{"id":1,"method":"m"}]"#, None, None),
            (r#"{"a":[1,2,"id"],"id":8}"#, Some(json!(8)), None),
            (r#"{"id":9,"method":"unfinished"#, Some(json!(9)), None),
            ("garbage", None, None),
            ("", None, None),
        ];
        for (text, id, method) in cases {
            assert_eq!(EnvelopeScanner::scan(text.as_bytes()), envelope(id, method), "{text}");
        }
    }

    #[test]
    fn blocks_of_any_size_have_the_same_envelope() {
        let text = r#"{"params":{"content":"\\\"}{","n":[1,{"id":2}]},"id":"r-1","method":"tools/call"}"#;
        for size in 1..text.len() {
            let mut scanner = EnvelopeScanner::default();
            text.as_bytes().chunks(size).for_each(|block| scanner.read(block));
            assert_eq!(scanner.finish(), envelope(Some(json!("r-1")), Some("tools/call")), "{size}");
        }
    }

    #[test]
    fn a_long_value_is_neither_kept_nor_taken_for_an_id() {
        let scan = |id: String| {
            let text = format!(r#"{{"id":"{id}","{}":1,"method":"m"}}"#, "id".repeat(LONGEST_TOKEN));
            EnvelopeScanner::scan(text.as_bytes())
        };
        let longest = "x".repeat(LONGEST);
        assert_eq!(scan(longest.clone()), envelope(Some(json!(longest)), Some("m")));
        assert_eq!(scan("\\u0078".repeat(LONGEST)), envelope(Some(json!(longest)), Some("m")));
        for long in ["x".repeat(LONGEST + 1), "\\u0078".repeat(LONGEST + 1), "x".repeat(LONGEST_TOKEN)] {
            assert_eq!(scan(long), envelope(Some(json!(null)), Some("m")));
        }
    }
}
