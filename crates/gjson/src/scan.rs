//! The JSON text scanner: where values begin and end, without building any.
//!
//! Start with [`Cursor`], which walks over one container at a time; [`entries`] lists the items of
//! a whole text; [`document`] and [`Kind`] tell what a text is. All of it trusts its input to be
//! JSON: on anything else it answers something, but never panics.

/// What a JSON text is, in the order in which `@pretty` sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Null,
    False,
    Number,
    String,
    True,
    Array,
    Object,
}

impl Kind {
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
    match Kind::of(text)? {
        Kind::Array | Kind::Object => Some(text),
        _ => Some(Cursor::new(text).take()),
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
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
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

    /// The next byte that is no white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.seek(|byte| byte > b' ')
    }

    /// Goes to the first container that is not inside of another value.
    pub(super) fn first_container(&mut self) {
        while self.peek().is_some() && !self.kind().is_some_and(Kind::is_container) {
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
        self.seek(|byte| Kind::of_byte(byte).is_some())?;
        Some(key)
    }

    /// In an array: goes to the next element and tells its kind. `None` past the end of the array.
    pub(super) fn element(&mut self) -> Option<Kind> {
        let found = self.seek(|byte| byte == b']' || Kind::of_byte(byte).is_some())?;
        if found == b']' {
            self.at += 1;
        }
        Kind::of_byte(found)
    }

    /// The kind of the value here.
    pub(super) fn kind(&self) -> Option<Kind> {
        let byte = self.text.as_bytes().get(self.at)?;
        Kind::of_byte(*byte)
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
pub(super) struct Entry<'t> {
    /// As it is written; empty in an array.
    pub(super) key: &'t str,
    pub(super) value: &'t str,
}

/// Every item of the container that `text` begins with, and of those that follow it in the text, as
/// GJSON's modifiers see JSON lines. A scalar is its own only item.
pub(super) fn entries(text: &str) -> Entries<'_> {
    let mut cursor = Cursor::new(text);
    let kind = cursor.peek().and_then(Kind::of_byte);
    if kind.is_some_and(Kind::is_container) {
        cursor.enter();
    }
    Entries { cursor, kind }
}

pub(super) struct Entries<'t> {
    cursor: Cursor<'t>,
    kind: Option<Kind>,
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        let mut key = "";
        match self.kind? {
            Kind::Object => {
                self.cursor.seek(|byte| byte == b'"')?;
                key = self.cursor.key()?;
            }
            Kind::Array => {
                self.cursor.seek(|byte| Kind::of_byte(byte).is_some())?;
            }
            _ => self.kind = None,
        }
        let value = self.cursor.take();
        Some(Entry { key, value })
    }
}
