//! What a dry run of an upload checks: whether a run could write to a path.

use super::upload_root::KnownDirs;
use super::{IfExists, Transfer};
use wharf_client::backend::path_errors::{directory_in_the_way, no_directory, taken};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Entry, EntryKind, SessionPath};

impl Transfer<'_> {
    /// Fails where a run could not write a file to this path.
    pub(super) async fn check_dry_run(&self, at: &SessionPath, there: Option<&Entry>, known: &KnownDirs) -> Result<()> {
        match there {
            Some(entry) if entry.kind == EntryKind::Directory => Err(directory_in_the_way(at)),
            Some(entry) if entry.file_id.is_some() && !self.backend.require_files()?.mounts_uploads() => {
                Err(Error::conflict(format!("a stored file is mounted read-only at `{at}`"))
                    .hint(format!("unmount it first: {}", Step::DeleteResourceByPath { session: None })))
            }
            Some(_) if self.options.if_exists == IfExists::Error => Err(taken(at)),
            Some(_) => Ok(()),
            None => match at.path.parent() {
                Some(parent) => self.check_dry_run_directory(&at.at(parent), known).await,
                None => Ok(()),
            },
        }
    }

    /// Fails where a run could not create a directory or use the one at this path.
    pub(super) async fn check_dry_run_directory(&self, at: &SessionPath, known: &KnownDirs) -> Result<()> {
        let files = self.backend.require_files()?;
        let mut free = Vec::new();
        let mut left = Some(at.clone());
        while let Some(at) = left {
            if known.borrow().contains(&at.path) {
                break;
            }
            match files.stat(&at).await {
                Ok(entry) if entry.kind == EntryKind::Symlink => {
                    let target = match files.resolve(&at).await {
                        Ok(real) => files.stat(&real).await,
                        Err(error) => Err(error),
                    };
                    match target {
                        Ok(entry) if entry.kind == EntryKind::Directory => left = None,
                        Err(error) if !matches!(error.kind(), Kind::NotFound | Kind::Conflict) => return Err(error),
                        _ => return Err(Error::conflict(format!("the link does not lead to a directory: `{at}`"))),
                    }
                }
                Ok(entry) if matches!(entry.kind, EntryKind::File | EntryKind::Other) => {
                    return Err(no_directory(&at));
                }
                Ok(_) => left = None,
                Err(error) if error.kind() == Kind::NotFound && !at.path.is_root() => {
                    left = at.path.parent().map(|parent| at.at(parent));
                }
                Err(error) => return Err(error),
            }
            free.push(at.path);
        }
        // Only now is it known that no parent is in the way.
        known.borrow_mut().extend(free);
        Ok(())
    }
}
