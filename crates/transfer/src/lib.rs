//! Verified transfers of files and directories: what goes where ([`plan`], [`filter`], the walks), copying
//! ([`upload`], [`mount`], [`download`], [`dest`]), and reporting it ([`event`], [`results`]).
//!
//! This crate uses the traits of a backend and names none, and it prints nothing: progress goes to an
//! [`event::Observer`]. Start with [`Transfer`].

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests prepare their own files"))]

pub mod cancellation;
pub mod dest;
pub mod download;
mod engine;
pub mod event;
pub mod filter;
pub mod gitignore;
mod links;
mod local_walk;
pub mod mount;
pub mod plan;
mod remote_walk;
pub mod reserved;
pub mod results;
pub mod upload;
mod upload_items;
mod verify;
mod walk;

use std::time::{Duration, Instant};

use self::cancellation::Cancellation;
use self::event::Observer;
use self::filter::Filter;
pub use self::links::Links;
use self::reserved::Reserved;
use wharf_client::backend::Backend;
use wharf_core::error::Result;

/// Above this number of files, one sync of the file system at the end replaces that of each file.
const BULK: u64 = 64;

/// What to do if the destination exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum IfExists {
    /// Replace it.
    #[default]
    Overwrite,
    /// Leave it.
    Skip,
    /// Fail.
    Error,
    /// Replace it unless size and time, or size and hash, are equal.
    Update,
}

/// The options of a transfer.
#[derive(Debug, Default)]
pub struct TransferOptions {
    /// What to do if the destination exists.
    pub if_exists: IfExists,
    /// For [`IfExists::Update`]: compare contents instead of times.
    pub checksum: bool,
    /// What to do with links.
    pub links: Links,
    /// Which files of a directory are transferred.
    pub filter: Filter,
    /// Download each uploaded file again and compare hashes where the backend reports none.
    pub verify: bool,
    /// Check and report what a run would do, and change nothing.
    pub dry_run: bool,
    /// The most files that are transferred at once.
    pub jobs: usize,
    /// How often a download that was cut off is tried again.
    pub retries: u32,
    /// When the transfer must end, with all tries and pauses.
    pub deadline: Option<Instant>,
    /// Do not wait for new output files to appear.
    pub no_settle: bool,
    /// Download each of several files of one name, under a name of its own.
    pub all: bool,
    /// How long an uploaded file is kept; `None` keeps it until it is deleted.
    pub expires_in: Option<Duration>,
    /// The most bytes of all files together.
    pub max_bytes: Option<u64>,
    /// The most files.
    pub max_files: Option<u64>,
    /// The fewest files that must be at their destination in the end.
    pub required: Option<u64>,
    /// A local file that is neither sent nor replaced.
    pub reserved: Option<Reserved>,
}

impl TransferOptions {
    /// Fails if the file at `path` is the reserved one.
    fn check_free(&self, path: &std::path::Path) -> Result<()> {
        self.reserved.as_ref().map_or(Ok(()), |reserved| reserved.check(path))
    }
}

/// What every transfer needs.
#[derive(Clone, Copy)]
pub struct Transfer<'a> {
    /// The backend that files are sent to or fetched from.
    pub backend: &'a dyn Backend,
    /// The options.
    pub options: &'a TransferOptions,
    /// Receives the events.
    pub observer: &'a dyn Observer,
    /// Asks the transfer to end early.
    pub cancellation: &'a Cancellation,
}
