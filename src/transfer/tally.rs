//! The sum of many results: one exit code for all of them.

use super::event::{Event, Observer};
use crate::backend::Backend;
use crate::error::{Error, Kind, Result};
use crate::model::{Receipt, ReceiptStatus};

/// Whoever takes each receipt as it comes.
pub type Sink<'a> = &'a mut dyn FnMut(&Receipt) -> Result<()>;

/// Tells of each receipt, and counts it.
pub(super) struct Ledger<'a> {
    backend: &'static str,
    observer: &'a dyn Observer,
    sink: Sink<'a>,
    tally: Tally,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(backend: &dyn Backend, observer: &'a dyn Observer, sink: Sink<'a>) -> Self {
        Ledger { backend: backend.capabilities().backend, observer, sink, tally: Tally::default() }
    }

    pub(super) fn enter(&mut self, mut receipt: Receipt) -> Result<()> {
        receipt.error = receipt.error.map(|error| error.from_backend(self.backend));
        self.observer.on(Event::Finished(&receipt));
        (self.sink)(&receipt)?;
        match (receipt.status, receipt.error) {
            (ReceiptStatus::Failed, Some(error)) => self.tally.failed(error),
            _ => self.tally.done(),
        }
        Ok(())
    }

    pub(super) fn verdict(self) -> Result<()> {
        self.tally.verdict("files")
    }
}

/// Counts what was done and what failed.
#[derive(Debug, Default)]
pub struct Tally {
    done: u64,
    failed: u64,
    kinds: Vec<Kind>,
    first: Option<Error>,
    /// What went wrong, each only once.
    messages: Vec<String>,
    /// How many failures those stand for.
    named: u64,
}

/// So many different failures are named in the sum of all.
const NAMED: usize = 20;

/// And none more after so many bytes.
const WORDS: usize = 4000;

impl Tally {
    /// One more that is done.
    pub fn done(&mut self) {
        self.done += 1;
    }

    /// One more that failed.
    pub fn failed(&mut self, error: Error) {
        self.failed += 1;
        if !self.kinds.contains(&error.kind()) {
            self.kinds.push(error.kind());
        }
        if self.messages.iter().any(|message| message == error.message()) {
            self.named += 1;
        } else if self.messages.len() < NAMED && self.messages.iter().map(String::len).sum::<usize>() < WORDS {
            self.messages.push(error.message().to_owned());
            self.named += 1;
        }
        self.first.get_or_insert(error);
    }

    /// The verdict: success, the one error there was, the kind that all errors share, or `partial`.
    pub fn verdict(self, what: &str) -> Result<()> {
        let Some(first) = self.first else { return Ok(()) };
        let total = self.done + self.failed;
        if total == 1 {
            return Err(first);
        }
        let kind = if self.done == 0 && self.kinds.len() == 1 { first.kind() } else { Kind::Partial };
        let more = self.failed - self.named;
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let named = self.messages.join("; ");
        let error = Error::new(kind, format!("{} of {total} {what} failed: {named}{more}", self.failed));
        Err(match first.hint_text() {
            Some(hint) => error.hint(hint),
            None => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(done: u64, failures: &[Kind]) -> Option<Kind> {
        let mut tally = Tally::default();
        (0..done).for_each(|_| tally.done());
        for kind in failures {
            tally.failed(Error::new(*kind, "x"));
        }
        tally.verdict("files").err().map(|error| error.kind())
    }

    #[test]
    fn the_kind_of_many_results() {
        assert_eq!(kind(3, &[]), None);
        assert_eq!(kind(0, &[Kind::NotFound]), Some(Kind::NotFound));
        assert_eq!(kind(0, &[Kind::NotFound, Kind::NotFound]), Some(Kind::NotFound));
        assert_eq!(kind(0, &[Kind::NotFound, Kind::Io]), Some(Kind::Partial));
        assert_eq!(kind(1, &[Kind::NotFound]), Some(Kind::Partial));
    }
}
