//! Downloads of single files: whether a file is fetched, its content, and what becomes of it at its destination.

use std::io::Write;
use std::path::Path;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::Stream;

use super::bundle::{Bundles, Work};
use super::dest::{DestDir, WriteOptions, Written, is_stream, open_stream, stream};
use super::download_items::{DownloadItem, DownloadState, FileTarget, LocalDest, SourceInfo, share};
use super::engine::{ItemResult, Label, WorkResult};
use super::event::TransferEvent;
use super::plan::{Budget, BudgetShare};
use super::results::Results;
use super::{IfExists, Transfer, verify};
use wharf_client::backend::{FetchOptions, GetResult, RemoteHash};
use wharf_client::http::after_tries;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{FileId, Outcome, Receipt, Timestamp};
use wharf_core::platform::shown;

impl Transfer<'_> {
    /// Does items, and fetches small files in bundles where the backend has them. `feed` runs beside that, and may be what
    /// makes the items.
    pub(super) async fn fetch_items(
        &self,
        items: impl Stream<Item = DownloadItem>,
        feed: impl Future<Output = ()>,
        state: &DownloadState,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let work = async |work| match work {
            Work::One(item) => WorkResult::from(self.do_fetch(item, state).await),
            Work::Bundle(items) => self.fetch_bundle(items, state).await.map(Work::One),
        };
        let items = pin!(items);
        let items = Bundles::new(items, self.bundle_limits(), share);
        Box::pin(self.run(items, feed, &state.running, work, results)).await
    }

    async fn do_fetch(&self, item: DownloadItem, state: &DownloadState) -> ItemResult {
        match item {
            DownloadItem::Excluded(name) => ItemResult::Excluded(name),
            DownloadItem::Decided(receipt) => ItemResult::Receipt(receipt),
            DownloadItem::Directory(at, dest, below) => {
                let dry_run = self.options.dry_run;
                let make =
                    || if dry_run { dest.check_dry_run_directory(&below, &state.written) } else { dest.mkdir(&below) };
                let made = state.budget.count_directory().and_then(|()| make());
                match made {
                    Ok(()) => ItemResult::Nothing,
                    Err(error) => ItemResult::from(Receipt::failed(&at.to_string(), Some(dest.shown(&below)), error)),
                }
            }
            DownloadItem::Leaf { one, dest, below, decided } => {
                let destination = dest.shown(&below);
                let label = Label { source: one.source.name.clone(), destination: Some(destination.clone()) };
                let done = async {
                    let done = if decided {
                        self.fetch_decided(&one, &dest, &below, &destination, state).await
                    } else {
                        self.fetch_to(&one, &dest, &below, &destination, state).await
                    };
                    done.unwrap_or_else(|error| {
                        dest.mark_failed();
                        Receipt::failed(&one.source.name, Some(destination.clone()), error)
                    })
                };
                ItemResult::from(state.running.track(label, done).await)
            }
            DownloadItem::Single(one, dest) => {
                let destination = shown(&dest.path);
                let label = Label { source: one.source.name.clone(), destination: Some(destination.clone()) };
                let done = async {
                    let done = self.single(&one, &dest, state).await;
                    done.unwrap_or_else(|error| Receipt::failed(&one.source.name, Some(destination), error))
                };
                ItemResult::from(state.running.track(label, done).await)
            }
        }
    }

    /// Downloads one file. A link, a FIFO or a device at the destination is used only where the user named it, and not just
    /// its directory.
    async fn single(&self, one: &SourceInfo, destination: &LocalDest, state: &DownloadState) -> Result<Receipt> {
        let (name, mut path) = (&one.source.name, destination.path.clone());
        if !destination.by_name {
            if self.options.dry_run && is_stream(&path) {
                return Ok(Receipt::planned(name, Some(shown(&path)), one.bytes));
            }
            if let Some(mut file) = open_stream(&path)? {
                state.budget.count_file()?;
                let fetched = self.fetch_within(one, one.bytes, 0, &state.budget).await?;
                let mut write = |block: &[u8]| {
                    file.write_all(block).map_err(|e| Error::io(format!("writing `{}`", shown(&path)), &e))
                };
                let done = stream(fetched, &mut write).await?;
                state.budget.spend(done.digest.bytes);
                return Ok(receipt(name, shown(&path), done));
            }
            if path.is_symlink() {
                path = path.canonicalize().unwrap_or(path);
            }
        }
        let file_name = path.file_name().ok_or_else(|| {
            Error::usage(format!("the destination has no file name: `{}`", shown(&path)))
                .hint("add one, or a slash for a directory")
        })?;
        let file_name = file_name.to_str().ok_or_else(|| {
            Error::usage(format!("the name of a new file must be UTF-8: `{}`", shown(&path)))
                .hint("choose another name, and rename the file afterwards; its directory may have any name")
        })?;
        let parent = path.parent().unwrap_or(Path::new("."));
        let known = state.dest_dirs.borrow().get(parent).map(Rc::clone);
        let dest = if let Some(dest) = known {
            dest
        } else {
            let dest = Rc::new(DestDir::open(parent, !self.options.dry_run)?);
            state.dest_dirs.borrow_mut().insert(parent.to_owned(), Rc::clone(&dest));
            dest
        };
        self.fetch_to(one, &dest, file_name, &shown(&path), state).await.inspect_err(|_| dest.mark_failed())
    }

    async fn fetch_to(
        &self,
        one: &SourceInfo,
        dest: &DestDir,
        below: &str,
        destination: &str,
        state: &DownloadState,
    ) -> Result<Receipt> {
        match self.decide(one, dest, below, destination, state).await? {
            Some(receipt) => Ok(receipt),
            None => self.fetch_decided(one, dest, below, destination, state).await,
        }
    }

    /// Looks at the destination of a file and counts the file; returns the receipt of one that is not fetched.
    pub(super) async fn decide(
        &self,
        one: &SourceInfo,
        dest: &DestDir,
        below: &str,
        destination: &str,
        state: &DownloadState,
    ) -> Result<Option<Receipt>> {
        let (name, options) = (&one.source.name, self.options);
        let there = dest.look(below)?;
        if let Some(there) = &there {
            if state.written.contains(there) {
                return Err(dest.taken(below));
            }
            if let Some(reason) = self.reason_to_keep(one, dest, below, there).await? {
                state.written.keep(there);
                return Ok(Some(Receipt::skipped(name, destination.to_owned(), name, reason)));
            }
            if options.if_exists == IfExists::Error {
                return Err(dest.exists(below));
            }
        }
        if options.dry_run && options.if_exists == IfExists::Skip && dest.plans_directory(below, &state.written) {
            return Ok(Some(Receipt::skipped(name, destination.to_owned(), name, SkipReason::Exists)));
        }
        state.budget.count_file()?;
        if options.dry_run {
            drop(state.budget.claim(one.bytes)?);
            dest.check_dry_run(below, there.as_ref(), &state.written)?;
            state.budget.spend(one.bytes.unwrap_or(0));
            return Ok(Some(Receipt::planned(name, Some(destination.to_owned()), one.bytes)));
        }
        Ok(None)
    }

    /// Returns the options for writing files.
    pub(super) fn write_options<'s>(&self, state: &'s DownloadState) -> WriteOptions<'s> {
        let keep_existing = self.options.if_exists == IfExists::Error;
        WriteOptions { keep_existing, bulk: state.bulk, written: &state.written }
    }

    async fn fetch_decided(
        &self,
        one: &SourceInfo,
        dest: &DestDir,
        below: &str,
        destination: &str,
        state: &DownloadState,
    ) -> Result<Receipt> {
        let (name, write_options) = (&one.source.name, self.write_options(state));
        let (mut tried, mut size) = (0, one.bytes);
        loop {
            let done = match self.fetch_within(one, size, tried, &state.budget).await {
                Ok(fetched) => dest.write(below, fetched, &write_options).await,
                Err(error) if error.kind() == Kind::Unverified => Err(error),
                Err(error) => return Err(error),
            };
            match done {
                // A file that changed after it was listed is fetched with its current size.
                Err(error) if error.kind() == Kind::Unverified && size == one.bytes => {
                    match self.size(&one.wanted).await {
                        Ok(now) if now != size => size = now,
                        _ => return Err(error),
                    }
                }
                // The download was cut off: the next try may be complete.
                Err(error) if error.kind() == Kind::Unavailable && error.is_retryable() => {
                    let (pace, asked) = (&state.running.pace, error.retry_after());
                    tried = error.tries().max(tried + 1);
                    let Some(wait) = pace.wait(tried - 1, asked) else { return Err(counted(error, tried)) };
                    self.observer.on(TransferEvent::Retried { name, error: &error });
                    if let Some(asked) = asked {
                        pace.hold(asked);
                    }
                    tokio::time::sleep(wait).await;
                    let _ = pace.ready().await;
                }
                Err(error) => return Err(error),
                Ok(done) => {
                    state.budget.spend(done.digest.bytes);
                    return Ok(receipt(name, destination.to_owned(), done));
                }
            }
        }
    }

    async fn reason_to_keep(
        &self,
        one: &SourceInfo,
        dest: &DestDir,
        below: &str,
        there: &cap_std::fs::Metadata,
    ) -> Result<Option<SkipReason>> {
        match self.options.if_exists {
            IfExists::Skip => return Ok(Some(SkipReason::Exists)),
            IfExists::Update => {}
            IfExists::Overwrite | IfExists::Error => return Ok(None),
        }
        if !there.is_file() || one.bytes.is_none() || Some(there.len()) != one.bytes {
            return Ok(None);
        }
        let time = there.modified().ok().and_then(|time| Timestamp::try_from(time.into_std()).ok());
        if !self.options.checksum && time.is_some() && time == one.modified_at {
            return Ok(Some(SkipReason::SameTime));
        }
        let mut fetched = self.fetch(one, one.bytes, 0).await?;
        let theirs = match &fetched.sha256 {
            RemoteHash::Known(sha256) => sha256.clone(),
            RemoteHash::Streamed if self.options.checksum => verify::hash(&mut fetched).await?.sha256,
            RemoteHash::Streamed | RemoteHash::Unknown => return Ok(None),
        };
        Ok(dest.hash(below).await?.eq_ignore_ascii_case(&theirs).then_some(SkipReason::SameHash))
    }

    async fn fetch(&self, one: &SourceInfo, size: Option<u64>, tried: u32) -> Result<GetResult> {
        let options = FetchOptions { range: None, size, tried };
        match &one.wanted {
            FileTarget::Session(at) => self.backend.require_files()?.fetch(at, options).await,
            FileTarget::Stored(id) => self.backend.require_store()?.fetch(id, options).await,
        }
    }

    /// Fetches a file of `size` bytes within the budget, after `tried` failed tries, and reports its progress.
    pub(super) async fn fetch_within(
        &self,
        one: &SourceInfo,
        size: Option<u64>,
        tried: u32,
        budget: &Budget,
    ) -> Result<GetResult> {
        let share = budget.claim(size)?;
        let fetched = self.fetch(one, size, tried).await?;
        Ok(self.watched_download(&one.source.name, size, share, fetched))
    }

    /// Returns a fetched file of `bytes` bytes whose progress is reported, and whose content fails if it exceeds the budget.
    pub(super) fn watched_download(
        &self,
        name: &str,
        bytes: Option<u64>,
        mut share: BudgetShare,
        GetResult { body, attributes, sha256, file_id }: GetResult,
    ) -> GetResult {
        let passed = Arc::new(AtomicU64::new(0));
        self.observer.on(TransferEvent::Started { name, bytes, passed: Arc::clone(&passed) });
        let body = body.inspect(move |block| share.take(block.len() as u64)).counted(passed);
        GetResult { body, attributes, sha256, file_id }
    }
}

/// Adds the number of tries to an error, unless the backend counted them.
fn counted(error: Error, tries: u32) -> Error {
    if error.tries() == tries {
        return error;
    }
    let message = format!("{}{}", error.message(), after_tries(tries));
    error.with_message(message)
}

pub(super) fn receipt(source: &str, destination: String, done: Written) -> Receipt {
    Receipt {
        id: Some(done.file_id.as_ref().map_or(source, FileId::as_str).to_owned()),
        bytes: Some(done.digest.bytes),
        sha256: Some(done.digest.sha256),
        verified: Some(done.verified),
        file_id: done.file_id,
        ..Receipt::new(source, Some(destination), Outcome::Copied)
    }
}
