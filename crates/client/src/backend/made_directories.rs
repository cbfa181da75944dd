//! The directories that a command created in sessions, so that each is created by one request however many files go into
//! it at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use wharf_core::error::Result;
use wharf_core::model::{RemotePath, SessionPath};
use wharf_core::sync::lock;

/// The highest number of directories that are remembered. Those that are forgotten may be created once more.
const REMEMBERED: usize = 10_000;

/// The directories that were created. Another program may remove one at any time: what relies on an old creation has to
/// notice that, and to forget it.
#[derive(Default)]
pub(super) struct MadeDirectories(Mutex<HashMap<SessionPath, Creation>>);

/// One creation of a directory, which may still be on its way.
#[derive(Clone, Default)]
pub(super) struct Creation(Arc<OnceCell<()>>);

impl MadeDirectories {
    /// Runs `make`, which creates a directory, unless it was created before. Calls at the same time wait for the first one;
    /// where that fails, the next one tries.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) async fn once(&self, at: &SessionPath, make: impl Future<Output = Result<()>>) -> Result<()> {
        let creation = {
            let mut made = lock(&self.0);
            if made.len() >= REMEMBERED {
                made.clear();
            }
            made.entry(at.clone()).or_default().clone()
        };
        creation.0.get_or_try_init(|| make).await.map(drop)
    }

    /// Returns the creation of a directory that has ended and was not forgotten since.
    pub(super) fn get(&self, at: &SessionPath) -> Option<Creation> {
        lock(&self.0).get(at).filter(|creation| creation.0.initialized()).cloned()
    }

    /// Forgets a directory, unless it was created again since `creation`.
    pub(super) fn forget_creation(&self, at: &SessionPath, creation: &Creation) {
        let mut made = lock(&self.0);
        if made.get(at).is_some_and(|made| Arc::ptr_eq(&made.0, &creation.0)) {
            made.remove(at);
        }
    }

    /// Forgets a path and all that is below it.
    pub(super) fn forget(&self, at: &SessionPath) {
        lock(&self.0).retain(|made, _| made.session != at.session || !made.path.is_within(&at.path));
    }

    /// Forgets all directories.
    pub(super) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// Returns the directories from the topmost one that may have to be created down to `at`, if a directory above was
    /// created before.
    pub(super) fn below_known(&self, at: &SessionPath) -> Option<Vec<SessionPath>> {
        let mut missing = vec![at.clone()];
        let mut above = at.path.parent();
        while let Some(parent) = above.filter(|parent| !parent.is_root()) {
            let parent = at.at(parent);
            if self.get(&parent).is_some() {
                missing.reverse();
                return Some(missing);
            }
            above = RemotePath::parent(&parent.path);
            missing.push(parent);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::join_all;
    use wharf_core::error::Error;

    use super::*;

    fn at(path: &str) -> SessionPath {
        SessionPath { session: "s1".parse().unwrap(), path: path.parse().unwrap() }
    }

    #[tokio::test]
    async fn many_at_once_create_a_directory_once_and_a_failure_is_tried_again() {
        let (made, calls) = (MadeDirectories::default(), Cell::new(0));
        let make = async |number: usize| {
            let make = async {
                tokio::task::yield_now().await;
                calls.set(calls.get() + 1);
                if number == 0 { Err(Error::conflict("no")) } else { Ok(()) }
            };
            made.once(&at("/a/b"), make).await
        };
        let done = join_all((0..20).map(make)).await;
        assert_eq!((calls.get(), done.iter().filter(|done| done.is_ok()).count()), (2, 19));
        assert!(made.get(&at("/a/b")).is_some() && made.get(&at("/a")).is_none());
        assert_eq!(made.below_known(&at("/a/b/c/d")).unwrap(), [at("/a/b/c"), at("/a/b/c/d")]);
        assert_eq!(made.below_known(&at("/a/x")), None);
        made.forget(&at("/a"));
        assert!(made.get(&at("/a/b")).is_none());
    }

    #[tokio::test]
    async fn a_directory_that_was_created_again_is_not_forgotten() {
        let made = MadeDirectories::default();
        made.once(&at("/a"), async { Ok(()) }).await.unwrap();
        let old = made.get(&at("/a")).unwrap();
        made.forget_creation(&at("/a"), &old);
        assert!(made.get(&at("/a")).is_none());
        made.once(&at("/a"), async { Ok(()) }).await.unwrap();
        made.forget_creation(&at("/a"), &old);
        assert!(made.get(&at("/a")).is_some());
    }
}
