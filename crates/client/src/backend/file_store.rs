//! What a backend does with the stored files of a workspace.

use std::time::Duration;

use async_trait::async_trait;

use super::{FetchOptions, GetResult, Page, PageRequest, PutResult};
use wharf_core::body::Source;
use wharf_core::error::Result;
use wharf_core::feature::Feature;
use wharf_core::model::{FileId, SessionId, StoredFile};

/// A stored file to be created.
#[derive(Debug, Clone, Default)]
pub struct NewStoredFile {
    /// The file name.
    pub filename: String,
    /// The media type.
    pub mime_type: Option<String>,
    /// The time after which the file expires; never if `None`.
    pub expires_in: Option<Duration>,
}

impl NewStoredFile {
    /// Returns the features that a backend needs to store this file.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature> {
        self.expires_in.map(|_| Feature::FileExpiry).into_iter()
    }
}

/// The operations on the stored files of a workspace.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Returns the name for a stored file that is to be mounted at a path with this name: some services refuse characters
    /// in the name of a stored file that a path may have.
    fn name_to_mount(&self, name: &str) -> String {
        name.to_owned()
    }
    /// Uploads a file: completely or not at all.
    async fn upload(&self, new: NewStoredFile, source: &dyn Source) -> Result<(StoredFile, PutResult)>;
    /// Returns a page of stored files, newest first; those of one session if `scope` is set.
    async fn list(&self, scope: Option<&SessionId>, page: PageRequest) -> Result<Page<StoredFile>>;
    /// Returns a stored file.
    async fn get(&self, id: &FileId) -> Result<StoredFile>;
    /// Reads the content of a stored file, or a range of it.
    async fn fetch(&self, id: &FileId, options: FetchOptions) -> Result<GetResult>;
    /// Deletes a stored file. Copies that were mounted from it stay.
    async fn delete(&self, id: &FileId) -> Result<()>;
}
