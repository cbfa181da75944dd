//! Transfers: what goes where (`plan`, `filter`, `source`), doing it with proof (`engine`, `upload`,
//! `mount`, `download`, `land`, `prove`), and telling about it (`event`, `results`).
//!
//! This room knows the backend's traits and no backend, and it prints nothing: whoever watches is
//! an [`event::Observer`]. Start with [`plan`].

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests prepare their own files"))]

pub mod cancellation;
pub mod dest;
pub mod download;
mod engine;
pub mod event;
pub mod filter;
pub mod gitignore;
mod links;
pub mod mount;
pub mod plan;
mod remote;
pub mod reserved;
pub mod results;
pub mod source;
pub mod upload;
mod upload_items;
mod verify;

use std::time::{Duration, Instant};

use self::cancellation::Cancellation;
use self::event::Observer;
use self::filter::Filter;
pub use self::links::Links;
use self::reserved::Reserved;
use wharf_client::backend::Backend;
use wharf_core::error::Result;

/// Above so many files, durability waits for one sync of the file system at the end.
const BULK: u64 = 64;

/// What to do where something is at the destination already.
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

/// How a transfer is to be done.
#[derive(Debug, Default)]
pub struct Options {
    /// What to do with what is there.
    pub if_exists: IfExists,
    /// For [`IfExists::Update`]: compare contents instead of times.
    pub checksum: bool,
    /// What to do with links.
    pub links: Links,
    /// Which files of a tree are meant.
    pub filter: Filter,
    /// Read back and hash what the destination tells no hash of.
    pub verify: bool,
    /// Tell what would be done, and do nothing.
    pub dry_run: bool,
    /// Files at once.
    pub jobs: usize,
    /// How often a file that was cut off on its way is fetched again.
    pub retries: u32,
    /// When everything has to be done, tries and waiting included.
    pub deadline: Option<Instant>,
    /// Do not wait until all that an agent made has come to light.
    pub no_settle: bool,
    /// Of several files of one name, fetch each under a name of its own.
    pub all: bool,
    /// How long an uploaded file is kept; for good where nothing is said.
    pub expires_in: Option<Duration>,
    /// No more bytes than this in all.
    pub max_bytes: Option<u64>,
    /// No more files than this in all.
    pub max_files: Option<u64>,
    /// No fewer files than this have to arrive.
    pub required: Option<u64>,
    /// A file on this machine that is neither sent nor replaced.
    pub reserved: Option<Reserved>,
}

impl Options {
    /// Fails where the file at `path` is reserved.
    fn check_free(&self, path: &std::path::Path) -> Result<()> {
        self.reserved.as_ref().map_or(Ok(()), |reserved| reserved.check(path))
    }
}

/// What every transfer works with.
#[derive(Clone, Copy)]
pub struct Transfer<'a> {
    /// The other side.
    pub backend: &'a dyn Backend,
    /// How it is to be done.
    pub options: &'a Options,
    /// Who watches.
    pub observer: &'a dyn Observer,
    /// Who may ask it to end early.
    pub cancellation: &'a Cancellation,
}
