//! Compilation of the text of a path to its nodes.
//!
//! Start with [`parse`]. A [`Builder`] keeps a list of the parts of the path that are still to be compiled, so that
//! nesting uses no stack, and compiles each part once. It also notes likely mistakes.

use std::collections::HashMap;

use super::arguments;
use super::escape::unescape;
use super::limits::{MAX_NODES, MAX_PATH_LEN};
use super::path::{ArrayStep, InnerPath, KeyStep, NextStep, NodeId, Path, PathStep, Pick, SyntaxError};
use super::query::{Comparison, Condition, Operand};
use super::scan::{inside, part};
use super::split::{self, Head, QueryText, Separator};

/// Implements [`Path::parse`].
pub(super) fn parse(text: &str) -> Result<Path, SyntaxError> {
    let fail = |message: &str| Err(SyntaxError { column: 1, message: message.into() });
    if text.is_empty() {
        return fail("the path is empty");
    }
    if text.len() > MAX_PATH_LEN {
        return fail("the path is too long");
    }
    let mut builder = Builder {
        text,
        nodes: Vec::new(),
        spans: Vec::new(),
        notes: Vec::new(),
        known: HashMap::new(),
        due: Vec::new(),
    };
    let start = builder.node(Span::of(text), PathPosition::Start);
    while let Some((id, span, place)) = builder.due.pop() {
        let mut notes = Notes::default();
        let node = builder.build(span, place, &mut notes);
        if let (Some(slot), Some(note)) = (builder.nodes.get_mut(id.0), builder.notes.get_mut(id.0)) {
            *slot = node;
            *note = notes;
        }
        if builder.nodes.len() > MAX_NODES {
            return fail("the path has too many parts");
        }
    }
    let problem = builder.first_problem(start);
    Ok(Path { text: text.into(), nodes: builder.nodes, spans: builder.spans, start, problem })
}

/// A part of the path's text, as byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) fn of(text: &str) -> Self {
        Self { start: 0, end: text.len() }
    }

    /// Returns the part from `start` to the end, relative to this span.
    pub(super) fn from(self, start: usize) -> Self {
        self.subspan(start, self.end - self.start)
    }

    /// Returns the part from `start` to `end`, relative to this span.
    pub(super) fn subspan(self, start: usize, end: usize) -> Self {
        Self { start: (self.start + start).min(self.end), end: (self.start + end).min(self.end) }
    }
}

/// The position of a part in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PathPosition {
    /// At the start of the path or after a pipe, where modifiers, literals and multipaths are possible.
    Start,
    /// After a `.` that leads into a container.
    Inside,
}

/// Likely mistakes in the part of a path that a node stands for.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The offset of the first mistake in the path, and its description.
    problem: Option<(usize, String)>,
    /// The nodes that continue the path in its intended reading; a component is compiled for objects and for arrays,
    /// and only one of them is intended.
    meant: Vec<NodeId>,
}

impl Notes {
    pub(super) fn problem(&mut self, at: usize, message: impl Into<String>) {
        self.problem.get_or_insert_with(|| (at, message.into()));
    }
}

pub(super) struct Builder<'p> {
    text: &'p str,
    nodes: Vec<PathStep>,
    /// The part of the path that each node was compiled from.
    spans: Vec<Span>,
    /// The notes on each node.
    notes: Vec<Notes>,
    known: HashMap<(Span, PathPosition), NodeId>,
    due: Vec<(NodeId, Span, PathPosition)>,
}

impl<'p> Builder<'p> {
    pub(super) fn slice(&self, span: Span) -> &'p str {
        part(self.text, span.start, span.end)
    }

    /// Returns the node for a part of the path. A new node is compiled later.
    fn node(&mut self, span: Span, place: PathPosition) -> NodeId {
        *self.known.entry((span, place)).or_insert_with(|| {
            let id = NodeId(self.nodes.len());
            self.nodes.push(PathStep::default());
            self.spans.push(span);
            self.notes.push(Notes::default());
            self.due.push((id, span, place));
            id
        })
    }

    /// Returns the node for a part that belongs to the intended reading of the path.
    pub(super) fn meant(&mut self, span: Span, place: PathPosition, notes: &mut Notes) -> NodeId {
        let id = self.node(span, place);
        notes.meant.push(id);
        id
    }

    fn build(&mut self, span: Span, place: PathPosition, notes: &mut Notes) -> PathStep {
        let text = self.slice(span);
        let mut component = span;
        if place == PathPosition::Start && text.len() > 1 {
            let special = match text.as_bytes() {
                [b'@', ..] => self.modifier(span, notes),
                [b'!', ..] => self.literal(span, notes),
                [b'.', b'.', ..] => Some(PathStep::Lines(self.array_step(span.from(2), notes))),
                [b'[' | b'{', ..] => match self.multipath(span, notes) {
                    Ok(multipath) => Some(multipath),
                    Err(rest) => {
                        component = rest;
                        None
                    }
                },
                _ => None,
            };
            if let Some(node) = special {
                return node;
            }
        }
        self.component(component, notes)
    }

    fn component(&mut self, span: Span, notes: &mut Notes) -> PathStep {
        let text = self.slice(span);
        if text.starts_with('#') {
            let key = self.key_step(span, &mut Notes::default());
            let array = self.array_step(span, notes);
            return PathStep::Component { key, array };
        }
        if text.len() > 1 && text.starts_with('@') {
            let name = split::modifier_name(text);
            notes.problem(span.start, format!("unknown modifier `@{name}` (the key is `\\@{name}`)"));
        }
        let key = self.key_step(span, notes);
        let array = self.array_step(span, &mut Notes::default());
        PathStep::Component { key, array }
    }

    fn key_step(&mut self, span: Span, notes: &mut Notes) -> KeyStep {
        let component = split::key_component(self.slice(span));
        let then = self.then(span, component.end, component.separator, true, notes);
        KeyStep { name: component.name, wild: component.wild, then }
    }

    /// Returns the step after the component of `span` that ends at `end`. If `special` is true, a dot before a modifier
    /// or a multipath is the same as a pipe.
    fn then(&mut self, span: Span, end: usize, separator: Separator, special: bool, notes: &mut Notes) -> NextStep {
        let rest = span.from(end + 1);
        let text = self.slice(rest);
        let pipe = match separator {
            Separator::None => return NextStep::End,
            Separator::Pipe => true,
            Separator::Dot if text.starts_with('@') => special && arguments::is_modifier(split::modifier_name(text)),
            Separator::Dot => special && text.starts_with(['[', '{']),
        };
        if pipe {
            NextStep::Pipe(self.meant(rest, PathPosition::Start, notes))
        } else {
            NextStep::Into(self.meant(rest, PathPosition::Inside, notes))
        }
    }

    fn array_step(&mut self, span: Span, notes: &mut Notes) -> ArrayStep {
        let component = split::array_component(self.slice(span));
        let rest = span.from(component.end + 1);
        let pick = match component.head {
            Head::Nothing => Pick::Nothing,
            Head::Index(index) => Pick::Index(index),
            Head::Count => Pick::Count,
            Head::Each => {
                let each = Pick::Each(self.inner(rest, notes));
                return ArrayStep { pick: each, then: NextStep::End };
            }
            Head::Query { query, all, excess } => {
                if excess {
                    let at = span.start + query.end + usize::from(all);
                    notes.problem(at, "expected `.`, `|` or the end after a query");
                }
                let inner = (component.separator == Separator::Dot).then(|| self.inner(rest, notes));
                let query = Box::new(self.query(&query, span, notes));
                if all { Pick::All(query, inner) } else { Pick::First(query, inner) }
            }
            Head::Unclosed => {
                notes.problem(span.start + 1, "the query is not closed");
                // The Go library continues with a query without a condition.
                let left = self.node(span.subspan(0, 0), PathPosition::Start);
                Pick::First(Box::new(Condition::exists(left)), None)
            }
        };
        let then = if matches!(pick, Pick::First(_, Some(_)) | Pick::All(_, Some(_))) {
            NextStep::End
        } else {
            let special = !component.hash;
            self.then(span, component.end, component.separator, special, notes)
        };
        ArrayStep { pick, then }
    }

    fn inner(&mut self, span: Span, notes: &mut Notes) -> InnerPath {
        let text = self.slice(span);
        let pipe = split::outer_pipe(text);
        let path = span.subspan(0, pipe.unwrap_or(text.len()));
        InnerPath {
            path: self.meant(path, PathPosition::Start, notes),
            pipe: pipe.map(|at| self.meant(span.from(at + 1), PathPosition::Start, notes)),
        }
    }

    fn query(&mut self, query: &QueryText<'_>, span: Span, notes: &mut Notes) -> Condition {
        let start = query.left_start;
        let left = span.subspan(start, start + query.left.len());
        let path = self.node(left, PathPosition::Start);
        if !query.left.is_empty() {
            notes.meant.push(path);
        }
        let (comparison, value) = Condition::operator(query.comparison);
        let value = value.trim_matches(split::is_space);
        let quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        let value = match (quoted, query.escapes) {
            (true, true) => unescape(inside(value)),
            (true, false) => inside(value).into(),
            _ => value.into(),
        };
        let right = Operand::new(value.into_owned());
        let at = left.end;
        if !comparison.is_some_and(Comparison::is_known) && !query.comparison.is_empty() {
            notes.problem(at, "the query has no operator that GJSON knows");
        } else if right.is_unknown() {
            notes.problem(at, "after `~` expected `true`, `false`, `null` or `*`");
        }
        Condition { path, scalar: query.left.is_empty(), comparison, right }
    }

    /// Returns the leftmost mistake in the intended reading of the path.
    fn first_problem(&self, start: NodeId) -> Option<SyntaxError> {
        let mut seen = vec![false; self.notes.len()];
        let mut due = vec![start];
        let mut first: Option<&(usize, String)> = None;
        while let Some(id) = due.pop() {
            let (Some(seen), Some(notes)) = (seen.get_mut(id.0), self.notes.get(id.0)) else {
                continue;
            };
            if !std::mem::replace(seen, true) {
                due.extend(&notes.meant);
                let problems = first.into_iter().chain(&notes.problem);
                first = problems.min_by_key(|problem| problem.0);
            }
        }
        first.map(|(at, message)| SyntaxError {
            column: part(self.text, 0, *at).chars().count() + 1,
            message: message.clone(),
        })
    }
}
