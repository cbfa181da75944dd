//! The open handles through which a session is changed.

use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex};

use cap_std::fs::Dir;

use wharf_core::model::{RemotePath, SessionId};
use wharf_core::platform;
use wharf_core::sync::lock;

/// The handles of a session that is changed.
pub(super) struct Handles {
    /// The id of the session.
    pub(super) id: SessionId,
    /// The number of the session's row.
    pub(super) seq: i64,
    /// The handle below which all paths of the session are opened.
    pub(super) dir: Dir,
    /// The file with the session's size, if it was opened.
    pub(super) count: Mutex<Option<File>>,
    pub(super) lock: File,
    pub(super) inside: Mutex<usize>,
    pub(super) parent: Mutex<Option<(RemotePath, Arc<Dir>)>>,
}

impl Handles {
    /// Returns the parent directory of a path; `None` if it is missing or not a directory.
    pub(super) fn parent_of(&self, path: &RemotePath) -> io::Result<Option<Arc<Dir>>> {
        let parent = path.parent().unwrap_or_else(RemotePath::root);
        let mut known = lock(&self.parent);
        if let Some((at, dir)) = known.as_ref().filter(|(at, _)| *at == parent)
            && platform::is_at(dir, &self.dir, at.relative())
        {
            return Ok(Some(Arc::clone(dir)));
        }
        let opened = if parent.is_root() { self.dir.try_clone() } else { self.dir.open_dir(parent.relative()) };
        let dir = match opened {
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
            opened => Arc::new(opened?),
        };
        *known = Some((parent, Arc::clone(&dir)));
        Ok(Some(dir))
    }
}
