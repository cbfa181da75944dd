//! The limits of an evaluation, so that no path can exhaust the stack, memory or time.
//!
//! [`WorkBudget`] counts the bytes that an evaluation writes and reads, and [`BoundedString`] is a string builder on
//! that budget. Both return a [`Limit`], which ends the evaluation.

use std::cell::Cell;
use std::fmt;

/// The maximum length of a path in bytes.
pub(super) const MAX_PATH_LEN: usize = 16 * 1024;
/// The maximum number of nodes of a path.
pub(super) const MAX_NODES: usize = 16 * 1024;
/// The maximum depth of an evaluation: one level for each step into a container, each element of a `#` or a query, and
/// each field of a multipath.
pub(super) const MAX_DEPTH: usize = 256;
/// The number of bytes that an evaluation may write: this base, plus a multiple of its input.
const OUTPUT_BASE: usize = 64 << 20;
const OUTPUT_FACTOR: usize = 16;
/// The number of bytes that an evaluation may read: this base, plus a multiple of its input.
pub(super) const WORK_BASE: usize = 512 << 20;
const WORK_FACTOR: usize = 64;
/// The fixed cost of a step: it takes about the time of reading this number of bytes.
const WORK_STEP: usize = 128;

/// The limit that ended an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The path and the JSON are nested too deeply.
    Depth,
    /// The result, or an intermediate result, is too large.
    Output,
    /// The path needs too many steps on this JSON.
    Work,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Depth => "the path goes too deep into this JSON",
            Self::Output => "the path makes too large a result of this JSON",
            Self::Work => "the path takes too much work on this JSON",
        })
    }
}

impl std::error::Error for Limit {}

/// The remaining bytes that an evaluation may write and read.
pub(super) struct WorkBudget {
    output: Cell<usize>,
    work: Cell<usize>,
}

impl WorkBudget {
    /// Returns the budget for an input of `len` bytes.
    pub(super) fn for_input(len: usize) -> Self {
        let allow = |base: usize, factor| base.saturating_add(len.saturating_mul(factor));
        Self { output: Cell::new(allow(OUTPUT_BASE, OUTPUT_FACTOR)), work: Cell::new(allow(WORK_BASE, WORK_FACTOR)) }
    }

    /// Spends `bytes` of new text.
    pub(super) fn write(&self, bytes: usize) -> Result<(), Limit> {
        spend(&self.output, bytes).ok_or(Limit::Output)
    }

    /// Spends `bytes` of reading, and the fixed cost of a step.
    pub(super) fn read(&self, bytes: usize) -> Result<(), Limit> {
        spend(&self.work, bytes.saturating_add(WORK_STEP)).ok_or(Limit::Work)
    }
}

fn spend(purse: &Cell<usize>, amount: usize) -> Option<()> {
    purse.set(purse.get().checked_sub(amount)?);
    Some(())
}

/// Fails if `depth` exceeds the maximum.
pub(super) fn check_depth(depth: usize) -> Result<(), Limit> {
    if depth > MAX_DEPTH { Err(Limit::Depth) } else { Ok(()) }
}

/// A string builder that spends a budget.
pub(super) struct BoundedString<'b> {
    text: String,
    budget: &'b WorkBudget,
}

impl<'b> BoundedString<'b> {
    pub(super) fn new(budget: &'b WorkBudget) -> Self {
        Self { text: String::new(), budget }
    }

    pub(super) fn push(&mut self, text: &str) -> Result<(), Limit> {
        self.budget.write(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    /// Spends work for text that was built on trial, whether or not it is used.
    pub(super) fn pay_for_trying(&self, text: &str) -> Result<(), Limit> {
        self.budget.read(text.len())
    }

    /// Appends an item to a list that began with one bracket; separates it with a comma unless it is the first.
    pub(super) fn push_item(&mut self, text: &str) -> Result<(), Limit> {
        if self.text.len() > 1 {
            self.push(",")?;
        }
        self.push(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Replaces the text from `start` on with `tail`, which has the same bytes in another order.
    pub(super) fn rearrange(&mut self, start: usize, tail: &str) {
        self.text.truncate(start);
        self.text.push_str(tail);
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}
