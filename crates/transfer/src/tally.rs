//! The sum of many results: one exit code for all of them.

use super::Transfer;
use super::event::{Event, Observer, Summary};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Receipt, ReceiptStatus};

/// Whoever takes each receipt as it comes.
pub type Sink<'a> = &'a mut dyn FnMut(&Receipt) -> Result<()>;

/// Tells of each receipt, and counts it.
pub(super) struct Ledger<'a> {
    backend: &'static str,
    observer: &'a dyn Observer,
    sink: Sink<'a>,
    tally: Tally,
    summary: Summary,
    /// Files that there are, as far as is known.
    expected: u64,
    /// The fewest files that have to arrive.
    required: Option<u64>,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(transfer: &Transfer<'a>, sink: Sink<'a>) -> Self {
        Ledger {
            backend: transfer.backend.capabilities().backend,
            observer: transfer.observer,
            sink,
            tally: Tally::default(),
            summary: Summary { dry_run: transfer.options.dry_run, ..Summary::default() },
            expected: 0,
            required: transfer.options.required,
        }
    }

    /// How many files there are to do.
    pub(super) fn expect(&mut self, files: u64) {
        self.expected = files;
    }

    pub(super) fn enter(&mut self, mut receipt: Receipt) -> Result<()> {
        receipt.error = receipt.error.map(|error| error.from_backend(self.backend));
        self.observer.on(Event::Finished(&receipt));
        (self.sink)(&receipt)?;
        if let (ReceiptStatus::Failed, Some(error)) = (receipt.status, receipt.error) {
            self.summary.failed += 1;
            self.tally.failed(error);
            return Ok(());
        }
        self.tally.done();
        if let Some(reason) = receipt.skipped {
            *self.summary.skipped.entry(reason).or_default() += 1;
        } else {
            self.summary.copied += 1;
            self.summary.bytes = self.summary.bytes.saturating_add(receipt.bytes.unwrap_or(0));
        }
        Ok(())
    }

    pub(super) fn excluded(&mut self, name: &str) {
        self.summary.excluded += 1;
        self.observer.on(Event::Excluded(name));
    }

    /// The verdict over all; `ended` is why it was cut short, if it was.
    pub(super) fn verdict(mut self, ended: Result<()>) -> Result<()> {
        if ended.is_err() {
            let Summary { copied, skipped, failed, .. } = &self.summary;
            let entered = copied + failed + skipped.values().sum::<u64>();
            self.summary.not_begun = self.expected.saturating_sub(entered);
            self.summary.cut_short = true;
        }
        self.observer.on(Event::Ended(&self.summary));
        ended.and(self.tally.verdict("files"))?;
        match self.required {
            Some(required) if self.summary.arrived() < required => Err(too_few(&self.summary, required)),
            _ => Ok(()),
        }
    }
}

fn too_few(summary: &Summary, required: u64) -> Error {
    let arrived = match summary.arrived() {
        0 => "no file".to_owned(),
        1 => "1 file".to_owned(),
        more => format!("{more} files"),
    };
    let verb = if summary.dry_run { "would arrive" } else { "arrived" };
    let excluded = match summary.excluded {
        0 => String::new(),
        some => format!(" ({some} excluded)"),
    };
    Error::new(Kind::NoMatch, format!("{arrived} {verb}, and {} is {required}{excluded}", Setting::Require))
        .hint(format!("see what there is with {}; what arrived is complete", Step::ListFilesRecursively))
}

/// Counts what was done and what failed.
#[derive(Debug, Default)]
pub struct Tally {
    done: u64,
    failed: u64,
    kinds: Vec<Kind>,
    /// The one failure there was, or what all failures agree on.
    common: Option<Error>,
    /// What went wrong, each only once.
    messages: Vec<String>,
    /// How many failures those stand for.
    named: u64,
}

/// What ends a whole command early.
const ENDS: [Kind; 3] = [Kind::Deadline, Kind::Interrupted, Kind::Terminated];

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
        self.common = Some(match self.common.take() {
            Some(common) => common.in_common_with(&error),
            None => error,
        });
    }

    /// The verdict: success, the one error there was, the kind that all errors share, `deadline` where
    /// the time ran out on any of them and `interrupted` where any was interrupted, or `partial`; with what all
    /// errors say alike: status, code, whether and when another try may help, hint.
    pub fn verdict(self, what: &str) -> Result<()> {
        let Some(common) = self.common else { return Ok(()) };
        let total = self.done + self.failed;
        if total == 1 {
            return Err(common);
        }
        let kind = match self.kinds.as_slice() {
            kinds if kinds.iter().any(|kind| ENDS.contains(kind)) => {
                ENDS.into_iter().find(|kind| kinds.contains(kind)).unwrap_or(Kind::Partial)
            }
            [kind] if self.done == 0 => *kind,
            _ => Kind::Partial,
        };
        let more = self.failed - self.named;
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let named = self.messages.join("; ");
        let message = format!("{} of {total} {what} failed: {named}{more}", self.failed);
        Err(common.of_kind(kind).with_message(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_core::error::Details;

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
        assert_eq!(kind(1, &[Kind::NotFound, Kind::Deadline]), Some(Kind::Deadline));
        assert_eq!(kind(1, &[Kind::NotFound, Kind::Interrupted]), Some(Kind::Interrupted));
        assert_eq!(kind(0, &[Kind::Terminated]), Some(Kind::Terminated));
    }

    #[test]
    fn what_all_failures_agree_on_is_said_of_the_sum() {
        let failure = |status: u16, code: &str, id: &str, wait: u64, retryable| {
            Error::new(Kind::Unavailable, "x").hint("later").details(Details {
                backend: Some("foundry"),
                status: Some(status),
                code: Some(code.to_owned()),
                request_id: Some(id.to_owned()),
                retryable,
                retry_after: Some(std::time::Duration::from_secs(wait)),
                ..Details::default()
            })
        };
        let sum = |failures: Vec<Error>| {
            let mut tally = Tally::default();
            tally.done();
            for error in failures {
                tally.failed(error);
            }
            serde_json::to_value(tally.verdict("files").unwrap_err()).unwrap()
        };
        let told = |sum: &serde_json::Value, names: &[&str]| {
            names.iter().map(|name| sum[name].to_string()).collect::<Vec<_>>().join(" ")
        };
        let names = ["backend", "status", "code", "request_id", "retryable", "retry_after", "hint"];
        let alike = sum(vec![failure(503, "busy", "r1", 7, true), failure(503, "busy", "r2", 7, true)]);
        assert_eq!(told(&alike, &names), r#""foundry" 503 "busy" null true 7.0 "later""#);
        let mixed = sum(vec![failure(503, "busy", "r1", 7, true), failure(500, "down", "r1", 8, false)]);
        assert_eq!(told(&mixed, &names), r#""foundry" null null "r1" false null "later""#);
        // What one of them does not say, they do not agree on; and it does not come back.
        let own =
            sum(vec![failure(503, "busy", "r", 7, true), Error::not_found("y"), failure(503, "busy", "r", 7, true)]);
        assert_eq!(told(&own, &names), r"null null null null false null null");
    }
}
