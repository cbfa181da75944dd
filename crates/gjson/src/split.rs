//! Splitting of a path into parts. Their meaning is decided in `build.rs`.
//!
//! GJSON has no single grammar. A component is split differently for objects ([`key_component`]) and arrays
//! ([`array_component`]): only the former has escapes, only the latter has the brackets of a query. All functions get
//! the path from the component on, and return byte offsets in it.

use super::scan::string_end;

/// The separator after a component; the rest of the path begins one byte later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    None,
    Dot,
    Pipe,
}

impl Separator {
    fn of(byte: Option<&u8>) -> Self {
        match byte {
            Some(b'.') => Self::Dot,
            Some(b'|') => Self::Pipe,
            _ => Self::None,
        }
    }
}

/// A component in its reading for objects.
pub(super) struct KeyComponent {
    pub(super) name: String,
    /// Whether the name has wildcards.
    pub(super) wild: bool,
    pub(super) end: usize,
    pub(super) separator: Separator,
}

/// Splits at the first `.` or `|` that is not escaped.
///
/// An escaped `*` alone is not a wildcard, but loses its escape: next to an unescaped `*` it becomes one.
pub(super) fn key_component(path: &str) -> KeyComponent {
    let mut name = String::new();
    let mut wild = false;
    let mut chars = path.char_indices();
    let mut end = path.len();
    let mut separator = Separator::None;
    while let Some((at, ch)) = chars.next() {
        match ch {
            '.' | '|' => {
                end = at;
                separator = Separator::of(path.as_bytes().get(at));
                break;
            }
            '\\' => name.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => {
                wild |= matches!(ch, '*' | '?');
                name.push(ch);
            }
        }
    }
    KeyComponent { name, wild, end, separator }
}

/// The selection of a component in an array.
pub(super) enum Head<'p> {
    Index(usize),
    /// Nothing that exists in an array.
    Nothing,
    Count,
    /// `#.`: the rest of the path applies to each element.
    Each,
    Query {
        query: QueryText<'p>,
        /// Whether a `#` follows, which selects all matches instead of the first.
        all: bool,
        /// Whether other text precedes the separator.
        excess: bool,
    },
    /// A query without its closing bracket.
    Unclosed,
}

/// A component in its reading for arrays.
pub(super) struct ArrayComponent<'p> {
    pub(super) head: Head<'p>,
    pub(super) end: usize,
    pub(super) separator: Separator,
    /// Whether the component contains `#`.
    pub(super) hash: bool,
}

pub(super) fn array_component(path: &str) -> ArrayComponent<'_> {
    let bytes = path.as_bytes();
    let cut = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'.' | b'|'));
        from + length.unwrap_or(rest.len())
    };
    let mut hash = true;
    let (head, end) = match bytes {
        [b'#', b'.', ..] => (Head::Each, 1),
        [b'#', b'(' | b'[', ..] => match query(path) {
            Some(query) => {
                let all = bytes.get(query.end) == Some(&b'#');
                let end = cut(query.end);
                let excess = end > query.end + usize::from(all);
                (Head::Query { query, all, excess }, end)
            }
            None => (Head::Unclosed, bytes.len()),
        },
        _ => {
            let end = cut(0);
            let name = path.get(..end).unwrap_or_default();
            hash = name.contains('#');
            let head = match name {
                "#" => Head::Count,
                _ if name.bytes().all(|byte| byte.is_ascii_digit()) => name.parse().map_or(Head::Nothing, Head::Index),
                _ => Head::Nothing,
            };
            (head, end)
        }
    };
    ArrayComponent { head, end, separator: Separator::of(bytes.get(end)), hash }
}

/// The parts of a query, as they are written.
pub(super) struct QueryText<'p> {
    /// The path on the left, which begins at `left_start`.
    pub(super) left: &'p str,
    pub(super) left_start: usize,
    /// The operator and the value.
    pub(super) comparison: &'p str,
    /// Whether a string in the query has an escape.
    pub(super) escapes: bool,
    /// The offset after the closing bracket.
    pub(super) end: usize,
}

/// Splits the query at the start of `path`; `None` if it is not closed.
fn query(path: &str) -> Option<QueryText<'_>> {
    let bytes = path.as_bytes();
    let mut depth = 1_usize;
    let mut operator = None;
    let mut escapes = false;
    let mut at = 2;
    while depth > 0 {
        let byte = bytes.get(at)?;
        at += 1;
        match byte {
            b'!' | b'=' | b'<' | b'>' | b'%' if depth == 1 && operator.is_none() => {
                operator = Some(at - 1);
            }
            b'\\' => at += 1,
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'"' => {
                let end = string_end(bytes, at);
                escapes |= bytes.get(at..end)?.contains(&b'\\');
                at = end;
            }
            _ => {}
        }
    }
    let close = at - 1;
    let left = path.get(2..operator.unwrap_or(close))?;
    let space = left.len() - left.trim_start_matches(is_space).len();
    Some(QueryText {
        left: left.trim_matches(is_space),
        left_start: 2 + space,
        comparison: path.get(operator.unwrap_or(close)..close)?,
        escapes,
        end: at,
    })
}

/// Returns whether GJSON treats a character as white space.
pub(super) fn is_space(ch: char) -> bool {
    ch <= ' '
}

/// Returns the length of the bracketed text or string at the start of `text`; all of it if it is not closed. Brackets
/// of different kinds match each other. The first character always counts as an opening bracket.
pub(super) fn balanced(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'"') {
        return string_end(bytes, 1);
    }
    let mut depth = 1_usize;
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// Returns the position of the pipe that separates the path for each element from the path for the list of results.
///
/// As in the Go library, a multipath in braces hides its pipes, but only if it does not begin with a bracket or quote;
/// one in brackets hides none; and a query hides them only after a `.`.
pub(super) fn outer_pipe(path: &str) -> Option<usize> {
    let bytes = path.as_bytes();
    if let Some(inner) = path.strip_prefix('{') {
        let end = 1 + balanced(inner);
        return (bytes.get(end) == Some(&b'|')).then_some(end);
    }
    let mut at = 0;
    loop {
        match bytes.get(at..)? {
            [] => return None,
            [b'|', ..] => return Some(at),
            [b'\\', ..] => at += 2,
            [b'.', b'#', open @ (b'(' | b'['), ..] => at = selector_end(bytes, at + 3, *open),
            // The byte after `.#` is skipped, even if it is a pipe.
            [b'.', b'#', ..] => at += 3,
            _ => at += 1,
        }
    }
}

/// Returns the index after the selector that `open` opened just before `at`. Only brackets of the same kind count.
fn selector_end(bytes: &[u8], mut at: usize, open: u8) -> usize {
    let close = if open == b'(' { b')' } else { b']' };
    let mut depth = 1_usize;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match *byte {
            b'\\' => at += 1,
            b'"' => at = string_end(bytes, at),
            byte if byte == open => depth += 1,
            byte if byte == close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// A field of a multipath, as offsets.
pub(super) struct MemberText {
    /// The given name, which may be empty.
    pub(super) name: Option<(usize, usize)>,
    pub(super) path: (usize, usize),
}

/// Splits the multipath at the start of `path` into its fields; also returns its end. `None` if it is not closed.
pub(super) fn members(path: &str) -> Option<(Vec<MemberText>, usize)> {
    let bytes = path.as_bytes();
    let mut found = Vec::new();
    let mut depth = 1_usize;
    let mut start = 1;
    let mut colon = None;
    // A colon in a modifier begins its argument.
    let mut modifier = false;
    let mut previous = 0;
    let mut at = 1;
    loop {
        let byte = *bytes.get(at)?;
        let here = at;
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'"' => at = string_end(bytes, at),
            b'@' => modifier |= matches!(previous, b'.' | b'|'),
            b':' if depth == 1 && !modifier && colon.is_none() => colon = Some(here),
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (byte == b',' && depth == 1) {
            found.push(MemberText {
                name: colon.map(|colon| (start, colon)),
                path: (colon.map_or(start, |colon| colon + 1), here),
            });
            if depth == 0 {
                return Some((found, at));
            }
            start = at;
            colon = None;
            modifier = false;
        }
        previous = bytes.get(at - 1).copied().unwrap_or_default();
    }
}

/// Returns the name of the modifier at the start of `path`, which begins with `@`.
pub(super) fn modifier_name(path: &str) -> &str {
    let name = path.strip_prefix('@').unwrap_or(path);
    let end = name.find(['.', '|', ':']).unwrap_or(name.len());
    name.get(..end).unwrap_or_default()
}

/// Returns the length of the argument at the start of `text`: a JSON container or string, else all text up to the next
/// pipe that is not inside of one.
pub(super) fn argument(text: &str) -> usize {
    if text.starts_with(['{', '[', '"']) {
        return balanced(text);
    }
    let mut at = 0;
    loop {
        let Some(rest) = text.get(at..) else {
            return text.len();
        };
        match rest.bytes().next() {
            None | Some(b'|') => return at,
            Some(b'{' | b'[' | b'"' | b'(') => at += balanced(rest),
            Some(_) => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
}
