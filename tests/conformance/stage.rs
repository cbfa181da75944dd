//! The backends under test, and what each one plays on.

use std::time::Duration;

use tempfile::TempDir;
use wharf::backend::{Backend, Capabilities, Feature, FileStore, Resources, SessionFiles, Sessions, local};
use wharf::error::{Kind, Result};

use crate::lean::Lean;

/// Every backend under test.
pub(crate) const STAGES: &[fn() -> Stage] = &[on_local, on_lean];

/// The local backend.
fn on_local() -> Stage {
    let home = tempfile::tempdir().unwrap();
    let backend = local::at(home.path().join("store"), local::CAPABILITIES.limits);
    Stage { backend, shortest_ttl: Some(Duration::from_millis(200)), one_in: 1, _home: home }
}

/// A backend that lacks all that may be lacking, so that this is tested too.
fn on_lean() -> Stage {
    let home = tempfile::tempdir().unwrap();
    let backend = Box::new(Lean::over(local::at(home.path().join("store"), local::CAPABILITIES.limits)));
    Stage { backend, shortest_ttl: None, one_in: 8, _home: home }
}

/// An empty backend with a directory of its own.
pub(crate) struct Stage {
    pub(crate) backend: Box<dyn Backend>,
    /// A time to live that a test can wait for, where there is one.
    pub(crate) shortest_ttl: Option<Duration>,
    /// Of so many random sequences one is played here.
    pub(crate) one_in: u32,
    // Goes after the backend.
    _home: TempDir,
}

impl Stage {
    pub(crate) fn capabilities(&self) -> &'static Capabilities {
        self.backend.capabilities()
    }

    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.capabilities().features.contains(&feature)
    }

    /// What came of something that needs `feature`. None where the backend lacks it, which must have
    /// been the answer.
    #[track_caller]
    pub(crate) fn allows<T>(&self, feature: Feature, result: Result<T>) -> Option<T> {
        if self.has(feature) {
            Some(result.unwrap())
        } else {
            refused(result, Kind::Unsupported);
            None
        }
    }

    pub(crate) fn sessions(&self) -> &dyn Sessions {
        self.backend.sessions()
    }

    /// The parts, for a test that knows that they are there.
    pub(crate) fn files(&self) -> &dyn SessionFiles {
        self.backend.need_files().unwrap()
    }

    pub(crate) fn store(&self) -> &dyn FileStore {
        self.backend.need_store().unwrap()
    }

    pub(crate) fn resources(&self) -> &dyn Resources {
        self.backend.need_resources().unwrap()
    }
}

/// It failed in this way.
#[track_caller]
pub(crate) fn refused<T>(result: Result<T>, kind: Kind) {
    match result {
        Ok(_) => panic!("this should be refused as `{}`, and was done", kind.word()),
        Err(error) => assert_eq!(error.kind(), kind, "{error}"),
    }
}

/// Runs a future to its end.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[test]
fn every_backend_of_this_build_is_on_a_stage() {
    let staged: Vec<_> = STAGES.iter().map(|open| open().capabilities().backend).collect();
    for entry in wharf::backend::registry::ALL {
        assert!(staged.contains(&entry.capabilities.backend), "only {staged:?}");
    }
}

#[test]
fn a_part_is_there_exactly_if_the_capabilities_say_so() {
    for open in STAGES {
        let stage = open();
        let backend = &stage.backend;
        assert_eq!(backend.files().is_some(), stage.has(Feature::SessionFiles));
        assert_eq!(backend.store().is_some(), stage.has(Feature::StoredFiles));
        assert_eq!(backend.resources().is_some(), stage.has(Feature::Resources));
    }
}
