//! What lies outside of a session, of a source and of a destination, and stays as it was.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::sandbox::{Run, Sandbox};

/// What every file outside holds.
pub(crate) const SECRET: &str = "content that must stay secret";

/// A directory that nothing may read or change.
pub(crate) struct Outside {
    path: PathBuf,
    before: Vec<String>,
}

impl Outside {
    /// With files of names that the tests use too, so that a way out would hit one of them.
    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        for name in ["f", "secret", "victim", "d/f", "sub/f", "sub/deep/f"] {
            let path = sandbox.write(format!("outside/{name}"), format!("{SECRET}: {name}"));
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        }
        let path = sandbox.path("outside");
        for dir in ["sub/deep", "sub", "d", ""] {
            File::open(path.join(dir)).unwrap().set_modified(old).unwrap();
        }
        let before = state(&path);
        Outside { path, before }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.path.join(below)
    }

    /// No name, no byte, no mode and no time of it changed.
    #[track_caller]
    pub(crate) fn assert_untouched(&self) {
        assert_eq!(state(&self.path), self.before);
    }
}

/// Everything below a directory, and itself, with all that a copy could change of it.
fn state(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(path) = open.pop() {
        let meta = match fs::symlink_metadata(&path) {
            // Deeper than a path can name: the walk of a copy gets further than this one.
            Err(e) if e.kind() == std::io::ErrorKind::InvalidFilename => continue,
            meta => meta.unwrap(),
        };
        let content = if meta.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        let (mode, time) = (meta.mode(), (meta.mtime(), meta.mtime_nsec()));
        found.push(format!(
            "{} {mode:o} {}:{} {time:?} {}",
            path.display(),
            meta.uid(),
            meta.gid(),
            String::from_utf8_lossy(&content)
        ));
        if meta.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found.sort();
    found
}

/// Nothing of the outside was printed.
#[track_caller]
pub(crate) fn assert_silent(run: &Run) {
    for said in [String::from_utf8_lossy(run.bytes()).as_ref(), run.stderr()] {
        assert!(!said.contains(SECRET), "{said}");
    }
}

/// Nothing of the outside is in a file below a directory.
#[track_caller]
pub(crate) fn assert_no_secret(root: &Path) {
    for line in state(root) {
        assert!(!line.contains(SECRET), "{line}");
    }
}

/// No link is below a directory.
#[track_caller]
pub(crate) fn assert_no_link(root: &Path) {
    for name in crate::sandbox::tree(root) {
        assert!(!root.join(&name).is_symlink(), "{name} is a link");
    }
}
