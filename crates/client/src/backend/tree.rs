//! Directory trees of services that list one directory at a time.

use futures_util::stream::{self, BoxStream, StreamExt};

use super::path_errors::vanished;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Entry, EntryKind, SessionPath};

/// The maximum number of entries of a directory: they are sorted in memory.
pub(super) const ENTRIES: usize = 100_000;

/// The maximum size in bytes of the listings that are held at once: of a directory and all directories above it.
pub(super) const BYTES: usize = 12 << 20;

/// The longest path that is listed, in bytes; the limit of Linux is 4095. This ends a tree with a cycle.
pub(super) const PATH: usize = 4096;

/// The entries of a directory, sorted. Each entry is created on demand.
pub(super) struct Level {
    pub(super) entries: Box<dyn Iterator<Item = Result<Entry>> + Send>,
    /// The size of the listing in memory, in bytes.
    pub(super) bytes: usize,
}

/// Returns the error of a directory with too many entries.
pub(super) fn too_long(at: &SessionPath) -> Error {
    Error::new(
        Kind::Limit,
        format!("a directory has more than {ENTRIES} entries, or {} MiB of them: `{at}`", BYTES >> 20),
    )
    .hint("a listing is sorted in memory: name a directory below it, or a single file")
}

/// A walk of a directory tree.
struct TreeWalk<F> {
    children: F,
    /// The remaining entries of the open directories, the innermost last.
    open: Vec<Level>,
    /// The directory that was returned last.
    below: Option<SessionPath>,
    recursive: bool,
}

/// Returns the entries of a directory, `first`, in order; with `recursive`, each directory is followed by its
/// entries, which `children` requests: `None` where the directory is gone, `not_found` where its session is. A directory
/// that is gone or cannot be listed is an error, and the walk continues: what is missing in a listing is deleted by a sync.
pub(super) fn walk<'a, F, C>(first: Level, recursive: bool, children: F) -> BoxStream<'a, Result<Entry>>
where
    F: Fn(SessionPath) -> C + Send + 'a,
    C: Future<Output = Result<Option<Level>>> + Send,
{
    let tree = TreeWalk { children, open: vec![first], below: None, recursive };
    stream::unfold(tree, |mut tree| async move {
        if let Some(at) = tree.below.take()
            && let Err(error) = tree.enter(at).await
        {
            return Some((Err(error), tree));
        }
        tree.next().map(|entry| (entry, tree))
    })
    .boxed()
}

impl<F, C> TreeWalk<F>
where
    F: Fn(SessionPath) -> C,
    C: Future<Output = Result<Option<Level>>>,
{
    /// Opens a directory.
    async fn enter(&mut self, at: SessionPath) -> Result<()> {
        if at.path.as_str().len() > PATH {
            return Err(
                Error::new(Kind::Limit, "the tree is nested too deeply").hint("a directory of it may contain itself")
            );
        }
        match (self.children)(at.clone()).await {
            Ok(None) => Err(vanished(&at)),
            Ok(Some(level)) if level.bytes + self.open.iter().map(|level| level.bytes).sum::<usize>() > BYTES => Err(
                Error::new(Kind::Limit, format!("the directories above are too large to list this one too: `{at}`"))
                    .hint("list it by itself"),
            ),
            Ok(Some(level)) => {
                self.open.push(level);
                Ok(())
            }
            Err(error) => {
                if is_about_all(&error) {
                    self.open.clear();
                }
                Err(error.context(format_args!("listing `{at}`")))
            }
        }
    }
}

impl<F> TreeWalk<F> {
    fn next(&mut self) -> Option<Result<Entry>> {
        loop {
            let Some(entry) = self.open.last_mut()?.entries.next() else {
                self.open.pop();
                continue;
            };
            if let Ok(entry) = &entry
                && self.recursive
                && entry.kind == EntryKind::Directory
            {
                self.below = Some(SessionPath { session: entry.session.clone(), path: entry.path.clone() });
            }
            return Some(entry);
        }
    }
}

/// Returns whether an error affects the whole walk: the session is gone, the deadline passed, the credentials were
/// rejected, or the service does not answer.
fn is_about_all(error: &Error) -> bool {
    error.kind().is_stop()
        || error.kind() == Kind::NotFound
        || error.status() == Some(401)
        || error.status().is_none() && error.is_retryable()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_core::error::Details;
    use wharf_core::model::{Provider, RemotePath};

    fn entry(path: &RemotePath, kind: EntryKind) -> Entry {
        Entry {
            session: "s1".parse().unwrap(),
            path: path.clone(),
            name: path.name().to_owned(),
            kind,
            size: None,
            modified_at: None,
            mode: None,
            file_id: None,
            provider: Provider::default(),
        }
    }

    /// Returns a listing of directories with these names and a file `z`, of `bytes` bytes.
    fn level(at: &SessionPath, names: &'static [&'static str], bytes: usize) -> Level {
        let at = at.path.clone();
        let directories = names.iter().map({
            let at = at.clone();
            move |name| Ok(entry(&at.join(name), EntryKind::Directory))
        });
        Level { entries: Box::new(directories.chain([Ok(entry(&at.join("z"), EntryKind::File))])), bytes }
    }

    fn status(status: u16, retryable: bool) -> Error {
        let status = (status > 0).then_some(status);
        Error::new(Kind::Unavailable, "x").details(Details { status, retryable, ..Details::default() })
    }

    async fn walked(children: impl Fn(&SessionPath) -> Result<Option<Level>> + Send + Sync) -> Vec<String> {
        let root = SessionPath { session: "s1".parse().unwrap(), path: RemotePath::root() };
        let children = &children;
        let all = walk(level(&root, &["a", "b"], 1), true, async move |at| children(&at));
        all.map(|entry| entry.map_or_else(|e| format!("{:?}", e.kind()), |entry| entry.path.to_string()))
            .collect()
            .await
    }

    #[tokio::test]
    async fn a_directory_that_cannot_be_listed_is_an_error_among_the_others() {
        for answered in [400, 403, 404, 500] {
            let found = walked(|at| match at.path.as_str() {
                "/a" => Err(status(answered, answered == 500)),
                _ => Ok(Some(level(at, &[], 1))),
            });
            assert_eq!(found.await, ["/a", "Unavailable", "/b", "/b/z", "/z"], "{answered}");
        }
        let session_gone = Error::not_found("x");
        for over in [status(401, false), status(0, true), Error::new(Kind::Deadline, "x"), session_gone] {
            let kind = format!("{:?}", over.kind());
            assert_eq!(walked(|_| Err(over.clone())).await, ["/a", kind.as_str()], "the others would fail as well");
        }
        let gone = walked(|at| Ok((at.path.as_str() != "/a").then(|| level(at, &[], 1))));
        assert_eq!(gone.await, ["/a", "NotFound", "/b", "/b/z", "/z"]);
    }

    #[tokio::test]
    async fn what_is_held_of_a_tree_is_bounded_in_depth_and_in_bytes() {
        let deep = walked(|at| Ok(Some(level(at, &["dd"], 0)))).await;
        assert!(deep.iter().filter(|found| *found == "Limit").count() == 2 && deep.last().unwrap() == "/z");
        let wide = walked(|at| Ok(Some(level(at, &["d"], BYTES / 3)))).await;
        assert_eq!(wide.iter().filter(|found| *found == "Limit").count(), 2);
        assert_eq!(wide[..6], ["/a", "/a/d", "/a/d/d", "Limit", "/a/d/z", "/a/z"]);
    }
}
