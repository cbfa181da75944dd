//! A file that a run writes on the side, such as its receipts: the run itself neither sends nor
//! replaces it.

use std::path::Path;

use wharf_core::advice::Setting;
use wharf_core::error::{Error, Result};
use wharf_core::platform::{self, FileKey};

/// The file, known by what it is and not by its name.
#[derive(Debug, Clone)]
pub struct Reserved {
    key: FileKey,
    name: String,
}

impl Reserved {
    /// The file at a path, if one is there.
    pub fn new(path: &Path) -> Option<Self> {
        Some(Reserved { key: platform::key_of(path).ok()?, name: platform::shown(path) })
    }

    /// What it is.
    pub fn key(&self) -> FileKey {
        self.key
    }

    /// Fails where what is at `path`, through links, is this file.
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
