//! The items of an upload, in their order.

use std::path::Path;
use std::sync::Arc;

use super::TransferOptions;
use super::local_walk::{LocalEntry, LocalWalk};
use super::plan::LocalSource;
use super::walk::WalkKind;
use wharf_core::body::Source;
use wharf_core::error::Result;
use wharf_core::model::{Outcome, Receipt, RemotePath};
use wharf_core::platform::shown;

/// One thing to do.
pub(super) enum UploadItem {
    /// Send a file.
    Send { name: String, source: Result<Arc<dyn Source>>, at: RemotePath },
    /// Create a directory that no file of the upload creates.
    Directory { name: String, at: RemotePath },
    /// An entry that the filter excludes.
    Excluded(String),
    /// An entry that is not sent.
    Decided { name: String, at: Option<RemotePath>, outcome: Box<Outcome> },
    /// A file that has a receipt without being sent.
    Done(Box<Receipt>),
}

/// Returns the items of one source.
pub(super) fn of<'a>(
    source: &'a LocalSource,
    destination: &'a RemotePath,
    options: &'a TransferOptions,
) -> Box<dyn Iterator<Item = UploadItem> + 'a> {
    match &source.path {
        Some(root) if source.is_directory => Box::new(tree(root, destination, options)),
        _ => {
            let (name, at) = (source.name.clone(), destination.clone());
            Box::new(std::iter::once(UploadItem::Send { name, source: source.content(), at }))
        }
    }
}

/// Returns the items of a directory. A file creates its parents, so that a directory is an item of its own only if no
/// file and no other directory in it follows.
fn tree<'a>(
    root: &Path,
    destination: &'a RemotePath,
    options: &'a TransferOptions,
) -> impl Iterator<Item = UploadItem> + 'a {
    let mut bare: Option<LocalEntry> = None;
    let walk = LocalWalk::new(root, options).map(Some).chain(std::iter::once(None));
    walk.flat_map(move |found| {
        let Some(found) = found else { return [bare.take(), None] };
        let left = bare.take_if(|bare| !is_in(&found, bare));
        match found.kind {
            WalkKind::Directory { included, .. } => {
                bare = included.then_some(found);
                [left, None]
            }
            WalkKind::File(_) => {
                bare = None;
                [left, Some(found)]
            }
            WalkKind::Skipped(_) | WalkKind::Excluded | WalkKind::Failed(_) => [left, Some(found)],
        }
    })
    .flatten()
    .map(|found| item(found, destination))
}

/// Returns whether an entry is below a directory.
fn is_in(found: &LocalEntry, directory: &LocalEntry) -> bool {
    found.below.strip_prefix(&directory.below).is_some_and(|rest| rest.starts_with('/'))
}

fn item(found: LocalEntry, destination: &RemotePath) -> UploadItem {
    let name = shown(&found.path);
    if let WalkKind::Excluded = found.kind {
        return UploadItem::Excluded(name);
    }
    let decided = |name, at, outcome| UploadItem::Decided { name, at, outcome: Box::new(outcome) };
    let at = match destination.descend(&found.below) {
        Ok(path) => path,
        Err(error) => return decided(name, None, Outcome::Failed(error)),
    };
    match found.kind {
        WalkKind::File(file) => UploadItem::Send { name, source: Ok(Arc::new(file)), at },
        WalkKind::Directory { .. } => UploadItem::Directory { name, at },
        WalkKind::Excluded => UploadItem::Excluded(name),
        WalkKind::Skipped(why) => decided(name, Some(at), Outcome::Skipped(why)),
        WalkKind::Failed(error) => decided(name, Some(at), Outcome::Failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{Filter, Rule};

    #[test]
    fn only_directories_that_no_file_makes_are_made() {
        let root = tempfile::tempdir().unwrap();
        for directory in ["full/deep", "empty/hollow", "only-excluded", "last"] {
            std::fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        for file in ["full/deep/a", "only-excluded/x.tmp", "z"] {
            std::fs::write(root.path().join(file), "").unwrap();
        }
        let filter = Filter::new(&[], &[Rule::Exclude("*.tmp".into())], None).unwrap();
        let options = TransferOptions { filter, ..TransferOptions::default() };
        let destination: RemotePath = "/r".parse().unwrap();
        let mut made: Vec<_> = tree(root.path(), &destination, &options)
            .filter_map(|item| match item {
                UploadItem::Directory { at, .. } => Some(at.to_string()),
                _ => None,
            })
            .collect();
        made.sort();
        assert_eq!(made, ["/r/empty/hollow", "/r/last", "/r/only-excluded"]);
    }
}
