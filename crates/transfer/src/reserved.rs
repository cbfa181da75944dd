//! A local file that the command itself writes, such as its receipts: the transfer neither sends nor replaces it.

use std::path::Path;

use wharf_core::advice::Setting;
use wharf_core::error::{Error, Result};
use wharf_core::platform::{self, FileKey};

/// The reserved file, identified by its inode and not by its name.
#[derive(Debug, Clone)]
pub struct Reserved {
    key: FileKey,
    name: String,
}

impl Reserved {
    /// Returns the file at a path, if it exists.
    pub fn new(path: &Path) -> Option<Self> {
        Some(Reserved { key: platform::key_of(path).ok()?, name: platform::shown(path) })
    }

    /// Returns the identity of the file.
    pub fn key(&self) -> FileKey {
        self.key
    }

    /// Fails if `path` is this file, links followed.
    ///
    /// # Errors
    /// `usage`, before anything is sent or fetched.
    pub fn check(&self, path: &Path) -> Result<()> {
        if platform::key_of(path).is_ok_and(|key| key == self.key) {
            return Err(Error::usage(format!(
                "the receipts would be written to a file that is transferred: `{}` is `{}`",
                self.name,
                platform::shown(path)
            ))
            .hint(format!(
                "name another file in {}, or leave it out: {}",
                Setting::Receipt,
                Setting::Exclude
            )));
        }
        Ok(())
    }
}
