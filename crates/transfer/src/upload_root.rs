//! The directory of a session that the contents of a local directory go to.

use std::cell::RefCell;
use std::collections::HashSet;

use tokio::sync::OnceCell;

use super::bundle::BundleShare;
use super::engine::{ItemResult, RunningFiles};
use super::upload_items::UploadItem;
use super::{Transfer, plan};
use wharf_client::backend::path_errors::no_directory;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{EntryKind, Outcome, Receipt, RemotePath, SessionPath};

/// The directories that a dry run has checked already.
pub(super) type KnownDirs = RefCell<HashSet<RemotePath>>;

/// The destination of a source. If it is created by the first file that goes into it, without a request before, it is looked
/// at once a file fails.
pub(super) struct UploadRoot<'a> {
    pub(super) at: &'a SessionPath,
    is_implicit: bool,
    /// What is wrong with an implicit one, if it was looked at.
    problem: OnceCell<Option<Error>>,
}

impl<'a> UploadRoot<'a> {
    /// Returns a destination that exists already.
    pub(super) fn created(at: &'a SessionPath) -> Self {
        UploadRoot { at, is_implicit: false, problem: OnceCell::new() }
    }

    /// Prepares the destination of a source that has `files` files: creates a directory, unless the files do.
    ///
    /// # Errors
    /// Those of creating the directory, if one is created.
    pub(super) async fn prepare(
        transfer: &Transfer<'_>,
        source: &plan::LocalSource,
        files: u64,
        at: &'a SessionPath,
        bulk: bool,
    ) -> Result<Self> {
        let is_implicit = source.is_directory
            && files > 0
            && !transfer.options.dry_run
            && transfer.backend.require_files()?.creates_parents();
        if source.is_directory && !is_implicit {
            transfer.make_root(at, bulk).await?;
        }
        Ok(UploadRoot { is_implicit, ..Self::created(at) })
    }

    /// Does one item. If there is no session or no place for a directory in it, the files after the first ones fail with
    /// that without being sent.
    pub(super) async fn do_item(
        &self,
        transfer: &Transfer<'_>,
        item: UploadItem,
        bulk: bool,
        running: &RunningFiles,
        known: &KnownDirs,
    ) -> ItemResult {
        if let (Some(Some(problem)), UploadItem::Send { name, at, .. }) = (self.problem.get(), &item) {
            return Receipt::failed(name, Some(self.at.at(at.clone()).to_string()), problem.clone()).into();
        }
        let mut done = transfer.do_item(item, self.at, bulk, running, known).await;
        if self.is_implicit
            && let ItemResult::Receipt(receipt) = &mut done
            && let Outcome::Failed(error) = &receipt.outcome
            && matches!(error.kind(), Kind::NotFound | Kind::Conflict)
            && let Some(problem) = self.problem.get_or_init(|| self.look(transfer)).await
        {
            receipt.outcome = Outcome::Failed(problem.clone());
        }
        done
    }

    /// Returns what is wrong with the directory: the session is gone, or a file is at its path or above.
    async fn look(&self, transfer: &Transfer<'_>) -> Option<Error> {
        let files = transfer.backend.require_files().ok()?;
        let mut above = Some(self.at.path.clone());
        while let Some(path) = above {
            let at = self.at.at(path);
            match files.stat(&at).await {
                Ok(entry) if matches!(entry.kind, EntryKind::Directory | EntryKind::Symlink) => return None,
                Ok(_) => return Some(no_directory(&at)),
                Err(error) if error.kind() != Kind::NotFound => return None,
                Err(error) if at.path.is_root() => return Some(error),
                Err(_) => above = at.path.parent(),
            }
        }
        None
    }
}

/// Returns what counts of an upload in a bundle; nothing for one that travels alone.
pub(super) fn share((item, root): &(UploadItem, &UploadRoot<'_>)) -> Option<BundleShare> {
    match item {
        UploadItem::Send { source: Ok(source), at, .. } => {
            let path_bytes = root.at.at(at.clone()).path.as_str().len();
            Some(BundleShare { bytes: source.len()?, path_bytes })
        }
        _ => None,
    }
}
