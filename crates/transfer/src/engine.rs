//! Many files at once, in one thread: each is a future, and a receipt at its end.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;

use futures_util::{Stream, StreamExt};

use super::results::Results;
use super::{Options, Transfer};
use wharf_client::http::pace::Pace;
use wharf_core::error::{Error, Result};
use wharf_core::model::Receipt;

/// What people call a file that is on its way, and where it goes.
#[derive(Clone)]
pub(super) struct Label {
    pub(super) source: String,
    pub(super) destination: Option<String>,
}

/// What came of one item.
pub(super) enum ItemResult {
    Receipt(Box<Receipt>),
    Excluded(String),
    /// Something that has no receipt: a directory.
    Nothing,
}

impl From<Receipt> for ItemResult {
    fn from(receipt: Receipt) -> Self {
        ItemResult::Receipt(Box::new(receipt))
    }
}

/// What is running, so that each can be told of where all must end.
pub(super) struct RunningFiles {
    files: RefCell<Vec<(u64, Label)>>,
    /// A file whose service asks to wait makes all others wait.
    pub(super) pace: Pace,
}

impl RunningFiles {
    pub(super) fn new(options: &Options) -> Self {
        RunningFiles { files: RefCell::default(), pace: Pace::new(options.retries, options.deadline) }
    }

    /// Runs one file's work under its label.
    pub(super) async fn track(&self, label: Label, work: impl Future<Output = Receipt>) -> Receipt {
        let number = {
            let mut running = self.files.borrow_mut();
            let number = running.last().map_or(0, |(number, _)| number + 1);
            running.push((number, label));
            number
        };
        // Where the wait is too long, the file's own request says so.
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
    /// Does what comes before the first item, and drops it when asked to stop.
    ///
    /// # Errors
    /// Why it was stopped.
    pub(super) async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        tokio::select! {
            biased;
            why = self.cancellation.cancelled() => Err(why),
            done = work => Ok(done),
        }
    }

    /// Does `work` for each item, as many at once as the options say, and enters the results. `feed` runs beside
    /// them: it may be what makes the items.
    /// Asked to stop, it begins no other item, drops those that are running (which leave nothing
    /// behind) and enters them as failed.
    ///
    /// # Errors
    /// Why it was stopped; what entering a receipt answered.
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
        let mut done = pin!(items.map(work).buffer_unordered(self.options.jobs.max(1)));
        let (mut feed, mut fed) = (pin!(feed), false);
        let mut cancellation = pin!(self.cancellation.cancelled());
        let why: Error = loop {
            tokio::select! {
                biased;
                why = &mut cancellation => break why,
                came = done.next() => match came {
                    Some(ItemResult::Receipt(receipt)) => results.record(*receipt)?,
                    Some(ItemResult::Excluded(name)) => results.excluded(&name),
                    Some(ItemResult::Nothing) => {}
                    None => return Ok(()),
                },
                () = &mut feed, if !fed => fed = true,
            }
        };
        for (_, label) in running.files.take() {
            results.record(Receipt::failed(&label.source, label.destination, why.clone()))?;
        }
        Err(why)
    }
}
