//! Groups of small files that travel together, for backends where each file alone takes several requests.
//!
//! What a bundle is on the way is the backend's own business. Its files keep their own results: one that fails leaves the
//! others alone.

use std::sync::Arc;

use async_trait::async_trait;

use super::GetResult;
use wharf_core::body::Source;
use wharf_core::error::Result;
use wharf_core::model::{RemotePath, Timestamp};

/// The bounds of a bundle.
#[derive(Debug, Clone, Copy)]
pub struct BundleLimits {
    /// The fewest files for which a bundle saves requests.
    pub fewest: usize,
    /// The most files.
    pub files: usize,
    /// The most bytes of all files.
    pub bytes: u64,
    /// The most bytes of one file.
    pub file_bytes: u64,
    /// The most bytes of all paths.
    pub path_bytes: usize,
}

/// A file of a bundle that is uploaded.
pub struct BundleUpload {
    /// The path in the session.
    pub at: RemotePath,
    /// The content, whose length is known.
    pub source: Arc<dyn Source>,
}

/// A file of a bundle that is downloaded, as it was listed.
#[derive(Debug, Clone)]
pub struct BundleDownload {
    /// The path in the session.
    pub at: RemotePath,
    /// The size in bytes.
    pub size: u64,
    /// The modification time.
    pub modified_at: Option<Timestamp>,
}

/// A file of a bundle that arrived.
pub struct BundledFile {
    /// The position of the file among those that were asked for.
    pub number: usize,
    /// The file, or why the bundle has it not as it was listed.
    pub file: Result<GetResult>,
}

/// The files of a bundle, one after another. Files that are missing at its end can still be fetched one by one.
#[async_trait]
pub trait FetchedBundle: Send {
    /// Returns the next file; `None` at the end. What was not read of the file before is skipped.
    ///
    /// # Errors
    /// Why nothing more of the bundle can be used.
    async fn next(&mut self) -> Result<Option<BundledFile>>;
}
