//! The directories that this process created in sessions, so that each is created by one request however many files go
//! into it at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use wharf_core::error::Result;
use wharf_core::model::{RemotePath, SessionPath};
use wharf_core::sync::lock;

/// The highest number of directories that are remembered. Those that are forgotten may be created once more.
const REMEMBERED: usize = 10_000;

/// The directories that this process created.
#[derive(Default)]
pub(super) struct MadeDirectories(Mutex<HashMap<SessionPath, Arc<OnceCell<()>>>>);

impl MadeDirectories {
    /// Runs `make`, which creates a directory, unless it was created before. Calls at the same time wait for the first one;
    /// where that fails, the next one tries. Returns whether this call created it.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) async fn once(&self, at: &SessionPath, make: impl Future<Output = Result<()>>) -> Result<bool> {
        let cell = {
            let mut made = lock(&self.0);
            if made.len() >= REMEMBERED {
                made.clear();
            }
            Arc::clone(made.entry(at.clone()).or_default())
        };
        let mut is_made_here = false;
        let make = async {
            is_made_here = true;
            make.await
        };
        cell.get_or_try_init(|| make).await?;
        Ok(is_made_here)
    }

    /// Returns whether a directory was created and not removed since.
    pub(super) fn has(&self, at: &SessionPath) -> bool {
        lock(&self.0).get(at).is_some_and(|cell| cell.initialized())
    }

    /// Forgets a path and all that is below it, which is removed or moved.
    pub(super) fn forget(&self, at: &SessionPath) {
        lock(&self.0).retain(|made, _| made.session != at.session || !made.path.is_within(&at.path));
    }

    /// Returns the directories from the topmost one that may have to be created down to `at`, if a directory above was
    /// created before.
    pub(super) fn below_known(&self, at: &SessionPath) -> Option<Vec<SessionPath>> {
        let mut missing = vec![at.clone()];
        let mut above = at.path.parent();
        while let Some(parent) = above.filter(|parent| !parent.is_root()) {
            let parent = at.at(parent);
            if self.has(&parent) {
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
        assert_eq!((calls.get(), done.iter().filter(|done| matches!(done, Ok(true))).count()), (2, 1));
        assert!(made.has(&at("/a/b")) && !made.has(&at("/a")));
        assert_eq!(made.below_known(&at("/a/b/c/d")).unwrap(), [at("/a/b/c"), at("/a/b/c/d")]);
        assert_eq!(made.below_known(&at("/a/x")), None);
        made.forget(&at("/a"));
        assert!(!made.has(&at("/a/b")));
    }
}
