//! The result of a path, with the parts that did not match.

use std::borrow::Cow;
use std::ops::Add;

/// The result of a path on a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<'t> {
    /// All parts of the path matched.
    Matched(Cow<'t, str>),
    /// Some fields of a multipath or some elements of an array had no match, and are left out.
    Partial {
        /// The result without the parts that did not match.
        text: Cow<'t, str>,
        /// The parts of the path that did not match, without duplicates; at most 16.
        missed: Vec<String>,
    },
    /// No part of the path matched, even if GJSON returns a text such as `{}`.
    Missed,
}

/// The numbers of parts of a path that matched and did not match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct MatchCount {
    pub(super) found: usize,
    pub(super) missed: usize,
}

impl MatchCount {
    /// A match.
    pub(super) const FOUND: Self = Self { found: 1, missed: 0 };
    /// A miss.
    pub(super) const MISSED: Self = Self { found: 0, missed: 1 };
}

impl Add for MatchCount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { found: self.found.saturating_add(other.found), missed: self.missed.saturating_add(other.missed) }
    }
}
