//! Runs several items at once in one thread: each is a future that ends with a receipt.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;

use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt};

use super::concurrency::Concurrency;
use super::results::Results;
use super::{Transfer, TransferOptions};
use wharf_client::http::pace::Pace;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Outcome, Receipt};

/// Source and destination of a file that is being transferred, for its receipt.
#[derive(Clone)]
pub(super) struct Label {
    pub(super) source: String,
    pub(super) destination: Option<String>,
}

/// The result of one item.
pub(super) enum ItemResult {
    Receipt(Box<Receipt>),
    Excluded(String),
    /// A directory, which has no receipt.
    Nothing,
}

impl From<Receipt> for ItemResult {
    fn from(receipt: Receipt) -> Self {
        ItemResult::Receipt(Box::new(receipt))
    }
}

/// The files that are being transferred; each gets a receipt if the transfer ends early.
pub(super) struct RunningFiles {
    files: RefCell<Vec<(u64, Label)>>,
    /// Shared, so that a service which asks one file to wait makes all of them wait.
    pub(super) pace: Pace,
    concurrency: RefCell<Concurrency>,
}

impl RunningFiles {
    pub(super) fn new(options: &TransferOptions) -> Self {
        RunningFiles {
            files: RefCell::default(),
            pace: Pace::new(options.retries, options.deadline),
            concurrency: RefCell::new(Concurrency::new(options)),
        }
    }

    /// Runs one file's work under its label.
    pub(super) async fn track(&self, label: Label, work: impl Future<Output = Receipt>) -> Receipt {
        let number = {
            let mut running = self.files.borrow_mut();
            let number = running.last().map_or(0, |(number, _)| number + 1);
            running.push((number, label));
            number
        };
        // If the wait is too long, the request of the file fails with that.
        let _ = self.pace.ready().await;
        let receipt = work.await;
        if let Some(wait) = receipt.outcome.error().and_then(Error::retry_after) {
            self.pace.hold(wait);
        }
        self.files.borrow_mut().retain(|(other, _)| *other != number);
        receipt
    }
}

impl Transfer<'_> {
    /// Runs what comes before the first item, and drops it on cancellation.
    ///
    /// # Errors
    /// That of the cancellation.
    pub(super) async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        tokio::select! {
            biased;
            why = self.cancellation.cancelled() => Err(why),
            done = work => Ok(done),
        }
    }

    /// Runs `work` for each item, as many at once as is fast and at most `jobs`, and records the results. `feed` runs beside
    /// them, and may be what sends the items.
    ///
    /// On cancellation no other item is started; those that are running are dropped, which leaves nothing behind, and
    /// recorded as failed.
    ///
    /// # Errors
    /// That of the cancellation; that of recording a receipt.
    pub(super) async fn run<T, F>(
        &self,
        items: impl Stream<Item = T>,
        feed: impl Future<Output = ()>,
        running: &RunningFiles,
        work: impl Fn(T) -> F,
        results: &mut Results<'_>,
    ) -> Result<()>
    where
        F: Future<Output = ItemResult>,
    {
        let (mut items, mut all_begun) = (pin!(items), false);
        let mut active = FuturesUnordered::new();
        let (mut feed, mut fed) = (pin!(feed), false);
        let mut cancellation = pin!(self.cancellation.cancelled());
        let concurrency = &running.concurrency;
        let ended = loop {
            let may_begin = !all_begun && active.len() < concurrency.borrow().limit();
            tokio::select! {
                biased;
                why = &mut cancellation => break Err(why),
                Some(came) = active.next(), if !active.is_empty() => {
                    concurrency.borrow_mut().ended(size_of(&came), active.len());
                    match came {
                        ItemResult::Receipt(receipt) => results.record(*receipt)?,
                        ItemResult::Excluded(name) => results.excluded(&name),
                        ItemResult::Nothing => {}
                    }
                }
                item = items.next(), if may_begin => match item {
                    Some(item) => {
                        active.push(work(item));
                        concurrency.borrow_mut().begun(active.len());
                    }
                    None => all_begun = true,
                },
                () = &mut feed, if !fed => fed = true,
            }
            if all_begun && active.is_empty() {
                break Ok(());
            }
        };
        results.reached(concurrency.borrow().report());
        if let Err(why) = &ended {
            for (_, label) in running.files.take() {
                results.record(Receipt::failed(&label.source, label.destination, why.clone()))?;
            }
        }
        ended
    }
}

/// Returns the number of bytes that were transferred for an item.
fn size_of(result: &ItemResult) -> u64 {
    match result {
        ItemResult::Receipt(receipt) if matches!(receipt.outcome, Outcome::Copied) => receipt.bytes.unwrap_or(0),
        _ => 0,
    }
}
