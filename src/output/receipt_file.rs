//! The file of `--receipt`, with one JSON receipt per line.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::to_json;
use wharf_core::error::{Error, Result};
use wharf_core::model::Receipt;
use wharf_core::platform::{self, shown};

/// A file to which receipts are appended. Existing receipts are kept. A new file without receipts is removed when it is
/// dropped, unless the run succeeded.
pub struct ReceiptFile {
    file: File,
    path: PathBuf,
    /// Whether the file goes when this is dropped: it is new, has no receipt, and the run has not succeeded.
    is_provisional: bool,
    /// Whether the file has receipts of earlier runs.
    continues: bool,
    /// Whether the last line of the file is incomplete.
    torn: bool,
}

impl ReceiptFile {
    /// Opens or creates the file.
    ///
    /// # Errors
    /// `usage` for a file with other content or with several hard links; errors of opening it.
    pub fn open(path: &Path) -> Result<Self> {
        let doing = |e: io::Error| Error::io(format!("opening the receipt file `{}`", shown(path)), &e);
        let there = match path.metadata() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            meta => Some(meta.map_err(doing)?),
        };
        let (mut continues, mut torn) = (false, false);
        if let Some(meta) = there.as_ref().filter(|meta| meta.is_file()) {
            if platform::names_of(meta) > 1 {
                return Err(Error::usage(format!("file `{}` has other names (hard links)", shown(path)))
                    .hint("choose another file for --receipt"));
            }
            if let Some(ends) = ends_of(path, meta).map_err(doing)? {
                if ends.0 != b'{' {
                    return Err(Error::usage(format!("file `{}` contains something else than receipts", shown(path)))
                        .hint("choose another file for --receipt"));
                }
                (continues, torn) = (true, ends.1 != b'\n');
            }
        }
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(doing)?;
        Ok(ReceiptFile { file, path: path.to_owned(), is_provisional: there.is_none(), continues, torn })
    }

    /// Returns whether the file has receipts of earlier runs.
    pub fn continues(&self) -> bool {
        self.continues
    }

    /// Appends a receipt.
    pub fn write(&mut self, receipt: &Receipt) -> Result<()> {
        let line = format!("{}{}\n", if self.torn { "\n" } else { "" }, to_json(receipt)?);
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|e| Error::io(format!("writing the receipt file `{}`", shown(&self.path)), &e))?;
        (self.torn, self.is_provisional) = (false, false);
        Ok(())
    }

    /// Closes the file after a run that succeeded.
    pub fn keep(mut self) {
        self.is_provisional = false;
    }
}

impl Drop for ReceiptFile {
    fn drop(&mut self) {
        if self.is_provisional && self.path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() == 0) {
            drop(std::fs::remove_file(&self.path));
        }
    }
}

/// Returns the first and last byte of a file; `None` if it is empty.
fn ends_of(path: &Path, meta: &Metadata) -> io::Result<Option<(u8, u8)>> {
    if meta.len() == 0 {
        return Ok(None);
    }
    let mut file = platform::open_regular(path)?;
    let (mut first, mut last) = ([0], [0]);
    file.read_exact(&mut first)?;
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    let ([first], [last]) = (first, last);
    Ok(Some((first, last)))
}
