//! `--receipt`: each receipt on a line of a file, as it happens.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::to_json;
use crate::error::{Error, Result};
use crate::model::Receipt;

/// A file that grows by a line for each receipt. What is in it survives whatever ends the process.
pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Begins a new file, in place of one that is there.
    ///
    /// # Errors
    /// `io` and the like, before anything is transferred.
    pub fn create(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path);
        let file = file.map_err(|e| Error::io(format!("opening the receipt file `{}`", path.display()), &e))?;
        Ok(Journal { file, path: path.to_owned() })
    }

    /// Adds a line.
    pub fn write(&mut self, receipt: &Receipt) -> Result<()> {
        let line = format!("{}\n", to_json(receipt)?);
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|e| Error::io(format!("writing the receipt file `{}`", self.path.display()), &e))
    }
}
