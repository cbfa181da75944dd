//! What a path selected, and whether all that it names was there.

use std::borrow::Cow;
use std::ops::Add;

/// The answer of a path on a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<'t> {
    /// Everything that the path names is in this text.
    Matched(Cow<'t, str>),
    /// Some members of a multipath, or some elements of an array, had no match, and GJSON left them
    /// out.
    Partial {
        /// What is left.
        text: Cow<'t, str>,
        /// The parts of the path that had no match, each once; the first 16 of them.
        missed: Vec<String>,
    },
    /// Nothing that the path names was found, even where GJSON makes a text of that, such as `{}`.
    Missed,
}

/// How many of the things that a path names were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct MatchCount {
    pub(super) found: usize,
    pub(super) missed: usize,
}

impl MatchCount {
    /// One that was found.
    pub(super) const FOUND: Self = Self { found: 1, missed: 0 };
    /// One that was not.
    pub(super) const MISSED: Self = Self { found: 0, missed: 1 };
}

impl Add for MatchCount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { found: self.found.saturating_add(other.found), missed: self.missed.saturating_add(other.missed) }
    }
}
