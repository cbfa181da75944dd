//! A parsed path: a graph of [`PathStep`]s, each of which is one step.
//!
//! The nodes lie in one list and name each other by [`NodeId`], as the two readings of a step (the
//! one of an object, the one of an array) often go on with the same one. `build.rs` makes them,
//! `eval.rs` follows them.

use std::fmt;
use std::str::FromStr;

use super::build::{self, Span};
use super::layout::Layout;
use super::query::Condition;
use super::scan::part;

/// A GJSON path, ready to be applied.
#[derive(Debug, Clone)]
pub struct Path {
    pub(super) text: String,
    pub(super) nodes: Vec<PathStep>,
    /// The part of the text that each node was built from.
    pub(super) spans: Vec<Span>,
    pub(super) start: NodeId,
    pub(super) problem: Option<SyntaxError>,
}

impl Path {
    /// Parses a path.
    ///
    /// GJSON gives nearly every text some meaning: what is malformed becomes the name of a key, or
    /// is left out. So this fails only for an empty path and for one too large; ask
    /// [`Path::problem`] whether the path is likely what it was meant to be.
    ///
    /// # Errors
    ///
    /// When the path is empty or too large.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        build::parse(text)
    }

    /// The first thing in the path that GJSON takes but that cannot be meant: a bracket or a quote
    /// that is not closed, an unknown modifier, a modifier argument or a literal that is not JSON,
    /// text that is ignored. A good answer when such a path selects nothing.
    #[must_use]
    pub fn problem(&self) -> Option<&SyntaxError> {
        self.problem.as_ref()
    }

    /// The path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn node(&self, id: NodeId) -> &PathStep {
        self.nodes.get(id.0).unwrap_or(&PathStep::Nothing)
    }

    /// The text that a node was built from.
    pub(super) fn part(&self, id: NodeId) -> &str {
        self.spans.get(id.0).map_or("", |span| part(&self.text, span.start, span.end))
    }
}

impl FromStr for Path {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        Self::parse(text)
    }
}

/// What is wrong with a path, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where in the path, in characters from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (column {} of the path)", self.message, self.column)
    }
}

impl std::error::Error for SyntaxError {}

/// A node's place in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) usize);

/// One step of a path. `next` is what is done with its result.
#[derive(Debug, Clone, Default)]
pub(super) enum PathStep {
    /// Selects nothing; the place of a node that is not built yet.
    #[default]
    Nothing,
    /// `@name` and its argument.
    Modifier { modifier: Modifier, next: Option<NodeId> },
    /// `!json`; nothing if that is not JSON.
    Literal { json: Option<String>, next: Option<NodeId> },
    /// `[a,b]` or `{a,b}`.
    Multipath { object: bool, members: Vec<MultipathMember>, next: Option<NodeId> },
    /// `..`: the whole text is read as the elements of an array.
    Lines(ArrayStep),
    /// A key, an index or anything with `#`.
    Component { key: KeyStep, array: ArrayStep },
}

/// One member of a multipath.
#[derive(Debug, Clone)]
pub(super) struct MultipathMember {
    /// Its key, as a JSON literal; not used in an array.
    pub(super) key: String,
    pub(super) path: NodeId,
}

/// How a component is read when it meets an object.
#[derive(Debug, Clone)]
pub(super) struct KeyStep {
    pub(super) name: String,
    pub(super) wild: bool,
    pub(super) then: NextStep,
}

/// How a component is read when it meets an array.
#[derive(Debug, Clone)]
pub(super) struct ArrayStep {
    pub(super) pick: Pick,
    pub(super) then: NextStep,
}

/// How the path goes on after a component.
#[derive(Debug, Clone, Copy)]
pub(super) enum NextStep {
    End,
    /// `.`: inside of what was found. If there is nothing there, the search goes on behind it.
    Into(NodeId),
    /// `|`: with the result, be it nothing.
    Pipe(NodeId),
}

/// What a component takes from an array.
#[derive(Debug, Clone)]
pub(super) enum Pick {
    Nothing,
    Index(usize),
    Count,
    /// What each element has at a path.
    Each(InnerPath),
    /// The first element that fits, or what it has at a path.
    First(Box<Condition>, Option<InnerPath>),
    /// All elements that fit, or what each of them has at a path.
    All(Box<Condition>, Option<InnerPath>),
}

/// The path after a `#`: up to its pipe for each element, from there on for all the results.
#[derive(Debug, Clone, Copy)]
pub(super) struct InnerPath {
    pub(super) path: NodeId,
    pub(super) pipe: Option<NodeId>,
}

/// A modifier with its argument.
#[derive(Debug, Clone)]
pub(super) enum Modifier {
    This,
    Valid,
    Reverse,
    Flatten { deep: bool },
    Join { preserve: bool },
    Keys,
    Values,
    Ugly,
    Pretty(Box<Layout>),
    ToStr,
    FromStr,
    Group,
    Dig(NodeId),
}
