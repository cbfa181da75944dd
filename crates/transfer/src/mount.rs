//! Uploads that are to be mounted. They are verified like all others, and deleted or named in the error where they are
//! not mounted.

use std::cell::Cell;
use std::collections::HashMap;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Transfer;
use super::plan::LocalSource;
use wharf_client::backend::{Backend, NewStoredFile};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, Outcome};
use wharf_core::verdict::Verdict;

/// The time for deleting uploads after a cancellation.
const UNDOING: Duration = Duration::from_secs(3);

/// The stored files that a command uploads to mount them.
pub struct MountUploads<'a> {
    transfer: Transfer<'a>,
    left: Vec<FileId>,
    /// The media types of the uploads, as far as the backend reports them.
    mime_types: HashMap<FileId, String>,
    /// The time at which deleting must end, after a cancellation.
    end: Option<Instant>,
}

impl<'a> MountUploads<'a> {
    /// Returns an object without uploads.
    pub fn new(transfer: Transfer<'a>) -> Self {
        MountUploads { transfer, left: Vec::new(), mime_types: HashMap::new(), end: None }
    }

    /// Uploads and verifies local files, and returns their ids in the order of `sources`. If one of them fails, the others
    /// are deleted again.
    ///
    /// # Errors
    /// Those of [`Transfer::upload_to_store`]; that of a cancellation.
    pub async fn upload(&mut self, sources: &[LocalSource]) -> Result<Vec<FileId>> {
        if sources.is_empty() {
            return Ok(Vec::new());
        }
        let mut made: Vec<(String, FileId)> = Vec::new();
        let mut failures = Verdict::default();
        let mime_types = &mut self.mime_types;
        let verdict = self
            .transfer
            .upload_to_store(sources, &NewStoredFile::default(), &mut |receipt| {
                match (&receipt.outcome, &receipt.file_id) {
                    (Outcome::Copied, Some(id)) => {
                        made.push((receipt.source.clone(), id.clone()));
                        mime_types.extend(receipt.mime_type.clone().map(|kind| (id.clone(), kind)));
                    }
                    (Outcome::Failed(error), _) => failures.failed(error.clone()),
                    _ => {}
                }
                Ok(())
            })
            .await;
        let failed = match verdict {
            Ok(()) => None,
            // The others are deleted, so that the error is about those that failed.
            Err(error) if error.kind() == Kind::Partial => failures.into_result("uploads").err().or(Some(error)),
            Err(error) => Some(error),
        };
        let mut ids = Vec::new();
        for source in sources {
            let found = made.iter().position(|(name, _)| *name == source.name);
            ids.extend(found.map(|found| made.swap_remove(found).1));
        }
        match failed {
            None if ids.len() == sources.len() => Ok(ids),
            None => Err(self.undo(&ids, Error::new(Kind::Internal, "an upload has no id")).await),
            Some(error) => Err(self.undo(&ids, error).await),
        }
    }

    /// Runs `work`, which mounts `uploads`. If it fails they are deleted again, unless they may be mounted nevertheless: the
    /// answer was lost, or the command was cancelled in the meantime.
    ///
    /// # Errors
    /// That of `work`; that of a cancellation.
    pub async fn mount<T>(&mut self, uploads: &[FileId], work: impl Future<Output = Result<T>>) -> Result<T> {
        let begun = Cell::new(false);
        let watched = async {
            begun.set(true);
            work.await
        };
        match self.transfer.unless_cancelled(watched).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) if !error.is_uncertain() => Err(self.undo(uploads, error).await),
            Err(why) if !begun.get() => Err(self.undo(uploads, why).await),
            Ok(Err(error)) | Err(error) => {
                self.left.extend_from_slice(uploads);
                Err(error)
            }
        }
    }

    /// Returns the media type of an upload, if the backend reported one.
    pub fn mime_type(&self, id: &FileId) -> Option<&str> {
        self.mime_types.get(id).map(String::as_str)
    }

    /// Returns the uploads of which it is unknown whether they are mounted, or that could not be deleted.
    pub fn left(&self) -> &[FileId] {
        &self.left
    }

    async fn undo(&mut self, uploads: &[FileId], error: Error) -> Error {
        self.left.extend(delete_uploads(self.transfer.backend, uploads, &error, &mut self.end).await);
        error
    }
}

/// Deletes uploads that are not used, because of `error`. After a cancellation that has to end at `end`, which the first
/// call sets. Returns those that are left.
pub async fn delete_uploads(
    backend: &dyn Backend,
    uploads: &[FileId],
    error: &Error,
    end: &mut Option<Instant>,
) -> Vec<FileId> {
    let stops = matches!(error.kind(), Kind::Interrupted | Kind::Terminated | Kind::Deadline);
    let end = stops.then(|| *end.get_or_insert_with(|| Instant::now() + UNDOING));
    let mut left = Vec::new();
    for id in uploads {
        let deleted = async { backend.require_store()?.delete(id).await };
        let deleted = match end {
            Some(end) => timeout_at(end, deleted).await.unwrap_or_else(|_| Err(error.clone())),
            None => deleted.await,
        };
        if deleted.is_err_and(|error| error.kind() != Kind::NotFound) {
            left.push(id.clone());
        }
    }
    left
}
