//! The destination of a sync in a session.

use std::path::Path;

use futures_util::StreamExt;

use super::dest_tree::{DestEntry, DestKind, DestTree};
use crate::TransferOptions;
use crate::filter::{FilterDecision, ListingFilter};
use wharf_client::backend::{SessionFiles, TreeOptions};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{EntryKind, RemotePath, SessionPath};

/// Reads the destination. A link at its path is followed, links in it are not.
///
/// # Errors
/// Those of opening it; `conflict` if it is not a directory. A destination that does not exist is empty.
pub(super) async fn read(files: &dyn SessionFiles, at: &SessionPath, options: &TransferOptions) -> Result<DestTree> {
    let mut tree = DestTree::default();
    let opened = match files.open_tree(at, TreeOptions { settle: false, all: true }).await {
        Err(error) if error.kind() == Kind::NotFound && !at.path.is_root() => {
            // The session must exist.
            files.stat(&at.at(RemotePath::root())).await?;
            return Ok(tree);
        }
        opened => opened?,
    };
    let Some(mut entries) = opened.entries else {
        return Err(Error::conflict(format!("the destination is not a directory: `{at}`"))
            .hint("name a directory, or remove what is there"));
    };
    tree.exists = true;
    let mut filter = ListingFilter::new(&options.filter);
    while let Some(entry) = entries.next().await {
        // A listing may always have an entry ready: let a signal be seen.
        tokio::task::coop::consume_budget().await;
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                tree.failures.push((at.to_string(), error));
                continue;
            }
        };
        if entry.path == opened.at.path || !entry.path.is_within(&opened.at.path) {
            let other = at.at(entry.path);
            let what = format!("the listing of `{at}` contains a path outside of it: `{other}`");
            let error =
                Error::new(Kind::Unavailable, what).hint("the service violates the protocol: do not trust its answers");
            tree.failures.push((other.to_string(), error));
            continue;
        }
        let below = entry.path.below(&opened.at.path);
        let Some(verdict) = filter.judge(below, entry.kind == EntryKind::Directory) else {
            tree.keep_parents(Path::new(below));
            continue;
        };
        let kind = match entry.kind {
            EntryKind::File => DestKind::File,
            EntryKind::Directory => DestKind::Directory,
            EntryKind::Symlink => DestKind::Link,
            EntryKind::Other => DestKind::Special,
        };
        let is_kept = verdict != FilterDecision::Include;
        tree.add(below.into(), DestEntry::new(kind, entry.size, entry.modified_at).kept(is_kept));
    }
    Ok(tree)
}
