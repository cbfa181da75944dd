//! A scanner for the boundaries of values in a JSON text, which builds no values.
//!
//! Start with [`Scanner`], which walks through one container at a time. [`entries`] lists the items of a text;
//! [`document`] and [`ValueKind`] classify a text. The input should be JSON: for other input the result is unspecified,
//! but nothing panics.

/// The kind of a JSON value, in the sort order of `@pretty`.
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
    /// Returns the kind of the value that begins with `byte`; `None` if no value does.
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

/// Returns a part of `text`; empty if the range is invalid.
pub(super) fn part(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

/// Returns the inside of a string literal.
pub(super) fn inside(raw: &str) -> &str {
    let raw = raw.strip_prefix('"').unwrap_or(raw);
    raw.strip_suffix('"').unwrap_or(raw)
}

/// Returns the value in `text`. For a container this is all of the text after leading white space, including further
/// documents; for a scalar only the scalar.
pub(super) fn document(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(|ch| ch <= ' ');
    match ValueKind::of(text)? {
        ValueKind::Array | ValueKind::Object => Some(text),
        _ => Some(Scanner::new(text).take()),
    }
}

/// Returns the index after the string whose opening quote is before `at`.
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

/// Returns the index after the value that begins at `at`.
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

/// A position in a JSON text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Moves to the first byte that `wanted` accepts; returns the byte.
    fn seek(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let skipped = rest.iter().position(|byte| wanted(*byte));
        self.at += skipped.unwrap_or(rest.len());
        rest.get(skipped?).copied()
    }

    /// Moves to the next byte that is not white space; returns the byte.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.seek(|byte| byte > b' ')
    }

    /// Moves to the first container, past scalars.
    pub(super) fn first_container(&mut self) {
        while self.peek().is_some() && !self.kind().is_some_and(ValueKind::is_container) {
            self.take();
        }
    }

    /// Moves past an opening bracket.
    pub(super) fn enter(&mut self) {
        self.at += 1;
    }

    /// Returns the next key of an object as it is written, and moves to its value; `None` after the last field.
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

    /// Moves to the next element of an array and returns its kind; `None` after the last element.
    pub(super) fn element(&mut self) -> Option<ValueKind> {
        let found = self.seek(|byte| byte == b']' || ValueKind::of_byte(byte).is_some())?;
        if found == b']' {
            self.at += 1;
        }
        ValueKind::of_byte(found)
    }

    /// Returns the kind of the value at the position.
    pub(super) fn kind(&self) -> Option<ValueKind> {
        let byte = self.text.as_bytes().get(self.at)?;
        ValueKind::of_byte(*byte)
    }

    /// Returns the value at the position, and moves past it.
    pub(super) fn take(&mut self) -> &'t str {
        let start = self.at;
        self.at = value_end(self.text.as_bytes(), start);
        part(self.text, start, self.at)
    }
}

/// An item of a container.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'t> {
    /// The key as it is written; empty in an array.
    pub(super) key: &'t str,
    pub(super) value: &'t str,
}

/// Returns the items of the container at the start of `text`, and those of containers that follow it, because GJSON's
/// modifiers treat JSON lines in this way. A scalar is its own only item.
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
