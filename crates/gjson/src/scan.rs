//! The JSON text scanner: where values begin and end, without building any.
//!
//! Start with [`Scanner`], which walks over one container at a time; [`entries`] lists the items of
//! a whole text; [`document`] and [`ValueKind`] tell what a text is. All of it trusts its input to be
//! JSON: on anything else it answers something, but never panics.

/// What a JSON text is, in the order in which `@pretty` sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ValueKind {
    Null,
    False,
    Number,
    String,
    True,
    Array,
    Object,
}

impl ValueKind {
    /// The kind of the value that begins with `byte`; `None` where none can.
    pub(super) fn of_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            b'"' => Self::String,
            b'{' => Self::Object,
            b'[' => Self::Array,
            b'-' | b'0'..=b'9' => Self::Number,
            b't' => Self::True,
            b'f' => Self::False,
            b'n' => Self::Null,
            _ => return None,
        })
    }

    pub(super) fn of(raw: &str) -> Option<Self> {
        raw.bytes().next().and_then(Self::of_byte)
    }

    pub(super) fn is_container(self) -> bool {
        matches!(self, Self::Array | Self::Object)
    }
}

/// A part of `text`; nothing where there is no such part.
pub(super) fn part(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

/// The inside of a string literal.
pub(super) fn inside(raw: &str) -> &str {
    let raw = raw.strip_prefix('"').unwrap_or(raw);
    raw.strip_suffix('"').unwrap_or(raw)
}

/// The value that `text` holds: from its first byte to the end of the text if it is a container (so
/// that the documents after the first one stay), else the one scalar.
pub(super) fn document(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(|ch| ch <= ' ');
    match ValueKind::of(text)? {
        ValueKind::Array | ValueKind::Object => Some(text),
        _ => Some(Scanner::new(text).take()),
    }
}

/// The index past the string whose opening quote is before `at`.
pub(super) fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The index past the value that begins at `at`.
fn value_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => continue,
            _ => {
                let rest = bytes.get(at..).unwrap_or_default();
                let delimiter = |byte: &u8| *byte <= b' ' || b",:]}[{\"".contains(byte);
                return at + rest.iter().position(delimiter).unwrap_or(rest.len());
            }
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// A place in a JSON text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Goes to the first byte that is `wanted`, and tells it.
    fn seek(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let skipped = rest.iter().position(|byte| wanted(*byte));
        self.at += skipped.unwrap_or(rest.len());
        rest.get(skipped?).copied()
    }

    /// The next byte that is not white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.seek(|byte| byte > b' ')
    }

    /// Goes to the first container that is not inside of another value.
    pub(super) fn first_container(&mut self) {
        while self.peek().is_some() && !self.kind().is_some_and(ValueKind::is_container) {
            self.take();
        }
    }

    /// Steps over the bracket here.
    pub(super) fn enter(&mut self) {
        self.at += 1;
    }

    /// In an object: takes the next key, as it is written, and goes to its value. `None` past the
    /// end of the object.
    pub(super) fn key(&mut self) -> Option<&'t str> {
        let found = self.seek(|byte| matches!(byte, b'"' | b'}'))?;
        if found == b'}' {
            self.at += 1;
            return None;
        }
        let key = self.take();
        self.seek(|byte| ValueKind::of_byte(byte).is_some())?;
        Some(key)
    }

    /// In an array: goes to the next element and tells its kind. `None` past the end of the array.
    pub(super) fn element(&mut self) -> Option<ValueKind> {
        let found = self.seek(|byte| byte == b']' || ValueKind::of_byte(byte).is_some())?;
        if found == b']' {
            self.at += 1;
        }
        ValueKind::of_byte(found)
    }

    /// The kind of the value here.
    pub(super) fn kind(&self) -> Option<ValueKind> {
        let byte = self.text.as_bytes().get(self.at)?;
        ValueKind::of_byte(*byte)
    }

    /// Takes the value here.
    pub(super) fn take(&mut self) -> &'t str {
        let start = self.at;
        self.at = value_end(self.text.as_bytes(), start);
        part(self.text, start, self.at)
    }
}

/// One item of a container.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'t> {
    /// As it is written; empty in an array.
    pub(super) key: &'t str,
    pub(super) value: &'t str,
}

/// Every item of the container that `text` begins with, and of those that follow it in the text, as
/// GJSON's modifiers see JSON lines. A scalar is its own only item.
pub(super) fn entries(text: &str) -> Elements<'_> {
    let mut cursor = Scanner::new(text);
    let kind = cursor.peek().and_then(ValueKind::of_byte);
    if kind.is_some_and(ValueKind::is_container) {
        cursor.enter();
    }
    Elements { cursor, kind }
}

pub(super) struct Elements<'t> {
    cursor: Scanner<'t>,
    kind: Option<ValueKind>,
}

impl<'t> Iterator for Elements<'t> {
    type Item = Element<'t>;

    fn next(&mut self) -> Option<Element<'t>> {
        let mut key = "";
        match self.kind? {
            ValueKind::Object => {
                self.cursor.seek(|byte| byte == b'"')?;
                key = self.cursor.key()?;
            }
            ValueKind::Array => {
                self.cursor.seek(|byte| ValueKind::of_byte(byte).is_some())?;
            }
            _ => self.kind = None,
        }
        let value = self.cursor.take();
        Some(Element { key, value })
    }
}
