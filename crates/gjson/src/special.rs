//! Multipaths, modifiers and literals. They are possible only at the start of a path and after pipes, and are
//! recognized by their first character.

use super::build::{Builder, Notes, PathPosition, Span};
use super::escape::quote;
use super::path::{Modifier, MultipathMember, NodeId, PathStep};
use super::scan::{Scanner, ValueKind, part, string_end};
use super::valid::is_json;
use super::{arguments, split};

impl Builder<'_> {
    /// Compiles the multipath at the start of `span`. The Go library ignores a malformed multipath and continues with
    /// the rest, which is returned as the error.
    pub(super) fn multipath(&mut self, span: Span, notes: &mut Notes) -> Result<PathStep, Span> {
        let text = self.slice(span);
        let Some((members, end)) = split::members(text) else {
            notes.problem(span.start, "the multipath is not closed");
            return Err(span.from(text.len()));
        };
        let rest = span.from(end);
        if end < text.len() && !self.slice(rest).starts_with(['.', '|']) {
            notes.problem(rest.start, "expected `.`, `|` or the end after a multipath");
            return Err(rest);
        }
        let members = members.iter().map(|member| {
            let path = span.subspan(member.path.0, member.path.1);
            let name = member.name.map(|(start, end)| part(text, start, end));
            MultipathMember {
                key: member_key(name.unwrap_or_default(), self.slice(path)),
                path: self.meant(path, PathPosition::Start, notes),
            }
        });
        Ok(PathStep::Multipath {
            object: text.starts_with('{'),
            members: members.collect(),
            next: self.next(rest, "a multipath", notes),
        })
    }

    /// Returns the node after a modifier, a literal or a multipath. The Go library ignores text without a separator.
    fn next(&mut self, rest: Span, after: &str, notes: &mut Notes) -> Option<NodeId> {
        let text = self.slice(rest);
        if text.starts_with(['.', '|']) {
            return Some(self.meant(rest.from(1), PathPosition::Start, notes));
        }
        if !text.is_empty() {
            notes.problem(rest.start, format!("expected `.`, `|` or the end after {after}"));
        }
        None
    }

    /// Compiles the modifier at the start of `span`; `None` if there is none.
    pub(super) fn modifier(&mut self, span: Span, notes: &mut Notes) -> Option<PathStep> {
        let text = self.slice(span);
        let name = split::modifier_name(text);
        if !arguments::is_modifier(name) {
            return None;
        }
        let mut rest = span.from(1 + name.len());
        let mut argument = rest.subspan(0, 0);
        if self.slice(rest).starts_with(':') {
            rest = rest.from(1);
            let length = split::argument(self.slice(rest));
            argument = rest.subspan(0, length);
            rest = rest.from(length);
        }
        let argument_text = self.slice(argument);
        let modifier = match name {
            "dig" => Modifier::Dig(self.meant(argument, PathPosition::Start, notes)),
            _ => arguments::modifier(name, argument_text)?,
        };
        if let Some(message) = arguments::problem(name, argument_text) {
            notes.problem(argument.start, message);
        }
        let next = self.next(rest, "a modifier's argument", notes);
        Some(PathStep::Modifier { modifier, next })
    }

    /// Compiles the literal at the start of `span`; `None` if there is none.
    pub(super) fn literal(&mut self, span: Span, notes: &mut Notes) -> Option<PathStep> {
        let rest = span.from(1);
        let text = self.slice(rest);
        let length = match text.bytes().next() {
            Some(b'{' | b'[') => split::balanced(text),
            Some(b'"') => string_end(text.as_bytes(), 1),
            Some(b'+' | b'-' | b'0'..=b'9') => Scanner::new(text).take().len(),
            _ => text.find(['.', '|']).unwrap_or(text.len()),
        };
        let literal = part(text, 0, length);
        let mut next = None;
        match ValueKind::of(literal) {
            Some(ValueKind::Null | ValueKind::False | ValueKind::True) if is_json(literal) => {
                next = self.next(rest.from(length), "a literal", notes);
            }
            Some(ValueKind::Array | ValueKind::Object) => {
                next = self.next(rest.from(length), "a literal", notes);
            }
            // The Go library reads all text after a string or number as a part of it.
            Some(ValueKind::String | ValueKind::Number) => {
                if length < text.len() {
                    let at = rest.start + length;
                    notes.problem(at, "nothing can follow a string or number literal");
                }
            }
            _ if literal.starts_with('+') => {}
            _ => {
                notes.problem(rest.start, "the literal is not JSON");
                return None;
            }
        }
        let json = is_json(literal).then(|| literal.to_owned());
        if json.is_none() {
            notes.problem(rest.start, "the literal is not JSON");
        }
        Some(PathStep::Literal { json, next })
    }
}

/// Returns the key of a field of a multipath as a JSON literal: the given name, or the last component of the path if it
/// is plain, else `_`.
fn member_key(name: &str, path: &str) -> String {
    if name.starts_with('"') && is_json(name) {
        return name.into();
    }
    if !name.is_empty() {
        return quote(name);
    }
    let separators = path.rmatch_indices(['.', '|']);
    let last = separators
        .map(|(at, _)| at)
        .find(|at| !part(path, 0, *at).ends_with('\\'))
        .map_or(path, |at| part(path, at + 1, path.len()));
    let plain = |ch| ch >= ' ' && !"[]{}()#|!".contains(ch);
    if last.chars().all(plain) { quote(last) } else { quote("_") }
}
