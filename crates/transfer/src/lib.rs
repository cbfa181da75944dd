//! Verified transfers of files and directories: what goes where ([`plan`], [`filter`], the walks), copying
//! ([`upload`], [`mount`], [`download`], [`dest`]), and reporting it ([`event`], [`results`]).
//!
//! This crate uses the traits of a backend and names none, and it prints nothing: progress goes to an
//! [`event::Observer`]. Start with [`Transfer`].

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests prepare their own files"))]

mod archive_download;
mod archive_input;
mod archive_plan;
mod archive_source;
mod archive_upload;
mod bundle;
mod bundle_download;
mod bundle_upload;
pub mod cancellation;
mod concurrency;
pub mod dest;
pub mod download;
mod download_items;
mod engine;
pub mod event;
mod fetch;
pub mod filter;
pub mod gitignore;
mod links;
mod local_walk;
pub mod mount;
mod mount_plan;
pub mod plan;
mod remote_walk;
pub mod reserved;
pub mod results;
pub mod reuse;
pub mod roots;
pub mod sync;
pub mod upload;
mod upload_dry_run;
mod upload_items;
mod upload_root;
mod upload_store;
mod verify;
mod walk;
pub mod written_files;

use std::time::{Duration, Instant};

use self::cancellation::Cancellation;
use self::event::Observer;
use self::filter::Filter;
pub use self::links::Links;
use self::reserved::Reserved;
use wharf_client::backend::Backend;
use wharf_core::error::Result;
use wharf_core::load::ServiceLoad;
use wharf_core::platform::FileKey;

/// Above this number of files, one sync of the file system at the end replaces that of each file.
const BULK: u64 = 64;

/// The treatment of existing destinations.
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
    /// The treatment of existing destinations.
    pub if_exists: IfExists,
    /// For [`IfExists::Update`]: compare contents instead of times.
    pub checksum: bool,
    /// The treatment of links.
    pub links: Links,
    /// The filter for files of a directory.
    pub filter: Filter,
    /// Whether to download each uploaded file again and compare hashes if the backend reports none.
    pub verify: bool,
    /// Whether to check and report what a run would do, without changing anything.
    pub dry_run: bool,
    /// The maximum number of files that are transferred at once.
    pub jobs: usize,
    /// What the service said about its load: with refused requests, fewer files are transferred at once.
    pub load: ServiceLoad,
    /// The maximum number of retries of a download that was cut off.
    pub retries: u32,
    /// The time by which the transfer must end, including retries and pauses.
    pub deadline: Option<Instant>,
    /// Whether to download without waiting for new output files to appear.
    pub no_settle: bool,
    /// Whether to download all of several files with the same name, each under its own name.
    pub all: bool,
    /// The time after which an uploaded file expires; `None` keeps it until it is deleted.
    pub expires_in: Option<Duration>,
    /// The maximum total size in bytes.
    pub max_bytes: Option<u64>,
    /// The maximum number of files.
    pub max_files: Option<u64>,
    /// The number of files that must be at their destination in the end.
    pub required: Option<u64>,
    /// A local file that is neither sent nor replaced.
    pub reserved: Option<Reserved>,
    /// The local directory that files are copied to, as a store of this machine has one: it is not copied into itself.
    pub store_dir: Option<FileKey>,
}

impl TransferOptions {
    /// Fails if the file at `path` is the reserved one.
    fn check_free(&self, path: &std::path::Path) -> Result<()> {
        self.reserved.as_ref().map_or(Ok(()), |reserved| reserved.check(path))
    }
}

/// The context of a transfer. Its methods upload ([`Transfer::upload`]), download ([`Transfer::download`]) and mount.
///
/// ```
/// use wharf_client::backend::{NewSession, local};
/// use wharf_core::model::{Receipt, SessionId, SessionPath};
/// use wharf_transfer::cancellation::Cancellation;
/// use wharf_transfer::event::Silent;
/// use wharf_transfer::plan::{Destination, LocalSource};
/// use wharf_transfer::{Transfer, TransferOptions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> wharf_core::error::Result<()> {
/// let home = tempfile::tempdir().expect("a temporary directory");
/// let backend = local::at(home.path().join("store"), local::CAPABILITIES.limits);
/// let session: SessionId = "demo".parse()?;
/// backend.sessions().create(NewSession { id: Some(session.clone()), ..NewSession::default() }).await?;
///
/// let (options, cancellation) = (TransferOptions { jobs: 4, ..TransferOptions::default() }, Cancellation::default());
/// let transfer =
///     Transfer { backend: &*backend, options: &options, observer: &Silent, cancellation: &cancellation };
/// let path = SessionPath { session, path: "/src".parse()? };
/// let to = Destination { path, as_directory: true, into: false };
/// let mut copied = Vec::new();
/// let mut sink = |receipt: &Receipt| {
///     copied.push(receipt.source.clone());
///     Ok(())
/// };
/// transfer.upload(&[LocalSource::look("src", None)?], &to, &mut sink).await?;
/// assert!(copied.contains(&"src/lib.rs".to_owned()));
/// # Ok(())
/// # }
/// ```
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
