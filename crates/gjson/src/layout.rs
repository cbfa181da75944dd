//! The `@pretty` modifier: multi-line JSON as the Go library tidwall/pretty prints it, with arrays on one line if they
//! fit.
//!
//! Start with [`Layout::print`].

use std::borrow::Cow;
use std::cmp::Ordering;

use super::escape::unescape;
use super::limits::{BoundedString, Limit, check_depth};
use super::scan::{Scanner, ValueKind, inside, part};

/// The options of `@pretty`.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The maximum number of columns of an array on one line; with zero or less, no array is on one line.
    pub(super) width: i64,
    /// The prefix of each line.
    pub(super) prefix: String,
    /// The indentation of each level.
    pub(super) indent: String,
    pub(super) sort_keys: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { width: 80, prefix: String::new(), indent: "  ".into(), sort_keys: false }
    }
}

impl Layout {
    /// Prints the first value in `json`, followed by a line break.
    pub(super) fn print(&self, json: &str, out: BoundedString<'_>) -> Result<String, Limit> {
        let mut printer = Printer { layout: self, cursor: Scanner::new(json), out, line: 0 };
        printer.out.push(&self.prefix)?;
        if printer.cursor.peek().is_some() {
            printer.value(0)?;
        }
        if !printer.out.as_str().is_empty() {
            printer.out.push("\n")?;
        }
        Ok(printer.out.finish())
    }
}

struct Printer<'l, 'b, 't> {
    layout: &'l Layout,
    cursor: Scanner<'t>,
    out: BoundedString<'b>,
    /// The offset at which the line began, as the Go library counts: at its line break, but after it in arrays.
    line: usize,
}

/// A printed field of an object, as offsets in the output.
struct SortedMember<'t> {
    key: Cow<'t, str>,
    /// The start of its line, the start of its value, and the end of its value.
    start: usize,
    value: usize,
    end: usize,
}

impl<'t> Printer<'_, '_, 't> {
    fn value(&mut self, level: usize) -> Result<(), Limit> {
        check_depth(level)?;
        match self.cursor.kind() {
            Some(ValueKind::Array) => self.array(level),
            Some(ValueKind::Object) => self.object(level),
            _ => self.out.push(self.cursor.take()),
        }
    }

    fn array(&mut self, level: usize) -> Result<(), Limit> {
        let mut line = String::new();
        let after = self.array_on_one_line(&mut line);
        // A nested array is tried once for each array around it.
        self.out.pay_for_trying(&line)?;
        if let Some(after) = after {
            self.cursor = after;
            return self.out.push(&line);
        }
        self.cursor.enter();
        self.out.push("[")?;
        let mut any = false;
        while self.cursor.element().is_some() {
            if any {
                self.out.push(",")?;
            }
            self.new_line(level + 1)?;
            // The Go library replaces the space after a comma with the line break.
            self.line += usize::from(any && self.layout.width != -1);
            any = true;
            self.value(level + 1)?;
        }
        self.close("]", any, level)
    }

    /// Writes the array at the cursor to `line`; returns the position after it if it fits and contains no object.
    fn array_on_one_line(&self, line: &mut String) -> Option<Scanner<'t>> {
        let width = usize::try_from(self.layout.width).ok()?;
        let column = self.out.as_str().len().saturating_sub(self.line);
        let room = width.checked_sub(column).filter(|room| *room > 3)?;
        let mut cursor = self.cursor;
        let mut depth = 0_usize;
        loop {
            let last = line.as_bytes().last();
            let next = if depth == 0 { cursor.kind() } else { cursor.element() };
            match next {
                Some(ValueKind::Object) => return None,
                Some(kind) => {
                    if last.is_some_and(|byte| *byte != b'[') {
                        line.push_str(", ");
                    }
                    if kind == ValueKind::Array {
                        cursor.enter();
                        depth += 1;
                        line.push('[');
                    } else {
                        line.push_str(cursor.take());
                    }
                }
                None => {
                    depth = depth.checked_sub(1)?;
                    line.push(']');
                }
            }
            if line.len() > room {
                return None;
            }
            if depth == 0 {
                return Some(cursor);
            }
        }
    }

    fn object(&mut self, level: usize) -> Result<(), Limit> {
        self.cursor.enter();
        self.out.push("{")?;
        let mut members = Vec::new();
        let mut any = false;
        while let Some(key) = self.cursor.key() {
            if any {
                self.out.push(",")?;
            }
            any = true;
            let start = self.new_line(level + 1)?;
            self.out.push(key)?;
            self.out.push(": ")?;
            let value = self.out.as_str().len();
            self.value(level + 1)?;
            if self.layout.sort_keys {
                members.push(SortedMember { key: unescape(inside(key)), start, value, end: self.out.as_str().len() });
            }
        }
        self.sort(members);
        self.close("}", any, level)
    }

    /// Sorts the fields of the last object in the output by key, and fields with equal keys by value.
    fn sort(&mut self, mut members: Vec<SortedMember<'_>>) {
        let Some(start) = members.first().map(|member| member.start) else {
            return;
        };
        let printed = self.out.as_str();
        let value = |member: &SortedMember<'_>| part(printed, member.value, member.end);
        members.sort_by(|a, b| {
            let keys = a.key.cmp(&b.key);
            keys.then_with(|| by_value(value(a), value(b)))
        });
        let lines: Vec<_> = members.iter().map(|member| part(printed, member.start, member.end)).collect();
        let sorted = lines.join(",\n");
        self.out.rearrange(start, &sorted);
    }

    fn close(&mut self, bracket: &str, any: bool, level: usize) -> Result<(), Limit> {
        if any {
            self.new_line(level)?;
        }
        self.out.push(bracket)
    }

    /// Begins a line; returns the offset of its start in the output.
    fn new_line(&mut self, level: usize) -> Result<usize, Limit> {
        self.line = self.out.as_str().len();
        self.out.push("\n")?;
        let start = self.out.as_str().len();
        self.out.push(&self.layout.prefix)?;
        for _ in 0..level {
            self.out.push(&self.layout.indent)?;
        }
        Ok(start)
    }
}

/// Compares two printed values: by kind, with `true` after strings, then by content.
fn by_value(a: &str, b: &str) -> Ordering {
    let rank = |raw: &str| match ValueKind::of(raw) {
        Some(ValueKind::Array) => Some(ValueKind::Object),
        kind => kind,
    };
    rank(a).cmp(&rank(b)).then_with(|| match rank(a) {
        Some(ValueKind::String) => unescape(inside(a)).cmp(&unescape(inside(b))),
        Some(ValueKind::Number) => {
            let number = |raw: &str| raw.parse::<f64>().unwrap_or(0.0);
            number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal)
        }
        _ => a.cmp(b),
    })
}
