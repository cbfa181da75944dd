//! A compiled path: a graph of [`PathStep`]s.
//!
//! The nodes are in one list and refer to each other by [`NodeId`], because the two readings of a step, for objects and
//! for arrays, often continue with the same node. `build.rs` creates the nodes, and `eval.rs` follows them.

use std::fmt;
use std::str::FromStr;

use super::build::{self, Span};
use super::layout::Layout;
use super::query::Condition;
use super::scan::part;

/// A compiled GJSON path.
#[derive(Debug, Clone)]
pub struct Path {
    pub(super) text: String,
    pub(super) nodes: Vec<PathStep>,
    /// The part of the text that each node was compiled from.
    pub(super) spans: Vec<Span>,
    pub(super) start: NodeId,
    pub(super) problem: Option<SyntaxError>,
}

impl Path {
    /// Parses a path.
    ///
    /// GJSON accepts nearly every text: a malformed part becomes the name of a key, or is ignored. Therefore this fails
    /// only for an empty path and one that is too large. [`Path::problem`] returns whether the path has a likely
    /// mistake.
    ///
    /// # Errors
    /// Fails if the path is empty or too large.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        build::parse(text)
    }

    /// Returns the first likely mistake in the path: a bracket or quote that is not closed, an unknown modifier, an
    /// argument or a literal that is not JSON, or text that is ignored. It explains why such a path selects nothing.
    #[must_use]
    pub fn problem(&self) -> Option<&SyntaxError> {
        self.problem.as_ref()
    }

    /// Returns the text of the path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn node(&self, id: NodeId) -> &PathStep {
        self.nodes.get(id.0).unwrap_or(&PathStep::Nothing)
    }

    /// Returns the text that a node was compiled from.
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

/// A mistake in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The position in the path, in characters from 1.
    pub column: usize,
    /// The description of the mistake.
    pub message: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (column {} of the path)", self.message, self.column)
    }
}

impl std::error::Error for SyntaxError {}

/// The index of a node in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) usize);

/// A step of a path. `next` is applied to its result.
#[derive(Debug, Clone, Default)]
pub(super) enum PathStep {
    /// Selects nothing. Placeholder for a node that is not compiled yet.
    #[default]
    Nothing,
    /// `@name` and its argument.
    Modifier { modifier: Modifier, next: Option<NodeId> },
    /// `!json`; `None` if the text is not JSON.
    Literal { json: Option<String>, next: Option<NodeId> },
    /// `[a,b]` or `{a,b}`.
    Multipath { object: bool, members: Vec<MultipathMember>, next: Option<NodeId> },
    /// `..`: reads the whole text as the elements of an array.
    Lines(ArrayStep),
    /// A key, an index or a component with `#`, in its readings for objects and arrays.
    Component { key: KeyStep, array: ArrayStep },
}

/// A field of a multipath.
#[derive(Debug, Clone)]
pub(super) struct MultipathMember {
    /// The key as a JSON literal; unused in an array.
    pub(super) key: String,
    pub(super) path: NodeId,
}

/// The reading of a component for objects.
#[derive(Debug, Clone)]
pub(super) struct KeyStep {
    pub(super) name: String,
    pub(super) wild: bool,
    pub(super) then: NextStep,
}

/// The reading of a component for arrays.
#[derive(Debug, Clone)]
pub(super) struct ArrayStep {
    pub(super) pick: Pick,
    pub(super) then: NextStep,
}

/// The continuation of a path after a component.
#[derive(Debug, Clone, Copy)]
pub(super) enum NextStep {
    End,
    /// `.`: continues inside of the value. If nothing is found there, the search continues after it.
    Into(NodeId),
    /// `|`: continues with the result, even without a match.
    Pipe(NodeId),
}

/// The selection of a component in an array.
#[derive(Debug, Clone)]
pub(super) enum Pick {
    Nothing,
    Index(usize),
    Count,
    /// The result of a path on each element.
    Each(InnerPath),
    /// The first element that matches, or the result of a path on it.
    First(Box<Condition>, Option<InnerPath>),
    /// All elements that match, or the results of a path on them.
    All(Box<Condition>, Option<InnerPath>),
}

/// The path after a `#`. Up to its pipe it applies to each element, after that to the list of results.
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
