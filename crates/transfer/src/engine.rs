//! Runs several items at once in one thread: each is a future that ends with a receipt.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;

use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;

use super::concurrency::Concurrency;
use super::results::Results;
use super::{Transfer, TransferOptions};
use wharf_client::http::pace::Pace;
use wharf_core::error::{Error, Kind, Result};
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

/// The result of the work on one item.
pub(super) enum WorkResult<T> {
    Item(ItemResult),
    /// A bundle, whose files were finished one by one: the bytes that were transferred, and items that are to be done again.
    Bundle(u64, Vec<T>),
}

impl<T> WorkResult<T> {
    /// Converts the items that are to be done again.
    pub(super) fn map<U>(self, convert: impl Fn(T) -> U) -> WorkResult<U> {
        match self {
            WorkResult::Item(result) => WorkResult::Item(result),
            WorkResult::Bundle(bytes, rest) => WorkResult::Bundle(bytes, rest.into_iter().map(convert).collect()),
        }
    }
}

impl<T> From<ItemResult> for WorkResult<T> {
    fn from(result: ItemResult) -> Self {
        WorkResult::Item(result)
    }
}

/// What happens to files while they are transferred.
pub(super) trait FileWatch {
    /// The work on a file begins.
    fn begun(&self, label: &Label);

    /// The work on a file ended with this receipt.
    fn ended(&self, receipt: &Receipt);
}

/// The files that are being transferred; each gets a receipt if the transfer ends early.
pub(super) struct RunningFiles {
    files: RefCell<Vec<(u64, Label)>>,
    /// Shared, so that a service which asks one file to wait makes all of them wait.
    pub(super) pace: Pace,
    concurrency: RefCell<Concurrency>,
    /// Receipts of files of bundles that are still being transferred.
    finished: (mpsc::UnboundedSender<Receipt>, RefCell<Option<mpsc::UnboundedReceiver<Receipt>>>),
    watch: Option<Box<dyn FileWatch>>,
    /// The most files at the same time.
    most_files: Cell<usize>,
}

impl RunningFiles {
    pub(super) fn new(options: &TransferOptions) -> Self {
        let (sender, finished) = mpsc::unbounded_channel();
        RunningFiles {
            finished: (sender, RefCell::new(Some(finished))),
            files: RefCell::default(),
            pace: Pace::new(options.retries, options.deadline),
            concurrency: RefCell::new(Concurrency::new(options)),
            watch: None,
            most_files: Cell::default(),
        }
    }

    /// Adds what is told of each file.
    pub(super) fn watched_by(self, watch: impl FileWatch + 'static) -> Self {
        RunningFiles { watch: Some(Box::new(watch)), ..self }
    }

    /// Runs one file's work under its label.
    pub(super) async fn track(&self, label: Label, work: impl Future<Output = Receipt>) -> Receipt {
        let number = self.begin(label);
        // If the wait is too long, the request of the file fails with that.
        let _ = self.pace.ready().await;
        let receipt = work.await;
        self.note(&receipt);
        self.forget(number);
        receipt
    }

    /// Adds a file of a bundle; returns its number.
    pub(super) fn begin(&self, label: Label) -> u64 {
        if let Some(watch) = &self.watch {
            watch.begun(&label);
        }
        let mut running = self.files.borrow_mut();
        let number = running.last().map_or(0, |(number, _)| number + 1);
        running.push((number, label));
        self.most_files.set(self.most_files.get().max(running.len()));
        number
    }

    /// Ends a file of a bundle with its receipt.
    pub(super) fn finish(&self, number: u64, receipt: Receipt) {
        self.note(&receipt);
        self.forget(number);
        // The run that receives it outlives the work.
        drop(self.finished.0.send(receipt));
    }

    /// Removes a file that has a receipt, or is to be done again.
    pub(super) fn forget(&self, number: u64) {
        self.files.borrow_mut().retain(|(other, _)| *other != number);
    }

    fn note(&self, receipt: &Receipt) {
        if let Some(wait) = receipt.outcome.error().and_then(Error::retry_after) {
            self.pace.hold(wait);
        }
        if let Some(watch) = &self.watch {
            watch.ended(receipt);
        }
    }
}

impl Transfer<'_> {
    /// Waits until the transfer is asked to stop, and returns the error that it ends with.
    async fn cancelled(&self) -> Error {
        let error = self.cancellation.cancelled().await;
        let kept = match error.kind() {
            Kind::Deadline => "finished files are kept; run the command again with more time",
            _ => "finished files are kept, partial ones were removed",
        };
        error.hint(kept)
    }

    /// Runs what comes before the first item, and drops it on cancellation.
    ///
    /// # Errors
    /// That of the cancellation.
    pub(super) async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        tokio::select! {
            biased;
            why = self.cancelled() => Err(why),
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
        F: Future,
        F::Output: Into<WorkResult<T>>,
    {
        let (mut items, mut all_begun) = (pin!(items), false);
        let mut active = FuturesUnordered::new();
        let (mut feed, mut fed) = (pin!(feed), false);
        let mut cancellation = pin!(self.cancelled());
        let concurrency = &running.concurrency;
        let mut finished = running.finished.1.take().unwrap_or_else(|| mpsc::unbounded_channel().1);
        let mut again = VecDeque::new();
        let ended = loop {
            let has_room = active.len() < concurrency.borrow().limit();
            if has_room && let Some(item) = again.pop_front() {
                active.push(work(item));
                concurrency.borrow_mut().begun(active.len());
                continue;
            }
            let may_begin = !all_begun && has_room;
            tokio::select! {
                biased;
                why = &mut cancellation => break Err(why),
                Some(receipt) = finished.recv() => results.record(receipt)?,
                Some(came) = active.next(), if !active.is_empty() => {
                    let came: WorkResult<T> = came.into();
                    concurrency.borrow_mut().ended(size_of(&came), active.len());
                    match came {
                        WorkResult::Item(ItemResult::Receipt(receipt)) => results.record(*receipt)?,
                        WorkResult::Item(ItemResult::Excluded(name)) => results.excluded(&name),
                        WorkResult::Item(ItemResult::Nothing) => {}
                        WorkResult::Bundle(_, rest) => again.extend(rest),
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
            if all_begun && active.is_empty() && again.is_empty() {
                break Ok(());
            }
        };
        while let Ok(receipt) = finished.try_recv() {
            results.record(receipt)?;
        }
        running.finished.1.replace(Some(finished));
        results.reached(concurrency.borrow().report(running.most_files.get()));
        if let Err(why) = &ended {
            for (_, label) in running.files.take() {
                results.record(Receipt::failed(&label.source, label.destination, why.clone()))?;
            }
        }
        ended
    }
}

/// Returns the number of bytes that were transferred for an item.
fn size_of<T>(result: &WorkResult<T>) -> u64 {
    match result {
        WorkResult::Bundle(bytes, _) => *bytes,
        WorkResult::Item(ItemResult::Receipt(receipt)) if matches!(receipt.outcome, Outcome::Copied) => {
            receipt.bytes.unwrap_or(0)
        }
        WorkResult::Item(_) => 0,
    }
}
