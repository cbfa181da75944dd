//! The bounds of one evaluation: no path, however hostile, may exhaust the stack, memory or time.
//!
//! [`WorkBudget`] counts what one `get` has written and read, [`BoundedString`] is the string builder that pays
//! for what it takes. Both report a [`Limit`], which ends the evaluation.

use std::cell::Cell;
use std::fmt;

/// The longest path that is parsed, in bytes.
pub(super) const MAX_PATH_LEN: usize = 16 * 1024;
/// The most steps that a path may have once parsed.
pub(super) const MAX_NODES: usize = 16 * 1024;
/// How deep an evaluation may go: one level for each step into a container, each element of a `#`
/// or of a query, and each member of a multipath.
pub(super) const MAX_DEPTH: usize = 256;
/// What one evaluation may write: this much, and a multiple of its input.
const OUTPUT_BASE: usize = 64 << 20;
const OUTPUT_FACTOR: usize = 16;
/// What one evaluation may read: this much, and a multiple of its input.
pub(super) const WORK_BASE: usize = 512 << 20;
const WORK_FACTOR: usize = 64;
/// What a step costs besides the text that it reads: the time of a step is about that of reading this number of bytes.
const WORK_STEP: usize = 128;

/// The bound that an evaluation ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The path and the JSON are nested too deeply.
    Depth,
    /// The result, or something on the way to it, is too large.
    Output,
    /// The path takes too many steps over this JSON.
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

/// What is left of the allowance of one evaluation.
pub(super) struct WorkBudget {
    output: Cell<usize>,
    work: Cell<usize>,
}

impl WorkBudget {
    /// The allowance for an input of `len` bytes.
    pub(super) fn for_input(len: usize) -> Self {
        let allow = |base: usize, factor| base.saturating_add(len.saturating_mul(factor));
        Self { output: Cell::new(allow(OUTPUT_BASE, OUTPUT_FACTOR)), work: Cell::new(allow(WORK_BASE, WORK_FACTOR)) }
    }

    /// Pays for `bytes` of new text.
    pub(super) fn write(&self, bytes: usize) -> Result<(), Limit> {
        spend(&self.output, bytes).ok_or(Limit::Output)
    }

    /// Pays for reading `bytes`, and for starting to.
    pub(super) fn read(&self, bytes: usize) -> Result<(), Limit> {
        spend(&self.work, bytes.saturating_add(WORK_STEP)).ok_or(Limit::Work)
    }
}

fn spend(purse: &Cell<usize>, amount: usize) -> Option<()> {
    purse.set(purse.get().checked_sub(amount)?);
    Some(())
}

/// Fails below the deepest level.
pub(super) fn check_depth(depth: usize) -> Result<(), Limit> {
    if depth > MAX_DEPTH { Err(Limit::Depth) } else { Ok(()) }
}

/// A string builder on a budget.
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

    /// Pays for text that was made on the way, whether or not it is pushed.
    pub(super) fn pay_for_trying(&self, text: &str) -> Result<(), Limit> {
        self.budget.read(text.len())
    }

    /// `text` as an item of a list that began with one `bracket`: after a comma unless it is the
    /// first.
    pub(super) fn push_item(&mut self, text: &str) -> Result<(), Limit> {
        if self.text.len() > 1 {
            self.push(",")?;
        }
        self.push(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Puts `tail`, which is a rearrangement of it, in the place of the text from `start` on.
    pub(super) fn rearrange(&mut self, start: usize, tail: &str) {
        self.text.truncate(start);
        self.text.push_str(tail);
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}
