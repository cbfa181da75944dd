//! Trees of services that list one directory at a time.

use std::vec::IntoIter;

use futures_util::stream::{self, BoxStream, StreamExt};

use crate::error::{Error, Kind, Result};
use crate::model::{Entry, EntryKind, SessionPath};

/// A tree on its way.
struct Tree<F> {
    children: F,
    /// What is still to be told of the directories that are open, the innermost last.
    open: Vec<IntoIter<Result<Entry>>>,
    /// A directory that was just told.
    below: Option<SessionPath>,
    recursive: bool,
}

/// The entries of a directory, `first`, in their order; with `recursive` each directory is followed by
/// what is in it, which `children` asks the service for. One that was removed meanwhile has nothing in it.
pub(super) fn walk<'a, F, C>(first: Vec<Result<Entry>>, recursive: bool, children: F) -> BoxStream<'a, Result<Entry>>
where
    F: Fn(SessionPath) -> C + Send + 'a,
    C: Future<Output = Result<Vec<Result<Entry>>>> + Send,
{
    let tree = Tree { children, open: vec![first.into_iter()], below: None, recursive };
    stream::unfold(tree, |mut tree| async move {
        if let Some(at) = tree.below.take() {
            let asked = (tree.children)(at).await;
            if let Err(error) = tree.enter(asked) {
                return Some((Err(error), tree));
            }
        }
        tree.next().map(|entry| (entry, tree))
    })
    .boxed()
}

impl<F> Tree<F> {
    /// Goes into a directory. What cannot be listed ends the tree.
    fn enter(&mut self, children: Result<Vec<Result<Entry>>>) -> Result<(), Error> {
        match children {
            Ok(children) => self.open.push(children.into_iter()),
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) => {
                self.open.clear();
                return Err(error);
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Option<Result<Entry>> {
        loop {
            let Some(entry) = self.open.last_mut()?.next() else {
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
