//! Deletes what the source of a sync lacks.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use futures_util::stream;

use super::SyncRun;
use super::dest_tree::ExtraEntry;
use crate::Transfer;
use crate::engine::{ItemResult, Label, RunningFiles};
use crate::event::NotDeleted;
use crate::results::Results;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Outcome, Receipt};

/// What became of an entry.
pub(super) enum EntryDeletion {
    Gone,
    /// It turned out to be a file of the source under another name.
    Spared,
}

impl Transfer<'_> {
    /// Deletes entries, unless something failed before: files first, then directories from the inside out. `label` names an
    /// entry, and `delete` deletes one.
    ///
    /// # Errors
    /// That of the cancellation; that of recording a receipt.
    pub(super) async fn delete_extra(
        &self,
        run: &mut SyncRun<'_>,
        running: &RunningFiles,
        extra: Vec<ExtraEntry>,
        label: impl Fn(&Path) -> Label,
        delete: impl AsyncFn(&ExtraEntry) -> Result<EntryDeletion>,
        results: &mut Results<'_>,
    ) -> Result<()> {
        if extra.is_empty() {
            return Ok(());
        }
        if results.has_failed() {
            results.keep_all(NotDeleted::Failures);
            return Ok(());
        }
        let (gone, delete, dry_run) = (RefCell::<Vec<PathBuf>>::default(), &delete, self.options.dry_run);
        let failed = RefCell::<Vec<(PathBuf, Kind)>>::default();
        let (directories, files): (Vec<_>, Vec<_>) = extra.into_iter().partition(|entry| entry.is_directory);
        let mut groups = vec![files];
        // What is in a directory comes before it, and the deepest ones can be deleted at once.
        let mut levels = BTreeMap::<_, Vec<_>>::new();
        for directory in directories {
            levels.entry(directory.below.components().count()).or_default().push(directory);
        }
        groups.extend(levels.into_values().rev());
        for group in groups.into_iter().filter(|group| !group.is_empty()) {
            let work = async |entry: ExtraEntry| {
                let Label { source, destination } = label(&entry.below);
                let is_spared = Cell::new(false);
                let work = async {
                    let in_it =
                        failed.borrow().iter().find(|(below, _)| below.starts_with(&entry.below)).map(|it| it.1);
                    let deleted = match in_it {
                        Some(kind) => Err(not_deleted_in(kind, destination.as_deref().unwrap_or(&source))),
                        None => delete(&entry).await,
                    };
                    is_spared.set(matches!(deleted, Ok(EntryDeletion::Spared)));
                    match &deleted {
                        Ok(_) => gone.borrow_mut().push(entry.below.clone()),
                        Err(error) => failed.borrow_mut().push((entry.below.clone(), error.kind())),
                    }
                    let outcome = match deleted {
                        Ok(_) if dry_run => Outcome::PlannedDeletion,
                        Ok(_) => Outcome::Deleted,
                        Err(error) => Outcome::Failed(error),
                    };
                    Receipt::new(&source, destination.clone(), outcome)
                };
                let label = Label { source: source.clone(), destination: destination.clone() };
                let receipt = running.track(label, work).await;
                if is_spared.get() { ItemResult::Nothing } else { ItemResult::from(receipt) }
            };
            self.run(stream::iter(group), std::future::ready(()), running, work, results).await?;
        }
        gone.take().iter().for_each(|below| run.tree.removed(below));
        Ok(())
    }
}

/// Returns the error of a directory that stays because something in it could not be deleted.
fn not_deleted_in(kind: Kind, path: &str) -> Error {
    Error::new(kind, format!("the directory stays, because something in it was not deleted: `{path}`"))
}
